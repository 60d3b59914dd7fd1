"""A pack: a dataset as uint8 tensors in one safetensors file."""

import json
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from ganlab.data.folder import data_folder
from ganlab.data.spec import DataSpec, parse_spec, spec_values
from ganlab.latents import side_by_side
from ganlab.system_errors import about, in_words
from ganlab.whole_files import remove_unfinished, replacing

PACK_FORMAT = 2  # part of the file's name: packs of another format are left alone and made again
LEFT_OVER_SECONDS = 24 * 3600.0  # no packing takes that long


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


def _remove_left_over(folder: Path) -> None:
    """What is a day older than a file that is made now, by the clock of whoever keeps the folder."""
    with tempfile.TemporaryFile(dir=folder) as file:
        now = os.fstat(file.fileno()).st_mtime
    remove_unfinished(folder, before=now - LEFT_OVER_SECONDS)
