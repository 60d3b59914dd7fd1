"""`mnist` and `fashion-mnist`: the IDX files under the data folder, downloaded by torchvision when missing."""

import gzip
import math
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from ganlab.data.dataset import Dataset, Progress
from ganlab.data.digits import DIGITS
from ganlab.data.packs import DataSpec, Pack, data_folder
from ganlab.data.torchvision_import import torchvision
from ganlab.latents import Category

FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
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
        found = self._files()
        if len(found) < len(FILES):
            for path in found.values():
                _read_idx(path)  # a damaged file is named before anything is downloaded
            self._download()
            found = self._files()
        parts = {}
        for position, name in enumerate(FILES):
            progress(0.1 + 0.2 * position, f"reading {name}")
            parts[name] = _read_idx(found[name])
        train_images, train_labels, test_images, test_labels = parts.values()
        return Pack(
            spec=self.spec,
            images=torch.cat([train_images, test_images])[:, None].contiguous(),
            conditions=F.one_hot(torch.cat([train_labels, test_labels]).long(), 10).byte(),
            train=len(train_images),
            licence=self.licence,
        )

    def _files(self) -> dict[str, Path]:
        """Those of the four files that are here, as they are or compressed."""
        candidates = {name: (self.folder / name, self.folder / f"{name}.gz") for name in FILES}
        return {name: path for name, paths in candidates.items() for path in reversed(paths) if path.is_file()}

    def _download(self) -> None:
        try:
            getattr(torchvision().datasets, self.loader)(data_folder(), download=True)
        except (ImportError, OSError, RuntimeError) as error:
            raise ValueError(_two_ways_out(self.spec.name, self.folder, error)) from error


def _read_idx(path: Path) -> Tensor:
    """Bytes of an IDX file in its shape. ValueError when it is shorter or longer than its header says."""
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"{path} cannot be read ({error}); delete it and pack again") from error
    rank = content[3] if len(content) > 3 else 0  # two zeros, the type (8: bytes) and the number of sizes that follow
    start = 4 + 4 * rank
    whole = rank > 0 and content[:3] == b"\0\0\x08" and len(content) >= start
    sizes = struct.unpack(f">{rank}I", content[4:start]) if whole else (0,)
    if not whole or len(content) - start != math.prod(sizes):
        raise ValueError(
            f"{path} is cut short or damaged: {len(content) - start if whole else 0:,} bytes of pixels or labels, its "
            f"header says {math.prod(sizes):,}; delete it and pack again"
        )
    return torch.frombuffer(bytearray(content), dtype=torch.uint8, offset=start).view(sizes)


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
