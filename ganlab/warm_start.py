"""A run that begins with another model's nets instead of fresh ones: layer by layer, where shapes fit."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, TypeVar

import torch
from safetensors import safe_open
from torch import Tensor, nn

from ganlab import checkpoints, listings, resume
from ganlab.beginning import Beginning
from ganlab.checkpoints import check_container, check_sums, write_safely
from ganlab.checkpoints.extras import EXTRAS
from ganlab.checkpoints.refusals import refusals
from ganlab.checkpoints.shapes import without_weights
from ganlab.checkpoints.stored import stored_tensors
from ganlab.data import describe
from ganlab.families import FAMILIES
from ganlab.foreign import shortened
from ganlab.recipes import Recipe
from ganlab.runs import RunFolder, saved_states
from ganlab.training_state import Run

STATE_NETS = "nets."  # what names of nets' tensors begin with in a saved state
MOST_TOLD = 6  # layers of a net that are named
REMEDY = "leave --init-from out, or start the run again"

Found = TypeVar("Found")


class Start(NamedTuple):
    """Nets to begin with."""

    beginning: Beginning
    tensors: dict[str, Tensor]  # by net and name, as `trunk.0.bias`

    @property
    def name(self) -> str:
        return self.beginning.name

    def write(self, path: Path) -> None:
        """Into a run's folder: the source may be gone when the run's turn comes."""
        tensors = {key: value.contiguous() for key, value in self.tensors.items()}
        write_safely(path, tensors, {"began_from": self.beginning.model_dump_json()}, max_bytes=resume.MAX_STATE_BYTES)


class Outline(NamedTuple):
    """Which nets a model holds."""

    name: str
    step: int
    tensors: dict[str, Tensor]  # as those of a `Start`, without memory: on the meta device


class NetFit(NamedTuple):
    """How much of one net another model's fits; a layer is all tensors of one module."""

    taken: list[str]  # layers
    fresh: dict[str, str]  # layers, and why each is not taken

    def __str__(self) -> str:
        if not self.taken and len(set(self.fresh.values())) == 1:
            return f"fresh: {next(iter(self.fresh.values()))}"
        told = [f"{layer}: {why}" for layer, why in list(self.fresh.items())[:MOST_TOLD]]
        more = [f"and {len(self.fresh) - MOST_TOLD} more"] if len(self.fresh) > MOST_TOLD else []
        if not self.fresh:
            return f"all {len(self.taken)} layers taken"
        count = len(self.taken) + len(self.fresh)
        return f"{len(self.taken)} of {count} layers taken; fresh: {'; '.join([*told, *more])}"


Fit = dict[str, NetFit]
"""By net."""


def read_start(source: Path) -> Start:
    """The nets of a checkpoint file or, of a run's folder, those that its saved state holds, discriminator included.

    A run without a saved state gives its checkpoint. ValueError names the file that cannot be used.
    """
    return _first_readable(source, _start)


def read_written(path: Path) -> Start:
    """The reverse of `Start.write`. ValueError names the file when it is damaged."""
    tensors, metadata = _read(path)
    with refusals(path):
        return Start(Beginning.model_validate_json(metadata.get("began_from", "")), tensors)


def fitting(source: Path, recipes: Iterable[Recipe]) -> Start:
    """As `read_start`. ValueError, with the reasons, where nothing of it fits the nets of one of the recipes."""
    start = read_start(source)
    for recipe in recipes:
        fit(start, nets_of(recipe))
    return start


def nets_of(recipe: Recipe) -> nn.ModuleDict:
    """The nets that a run of the recipe begins with, without memory for their weights."""
    spec = replace(describe(recipe.dataset).spec, size=recipe.image_size)
    with without_weights():
        return FAMILIES[recipe.family].build(recipe.config, spec)


def read_outline(source: Path) -> Outline:
    """What `read_start` would give, from the heads of the files alone. ValueError as there."""
    return _first_readable(source, _outline)


def files_of(source: Path) -> list[Path]:
    """Those that may hold the nets of a source, the one that is read first at the front."""
    if not listings.is_folder(source):
        return [source]
    folder = RunFolder(source)
    return [*saved_states(folder), *filter(listings.is_file, [folder.checkpoint])]


def fit(start: Start | Outline, nets: nn.ModuleDict) -> Fit:
    """Which layers of `nets` are there under the same name, with the same tensors.

    ValueError, with the reasons, where none is.
    """
    found = {name: _net_fit(start, name, net.state_dict()) for name, net in nets.items()}
    if not any(of_net.taken for of_net in found.values()):
        raise ValueError(f"nothing of {start.name} fits these nets: {'; '.join(lines(found))}")
    return found


def begin(run: Run, start: Start) -> Fit:
    """Put what fits into the nets of a run that has not stepped yet, and into their averages."""
    found = fit(start, run.nets)
    with torch.no_grad():
        for name, net in run.nets.items():
            taken = set(found[name].taken)
            for key, value in net.state_dict().items():
                if _layer(key) in taken:
                    value.copy_(start.tensors[f"{name}.{key}"])
    for name, average in run.ema.items():
        average.load_state_dict(run.nets[name].state_dict())
    run.began_from = start.beginning
    return found


def lines(found: Fit) -> list[str]:
    """A line a net, for people."""
    return [f"{name}: {of_net}" for name, of_net in found.items()]


def _net_fit(start: Start | Outline, name: str, state: Mapping[str, Tensor]) -> NetFit:
    reasons: dict[str, str] = {}
    held = any(key.startswith(f"{name}.") for key in start.tensors)
    for key, value in state.items():
        layer, other = _layer(key), start.tensors.get(f"{name}.{key}")
        if not reasons.get(layer):
            reasons[layer] = _difference(key, value, other) if held else f"{start.name} holds no {name}"
    return NetFit([layer for layer, why in reasons.items() if not why], {k: why for k, why in reasons.items() if why})


def _difference(key: str, here: Tensor, there: Tensor | None) -> str:
    """Why a tensor is not taken; empty where it can be."""
    if there is None:
        return "not there"
    if here.shape == there.shape:
        return ""
    what = "weight" if "weight" in key else "bias" if "bias" in key else "statistics"
    return f"{what} {list(there.shape)} there, {list(here.shape)} here"


def _layer(key: str) -> str:
    """The module that a tensor belongs to; spectral norm keeps a weight and its estimates one level deeper."""
    return key.partition(".parametrizations.")[0] if ".parametrizations." in key else key.rpartition(".")[0]


def _first_readable(source: Path, read: Callable[[Path, str, bool], Found]) -> Found:
    """What `read` finds in the first of the source's files that it can use, given its name and whether it is a state.

    ValueError, that of the first, when it can use none.
    """
    problems: list[ValueError] = []
    for path in files_of(source):
        is_state = path != source and path.name != RunFolder(source).checkpoint.name
        try:
            return read(path, shortened(source.stem if path == source else source.name, 200), is_state)
        except ValueError as error:
            problems.append(error)
    if problems:
        raise problems[0]
    raise ValueError(f"{source} holds neither a saved state nor a checkpoint to begin with; train it first")


def _start(path: Path, name: str, is_state: bool) -> Start:
    return _of_state(path, name) if is_state else _of_checkpoint(path, name)


def _outline(path: Path, name: str, is_state: bool) -> Outline:
    with refusals(path):
        check_container(path, resume.MAX_STATE_BYTES, remedy=REMEDY)
        with safe_open(path, "pt") as file:
            metadata, stored = dict(file.metadata() or {}), stored_tensors(file)
    step = resume.saved_step(path, metadata) if is_state else checkpoints.read_card(path).step
    prefix = STATE_NETS if is_state else ""
    shapes = {
        key.removeprefix(prefix): tensor.shape
        for key, tensor in stored.items()
        if key.startswith(prefix) and not key.startswith(EXTRAS)
    }
    return Outline(name, step, {key: torch.empty(shape, device="meta") for key, shape in shapes.items()})


def _of_checkpoint(path: Path, name: str) -> Start:
    model = checkpoints.load(path)
    tensors = {
        f"{net}.{key}": value for net, module in model.nets.items() for key, value in module.state_dict().items()
    }
    return Start(Beginning(name=shortened(name, 200), step=model.card.step, digest=_digest(path)), tensors)


def _of_state(path: Path, name: str) -> Start:
    tensors, metadata = _read(path)
    nets = {key.removeprefix(STATE_NETS): value for key, value in tensors.items() if key.startswith(STATE_NETS)}
    step = resume.saved_step(path, metadata)
    return Start(Beginning(name=shortened(name, 200), step=step, digest=_digest(path)), nets)


def _read(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    check_container(path, resume.MAX_STATE_BYTES, remedy=REMEDY)
    with refusals(path), safe_open(path, "pt") as file:
        metadata = dict(file.metadata() or {})
        tensors = {key: file.get_tensor(key).clone() for key in file.keys()}  # noqa: SIM118
        check_sums(path, metadata, tensors, remedy=REMEDY)
    return tensors, metadata


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
