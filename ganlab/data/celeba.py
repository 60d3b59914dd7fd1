"""`celeba`: photographs of faces with 40 attributes, from the user's own copy in torchvision's layout or Kaggle's.

Never downloaded: its terms allow non-commercial research only, and whoever uses it has to agree to them.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from ganlab import listings
from ganlab.data.dataset import Dataset, Progress
from ganlab.data.folder import data_folder
from ganlab.data.images import found, read_images
from ganlab.data.making import Making
from ganlab.data.spec import DataSpec
from ganlab.foreign import decoded, read_all
from ganlab.latents import Attributes
from ganlab.system_errors import in_words

LICENCE = "CelebA (Liu, Luo, Wang, Tang): non-commercial research only; not for passing on"
PICTURES = "img_align_celeba"
MOST_LIST_BYTES = 256 * 2**20  # that of the attributes has 27 MB
CSV_TITLE = "image_id"  # of the first column in Kaggle's lists
SIZE = 64  # pixels
CROP = 178  # pixels: the width of the aligned pictures, 178x218
HEADER = (  # second line of list_attr_celeba.txt
    "5_o_Clock_Shadow Arched_Eyebrows Attractive Bags_Under_Eyes Bald Bangs Big_Lips Big_Nose Black_Hair Blond_Hair "
    "Blurry Brown_Hair Bushy_Eyebrows Chubby Double_Chin Eyeglasses Goatee Gray_Hair Heavy_Makeup High_Cheekbones "
    "Male Mouth_Slightly_Open Mustache Narrow_Eyes No_Beard Oval_Face Pale_Skin Pointy_Nose Receding_Hairline "
    "Rosy_Cheeks Sideburns Smiling Straight_Hair Wavy_Hair Wearing_Earrings Wearing_Hat Wearing_Lipstick "
    "Wearing_Necklace Wearing_Necktie Young"
)
NAMES = HEADER.split()
PERCENT = (  # of the 202,599 pictures that have each of them; only draws without a picture go by it
    "11.1 26.7 51.2 20.5 2.2 15.2 24.1 23.4 23.9 14.8 5.1 20.5 14.2 5.8 4.7 6.5 6.3 4.2 38.7 45.5 "
    "41.7 48.3 4.2 11.5 83.5 28.4 4.3 27.7 8.0 6.6 5.7 48.2 20.8 32.0 18.9 4.8 47.2 12.3 7.3 77.4"
)
ATTRIBUTES = Attributes(
    name="attributes",
    labels=tuple(name.replace("_", " ") for name in NAMES),
    rates=tuple(float(share) / 100 for share in PERCENT.split()),
)
SPEC = DataSpec(name="celeba", channels=3, size=SIZE, conditions=(ATTRIBUTES,))


def build(progress: Progress, size: int = SIZE) -> Making:
    """The middle square of every picture; partition 0 for training, 1 (validation) and 2 (test) after it.

    The whole set makes a pack of 2.5 GB at 64 pixels, of 10 GB at 128. Raises ValueError naming the file, and the line
    where there is one, for a missing folder, another layout, pictures that are missing or damaged.
    """
    folder = data_folder() / "celeba"
    if not listings.is_folder(folder):
        raise ValueError(
            f"CelebA is not here and is never downloaded: agree to its terms, and put img_align_celeba, "
            f"list_attr_celeba.txt and list_eval_partition.txt (or Kaggle's .csv) into {folder}; the dataset 'avatars' "
            "needs no files"
        )
    listed, parted = _list(folder, "list_attr_celeba"), _list(folder, "list_eval_partition")
    names, attributes = _attributes(listed)
    partitions = _partitions(parted)
    if missing := [name for name in names if name not in partitions]:
        raise ValueError(f"{parted} says nothing of {missing[0]}; copy it again")
    order = sorted(range(len(names)), key=lambda position: partitions[names[position]])  # stable: by name within
    stems = [Path(names[position]).stem for position in order]
    paths = found(stems, _pictures(folder), listed)
    return Making(
        spec=replace(SPEC, size=size),
        count=len(paths),
        parts=read_images(paths, attributes[order], size, progress, crop=CROP),
        train=sum(partitions[name] == 0 for name in names),
        licence=LICENCE,
    )


def _list(folder: Path, name: str) -> Path:
    """The list as its authors gave it, else as Kaggle does."""
    published, kaggle = folder / f"{name}.txt", folder / f"{name}.csv"
    return kaggle if listings.is_file(kaggle) and not listings.is_file(published) else published


def _pictures(folder: Path) -> Path:
    """The folder of the pictures, which is one deeper in Kaggle's archive."""
    outer = folder / PICTURES
    return outer / PICTURES if listings.is_folder(outer / PICTURES) else outer


def _attributes(path: Path) -> tuple[list[str], Tensor]:
    """Names of the pictures and their attributes, uint8 [N, 40]: the names of those, then a line a picture.

    Before the names there may be a line with the number of pictures; in a .csv, the title of the first column.
    """
    lines = _lines(path)
    wanted = [CSV_TITLE, *NAMES] if path.suffix == ".csv" else NAMES
    place, heads = next(lines, (2, []))
    if len(heads) == 1:
        place, heads = next(lines, (2, []))
    if heads != wanted:
        raise ValueError(
            f"{path}, line {place}, does not name the 40 attributes of CelebA in their order; copy it again"
        )
    names, rows = [], []
    for number, (name, *values) in lines:
        if len(values) != len(NAMES) or not set(values) <= {"-1", "1"}:
            raise ValueError(
                f"{path}, line {number}: {len(NAMES)} values of -1 or 1 must follow {name}, not {len(values)} of "
                f"{', '.join(sorted(set(values))) or 'none'}; copy the file again"
            )
        names.append(name)
        rows.append(bytes(value == "1" for value in values))  # 40 bytes a picture: 8 MB for all
    if not names:
        raise ValueError(f"{path} lists no pictures; copy it again")
    if len(set(names)) < len(names):
        twice = next(name for name, count in Counter(names).items() if count > 1)
        raise ValueError(f"{path} lists {twice} twice; copy it again, or take one of the lines out")
    return names, torch.frombuffer(bytearray(b"".join(rows)), dtype=torch.uint8).view(-1, len(NAMES))


def _partitions(path: Path) -> dict[str, int]:
    """0 (train), 1 (validation) or 2 (test) by the name of the picture."""
    found_in: dict[str, int] = {}
    for number, words in _lines(path):
        if words[0] == CSV_TITLE and not found_in:
            continue
        if len(words) != 2 or words[1] not in ("0", "1", "2"):
            raise ValueError(f"{path}, line {number}: a name and 0, 1 or 2 are expected; copy the file again")
        if found_in.setdefault(words[0], int(words[1])) != int(words[1]):
            raise ValueError(f"{path}, line {number}: {words[0]} was in another part before; copy the file again")
    return found_in


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Number and words of each line that is not empty; between the words are blanks, or commas in a .csv."""
    if not listings.is_file(path):
        raise ValueError(f"{path} is not there; copy it there with the other files of CelebA")
    try:
        text = decoded(read_all(path, MOST_LIST_BYTES))
    except OSError as error:
        raise ValueError(in_words(error, path)) from error
    except ValueError as error:
        raise ValueError(f"{path} cannot be read: {error}, or copy it again") from error
    try:
        for number, words in enumerate(_rows(text) if path.suffix == ".csv" else map(str.split, text.splitlines()), 1):
            if any(map(str.strip, words)):
                yield number, words
    except csv.Error as error:
        raise ValueError(f"{path} cannot be read ({error}); copy it again") from error


def _rows(text: str) -> Iterator[list[str]]:
    """Of a table with commas, or with the semicolons that spreadsheets of some countries write."""
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)


DATASET = Dataset(
    title="CelebA (202,599 photographs of faces; your own copy, non-commercial research only)",
    spec=SPEC,
    train=162_770,
    licence=LICENCE,
    source="own",
    build=build,
    larger={128: partial(build, size=128)},
    files=("celeba/list_attr_celeba.txt", "celeba/list_attr_celeba.csv"),
)
