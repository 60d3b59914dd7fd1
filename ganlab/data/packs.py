"""A pack: a dataset as uint8 tensors in one safetensors file, and the batches drawn from it."""

import json
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import NamedTuple

import platformdirs
import torch
import torch.nn.functional as F
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

PACK_FORMAT = 1


class Batch(NamedTuple):
    """Real images and what is known of them, on the training device."""

    images: Tensor  # float32 [B, C, H, W], in [-1, 1]
    labels: Tensor  # int64 [B], in [0, number of classes)


@dataclass(frozen=True, kw_only=True, slots=True)
class DataSpec:
    """What nets and pages need to know of a dataset without loading it."""

    name: str
    channels: int
    size: int  # height and width, pixels
    classes: tuple[str, ...]

    @property
    def shape(self) -> tuple[int, int, int]:
        return (self.channels, self.size, self.size)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pack:
    """A whole dataset in memory: the first `train` images are for training, the others for testing."""

    spec: DataSpec
    images: Tensor  # uint8 [N, C, H, W]
    labels: Tensor  # int64 [N]
    train: int  # size of the train split
    licence: str

    def split(self, name: str) -> tuple[Tensor, Tensor]:
        """Images and labels of `train` or `test`; views, not copies."""
        ranges = {"train": slice(0, self.train), "test": slice(self.train, None)}
        if name not in ranges:
            raise ValueError(f"unknown split {name!r}; choose from {sorted(ranges)}")
        return self.images[ranges[name]], self.labels[ranges[name]]

    def prior(self) -> Tensor:
        """Share of each class in the train split, float64 [classes]."""
        counts = torch.bincount(self.labels[: self.train], minlength=len(self.spec.classes))
        return counts.double() / counts.sum()


def data_folder() -> Path:
    """Where datasets and packs live: `GANLAB_DATA`, or the user's cache folder."""
    return Path(os.environ.get("GANLAB_DATA") or platformdirs.user_cache_dir("ganlab"))


def pack_path(name: str) -> Path:
    """File of the pack `name`, whether it is there or not."""
    return data_folder() / "packs" / f"{name}.safetensors"


def save_pack(pack: Pack, path: Path) -> None:
    """Write `pack` so that a reader sees the old file or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    header = {"format": PACK_FORMAT, "spec": asdict(pack.spec), "train": pack.train, "licence": pack.licence}
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        save_file({"images": pack.images, "labels": pack.labels}, part, {"pack": json.dumps(header)})
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def load_pack(path: Path) -> Pack:
    """Read a pack. Raises ValueError, naming the file and the remedy, when it is cut short or not a pack."""
    remedy = "delete the file and pack the dataset again"
    try:
        with safe_open(path, "pt") as file:
            header = json.loads((file.metadata() or {}).get("pack", "null"))
            if not isinstance(header, dict) or header.get("format") != PACK_FORMAT:
                raise ValueError(f"{path} is not a pack of format {PACK_FORMAT}; {remedy}")
            images, labels = file.get_tensor("images"), file.get_tensor("labels")
    except (SafetensorError, json.JSONDecodeError, OSError) as error:
        raise ValueError(f"{path} cannot be read ({error}); {remedy}") from error
    spec = header["spec"] | {"classes": tuple(header["spec"]["classes"])}
    return Pack(spec=DataSpec(**spec), images=images, labels=labels, train=header["train"], licence=header["licence"])


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

    def __init__(self, pack: Pack, *, batch_size: int, seed: int, device: torch.device) -> None:
        images, labels = pack.split("train")
        if batch_size > len(images):
            raise ValueError(
                f"batch_size {batch_size} is larger than the {len(images)} training images of "
                f"{pack.spec.name!r}; choose at most {len(images)}"
            )
        self.images = images.to(device)
        self.labels = labels.to(device)
        self.batch_size = batch_size
        self.seed = seed
        self._orders: dict[int, Tensor] = {}  # at most two epochs

    def batch(self, step: int) -> Batch:
        """The batch of step `step` (from 0); a batch may span two epochs."""
        total = len(self.images)
        start = step * self.batch_size
        epoch, offset = divmod(start, total)
        order = self._order(epoch)[offset : offset + self.batch_size]
        if len(order) < self.batch_size:
            order = torch.cat([order, self._order(epoch + 1)[: self.batch_size - len(order)]])
        order = order.to(self.images.device)
        return Batch(to_float(self.images[order]), self.labels[order])

    def _order(self, epoch: int) -> Tensor:
        if epoch not in self._orders:
            rng = torch.Generator().manual_seed(self.seed * 1_000_003 + epoch)
            self._orders = {e: o for e, o in self._orders.items() if e >= epoch - 1}
            self._orders[epoch] = torch.randperm(len(self.images), generator=rng)
        return self._orders[epoch]
