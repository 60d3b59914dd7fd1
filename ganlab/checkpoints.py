"""The public checkpoint: one safetensors file with nets, recipe, metrics, curves and sample sheets.

Files may come from strangers. Nothing is unpickled, sizes are checked before memory is taken, and what the header
says is checked against the tensors that are there.
"""

import datetime
import json
import math
import os
import platform
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from pydantic import ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from ganlab.data import DataSpec, to_uint8
from ganlab.families import FAMILIES
from ganlab.latents import Latent
from ganlab.recipes import Recipe, parse_recipe

FORMAT = 1
MAX_FILE_BYTES = 256 * 2**20
MAX_HEADER_BYTES = 4 * 2**20
CURVE, SHEETS = "curve/", "sheets/"


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """What a checkpoint's header says, read without loading the nets."""

    path: Path
    recipe: Recipe
    data: DataSpec
    latent: Latent
    step: int
    images_seen: int
    metrics: dict[str, float]
    codes: dict[str, Any]  # what each code was measured to mean
    environment: dict[str, str]
    created: str  # ISO 8601, UTC
    parameters: dict[str, int]  # count of weights by net
    bytes: int

    @property
    def name(self) -> str:
        return self.path.stem


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheets:
    """The same latents drawn at several steps of training."""

    steps: list[int]
    images: Tensor  # uint8 [T, N, C, H, W]


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkpoint:
    """Trained nets, ready for use: in eval mode, without gradients, safe to share between threads."""

    card: Card
    nets: dict[str, nn.Module] = field(repr=False)

    @property
    def latent(self) -> Latent:
        return self.card.latent

    @torch.inference_mode()
    def images(self, u: Tensor) -> Tensor:
        """Pictures of latents [N, dim], as uint8 [N, H, W, C] on the CPU."""
        if u.ndim != 2 or u.shape[1] != self.latent.dim:
            raise ValueError(f"{self.card.name} takes latents of shape [N, {self.latent.dim}], not {list(u.shape)}")
        parts = [to_uint8(self.nets["generator"](part)) for part in u.float().split(256)]
        return torch.cat(parts).permute(0, 2, 3, 1).contiguous().cpu()


def save(
    path: Path,
    *,
    recipe: Recipe,
    data: DataSpec,
    latent: Latent,
    nets: Mapping[str, nn.Module],
    step: int,
    metrics: Mapping[str, float],
    codes: Mapping[str, Any] | None = None,
    curves: Mapping[str, Tensor] | None = None,
    sheets: Sheets | None = None,
) -> None:
    """Write a checkpoint; a reader sees the old file or the new one, never a part.

    Weights go to disk as float16 when the pictures of 64 latents then differ by at most 1/255 of the range.
    """
    tensors: dict[str, Tensor] = {}
    half = _float16_suffices(nets["generator"], latent)
    for name, net in nets.items():
        for key, value in net.state_dict().items():
            value = value.half() if half and value.is_floating_point() else value
            tensors[f"{name}.{key}"] = value.contiguous().cpu()
    tensors |= {CURVE + name: values.float().contiguous() for name, values in (curves or {}).items()}
    if sheets is not None:
        tensors[SHEETS + "images"] = sheets.images.contiguous()
        tensors[SHEETS + "steps"] = torch.tensor(sheets.steps)
    header = {
        "format": FORMAT,
        "recipe": recipe.model_dump(mode="json"),
        "data": {"name": data.name, "channels": data.channels, "size": data.size, "classes": data.classes},
        "latent": latent.model_dump(mode="json")["factors"],
        "step": step,
        "images_seen": step * recipe.batch_size,
        "metrics": dict(metrics),
        "codes": dict(codes or {}),
        "environment": {"torch": torch.__version__, "python": platform.python_version()},
        "created": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    }
    write_safely(path, tensors, {key: json.dumps(value) for key, value in header.items()})


def write_safely(path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> None:
    """Write a safetensors file beside `path` and move it there; on an error the old file stays whole."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        save_file(dict(tensors), part, dict(metadata))
        part.replace(path)
    except (OSError, SafetensorError) as error:
        raise OSError(
            f"{path} could not be saved ({error}); what was there before is unchanged. "
            "Free some space on the disk, or choose another folder"
        ) from error
    finally:
        part.unlink(missing_ok=True)


def read_card(path: Path) -> Card:
    """Read and check the header. Raises ValueError that names the file, the reason and the remedy."""
    check_container(path)
    try:
        with safe_open(path, "pt") as file:
            metadata = file.metadata() or {}
            shapes = {key: file.get_slice(key).get_shape() for key in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise ValueError(f"{path} is damaged or cut short ({error}); copy or download it again") from error
    header = _parse_header(path, metadata)
    card = _card(path, header, shapes)
    _check_shapes(card, shapes)
    return card


def load(path: Path) -> Checkpoint:
    """Read a checkpoint with its nets. Raises ValueError that names the file, the reason and the remedy."""
    card = read_card(path)
    nets = {}
    skeleton = _skeleton(card)
    with safe_open(path, "pt") as file:
        for name in card.parameters:
            state = {key: file.get_tensor(f"{name}.{key}") for key in skeleton[name].state_dict()}
            state = {key: value.float() if value.is_floating_point() else value for key, value in state.items()}
            if broken := [key for key, value in state.items() if not value.isfinite().all()]:
                raise ValueError(
                    f"{path}: {name}.{broken[0]} holds values that are not finite; the run that made it failed. "
                    "Use an earlier snapshot"
                )
            net = skeleton[name]
            net.load_state_dict(state, assign=True)
            nets[name] = net.eval().requires_grad_(False).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return Checkpoint(card=card, nets=nets)


def read_curves(path: Path) -> dict[str, Tensor]:
    """Training curves that the checkpoint carries: name => float32 [points]; `step` and `seconds` are axes."""
    with safe_open(path, "pt") as file:
        return {
            key.removeprefix(CURVE): file.get_tensor(key)
            for key in file.keys()  # noqa: SIM118
            if key.startswith(CURVE)
        }


def read_sheets(path: Path) -> Sheets | None:
    """Sample sheets along training, when the checkpoint carries them."""
    with safe_open(path, "pt") as file:
        if SHEETS + "images" not in file.keys():  # noqa: SIM118
            return None
        steps = file.get_tensor(SHEETS + "steps").tolist()
        return Sheets(steps=steps, images=file.get_tensor(SHEETS + "images"))


def list_files(folder: Path) -> list[Path]:
    """Checkpoint files in `folder`, by name; an empty list when there is no such folder."""
    return sorted(folder.glob("*.safetensors"))


def check_container(path: Path) -> None:
    """ValueError unless `path` looks like a safetensors file of a bounded size; reads a few bytes only."""
    if not path.is_file():
        raise ValueError(f"{path} is not there; `python -m ganlab list` shows the checkpoints that are")
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        raise ValueError(f"{path} has {size:,} bytes; checkpoints have at most {MAX_FILE_BYTES:,}")
    with path.open("rb") as file:
        start = file.read(9)
    if start[:4] == b"PK\x03\x04" or start[:1] == b"\x80":
        raise ValueError(
            f"{path} is a pickle (torch.save), which can run code when it is opened; it is refused. "
            "Ask for a safetensors file"
        )
    header = struct.unpack("<Q", start[:8])[0] if len(start) == 9 else 0
    if start[8:9] != b"{" or not 0 < header <= size - 8:
        raise ValueError(f"{path} is not a safetensors file, or is cut short; copy or download it again")
    if header > MAX_HEADER_BYTES:
        raise ValueError(f"{path} has a header of {header:,} bytes; at most {MAX_HEADER_BYTES:,} are read")


def _parse_header(path: Path, metadata: Mapping[str, str]) -> dict[str, Any]:
    if "format" not in metadata:
        raise ValueError(f"{path} is a safetensors file, but not a ganlab checkpoint: its header has no `format`")
    header: dict[str, Any] = {}
    for key, text in metadata.items():
        try:
            header[key] = json.loads(text)
        except json.JSONDecodeError as error:
            raise ValueError(f"{path}: header entry {key!r} is not JSON ({error})") from error
    if header["format"] != FORMAT:
        raise ValueError(
            f"{path} has checkpoint format {header['format']}; this ganlab reads {FORMAT}. Update ganlab, "
            "or export the model again"
        )
    wanted = ("recipe", "data", "latent", "step", "images_seen", "metrics", "codes", "environment", "created")
    if missing := [key for key in wanted if key not in header]:
        raise ValueError(f"{path}: the header has no {missing[0]!r}; export the model again")
    return header


def _card(path: Path, header: dict[str, Any], shapes: Mapping[str, list[int]]) -> Card:
    parameters: dict[str, int] = {}
    for key, shape in shapes.items():
        name = key.split(".")[0]
        if "/" not in key:
            parameters[name] = parameters.get(name, 0) + math.prod(shape)
    try:
        return Card(
            path=path,
            recipe=parse_recipe(header["recipe"]),
            data=DataSpec(**header["data"] | {"classes": tuple(header["data"]["classes"])}),
            latent=Latent(factors=header["latent"]),
            step=int(header["step"]),
            images_seen=int(header["images_seen"]),
            metrics={str(key): float(value) for key, value in header["metrics"].items()},
            codes=dict(header["codes"]),
            environment={str(key): str(value) for key, value in header["environment"].items()},
            created=str(header["created"]),
            parameters=parameters,
            bytes=path.stat().st_size,
        )
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"{path}: the header does not fit ({error}); export the model again") from error


def _skeleton(card: Card) -> nn.ModuleDict:
    """The recipe's nets without memory for their weights."""
    with torch.device("meta"):
        return FAMILIES[card.recipe.family].build(card.recipe.config, card.data)


def _check_shapes(card: Card, shapes: Mapping[str, list[int]]) -> None:
    if card.latent != FAMILIES[card.recipe.family].latent(card.recipe.config, card.data):
        raise ValueError(f"{card.path}: `latent` does not fit the recipe; export the model again")
    skeleton = _skeleton(card)
    if "generator" not in card.parameters:
        raise ValueError(f"{card.path} has no net called 'generator'; export the model again")
    if unknown := sorted(set(card.parameters) - set(skeleton)):
        raise ValueError(f"{card.path} has a net {unknown[0]!r} that {card.recipe.family} does not have")
    wanted = {
        f"{name}.{key}": list(value.shape)
        for name in card.parameters
        for key, value in skeleton[name].state_dict().items()
    }
    found = {key: list(shape) for key, shape in shapes.items() if "/" not in key}
    for key in sorted(wanted.keys() | found.keys()):
        if wanted.get(key) != found.get(key):
            raise ValueError(
                f"{card.path}: tensor {key!r} is {found.get(key, 'missing')}, its recipe needs "
                f"{wanted.get(key, 'none')}; the file was changed or belongs to another recipe"
            )


@torch.no_grad()
def _float16_suffices(generator: nn.Module, latent: Latent) -> bool:
    device = next(generator.parameters()).device
    u = latent.sample(64, torch.Generator().manual_seed(0)).to(device)
    exact = generator(u)
    state = generator.state_dict()
    rounded = {key: v.half().to(v) if v.is_floating_point() else v for key, v in state.items()}
    difference = torch.func.functional_call(generator, rounded, (u,)) - exact
    return difference.abs().max().item() <= 2 / 255  # the range is [-1, 1]
