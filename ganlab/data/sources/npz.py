"""An npz in the layout of MedMNIST: arrays of pictures and labels for train, val and test."""

import lzma
import math
import os
import tokenize
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from ganlab.counting import counted
from ganlab.data.sources.collection import (
    NEITHER,
    TEST,
    TRAIN,
    UNKNOWN,
    Collection,
    Labels,
    Marks,
    Read,
    Words,
    file_identity,
    identity_of,
)
from ganlab.data.sources.folder_labels import distinct_labels
from ganlab.data.sources.names import Names
from ganlab.system_errors import in_words

SPLITS = {"train": TRAIN, "val": TEST, "test": TEST, "": NEITHER}
SPELLINGS = {  # names of the arrays of a split's pictures and labels
    **{split: ((f"{split}_images", f"{split}_labels"), (f"x_{split}", f"y_{split}")) for split in SPLITS if split},
    "": (("images", "labels"), ("x", "y")),
}
MOST_LABEL_BYTES = 256 * 2**20
MOST_LABEL = 2.0**53  # beyond it floats have no neighbours of one
LAYOUT = "train_images, train_labels, val_images, ... as MedMNIST has them, of bytes: (255 * x).astype('uint8')"
READING = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, RuntimeError),  # of the archive
    *(ValueError, KeyError, TypeError, tokenize.TokenError),  # of the arrays in it
)
HEADS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}


class _Array(NamedTuple):
    """Pictures of one split."""

    member: str
    labels: str  # name of the array of its labels; empty where there is none
    split: str
    pictures: int
    shape: tuple[int, ...]  # of one picture


MOST_PICTURES = 5_000_000  # each takes memory, however little of the file


def open_npz(path: Path) -> Collection:
    """The pictures of all splits, one after the other, read from the file as they are needed.

    ValueError names the file and the remedy: another layout, volumes, values that are no bytes, or a damaged file.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            there = {name.removesuffix(".npy") for name in archive.namelist()}
            known = [(split, *pair) for split, spelt in SPELLINGS.items() for pair in spelt if pair[0] in there]
            if not known:
                found = ", ".join(sorted(there)[:6])
                raise ValueError(f"its arrays are {found or 'none'}, and not {LAYOUT}")
            arrays = [_array(archive, split, name, label if label in there else "") for split, name, label in known]
            labels = [_labels(archive, array) if array.labels else None for array in arrays]
            if not sum(array.pictures for array in arrays):
                raise ValueError(f"{arrays[0].member.removesuffix('.npy')} holds no pictures")
            columns = _columns(labels, arrays)
    except READING as error:
        if isinstance(error, OSError) and error.errno:
            raise ValueError(in_words(error, path)) from error
        raise ValueError(f"{path} cannot be read ({error}); copy it again, or save its arrays as {LAYOUT}") from error
    identity = identity_of(file_identity(path))
    said = np.repeat(np.array([SPLITS[array.split] for array in arrays], np.int8), [array.pictures for array in arrays])
    return Collection(
        title=str(path),
        identity=identity,
        names=Names.of(
            f"{array.split} picture {place + 1:,}".strip() for array in arrays for place in range(array.pictures)
        ),
        stream=partial(_stream, path, tuple(arrays)),
        labels=Labels(
            columns=columns,
            sides=said if len({*said.tolist()}) > 1 else None,
            origin="arrays of labels",
            missing="has no label in the file's arrays: add them, or choose --labels none",
        ),
    )


def _array(archive: zipfile.ZipFile, split: str, name: str, labels: str) -> _Array:
    member = f"{name}.npy"
    with archive.open(member) as file:
        shape, dtype = _head(file)
        at = file.tell()
    if dtype != np.uint8:
        raise ValueError(f"{name} has values of {dtype}, not bytes from 0 to 255 (uint8)")
    if not (len(shape) == 3 or (len(shape) == 4 and shape[3] in (1, 3))):
        sides = " x ".join(map(str, shape))
        raise ValueError(f"{name} is {sides}; pictures are N x height x width, or x 3 for colours")
    if not all(shape[1:]):
        raise ValueError(f"{name} holds pictures without pixels")
    if shape[0] > MOST_PICTURES:
        raise ValueError(f"{name} holds {counted(shape[0], 'picture')}; at most {MOST_PICTURES:,} are read")
    if math.prod(shape) != archive.getinfo(member).file_size - at:
        raise ValueError(f"{name} is cut short")
    return _Array(member, labels, split, shape[0], tuple(shape[1:3]) if shape[3:] == (1,) else tuple(shape[1:]))


def _head(file: IO[bytes]) -> tuple[tuple[int, ...], np.dtype]:
    """Shape and type of an array, before which the file stands then."""
    version = npy.read_magic(file)
    if version not in HEADS:
        raise ValueError(f"its arrays are in version {version} of npy")
    shape, fortran, dtype = HEADS[version](file)
    if fortran and len(shape) > 1:
        raise ValueError("its arrays are in Fortran's order")
    return shape, dtype


def _labels(archive: zipfile.ZipFile, array: _Array) -> NDArray[Any]:
    """Labels of a split, [N, K]: whole numbers, or texts."""
    member = f"{array.labels}.npy"
    with archive.open(member) as file:
        shape, dtype = _head(file)
        if dtype.kind not in "iubfUS" or math.prod(shape) * dtype.itemsize > MOST_LABEL_BYTES:
            raise ValueError(f"{array.labels} has values of {dtype}, neither whole numbers nor texts")
        if len(shape) not in (1, 2) or shape[0] != array.pictures:
            rows, pictures = counted(math.prod(shape[:1]), "row"), counted(array.pictures, "picture")
            raise ValueError(f"{array.labels} has {rows} for {pictures}")
        content = file.read(math.prod(shape) * dtype.itemsize)
    values = np.frombuffer(content, dtype).reshape(shape[0], math.prod(shape[1:]))
    if dtype.kind == "f" and not ((np.abs(values) <= MOST_LABEL).all() and (values == values.round()).all()):
        raise ValueError(f"{array.labels} has numbers with fractions, or too large ones, and not labels")
    return np.char.decode(values, "utf-8") if dtype.kind == "S" else values if dtype.kind == "U" else values.astype(int)


def _columns(labels: Sequence[NDArray[Any] | None], arrays: Sequence[_Array]) -> tuple[Words | Marks, ...]:
    """The labels of all splits; those of a split that has none are unknown."""
    if not (there := [part for part in labels if part is not None]):
        return ()
    there_at = np.repeat([part is not None for part in labels], [array.pictures for array in arrays])
    return tuple(
        column._replace(codes=_spread(column.codes, there_at))
        if isinstance(column, Words)
        else column._replace(values=_spread(column.values, there_at))
        for column in _said(there)
    )


def _spread(values: NDArray[Any], there: NDArray[np.bool_]) -> NDArray[Any]:
    """The values at the places that have one, and UNKNOWN at the others."""
    every = np.full((len(there), *values.shape[1:]), UNKNOWN, values.dtype)
    every[there] = values
    return every


def _said(parts: Sequence[NDArray[Any]]) -> tuple[Words | Marks, ...]:
    """One column of numbers or texts is a category, several of zeros and ones are attributes."""
    if len({part.shape[1] for part in parts}) > 1:
        raise ValueError("its splits have different numbers of labels")
    values = np.concatenate(parts)
    if not values.shape[1]:
        raise ValueError("its arrays of labels have no columns")
    if values.shape[1] == 1:
        numbers, codes = np.unique(values[:, 0], return_inverse=True)
        return (Words("class", distinct_labels([str(one) for one in numbers.tolist()]), codes.astype(np.int32)),)
    if values.dtype.kind == "U" or values.min() < 0 or values.max() > 1:
        raise ValueError("its labels are several columns of other numbers than 0 and 1")
    titles = tuple(f"label {place}" for place in range(values.shape[1]))
    return (Marks("attributes", titles, values.astype(np.int8)),)


def _stream(path: Path, arrays: Sequence[_Array], start: int) -> Iterator[Read]:
    first = 0
    try:
        with zipfile.ZipFile(path) as archive:
            for array in arrays:
                if first + array.pictures > start:
                    with archive.open(array.member) as file:
                        _head(file)
                        size = math.prod(array.shape)
                        file.seek(max(0, start - first) * size, os.SEEK_CUR)
                        for _ in range(max(0, start - first), array.pictures):
                            yield partial(_picture, file.read(size), array.shape)
                first += array.pictures
    except READING as error:
        raise ValueError(f"{path} cannot be read ({error}); copy it again") from error


def _picture(content: bytes, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    return np.frombuffer(content, np.uint8).reshape(shape)
