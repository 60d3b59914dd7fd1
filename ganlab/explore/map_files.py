"""A map as files: a table of its places, and a picture made of its pictures."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from ganlab.explore.colourings import Colouring
from ganlab.explore.layouts import Places
from ganlab.explore.maps import Collection
from ganlab.explore.pictures import Pixels
from ganlab.spreadsheets import as_csv

MOST_WIDTH = 2_400  # pixels
LARGEST_SHARE, LEAST_SHARE = 0.55, 0.01  # of the map's width that a picture takes, as map/paint.js has it


def table(collection: Collection, places: Places, coloured: Mapping[str, Colouring]) -> bytes:
    """CSV, one line a picture: kind, test image or seed, x, y, and a column for each colouring."""
    head = ["kind", "test_image", "point", "x", "y", *coloured]
    return as_csv([head, *_lines(collection, places, coloured)]).encode()


def mosaic(collection: Collection, places: Places, colours: Sequence[str], *, width: int = 0) -> Pixels:
    """Every picture at its place, as on the screen: uint8 [width, width, 4], transparent between them.

    Without a `width` they stand about as close together as on the screen: the smaller, the more there are.

    Grey pictures take their colour (`#rrggbb`, one a picture), their brightness becoming opacity, and more of it stands
    over less; coloured ones stay as they are. Real ones are underlined in their colour.
    """
    images = collection.images
    share = LARGEST_SHARE / len(images) ** 0.5 + LEAST_SHARE
    width = width or min(MOST_WIDTH, round(images.shape[1] / share))
    size = images.shape[1]
    low, high = places.min(0), places.max(0)
    scale = (width - size) / max(float((high - low).max()), 1e-12)
    corners = ((places - (low + high) / 2) * scale + (width - size) / 2).round().astype(int)
    sheet = np.zeros((width, width, 4), np.uint8)
    for i, (image, (x, y)) in enumerate(zip(images, corners, strict=True)):
        top = width - size - y  # the vertical axis points up
        colour = [int(colours[i][place : place + 2], 16) for place in (1, 3, 5)]
        tile = np.full((size, size, 4), [*colour, 255], np.uint8)
        if images.shape[3] == 1:
            tile[..., 3] = image[..., 0]
        else:
            tile[..., :3] = image
        if i < collection.real:
            tile[-max(1, size // 16) :] = [*colour, 255]
        part = sheet[top : top + size, x : x + size]
        np.copyto(part, tile, where=(tile[..., 3:] >= part[..., 3:]) & (tile[..., 3:] > 0))
    return sheet


def _lines(collection: Collection, places: Places, coloured: Mapping[str, Colouring]) -> Iterator[list[object]]:
    for i, (x, y) in enumerate(places):
        is_real = i < collection.real
        yield [
            "real" if is_real else "generated",
            collection.places[i] if is_real else "",
            "" if is_real else collection.drawn[i - collection.real],
            f"{x:.5g}",
            f"{y:.5g}",
            *(colouring.label(i) for colouring in coloured.values()),
        ]
