"""A pack: a dataset as uint8 tensors in one safetensors file, and the batches drawn from it."""

import json
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import platformdirs
import torch
import torch.nn.functional as F
from pydantic import Field, TypeAdapter
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from ganlab.devices import to_device
from ganlab.foreign import RealText
from ganlab.latents import Attributes, Category, check_names_differ, side_by_side
from ganlab.system_errors import about, in_words, text_path
from ganlab.whole_files import remove_unfinished, replacing

PACK_FORMAT = 2  # part of the file's name: packs of another format are left alone and made again
LEFT_OVER_SECONDS = 24 * 3600.0  # no packing takes that long

CHOOSE_FOLDER = "set GANLAB_DATA to a folder that can be written to, and GANLAB_RUNS to another for trainings"

Condition = Annotated[Category | Attributes, Field(discriminator="kind")]
"""What is known of an image, in the words of a latent factor."""


class Batch(NamedTuple):
    """Real images and what is known of them, on the training device."""

    images: Tensor  # float32 [B, C, H, W], in [-1, 1]
    conditions: Tensor  # float32 [B, D], 0 or 1: the columns of the dataset's conditions


@dataclass(frozen=True, kw_only=True, slots=True)
class DataSpec:
    """What nets and pages need to know of a dataset without loading it."""

    name: Annotated[RealText, Field(max_length=200)]
    channels: int
    size: int  # height and width, pixels
    conditions: Annotated[tuple[Condition, ...], Field(max_length=32)] = ()

    def __post_init__(self) -> None:
        check_names_differ(self.conditions)

    @property
    def classes(self) -> tuple[str, ...]:
        """Labels of the only category, where each image belongs to one class; empty otherwise."""
        only = self.conditions[0] if len(self.conditions) == 1 else None
        return only.labels if isinstance(only, Category) else ()

    @property
    def condition_dim(self) -> int:
        return sum(condition.dim for condition in self.conditions)

    @property
    def shape(self) -> tuple[int, int, int]:
        return (self.channels, self.size, self.size)


_SPEC: TypeAdapter[DataSpec] = TypeAdapter(DataSpec)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pack:
    """A whole dataset in memory: the first `train` images are for training, the others for testing."""

    spec: DataSpec
    images: Tensor  # uint8 [N, C, H, W]
    conditions: Tensor  # uint8 [N, D], 0 or 1: the columns of `spec.conditions`, side by side
    train: int  # size of the train split
    licence: str
    held_out: bool = False  # whether the test split was taken from the training images, for want of another

    def split(self, name: str) -> tuple[Tensor, Tensor]:
        """Images and conditions of `train` or `test`; views, not copies."""
        ranges = {"train": slice(0, self.train), "test": slice(self.train, None)}
        if name not in ranges:
            raise ValueError(f"unknown split {name!r}; choose from {sorted(ranges)}")
        return self.images[ranges[name]], self.conditions[ranges[name]]

    def part(self, name: str, places: Tensor | None = None) -> "Pack":
        """Images of a split alone, those at `places` [n] or all of them; all of the new pack is its test split."""
        images, conditions = self.split(name)
        chosen = slice(None) if places is None else places
        return replace(self, images=images[chosen], conditions=conditions[chosen], train=0)

    @property
    def labels(self) -> Tensor:
        """Class of each image, int64 [N]; ValueError where images have no classes."""
        if not self.spec.classes:
            raise ValueError(f"the images of {self.spec.name} have no single class each")
        return self.conditions.argmax(1)

    def prior(self) -> Tensor:
        """Share of the train split that each condition holds of, float64 [D]."""
        return self.conditions[: self.train].double().mean(0)


def data_folder() -> Path:
    """Where datasets and packs live: `GANLAB_DATA`, or the user's cache folder.

    ValueError when its name is no UTF-8, or there is neither: containers run as users without a home, or with one that
    is not theirs.
    """
    if chosen := os.environ.get("GANLAB_DATA"):
        return text_path(Path(chosen))
    try:
        folder = Path(platformdirs.user_cache_dir("ganlab"))
    except RuntimeError as error:
        raise ValueError(f"this user has no home folder to keep datasets in ({error}); {CHOOSE_FOLDER}") from error
    # os.path, not Path: in a home that is another user's there may be no right to look.
    around = next(place for place in (folder, *folder.parents) if os.path.exists(place))
    if around != folder and not os.access(around, os.W_OK | os.X_OK):
        raise ValueError(f"datasets would be kept in {folder}, but {around} cannot be written to; {CHOOSE_FOLDER}")
    return folder


def pack_path(name: str) -> Path:
    """File of the pack `name`, whether it is there or not."""
    return data_folder() / "packs" / f"{name}.v{PACK_FORMAT}.safetensors"


def save_pack(pack: Pack, path: Path) -> None:
    """Write a pack, and remove what packers that were killed have left in its folder: gigabytes, for CelebA.

    ValueError when its parts do not fit together.
    """
    _check(pack)
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(OSError):  # what cannot be cleared away is in nobody's way
        _remove_left_over(path.parent)
    header = {
        "format": PACK_FORMAT,
        "spec": spec_values(pack.spec),
        "train": pack.train,
        "licence": pack.licence,
        "held_out": pack.held_out,
    }
    with replacing(path) as part:
        save_file({"images": pack.images, "conditions": pack.conditions}, part, {"pack": json.dumps(header)})


def load_pack(path: Path, expected: DataSpec | None = None) -> Pack:
    """Read a pack; of its images only what is used later is read from the disk.

    Raises ValueError, naming the file and the remedy, when it is cut short, not a pack, when its parts do not fit
    together, or when they are not those of the dataset that is `expected`.
    """
    try:
        with about(path), safe_open(path, "pt") as file:
            header = json.loads((file.metadata() or {}).get("pack", "null"))
            if not isinstance(header, dict) or header.get("format") != PACK_FORMAT:
                raise ValueError(f"it is not a pack of format {PACK_FORMAT}")
            images, conditions = file.get_tensor("images"), file.get_tensor("conditions")
        spec = parse_spec(header.get("spec"))
        split: Any = header.get("train")  # _check looks at what it is
        licence = str(header.get("licence", ""))
        held_out = header.get("held_out") is True  # older packs do not say
        pack = Pack(spec=spec, images=images, conditions=conditions, train=split, licence=licence, held_out=held_out)
        _check(pack)
        if expected and _outline(spec) != _outline(expected):
            raise ValueError(
                f"it holds {spec.name!r} of {spec.size} pixels and {spec.condition_dim} conditions, not "
                f"{expected.name!r} of {expected.size} and {expected.condition_dim} with the names that they have now"
            )
    except OSError as error:
        raise ValueError(in_words(error, path)) from error
    except (SafetensorError, ValueError) as error:  # ValueError: pydantic's and json's, too
        reason = " ".join(str(error).split())
        raise ValueError(f"{path} cannot be read ({reason}); {pack_again(path.name.split('.')[0])}") from error
    return pack


def pack_again(name: str) -> str:
    """The remedy for a pack of which something is wrong."""
    return f"pack it again with python -m ganlab data pack {name}"


def _outline(spec: DataSpec) -> object:
    """What of a spec its tensors depend on."""
    return spec.name, spec.shape, [(condition.name, condition.labels) for condition in spec.conditions]


def _check(pack: Pack) -> None:
    """ValueError unless images, conditions, splits and `spec` say the same; images of bytes need no look at them."""
    images, conditions, spec, count = pack.images, pack.conditions, pack.spec, len(pack.images)
    for what, tensor, shape in (("images", images, spec.shape), ("conditions", conditions, (spec.condition_dim,))):
        if tensor.dtype != torch.uint8 or tensor.shape != (count, *shape):
            kind = str(tensor.dtype).removeprefix("torch.")
            raise ValueError(f"its {what} are {kind} {list(tensor.shape)}, not uint8 {[count, *shape]}")
    if type(pack.train) is not int or not 0 <= pack.train <= count or not count:
        raise ValueError(f"it has {count:,} images, of which {pack.train} are said to be for training")
    if conditions.numel() and conditions.max() > 1:
        raise ValueError(f"its conditions go to {int(conditions.max())}; they can only be 0 or 1")
    for condition, columns in side_by_side(spec.conditions):
        least, most = (
            (1, 1) if condition.kind == "category" else (condition.at_least, condition.at_most or columns.stop)
        )
        on = conditions[:, columns].sum(1)
        if not least <= int(on.min()) <= int(on.max()) <= most:
            raise ValueError(f"its images have {int(on.min())} to {int(on.max())} labels of {condition.name!r} each")


def spec_values(spec: DataSpec) -> dict[str, Any]:
    """`spec` as plain values for a JSON header."""
    return dict(_SPEC.dump_python(spec, mode="json"))


def parse_spec(values: Any) -> DataSpec:
    """The reverse of `spec_values`; pydantic's ValidationError (a ValueError) where values do not fit."""
    if isinstance(values, dict) and "classes" in values:  # headers of the first checkpoints
        values = dict(values)
        values["conditions"] = [{"kind": "category", "name": "class", "labels": values.pop("classes")}]
    return _SPEC.validate_python(values)


def resized(pack: Pack, size: int) -> Pack:
    """The same dataset at `size` x `size` pixels (bilinear, antialiased when it shrinks)."""
    if size == pack.spec.size:
        return pack
    parts = [
        F.interpolate(part.float(), (size, size), mode="bilinear", antialias=size < pack.spec.size)
        .round_()
        .clamp_(0, 255)
        .byte()
        for part in pack.images.split(4096)  # bounds the float copy to a few hundred megabytes
    ]
    return replace(pack, spec=replace(pack.spec, size=size), images=torch.cat(parts))


def to_float(images: Tensor) -> Tensor:
    """uint8 pixels => float32 in [-1, 1]."""
    return images.float().mul_(2 / 255).sub_(1)


def to_uint8(images: Tensor) -> Tensor:
    """Floats in [-1, 1] => uint8 pixels, rounded to nearest."""
    return images.float().add(1).mul_(255 / 2).round_().clamp_(0, 255).byte()


class Stream:
    """Batches of the train split in shuffled epochs; which images a step gets depends on nothing but the step.

    Epoch `e` uses the permutation of seed `(seed, e)`, so that resuming at a step needs no stored position.
    """

    def __init__(self, pack: Pack, *, batch_size: int, seed: int, device: torch.device, mirror: bool = False) -> None:
        images, conditions = pack.split("train")
        if batch_size > len(images):
            raise ValueError(
                f"batch_size {batch_size} is larger than the {len(images)} training images of "
                f"{pack.spec.name!r}; choose at most {len(images)}"
            )
        self.images = images.to(device)
        self.conditions = conditions.to(device)
        self.batch_size = batch_size
        self.seed = seed
        self.mirror = mirror  # left to right, each image half of the time
        self._orders: dict[int, Tensor] = {}  # at most two epochs, on the device

    def batch(self, step: int) -> Batch:
        """The batch of step `step` (from 0); a batch may span two epochs."""
        total = len(self.images)
        start = step * self.batch_size
        epoch, offset = divmod(start, total)
        order = self._order(epoch)[offset : offset + self.batch_size]
        if len(order) < self.batch_size:
            order = torch.cat([order, self._order(epoch + 1)[: self.batch_size - len(order)]])
        images = to_float(self.images[order])
        if self.mirror:
            rng = torch.Generator().manual_seed(self.seed * 1_000_003 + step)
            chosen = to_device(torch.rand(self.batch_size, 1, 1, 1, generator=rng), images.device) < 0.5
            images = torch.where(chosen, images.flip(3), images)
        return Batch(images, self.conditions[order].float())

    def _order(self, epoch: int) -> Tensor:
        if epoch not in self._orders:
            rng = torch.Generator().manual_seed(self.seed * 1_000_003 + epoch)
            self._orders = {e: o for e, o in self._orders.items() if e >= epoch - 1}
            self._orders[epoch] = to_device(torch.randperm(len(self.images), generator=rng), self.images.device)
        return self._orders[epoch]


def _remove_left_over(folder: Path) -> None:
    """What is a day older than a file that is made now, by the clock of whoever keeps the folder."""
    with tempfile.TemporaryFile(dir=folder) as file:
        now = os.fstat(file.fileno()).st_mtime
    remove_unfinished(folder, before=now - LEFT_OVER_SECONDS)
