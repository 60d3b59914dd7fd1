"""A pack: a dataset as tensors in one safetensors file, of bytes where its images are pictures."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from ganlab.choices import instead
from ganlab.counting import counted
from ganlab.data.folder import data_folder
from ganlab.data.spec import DataSpec, parse_spec, spec_values
from ganlab.foreign import is_format, parse_json, shortened
from ganlab.latents import side_by_side
from ganlab.system_errors import about, in_words
from ganlab.whole_files import clock, remove_unfinished, replacing

PACK_FORMAT = 2  # part of the file's name: packs of another format are left alone and made again
SUFFIX = f".v{PACK_FORMAT}.safetensors"
FARTHEST = 10.0  # that a coordinate of a point is from the middle
MOST_LETTERS = 1000  # of a text in a header
TEXTS = ("title", "licence", "source", "fingerprint")
LEFT_OVER_SECONDS = 24 * 3600.0  # no packing takes that long


@dataclass(frozen=True, kw_only=True, slots=True)
class PackHeader:
    """What a pack says of its dataset. Packs of earlier versions leave the texts empty."""

    spec: DataSpec
    train: int  # size of the train split
    licence: str
    held_out: bool = False  # whether the test split was taken from the training images, for want of another
    title: str = ""
    source: str = ""  # where the pictures came from
    fingerprint: str = ""  # sha256 as hexadecimal digits, see `fingerprint`
    made: Mapping[str, Any] = field(default_factory=dict)  # the settings that the pictures were added with


@dataclass(frozen=True, kw_only=True, slots=True)
class Pack(PackHeader):
    """A whole dataset: the first `train` images are for training, the others for testing."""

    images: Tensor  # uint8 [N, C, H, W]; points: float32 [N, 2, 1, 1]
    conditions: Tensor  # uint8 [N, D], 0 or 1: the columns of `spec.conditions`, side by side

    def split(self, name: str) -> tuple[Tensor, Tensor]:
        """Images and conditions of `train` or `test`; views, not copies."""
        ranges = {"train": slice(0, self.train), "test": slice(self.train, None)}
        if name not in ranges:
            raise ValueError(f"unknown split {name!r}{instead(name, sorted(ranges))}")
        return self.images[ranges[name]], self.conditions[ranges[name]]

    def part(self, name: str, places: Tensor | None = None) -> "Pack":
        """Images of a split alone, those at `places` [n] or all of them; all of the new pack is its test split."""
        images, conditions = self.split(name)
        chosen = slice(None) if places is None else places
        return replace(self, images=images[chosen], conditions=conditions[chosen], train=0, fingerprint="")

    @property
    def labels(self) -> Tensor:
        """Class of each image, int64 [N]; ValueError where images have no classes."""
        if not self.spec.classes:
            raise ValueError(f"the images of {self.spec.name} have no single class each")
        return self.conditions.argmax(1)

    def prior(self) -> Tensor:
        """Share of the train split that each condition holds of, float64 [D]."""
        return self.conditions[: self.train].sum(0, dtype=torch.float64) / self.train


def packs_folder() -> Path:
    """Where packs lie, and what belongs to each."""
    return data_folder() / "packs"


def pack_path(name: str) -> Path:
    """File of the pack `name`, whether it is there or not."""
    return packs_folder() / f"{name}{SUFFIX}"


def save_pack(pack: Pack, path: Path) -> None:
    """Write a pack, and remove what packers that were killed have left in its folder: gigabytes, for CelebA.

    ValueError when its parts do not fit together.
    """
    _check(pack)
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(OSError):  # what cannot be cleared away is in nobody's way
        remove_left_over(path.parent)
    tensors = {"images": pack.images, "conditions": pack.conditions}
    with replacing(path) as part:
        save_file(tensors, part, metadata(replace(pack, fingerprint=fingerprint(pack))))


def metadata(header: PackHeader) -> dict[str, str]:
    """What stands before the tensors in a pack's file."""
    texts = ("train", "licence", "held_out", "title", "source", "fingerprint")
    values = {"format": PACK_FORMAT, "spec": spec_values(header.spec), "made": dict(header.made)}
    return {"pack": json.dumps(values | {name: getattr(header, name) for name in texts})}


def fingerprint(pack: Pack) -> str:
    """Sha256 over spec, split and all bytes of the images and then of the conditions, as hexadecimal digits.

    About a second for a gigabyte of images.
    """
    digest = fingerprinting(pack.spec, pack.train)
    for tensor in (pack.images, pack.conditions):
        for part in tensor.split(4096):
            digest.update(part.contiguous().numpy().data)
    return digest.hexdigest()


def fingerprinting(spec: DataSpec, train: int) -> "hashlib._Hash":
    """A digest that becomes the pack's fingerprint once it has read all images and then all conditions, in order."""
    return hashlib.sha256(json.dumps([spec_values(spec), train], sort_keys=True).encode())


def read_header(path: Path, remedy: str = "") -> PackHeader:
    """What the pack says of its dataset, read without its images. ValueError as `load_pack`."""
    with _told(path, remedy), safe_open(path, "pt") as file:
        return _header(file.metadata())


def load_pack(path: Path, expected: DataSpec | None = None, remedy: str = "") -> Pack:
    """Read a pack; of its images only what is used later is read from the disk.

    Raises ValueError, naming the file and the `remedy` (else: to pack it again), when it is cut short, not a pack, when
    its parts do not fit together, or when they are not those of the dataset that is `expected`.
    """
    with _told(path, remedy):
        with safe_open(path, "pt") as file:
            header = _header(file.metadata())
            images, conditions = file.get_tensor("images"), file.get_tensor("conditions")
        known = {one.name: getattr(header, one.name) for one in fields(PackHeader)}
        pack = Pack(images=images, conditions=conditions, **known)
        _check(pack)
        if expected and outline(header.spec) != outline(expected):
            raise ValueError(
                f"it holds {header.spec.name!r} of {header.spec.size} pixels and "
                f"{counted(header.spec.condition_dim, 'condition')}, not {expected.name!r} of {expected.size} and "
                f"{expected.condition_dim} with the names that they have now"
            )
    return pack


@contextmanager
def _told(path: Path, remedy: str) -> Iterator[None]:
    """What goes wrong with the file, as a ValueError that names it and the remedy."""
    try:
        with about(path):
            yield
    except OSError as error:
        raise ValueError(in_words(error, path)) from error
    except (SafetensorError, ValueError) as error:  # ValueError: pydantic's and json's, too
        reason = " ".join(str(error).split())
        remedy = remedy or pack_again(path.name.removesuffix(SUFFIX))
        raise ValueError(f"{path} cannot be read ({reason}); {remedy}") from error


def _header(found: Mapping[str, str] | None) -> PackHeader:
    values = parse_json((found or {}).get("pack", "null"))
    if not isinstance(values, dict) or not is_format(values.get("format"), PACK_FORMAT):
        raise ValueError(f"it is not a pack of format {PACK_FORMAT}")
    made, train = values.get("made"), values.get("train")
    if type(train) is not int:
        raise ValueError(f"it has images of which {shortened(str(train), 40)} are said to be for training, no number")
    texts = {name: shortened(str(values.get(name) or ""), MOST_LETTERS) for name in TEXTS}
    return PackHeader(
        spec=parse_spec(values.get("spec")),
        train=train,
        held_out=values.get("held_out") is True,  # older packs do not say
        made=made if isinstance(made, dict) else {},
        **texts,
    )


def pack_again(name: str) -> str:
    """The remedy for a pack of which something is wrong."""
    return f"pack it again with python -m ganlab data pack {name}"


def outline(spec: DataSpec) -> object:
    """What of a spec its tensors depend on."""
    return spec.name, spec.shape, [(condition.name, condition.labels) for condition in spec.conditions]


def _check(pack: Pack) -> None:
    """ValueError unless images, conditions, splits and `spec` say the same; images of bytes need no look at them."""
    images, conditions, spec, count = (
        pack.images,
        pack.conditions,
        pack.spec,
        len(pack.images) if pack.images.ndim else 0,
    )
    for what, tensor, dtype, shape in (
        ("images", images, spec.stored, spec.shape),
        ("conditions", conditions, torch.uint8, (spec.condition_dim,)),
    ):
        if tensor.dtype != dtype or tensor.shape != (count, *shape):
            kind, wanted = (str(each).removeprefix("torch.") for each in (tensor.dtype, dtype))
            raise ValueError(f"its {what} are {kind} {list(tensor.shape)}, not {wanted} {[count, *shape]}")
    if spec.points and not bool((images.abs() <= FARTHEST).all()):  # NaN is not, either
        raise ValueError(f"it has points whose coordinates are not from -{FARTHEST:.0f} to {FARTHEST:.0f}")
    if not 0 <= pack.train <= count or not count:
        raise ValueError(f"it has {counted(count, 'image')}, of which {pack.train} are said to be for training")
    if conditions.numel() and conditions.max() > 1:
        raise ValueError(f"its conditions go to {int(conditions.max())}; they can only be 0 or 1")
    for condition, columns in side_by_side(spec.conditions):
        least, most = (
            (1, 1) if condition.kind == "category" else (condition.at_least, condition.at_most or columns.stop)
        )
        on = conditions[:, columns].sum(1)
        if not least <= int(on.min()) <= int(on.max()) <= most:
            raise ValueError(f"its images have {int(on.min())} to {int(on.max())} labels of {condition.name!r} each")


def remove_left_over(folder: Path) -> None:
    """What is a day older than a file that is made now, by the clock of whoever keeps the folder."""
    remove_unfinished(folder, before=clock(folder) - LEFT_OVER_SECONDS)
