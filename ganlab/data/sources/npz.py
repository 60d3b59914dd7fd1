"""An npz in the layout of MedMNIST: arrays of pictures and labels for train, val and test."""

import math
import os
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from ganlab.data.sources.collection import TEST, TRAIN, Collection, Labels, Marks, Read, Words, identity_of
from ganlab.data.sources.names import Names
from ganlab.system_errors import in_words

SPLITS = {"train": TRAIN, "val": TEST, "test": TEST}
MOST_LABEL_BYTES = 256 * 2**20
LAYOUT = "train_images, train_labels, val_images, ... as MedMNIST has them"
READING = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, KeyError, TypeError)
HEADS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}


class _Array(NamedTuple):
    """Pictures of one split."""

    member: str
    split: str
    pictures: int
    shape: tuple[int, ...]  # of one picture


def open_npz(path: Path) -> Collection:
    """The pictures of all splits, one after the other, read from the file as they are needed.

    ValueError names the file and the remedy: another layout, volumes, values that are no bytes, or a damaged file.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            there = {name.removesuffix(".npy") for name in archive.namelist()}
            splits = [split for split in SPLITS if f"{split}_images" in there]
            if not splits:
                found = ", ".join(sorted(there)[:6])
                raise ValueError(f"its arrays are {found or 'none'}, and not {LAYOUT}")
            arrays = [_array(archive, split) for split in splits]
            labels = [_labels(archive, array) for array in arrays if f"{array.split}_labels" in there]
    except READING as error:
        if isinstance(error, OSError) and error.errno:
            raise ValueError(in_words(error, path)) from error
        raise ValueError(f"{path} cannot be read ({error}); copy it again, or save its arrays as {LAYOUT}") from error
    status = path.stat()
    identity = identity_of(os.fsencode(os.path.realpath(path)), b"%d %d" % (status.st_size, status.st_mtime_ns))
    said = np.repeat(np.array([SPLITS[array.split] for array in arrays], np.int8), [array.pictures for array in arrays])
    return Collection(
        title=str(path),
        identity=identity,
        names=Names.of(f"{array.split} picture {place + 1:,}" for array in arrays for place in range(array.pictures)),
        stream=partial(_stream, path, tuple(arrays)),
        labels=Labels(
            columns=_columns(labels) if len(labels) == len(arrays) else (),
            sides=said if len({*said.tolist()}) > 1 else None,
            origin="arrays of labels",
        ),
    )


def _array(archive: zipfile.ZipFile, split: str) -> _Array:
    member = f"{split}_images.npy"
    with archive.open(member) as file:
        shape, dtype = _head(file)
        at = file.tell()
    if dtype != np.uint8:
        raise ValueError(f"{split}_images has values of {dtype}, not bytes from 0 to 255 (uint8)")
    if not (len(shape) == 3 or (len(shape) == 4 and shape[3] == 3)):
        sides = " x ".join(map(str, shape))
        raise ValueError(f"{split}_images is {sides}; pictures are N x height x width, or x 3 for colours")
    if math.prod(shape) != archive.getinfo(member).file_size - at:
        raise ValueError(f"{split}_images is cut short")
    return _Array(member, split, shape[0], tuple(shape[1:]))


def _head(file: IO[bytes]) -> tuple[tuple[int, ...], np.dtype]:
    """Shape and type of an array, before which the file stands then."""
    version = npy.read_magic(file)
    if version not in HEADS:
        raise ValueError(f"its arrays are in version {version} of npy")
    shape, fortran, dtype = HEADS[version](file)
    if fortran and len(shape) > 1:
        raise ValueError("its arrays are in Fortran's order")
    return shape, dtype


def _labels(archive: zipfile.ZipFile, array: _Array) -> NDArray[np.int64]:
    """Labels of a split, int64 [N, K]."""
    member = f"{array.split}_labels.npy"
    with archive.open(member) as file:
        shape, dtype = _head(file)
        if dtype.kind not in "iub" or math.prod(shape) * dtype.itemsize > MOST_LABEL_BYTES:
            raise ValueError(f"{array.split}_labels has values of {dtype}, not whole numbers")
        if len(shape) not in (1, 2) or shape[0] != array.pictures:
            raise ValueError(f"{array.split}_labels has {shape[:1]} rows for {array.pictures:,} pictures")
        content = file.read(math.prod(shape) * dtype.itemsize)
    return np.frombuffer(content, dtype).reshape(shape[0], -1).astype(np.int64)


def _columns(parts: Sequence[NDArray[np.int64]]) -> tuple[Words | Marks, ...]:
    """One column of numbers is a category, several of zeros and ones are attributes."""
    if len({part.shape[1] for part in parts}) > 1:
        raise ValueError("its splits have different numbers of labels")
    values = np.concatenate(parts)
    if values.shape[1] == 1:
        numbers, codes = np.unique(values[:, 0], return_inverse=True)
        return (Words("class", tuple(map(str, numbers.tolist())), codes.astype(np.int32)),)
    if values.min() < 0 or values.max() > 1:
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
