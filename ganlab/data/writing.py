"""Packs written picture by picture or part by part, with no more than that of them in memory."""

import json
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganlab.counting import counted
from ganlab.data.held_out import hold_out
from ganlab.data.making import Making, Part, making
from ganlab.data.packs import PackHeader, fingerprinting, load_pack, metadata, remove_left_over
from ganlab.full_disk import room_for
from ganlab.whole_files import replacing, sync

NO_FINGERPRINT = "0" * 64  # as long as one, until all bytes are there
HASHED_BYTES = 2**22  # at a time
DTYPES = {torch.uint8: "U8", torch.float32: "F32"}  # as safetensors names them
ALIGNMENT = 8  # bytes: where safetensors has its tensors begin


def write_pack(made: Making, path: Path) -> None:
    """Write a pack part by part, and remove what packers that were killed have left in its folder.

    Where no picture is for testing, some of the training ones are held out (see `ganlab.data.held_out`).
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(OSError):  # what cannot be cleared away is in nobody's way
        remove_left_over(path.parent)
    with replacing(path) as part:
        _write(made, part, path)
        held_out = hold_out(load_pack(part))  # no name for the pack: Windows replaces no file that is mapped
        if held_out is not None:
            with replacing(part) as split:
                again = making(load_pack(part), held_out.order)
                _write(replace(again, train=held_out.train, held_out=held_out.some), split, path)
                del again


class PackWriter:
    """The file of a pack of `count` pictures, as safetensors lays it out: head, images, conditions.

    It may have been begun before: what was written stays. Errors of the disk are about `shown`.
    """

    def __init__(self, path: Path, header: PackHeader, count: int, shown: Path) -> None:
        self._path = path
        self._shown = shown
        self._header = replace(header, fingerprint=NO_FINGERPRINT)
        self._count = count
        spec = header.spec
        self._picture_bytes = spec.stored.itemsize * spec.channels * spec.size * spec.size
        self._row_bytes = spec.condition_dim
        self._images_at = len(self._head())
        self._conditions_at = self._images_at + count * self._picture_bytes
        self.total_bytes = self._conditions_at + count * self._row_bytes

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Takes all room that is needed first, so that a disk that is too small is told before any work."""
        with room_for(self._shown):
            self._path.touch()
        with self._path.open("r+b", buffering=0) as self._file:
            with room_for(self._shown):
                if hasattr(os, "posix_fallocate"):
                    os.posix_fallocate(self._file.fileno(), 0, self.total_bytes)
                self._file.truncate(self.total_bytes)
                self._write(memoryview(self._head()), 0)
            yield

    def put(self, place: int, image: NDArray[np.uint8], row: NDArray[np.uint8]) -> None:
        """A picture [C, H, W] and its conditions [D]."""
        with room_for(self._shown):
            self._write(np.ascontiguousarray(image).data.cast("B"), self._images_at + place * self._picture_bytes)
            if self._row_bytes:
                self._write(np.ascontiguousarray(row).data, self._conditions_at + place * self._row_bytes)

    def put_part(self, place: int, part: Part) -> None:
        """Pictures from a place on. ValueError where they are not as the pack's header says."""
        spec, count = self._header.spec, len(part.images)
        for tensor, dtype, shape in (
            (part.images, spec.stored, (count, *spec.shape)),
            (part.conditions, torch.uint8, (count, spec.condition_dim)),
        ):
            if tensor.dtype != dtype or tensor.shape != shape:
                wanted = str(dtype).removeprefix("torch.")
                raise ValueError(
                    f"a part of {spec.name} is {tensor.dtype} {list(tensor.shape)}, not {wanted} {list(shape)}"
                )
        if place + count > self._count:
            raise ValueError(f"{spec.name} makes more than {counted(self._count, 'picture')}, which it was to have")
        with room_for(self._shown):
            self._write(_bytes(part.images), self._images_at + place * self._picture_bytes)
            if self._row_bytes:
                self._write(_bytes(part.conditions), self._conditions_at + place * self._row_bytes)

    def flush(self) -> None:
        """Have what was put on the disk."""
        with room_for(self._shown):
            os.fsync(self._file.fileno())

    def seal(self) -> None:
        """Write the fingerprint of what is there into the head."""
        digest = fingerprinting(self._header.spec, self._header.train)
        self._file.seek(self._images_at)
        while part := self._file.read(HASHED_BYTES):
            digest.update(part)
        self._header = replace(self._header, fingerprint=digest.hexdigest())
        with room_for(self._shown):
            self._write(memoryview(self._head()), 0)
        self.flush()

    def move(self) -> None:
        """Move the file, which is whole and closed, to its place."""
        with room_for(self._shown):
            os.replace(self._path, self._shown)
            sync(self._shown.parent)

    def _write(self, content: memoryview, place: int) -> None:
        self._file.seek(place)
        while content:
            content = content[self._file.write(content) :]

    def _head(self) -> bytes:
        """Its length, then JSON that says where each tensor lies, padded with blanks."""
        spec = self._header.spec
        images, conditions = self._count * self._picture_bytes, self._count * spec.condition_dim
        values = {
            "__metadata__": metadata(self._header),
            "images": {"dtype": DTYPES[spec.stored], "shape": [self._count, *spec.shape], "data_offsets": [0, images]},
            "conditions": {
                "dtype": "U8",
                "shape": [self._count, spec.condition_dim],
                "data_offsets": [images, images + conditions],
            },
        }
        text = json.dumps(values).encode()
        text += b" " * (-len(text) % ALIGNMENT)
        return struct.pack("<Q", len(text)) + text


def _write(made: Making, place: Path, shown: Path) -> None:
    header = PackHeader(**{one.name: getattr(made, one.name) for one in fields(PackHeader)})
    writer, done = PackWriter(place, header, made.count, shown), 0
    with writer.writing():
        for part in made.parts:
            writer.put_part(done, part)
            done += len(part.images)
        if done != made.count:
            raise ValueError(
                f"{header.spec.name} makes {counted(done, 'picture')} of the {made.count:,} that it was to have"
            )
        writer.seal()


def _bytes(tensor: Tensor) -> memoryview:
    return tensor.contiguous().numpy().data.cast("B")
