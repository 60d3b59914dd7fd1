"""Pictures from people's own files: bounded, checked, and brought to the shape that a model reads."""

import base64
import binascii
import io

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from ganlab.data import DataSpec
from ganlab.data.images import BROKEN
from ganlab.explore.pictures import Pixels, png

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
MAX_BYTES = 16 * 2**20
MAX_PIXELS = 50_000_000
MAX_TEXT = 2_000  # letters of a picture that is part of an address


def read(content: bytes, data: DataSpec, *, invert: bool = False) -> Pixels:
    """The middle square of a picture file as uint8 [size, size, channels], grey or colour as the dataset is.

    Transparent places become white; `invert` makes dark on light light on dark. ValueError says what is wrong.
    """
    if len(content) > MAX_BYTES:
        raise ValueError(f"the file has {len(content):,} bytes; choose one of at most {MAX_BYTES:,}")
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise ValueError(f"it has {opened.width:,} x {opened.height:,} pixels; at most {MAX_PIXELS:,} are read")
            opened.verify()
        with Image.open(io.BytesIO(content), formats=FORMATS) as opened:  # verify leaves the file unusable
            upright = ImageOps.exif_transpose(opened).convert("RGBA")
    except UnidentifiedImageError as error:
        raise ValueError(f"this cannot be read as a picture; choose a file of {', '.join(FORMATS)}") from error
    except BROKEN as error:
        raise ValueError(f"this picture cannot be read ({error}); save it anew, as PNG for instance") from error
    flat = Image.alpha_composite(Image.new("RGBA", upright.size, "white"), upright)
    grey = data.channels == 1
    square = ImageOps.fit(flat.convert("L" if grey else "RGB"), (data.size, data.size), Image.Resampling.BOX)
    pixels = np.array(square).reshape(data.size, data.size, -1)
    return 255 - pixels if invert else pixels


def to_text(image: Pixels) -> str:
    """A picture [H, W, C] that can stand in an address; empty when it would be too long."""
    text = base64.urlsafe_b64encode(png(image)).decode()
    return text if len(text) <= MAX_TEXT else ""


def from_text(text: str, data: DataSpec) -> Pixels:
    """What `to_text` wrote. ValueError when it is nothing of the kind."""
    if len(text) > MAX_TEXT:
        raise ValueError(f"the picture in the address has {len(text):,} letters; at most {MAX_TEXT:,} are read")
    try:
        content = base64.urlsafe_b64decode(text)
    except (binascii.Error, ValueError) as error:
        raise ValueError("the picture in the address cannot be read; draw it again") from error
    return read(content, data)
