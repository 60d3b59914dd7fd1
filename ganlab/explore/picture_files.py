"""Pictures from people's own files, brought to the shape that a model reads."""

import base64
import binascii
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from ganlab.data import DataSpec
from ganlab.data.pictures import UNNAMED, open_picture, read_picture
from ganlab.explore.pictures import Pixels, png
from ganlab.foreign import read_bytes, shortened
from ganlab.system_errors import in_words

SUFFIXES = ("png", "jpg", "jpeg", "webp", "gif", "bmp", "tif", "tiff", "pgm", "ppm", "pbm", "jp2", "avif")
MAX_BYTES = 16 * 2**20
MAX_TEXT = 2_000  # letters of a picture that is part of an address
MAX_TEXT_SIDE = 256  # pixels: it was drawn on the board of a model


def read(content: bytes, data: DataSpec, *, name: str = UNNAMED, invert: bool = False) -> Pixels:
    """The middle square of a picture file as uint8 [size, size, channels], grey or colour as the dataset is.

    Transparent places become white; `invert` makes dark on light light on dark. ValueError says what is wrong with
    the file called `name`.
    """
    if len(content) > MAX_BYTES:
        raise ValueError(f"{name} has {len(content):,} bytes; choose one of at most {MAX_BYTES:,}")
    return _fitted(open_picture(content, name=name), data, invert=invert)


def read_file(path: Path, data: DataSpec) -> Pixels:
    """As `read`, of a file on the disk; ValueError, too, where there is none that can be read."""
    try:
        content = read_bytes(path, MAX_BYTES + 1)
    except OSError as error:
        raise ValueError(in_words(error, path)) from error
    except ValueError as error:
        raise ValueError(f"{shortened(str(path), 200)} cannot be the name of a file ({error})") from error
    if len(content) > MAX_BYTES:
        raise ValueError(f"{path} has more than {MAX_BYTES:,} bytes; choose a smaller one")
    return read(content, data, name=str(path))


def to_text(image: Pixels) -> str:
    """A picture [H, W, C] that can stand in an address; empty when it would be too long."""
    text = base64.urlsafe_b64encode(png(image)).decode().rstrip("=")  # which chats and mail programs cut off
    return text if len(text) <= MAX_TEXT else ""


def from_text(text: str, data: DataSpec) -> Pixels:
    """What `to_text` wrote. ValueError when it is nothing of the kind."""
    if len(text) > MAX_TEXT:
        raise ValueError(f"the picture in the address has {len(text):,} letters; at most {MAX_TEXT:,} are read")
    try:
        content = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as error:
        raise ValueError("the picture in the address cannot be read; draw it again") from error
    picture = read_picture(content, name="the picture in the address", most_side=MAX_TEXT_SIDE).image
    return _fitted(picture, data)


def _fitted(picture: Image.Image, data: DataSpec, *, invert: bool = False) -> Pixels:
    grey = picture.convert("L" if data.channels == 1 else "RGB")
    pixels = np.array(ImageOps.fit(grey, (data.size, data.size), Image.Resampling.BOX))
    pixels = pixels.reshape(data.size, data.size, -1)
    return 255 - pixels if invert else pixels
