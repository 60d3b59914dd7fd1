"""A map as files: a table of its places, and a picture made of its pictures."""

import csv
import io
from collections.abc import Mapping

import numpy as np

from ganlab.explore.colourings import Colouring
from ganlab.explore.layouts import Places
from ganlab.explore.maps import Collection
from ganlab.explore.pictures import Pixels


def table(collection: Collection, places: Places, coloured: Mapping[str, Colouring]) -> bytes:
    """CSV, one line a picture: kind, test image or seed, x, y, and a column for each colouring."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(["kind", "test_image", "point", "x", "y", *coloured])
    for i, (x, y) in enumerate(places):
        is_real = i < collection.real
        lines.writerow(
            [
                "real" if is_real else "generated",
                collection.places[i] if is_real else "",
                "" if is_real else collection.drawn[i - collection.real],
                f"{x:.5g}",
                f"{y:.5g}",
                *(colouring.label(i) for colouring in coloured.values()),
            ]
        )
    return text.getvalue().encode()


def mosaic(collection: Collection, places: Places, *, width: int = 2400) -> Pixels:
    """Every picture at its place, lighter pixels over darker ones: uint8 [width, width, C]."""
    images = collection.images
    size = images.shape[1]
    low, high = places.min(0), places.max(0)
    scale = (width - size) / max(float((high - low).max()), 1e-12)
    corners = ((places - (low + high) / 2) * scale + (width - size) / 2).round().astype(int)
    sheet = np.zeros((width, width, images.shape[3]), np.uint8)
    for image, (x, y) in zip(images, corners, strict=True):
        top = width - size - y  # the vertical axis points up
        part = sheet[top : top + size, x : x + size]
        np.maximum(part, image, out=part)
    return sheet
