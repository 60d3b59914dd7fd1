"""A picture as the nets will see it."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ganlab.data.adding.settings import Crop

RESAMPLING = Image.Resampling.BICUBIC  # Pillow's, which takes in all pixels where it makes a picture smaller
DECODED_SIDES = 2
"""A JPEG is decoded to no less than this many times the image's side, from where resampling does not see it."""


def shaped(image: Image.Image, size: int, crop: Crop, channels: int) -> NDArray[np.uint8]:
    """A picture of mode L or RGB as uint8 [channels, size, size]."""
    width, height = image.size
    if crop == "centre":
        side = min(width, height)
        left, top = (width - side) / 2, (height - side) / 2
        square = image.resize((size, size), RESAMPLING, box=(left, top, left + side, top + side))
    elif crop == "squeeze":
        square = image.resize((size, size), RESAMPLING)
    else:
        scale = size / max(width, height)
        whole = image.resize((max(1, round(width * scale)), max(1, round(height * scale))), RESAMPLING)
        square = Image.new(image.mode, (size, size), "white")
        square.paste(whole, ((size - whole.width) // 2, (size - whole.height) // 2))
    if channels == 1:
        return np.asarray(square.convert("L"))[None]
    return np.asarray(square.convert("RGB")).transpose(2, 0, 1)


def grey(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """An image of three channels [3, size, size] as `shaped` makes it with one, [1, size, size]."""
    return np.asarray(Image.fromarray(image.transpose(1, 2, 0)).convert("L"))[None]


def cut_share(widths: NDArray, heights: NDArray, crop: Crop) -> float:
    """Mean share of the pictures that is cut away (`centre`), or of the images that is white beside them (`pad`)."""
    if crop == "squeeze" or not len(widths):
        return 0.0
    return float(1 - (np.minimum(widths, heights) / np.maximum(widths, heights)).mean())
