"""`mnist` and `fashion-mnist`: the IDX files under the data folder, downloaded by torchvision when missing."""

import gzip
import math
import struct
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F

from ganlab.data.dataset import Dataset, Progress
from ganlab.data.digits import DIGITS
from ganlab.data.packs import DataSpec, Pack, data_folder
from ganlab.data.torchvision_import import torchvision
from ganlab.latents import Category

GARMENTS = Category(
    name="garment",
    labels=("t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot"),
)


@dataclass(frozen=True, slots=True)
class IdxFiles:
    """A dataset in MNIST's file format."""

    spec: DataSpec
    loader: str  # class of torchvision.datasets, and folder of the files
    licence: str

    @property
    def folder(self) -> Path:
        return data_folder() / self.loader / "raw"

    def build(self, progress: Progress) -> Pack:
        """Both splits. Raises ValueError for files cut short, or that are neither here nor can be downloaded."""
        _check_idx(self.folder)
        parts = []
        for position, train in enumerate((True, False)):
            progress(0.1 + 0.4 * position, f"reading the {'train' if train else 'test'} split")
            try:
                parts.append(getattr(torchvision().datasets, self.loader)(data_folder(), train=train, download=True))
            except (OSError, RuntimeError) as error:
                raise ValueError(_two_ways_out(self.spec.name, self.folder, error)) from error
        return Pack(
            spec=self.spec,
            images=torch.cat([part.data for part in parts])[:, None].contiguous(),
            conditions=F.one_hot(torch.cat([part.targets for part in parts]).long(), 10).byte(),
            train=len(parts[0].data),
            licence=self.licence,
        )


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


MNIST_FILES = IdxFiles(
    spec=DataSpec(name="mnist", channels=1, size=28, conditions=(DIGITS,)),
    loader="MNIST",
    licence="CC BY-SA 3.0 (LeCun, Cortes, Burges)",
)
FASHION_FILES = IdxFiles(
    spec=DataSpec(name="fashion-mnist", channels=1, size=28, conditions=(GARMENTS,)),
    loader="FashionMNIST",
    licence="MIT (Zalando)",
)
MNIST = Dataset(
    title="MNIST (70,000 handwritten digits)",
    spec=MNIST_FILES.spec,
    train=60_000,
    licence=MNIST_FILES.licence,
    source="downloaded",
    build=MNIST_FILES.build,
    files="MNIST/raw/*-ubyte*",
)
FASHION_MNIST = Dataset(
    title="Fashion-MNIST (70,000 pictures of clothes)",
    spec=FASHION_FILES.spec,
    train=60_000,
    licence=FASHION_FILES.licence,
    source="downloaded",
    build=FASHION_FILES.build,
    files="FashionMNIST/raw/*-ubyte*",
)
