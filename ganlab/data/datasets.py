"""The datasets by name: how each becomes a pack."""

import gzip
import math
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
import torch.nn.functional as F

from ganlab.data.packs import DataSpec, Pack, data_folder, load_pack, pack_path, save_pack
from ganlab.data.torchvision_import import torchvision
from ganlab.latents import Category

Progress = Callable[[float, str], None]
"""Called with a share in [0, 1] and a line of text."""

DIGITS = Category(name="digit", labels=tuple("0123456789"))
FASHION = Category(
    name="garment",
    labels=("t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Dataset:
    """A dataset that can be packed, and what a person should know before doing so."""

    title: str
    spec: DataSpec
    train: int  # images in the train split, for counting epochs
    offline: bool  # needs no download and no files of the user
    build: Callable[[Progress], Pack]
    files: str = ""  # folder under the data folder, where the user's own files are looked for


State = Literal["packed", "offline", "files", "download"]
"""A pack is there; it can be made from nothing; the user's files are there; they must be downloaded."""


def describe(name: str) -> Dataset:
    """The registry's entry; ValueError lists the names when there is none."""
    if name not in DATASETS:
        raise ValueError(f"unknown dataset {name!r}; choose from {', '.join(DATASETS)}")
    return DATASETS[name]


def state(name: str) -> State:
    """What has to happen before the dataset can be trained on."""
    dataset = describe(name)
    if is_packed(name):
        return "packed"
    if dataset.offline:
        return "offline"
    return "files" if dataset.files and any((data_folder() / dataset.files).glob("*-ubyte*")) else "download"


def is_packed(name: str) -> bool:
    return pack_path(describe(name).spec.name).is_file()


def load(name: str, progress: Progress = lambda share, text: None) -> Pack:
    """The pack of dataset `name`, made first when it is not there yet."""
    dataset = describe(name)
    path = pack_path(name)
    if not path.is_file():
        progress(0.0, f"packing {dataset.title}")
        save_pack(dataset.build(progress), path)
    pack = load_pack(path)
    progress(1.0, f"{len(pack.images):,} images in {path}")
    return pack


def _build_digits(progress: Progress) -> Pack:
    """The 8x8 digits that scikit-learn carries, enlarged to 28x28 so that every 28-px net fits."""
    from sklearn.datasets import load_digits

    source = load_digits()
    small = torch.from_numpy(source.images).float().mul_(255 / 16)[:, None]  # [1797, 1, 8, 8]
    progress(0.5, "enlarging")
    inner = F.interpolate(small, (24, 24), mode="bicubic", align_corners=False)
    images = F.pad(inner, (2, 2, 2, 2)).round_().clamp_(0, 255).byte()
    return Pack(
        spec=_grey("digits", DIGITS),
        images=images.contiguous(),
        conditions=F.one_hot(torch.from_numpy(source.target).long(), 10).byte(),
        train=1500,
        licence="CC BY 4.0 (Alpaydin and Kaynak, UCI)",
    )


def _build_idx(name: str, loader: str, kind: Category, licence: str) -> Callable[[Progress], Pack]:
    """A dataset in MNIST's file format, read by torchvision's loader, downloaded by it when missing."""

    def build(progress: Progress) -> Pack:
        cls = getattr(torchvision().datasets, loader)
        root = data_folder()
        _check_idx(root / loader / "raw")
        parts = []
        for position, train in enumerate((True, False)):
            progress(0.1 + 0.4 * position, f"reading the {'train' if train else 'test'} split")
            try:
                parts.append(cls(root, train=train, download=True))
            except (OSError, RuntimeError) as error:
                raise ValueError(_two_ways_out(name, root / loader / "raw", error)) from error
        return Pack(
            spec=_grey(name, kind),
            images=torch.cat([part.data for part in parts])[:, None].contiguous(),
            conditions=F.one_hot(torch.cat([part.targets for part in parts]).long(), 10).byte(),
            train=len(parts[0].data),
            licence=licence,
        )

    return build


def _check_idx(folder: Path) -> None:
    """ValueError for a file that is shorter or longer than its header says; torchvision would crash on it."""
    for path in sorted(folder.glob("*-ubyte*")):
        try:
            with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
                head = file.read(4)  # two zeros, the type (8: bytes) and the number of sizes that follow
                rank = head[3] if len(head) == 4 else 0
                sizes = file.read(4 * rank)
                whole = rank > 0 and head[:3] == b"\0\0\x08" and len(sizes) == 4 * rank
                expected, found = math.prod(struct.unpack(f">{rank}I", sizes)) if whole else 0, 0
                while part := file.read(1 << 20):
                    found += len(part)
        except (OSError, EOFError) as error:
            raise ValueError(f"{path} cannot be read ({error}); delete it and pack again") from error
        if not whole or found != expected:
            raise ValueError(
                f"{path} is cut short or damaged: {found:,} bytes of pixels or labels, its header says "
                f"{expected:,}; delete it and pack again"
            )


def _two_ways_out(name: str, folder: Path, error: Exception) -> str:
    reason = " ".join(str(error).split())
    return (
        f"{name} is not here and could not be downloaded ({reason}). Either connect to the internet and try "
        f"again, or copy the four *-ubyte files (or their .gz) into {folder}. The dataset 'digits' needs neither."
    )


def _grey(name: str, kind: Category) -> DataSpec:
    return DataSpec(name=name, channels=1, size=28, conditions=(kind,))


DATASETS: dict[str, Dataset] = {
    "digits": Dataset(
        title="Digits (scikit-learn, 1,797 small handwritten digits)",
        spec=_grey("digits", DIGITS),
        train=1_500,
        offline=True,
        build=_build_digits,
    ),
    "mnist": Dataset(
        title="MNIST (70,000 handwritten digits)",
        spec=_grey("mnist", DIGITS),
        train=60_000,
        offline=False,
        build=_build_idx("mnist", "MNIST", DIGITS, "CC BY-SA 3.0 (LeCun, Cortes, Burges)"),
        files="MNIST/raw",
    ),
    "fashion-mnist": Dataset(
        title="Fashion-MNIST (70,000 pictures of clothes)",
        spec=_grey("fashion-mnist", FASHION),
        train=60_000,
        offline=False,
        build=_build_idx("fashion-mnist", "FashionMNIST", FASHION, "MIT (Zalando)"),
        files="FashionMNIST/raw",
    ),
}
