"""A number for what a picture shows: copies have the same one, whatever their files say besides."""

import hashlib

import numpy as np
from numpy.typing import NDArray

from ganlab.data.pictures import Picture
from ganlab.data.sources.collection import Content

START_OF_SCAN = 0xDA
SAID_BESIDES = {*range(0xE0, 0xF0), 0xFE}
"""Markers of a JPEG's segments that hold data of cameras and programs, and comments."""


def digest_of(picture: Picture, content: Content, pixels: NDArray[np.uint8]) -> int:
    """64 bits: of a JPEG's coded picture, which does not depend on who decodes it; else of the pixels.

    Of pixels [H, W] or [H, W, 3], grey ones must come as [H, W].
    """
    if picture.format == "JPEG" and isinstance(content, bytes):
        parts: list[bytes | memoryview] = [b"JPEG", memoryview(content)[_coded_from(content) :]]
    else:
        parts = [repr(pixels.shape).encode(), np.ascontiguousarray(pixels).data]
    digest = hashlib.blake2b(digest_size=8)
    for part in parts:
        digest.update(part)
    return int.from_bytes(digest.digest(), "little")


def _coded_from(content: bytes) -> int:
    """Where the first segment begins that the decoded picture depends on; 0 in a file of another order."""
    place = 2
    while place + 4 <= len(content) and content[place] == 0xFF and content[place + 1] in SAID_BESIDES:
        place += 2 + int.from_bytes(content[place + 2 : place + 4], "big")
    return place if place < len(content) else 0
