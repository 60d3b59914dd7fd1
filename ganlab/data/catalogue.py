"""The datasets by name, built in or added by users, and how one becomes a pack on disk."""

import functools
from dataclasses import replace
from pathlib import Path
from typing import Literal

from ganlab import listings
from ganlab.choices import instead
from ganlab.data import avatars, celeba, digits, drawn_points, iclevr, mnist, points, shapes, stacked_mnist
from ganlab.data.dataset import Dataset, Making, Progress, Source, silent
from ganlab.data.evaluation import Evaluation
from ganlab.data.folder import data_folder
from ganlab.data.held_out import split_summary
from ganlab.data.packs import (
    SUFFIX,
    Pack,
    load_pack,
    outline,
    pack_again,
    pack_path,
    packs_folder,
    read_header,
)
from ganlab.data.spec import POINT, DataSpec
from ganlab.data.stream import resized
from ganlab.data.writing import write_pack
from ganlab.file_versions import FileVersion, version
from ganlab.foreign import NAME, shortened
from ganlab.whole_files import require_room

BUILT_IN: dict[str, Dataset] = {
    "digits": digits.DATASET,
    "mnist": mnist.MNIST,
    "fashion-mnist": mnist.FASHION_MNIST,
    "stacked-mnist": stacked_mnist.DATASET,
    "avatars": avatars.DATASET,
    "celeba": celeba.DATASET,
    "iclevr": iclevr.DATASET,
    "shapes": shapes.DATASET,
    **points.DATASETS,
}

State = Literal["packed", "offline", "drawn", "files", "download", "missing"]
"""A pack is there; it is made in a moment; it is drawn in minutes; the user's files are there; they must be
downloaded; they must be brought by the user."""

ROOM_BYTES = 2**16  # without which packing does not even begin
ADD_AGAIN = "add the pictures again with python -m ganlab data add"


def names() -> list[str]:
    """The built-in datasets, then those that users have added, whether their packs can be read or not."""
    return [*BUILT_IN, *added()]


def added() -> list[str]:
    """The datasets that users have added, by name."""
    found = [path.name.removesuffix(SUFFIX) for path in listings.files(packs_folder(), f"*{SUFFIX}")]
    return [name for name in found if NAME.fullmatch(name) and name not in BUILT_IN]


def is_known(name: str) -> bool:
    """Whether there is a dataset of that name; any text may be asked for."""
    return name in BUILT_IN or (bool(NAME.fullmatch(name)) and listings.is_file(pack_path(name)))


def describe(name: str) -> Dataset:
    """What is known of a dataset without its images.

    ValueError lists the names when there is none of this one, and names the pack when its header cannot be read.
    """
    if name in BUILT_IN:
        return BUILT_IN[name]
    if not is_known(name):
        raise ValueError(f"unknown dataset {shortened(name, 60)!r}{instead(name, names())}")
    path = pack_path(name)
    return _added(name, path, version(path))


def find(name: str) -> Dataset | None:
    """As `describe`; None where there is no such dataset or its pack cannot be read."""
    try:
        return describe(name) if is_known(name) else None
    except ValueError:
        return None


def evaluation(name: str) -> Evaluation:
    """What measurements know of a dataset beyond its labels; nothing, of one that is unknown."""
    found = find(name)
    return found.evaluation if found else Evaluation()


def classifier_path(name: str) -> Path:
    """Where the classifier of a dataset is kept that was trained here: beside the pack."""
    return packs_folder() / f"{name}.classifier.safetensors"


def files_of(name: str) -> list[Path]:
    """What lies in the folder of packs for a dataset: its pack and the classifier that was trained on it."""
    return [path for path in (pack_path(name), classifier_path(name)) if listings.is_file(path)]


def strangeness(spec: DataSpec, fingerprint: str = "") -> str:
    """Why no dataset here holds the pictures that a model of `spec` learnt from, in a clause; empty where one does.

    `fingerprint` is that of the model's own pack, where it is known. A built-in dataset counts by its name: packed on
    another machine it may differ in a pixel.
    """
    if spec.name in BUILT_IN:
        return ""
    if not is_known(spec.name):
        return f"the pictures of {shortened(spec.name, 60)!r} are not here"
    try:
        here = describe(spec.name)
    except ValueError as error:
        return str(error)
    same = {here.fingerprint, fingerprint} - {""}
    if len(same) > 1 or outline(replace(here.spec, size=spec.size)) != outline(spec):
        return f"the pictures called {spec.name!r} here are not those that this model learnt from"
    return ""


def state(name: str, size: int | None = None) -> State:
    """What has to happen before the dataset can be trained on, at `size` x `size` pixels or at its own."""
    dataset = describe(name)
    if is_packed(name, size):
        return "packed"
    if dataset.made_from:
        below = state(dataset.made_from)
        return "files" if below == "packed" else below
    folder = data_folder()
    if listings.is_folder(folder) and any(path for pattern in dataset.files for path in folder.glob(pattern)):
        return "files"
    states: dict[Source, State] = {
        "included": "offline",
        "drawn": "drawn",
        "downloaded": "download",
        "own": "missing",
        "added": "missing",
    }
    return states[dataset.source]


def pack_size(name: str, size: int | None = None) -> int:
    """Pixels of the pack that images of `size` pixels are made from: as many or more, where the source has them.

    ValueError says what to do where no pack can have as many, though the source may.
    """
    dataset = describe(name)
    own = dataset.spec.size
    if size is not None and size < 1:
        raise ValueError(f"no image has {size} pixels a side; choose from {', '.join(map(str, pack_sizes(name)))}")
    if size is not None and dataset.spec.points != (size == POINT):
        kind = f"points: set image_size to {POINT}" if dataset.spec.points else f"pictures: set image_size to {own}"
        raise ValueError(f"{name} has {kind}")
    if size is None or size <= own or dataset.enlarges:
        return own
    if fitting := [larger for larger in sorted(dataset.larger) if larger >= size]:
        return fitting[0]
    sizes = ", ".join(map(str, pack_sizes(name)))
    again = f", or {ADD_AGAIN} SOURCE --name {name} --size {size}" if dataset.source == "added" else ""
    raise ValueError(f"{name} has pictures of {sizes} px, and none is enlarged to {size}: lower image_size{again}")


def pack_sizes(name: str) -> list[int]:
    """Pixels of the packs that a dataset can have, ascending; images of other sizes are made of these."""
    dataset = describe(name)
    return sorted({dataset.spec.size, *dataset.larger})


def path_of(name: str, size: int | None = None) -> Path:
    """File of the pack that images of `size` pixels are made from, whether it is there or not. ValueError as above."""
    found = pack_size(name, size)
    return pack_path(name if found == describe(name).spec.size else f"{name}@{found}")  # no name has an @


def is_packed(name: str, size: int | None = None) -> bool:
    """Whether there is a pack for images of `size` pixels, or of the dataset's own; any text may be asked for."""
    try:
        return is_known(name) and listings.is_file(pack_path(name) if size is None else path_of(name, size))
    except ValueError:  # there can be none of so many pixels, or the one that would tell is damaged
        return False


def training_images(name: str, size: int | None = None) -> int:
    """How many there are: in the pack, which may be of a part of the published dataset, else in that. Reads no image.

    ValueError names a pack that cannot be read.
    """
    return packed(name, size).train if is_packed(name, size) else describe(name).train


def load(name: str, size: int | None = None, *, progress: Progress = silent) -> Pack:
    """The pack of dataset `name`, made first when it is not there yet; at `size` x `size` pixels, or at its own size.

    ValueError names a pack that cannot be read.
    """
    pack = source(name, size, progress=progress)
    return pack if size is None else resized(pack, size)


def source(name: str, size: int | None = None, *, progress: Progress = silent) -> Pack:
    """As `load`, but with the pictures as they are packed."""
    if not is_packed(name, size):
        _build(name, size, progress)
    return _loaded(name, size, progress)


def pack(name: str, size: int | None = None, progress: Progress = silent) -> Pack:
    """As `source`, but a pack that cannot be read is made again."""
    try:
        packed(name, size)
    except ValueError:
        _build(name, size, progress)
    return _loaded(name, size, progress)


def packed(name: str, size: int | None = None) -> Pack:
    """The pack that images of `size` pixels are made from, or the one of the dataset's own size.

    ValueError when there is none, when it cannot be read, and when it is another's.
    """
    known = describe(name)
    expected = replace(known.spec, size=pack_size(name, size))
    pack = load_pack(path_of(name, size), expected, _remedy(name, expected.size))
    return pack if pack.title else replace(pack, title=known.title)  # packs of earlier versions have none


def _build(name: str, size: int | None, progress: Progress) -> None:
    dataset, pixels = describe(name), pack_size(name, size)
    build = dataset.build if pixels == dataset.spec.size else dataset.larger[pixels]
    require_room(path_of(name, size), ROOM_BYTES)
    progress(0.0, f"packing {dataset.title} at {pixels} px")
    write_pack(replace(build(progress), title=dataset.title), path_of(name, size))


def _loaded(name: str, size: int | None, progress: Progress) -> Pack:
    pack = packed(name, size)
    progress(1.0, f"{split_summary(pack)} in {path_of(name, size)}")
    return pack


@functools.lru_cache(maxsize=256)
def _added(name: str, path: Path, _version: FileVersion) -> Dataset:
    """The record of a dataset that a user added, remembered until its pack changes."""
    header = read_header(path, _remedy(name))
    if header.spec.name != name:
        raise ValueError(f"{path} holds the dataset {shortened(header.spec.name, 60)!r}; rename the file after it")

    def build(progress: Progress) -> Making:
        raise ValueError(f"{name} was made from pictures that this program does not keep; {_remedy(name)}")

    return Dataset(
        title=header.title or name,
        spec=header.spec,
        train=header.train,
        licence=header.licence,
        source="added",
        fingerprint=header.fingerprint,
        build=build,
        evaluation=drawn_points.evaluation(header) if header.spec.points else Evaluation(),
    )


def command_for(name: str, size: int) -> str:
    """The command that makes the pack which images of `size` pixels are made from. ValueError as `pack_size`."""
    pixels = pack_size(name, size)
    own = pixels == describe(name).spec.size
    return f"python -m ganlab data pack {name}" + ("" if own else f" --size {pixels}")


def _remedy(name: str, size: int | None = None) -> str:
    if name not in BUILT_IN:
        return f"{ADD_AGAIN} SOURCE --name {name}"
    own = size is None or size == BUILT_IN[name].spec.size
    return pack_again(name) if own else f"{pack_again(name)} --size {size}"
