"""`mnist` and `fashion-mnist`: the IDX files under the data folder, downloaded by torchvision when missing."""

import gzip
import math
import struct
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import torch
import torch.nn.functional as F
from torch import Tensor

from ganlab import listings
from ganlab.counting import counted
from ganlab.data.dataset import Dataset, Progress
from ganlab.data.digits import DIGITS
from ganlab.data.evaluation import CLASSIFIERS, Evaluation
from ganlab.data.folder import data_folder
from ganlab.data.making import part_by_part
from ganlab.data.packs import Pack
from ganlab.data.spec import DataSpec
from ganlab.data.torchvision_import import torchvision
from ganlab.full_disk import check_room
from ganlab.latents import Category
from ganlab.system_errors import error_number, in_words

GARMENTS = Category(
    name="garment",
    labels=("t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot"),
)


IMAGES, LABELS = "images-idx3-ubyte", "labels-idx1-ubyte"
FILES = tuple(f"{split}-{kind}" for split in ("train", "t10k") for kind in (IMAGES, LABELS))
UBYTE = "[uU][bB][yY][tT][eE]"  # in all of their names
DEPTHS = ("*", "*/*", "*/*/*")  # of the files below the dataset's folder: Kaggle puts each into one of its own
GZIP = b"\x1f\x8b"
MOST_PACKINGS = 2
MOST_IMAGES = 1_000_000  # a file, 784 MB of pixels; MNIST's own have 60,000


@dataclass(frozen=True, slots=True)
class IdxFiles:
    """A dataset in MNIST's file format."""

    spec: DataSpec
    loader: str  # class of torchvision.datasets, which downloads, and folder of the files
    licence: str

    @property
    def folder(self) -> Path:
        return data_folder() / self.loader / "raw"

    def build(self, progress: Progress) -> Pack:
        """Both splits, from the files that are here, else from the internet.

        Raises ValueError naming the file and the remedy: cut short, other shapes, labels that do not exist or are not
        as many as the images; when some of the four are missing; and when the download fails.
        """
        found = self._find()
        if not found:
            self._download(progress)
            found = self._find()
        images, labels = [], []
        for position, split in enumerate(("train", "t10k")):
            progress(0.1 + 0.4 * position, f"reading the {'train' if split == 'train' else 'test'} split")
            names = found[f"{split}-{IMAGES}"], found[f"{split}-{LABELS}"]
            pixels, classes = _read_idx(names[0], (self.spec.size, self.spec.size)), _read_idx(names[1], ())
            if len(pixels) != len(classes):
                raise ValueError(
                    f"{names[1]} has {counted(len(classes), 'label')}, and {names[0]} "
                    f"{counted(len(pixels), 'image')}; copy both again from one source"
                )
            if not len(pixels) and not position:
                raise ValueError(f"{names[0]} has no images; copy it again from the source")
            if len(classes) and (last := int(classes.max())) >= len(self.spec.classes):
                raise ValueError(
                    f"{names[1]} has the label {last}; those of {self.spec.name} go from 0 to "
                    f"{len(self.spec.classes) - 1}: copy the files of {self.spec.name} into {self.folder}"
                )
            images.append(pixels)
            labels.append(classes)
        return Pack(
            spec=self.spec,
            images=torch.cat(images)[:, None].contiguous(),
            conditions=F.one_hot(torch.cat(labels).long(), len(self.spec.classes)).byte(),
            train=len(images[0]),
            licence=self.licence,
        )

    def _find(self) -> dict[str, Path]:
        """The four files by their usual names; empty where there is none. ValueError unless it is all or nothing."""
        found: dict[str, Path] = {}
        others: list[Path] = []
        for path in self._files():
            if (name := usual_name(path.name)) in FILES:
                found.setdefault(name, path)
            else:
                others.append(path)
        missing = [name for name in FILES if name not in found]
        if missing and (found or others):
            here = [*found.values(), *others]
            raise ValueError(
                f"{self.folder.parent} has {', '.join(path.name for path in here[:4])}, but not "
                f"{', '.join(missing)} (or their .gz); copy what is missing there, or move what is there away to have "
                "all four downloaded"
            )
        return found

    def _files(self) -> list[Path]:
        """All that people may have put there, unpacked ones first."""
        folder = self.folder.parent
        depths = DEPTHS if listings.is_folder(folder) else ()
        paths = [path for depth in depths for path in folder.glob(depth)]  # rglob follows no links
        return sorted(
            (path for path in paths if listings.is_file(path) and not listings.is_stray(path)),
            key=lambda path: (path.suffix == ".gz", len(path.parts), path),
        )

    def _download(self, progress: Progress) -> None:
        """Get all four files into a folder of their own, then move it into its place, where nothing is."""
        progress(0.02, f"downloading {self.spec.name}")
        data_folder().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".download-", dir=data_folder()) as folder:
            try:
                getattr(torchvision().datasets, self.loader)(folder, download=True)
            except (ImportError, OSError, RuntimeError) as error:
                check_room(error, self.folder)
                raise ValueError(_two_ways_out(self.spec.name, self.folder, error)) from error
            self.folder.mkdir(parents=True, exist_ok=True)
            for path in (Path(folder) / self.loader / "raw").iterdir():
                path.replace(self.folder / path.name)


def usual_name(name: str) -> str:
    """The name as MNIST's authors wrote it, of one in a usual spelling: `train-images.idx3-ubyte.gz`, for instance."""
    return name.lower().removesuffix(".gz").replace(".idx", "-idx").replace("_", "-").replace("test-", "t10k-")


def _read_idx(path: Path, shape: tuple[int, ...]) -> Tensor:
    """The file's bytes, uint8 [N, *shape]. ValueError names the file when its header or its length says otherwise."""
    again = "copy it again, or move all four away to have them downloaded"
    rank = 1 + len(shape)
    try:
        with _unpacked(path) as file:
            head = file.read(4 + 4 * rank)
            if why := _against_head(head, rank):
                raise ValueError(f"{path} {why}; {again}")
            count, *sides = struct.unpack(f">{rank}I", head[4:])
            if tuple(sides) != shape or count > MOST_IMAGES:
                found = " x ".join(f"{size:,}" for size in (count, *sides))
                wanted = " x ".join(map(str, (f"up to {MOST_IMAGES:,}", *shape)))
                raise ValueError(f"{path} has {found} values, not {wanted}; {again}")
            expected = math.prod((count, *shape))
            content = bytearray(file.read(expected + 1))
    except (OSError, EOFError, zlib.error) as error:
        if error_number(error):
            raise ValueError(in_words(error, path)) from error
        raise ValueError(f"{path} cannot be read ({error}); {again}") from error
    if len(content) != expected:
        raise ValueError(
            f"{path} is cut short or damaged: {len(content):,} bytes follow its header, not the {expected:,} that it "
            f"says; {again}"
        )
    return (
        torch.frombuffer(content, dtype=torch.uint8).view(count, *shape)
        if content
        else torch.empty(0, *shape, dtype=torch.uint8)
    )


def _against_head(head: bytes, rank: int) -> str:
    """Why a file does not begin as one with `rank` sizes: two zeros, the type (8: bytes), their number, and they."""
    kind = head[:4]
    if len(head) == 4 + 4 * rank and kind == bytes((0, 0, 8, rank)):
        return ""
    if kind == bytes((rank, 8, 0, 0)):
        return "has its numbers in the order of bytes of the machine that wrote it; they must be big-endian"
    if kind[:2] == b"\0\0" and kind[2:3] != b"\x08" and kind[3:] == bytes((rank,)):
        return "holds no bytes but numbers of another type"
    return "is cut short or damaged: it does not begin like a file of its name"


@contextmanager
def _unpacked(path: Path) -> Iterator[BinaryIO]:
    """Whatever its name says: browsers and archivers unpack a file and leave its name; servers pack it once more."""
    with ExitStack() as opened:
        file: BinaryIO = opened.enter_context(path.open("rb"))
        for _ in range(MOST_PACKINGS):
            packed = file.read(len(GZIP)) == GZIP
            file.seek(0)
            if not packed:
                break
            file = cast(BinaryIO, opened.enter_context(gzip.open(file)))
        yield file


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
    build=part_by_part(MNIST_FILES.build),
    evaluation=Evaluation(classifier=CLASSIFIERS / "mnist.safetensors", kind="digit"),
    enlarges=True,
    files=tuple(f"MNIST/{depth}{UBYTE}*" for depth in DEPTHS),
)
FASHION_MNIST = Dataset(
    title="Fashion-MNIST (70,000 pictures of clothes)",
    spec=FASHION_FILES.spec,
    train=60_000,
    licence=FASHION_FILES.licence,
    source="downloaded",
    build=part_by_part(FASHION_FILES.build),
    enlarges=True,
    files=tuple(f"FashionMNIST/{depth}{UBYTE}*" for depth in DEPTHS),
)
