"""Picture files of any kind as upright 8-bit pictures, bounded before they take memory: the only place that opens one.

How values become 8 bits, whose white is 255:

- whole numbers of 16 bits (PNG, PGM, TIFF, JPEG 2000): white is 65,535;
- floats: white is the least of 1, 255 and 65,535 that no value exceeds by more than a tenth;
- whole numbers of 32 bits: the same, without 1.

Values beyond black or white are cut off. Where none of these ranges fits, nothing is guessed: the picture is refused.
"""

import io
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from ganlab.system_errors import in_words

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM", "JPEG2000", "AVIF")
"""Formats that Pillow decodes by itself: it would hand EPS to Ghostscript, for instance."""
UNNAMED = "this file"  # what a content is called that nobody has named
MOST_BYTES = 512 * 2**20
MOST_PIXELS = 50_000_000
MOST_SIDE = 20_000  # pixels: each row costs memory, however short it is

WHITES = {"F": (1, 255, 65_535), "I": (255, 65_535)}  # by Pillow's mode, where several are possible
TOLERANCE = 0.1  # of white: a picture that was resampled overshoots
DARKEST = 1 / 16  # of white: a brightest value below it speaks for another range

BAND = 256  # rows that are worked on at a time, which bounds what that takes besides the picture and the result
TILE_WIDTH, TILE_LENGTH = 322, 323  # tags of TIFF
MOST_TILE = 1_024  # pixels a side, where the picture is smaller
SAMPLE_FORMAT, SIGNED = 339, 2  # tag of TIFF, and its value for whole numbers that may be below 0
PHOTOMETRIC = 262  # tag of TIFF; 0: zero is white
READING = (OSError, SyntaxError, ValueError, TypeError, EOFError, struct.error)
"""What Pillow raises for files that are damaged, cut short or made to harm."""


class Picture(NamedTuple):
    """A picture that was read, and what its file was."""

    image: Image.Image  # mode L (grey) or RGB, upright
    format: str  # one of FORMATS
    width: int  # pixels of the file, upright; `image` of a JPEG may have been decoded smaller
    height: int
    was_clear: bool  # transparent in places, which are white now


def open_picture(source: Path | bytes, *, name: str = "", most_side: int = MOST_SIDE) -> Image.Image:
    """A picture file, or its content, as a Pillow image of mode L (grey) or RGB, turned as its EXIF data say.

    Of an animation the first frame; transparent places become white. ValueError names the file, says what is wrong
    and what to do: no picture, damaged, more than 50 million pixels, more than `most_side` a side, or numbers of an
    unknown range. A content is called `name`.
    """
    return read_picture(source, name=name, most_side=most_side).image


def read_text(content: bytes, keyword: str, *, name: str = UNNAMED) -> str:
    """The text that a PNG holds before its pixels under `keyword`, or a GIF as its comment; empty where there is none.

    No pixel is decoded, so that a sheet may be larger than pictures that are read. ValueError, with the `name`, for
    files that are no pictures.
    """
    with _refusals(name):
        _check_bytes(content)
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            found = image.info.get("comment" if image.format == "GIF" else keyword, "")
    return found.decode("utf-8", "replace") if isinstance(found, bytes) else str(found)


def read_picture(
    source: Path | bytes, *, name: str = "", most_side: int = MOST_SIDE, at_least: int | None = None
) -> Picture:
    """As `open_picture`, and what the file was. A content is called `name` in errors.

    A JPEG is decoded at an eighth, a quarter or half of its size where both of its sides keep `at_least` pixels: three
    times as fast, and no worse for whoever makes it half as small or smaller.
    """
    name = name or (str(source) if isinstance(source, Path) else UNNAMED)
    with _refusals(name, source if isinstance(source, Path) else None):
        _check_bytes(source)
        with Image.open(io.BytesIO(source) if isinstance(source, bytes) else source, formats=FORMATS) as image:
            _check_sides(image, most_side)
            format_, (width, height) = _format(image), image.size
            if at_least:
                image.draft(None, (at_least, at_least))
            image.load()
            stored = image.size
            pgm = format_ == "PPM" and image.mode == "I"  # which Pillow has stretched to 16 bits
            whites = (65_535,) if pgm else WHITES.get(image.mode, (65_535,))
            zero_is_white = getattr(image, "tag_v2", {}).get(PHOTOMETRIC) == 0
            _turn_upright(image)
            if image.size != stored:  # lying, and not square
                width, height = height, width
            if image.mode in WHITES or image.mode.startswith("I;16"):
                flat = _scaled(image, whites, zero_is_white=zero_is_white)
                return Picture(flat, format_, width, height, isinstance(image.info.get("transparency"), int))
            return Picture(_flat(image), format_, width, height, _is_clear(image))


@contextmanager
def _refusals(name: str, path: Path | None = None) -> Iterator[None]:
    """Whatever is wrong with a picture file, as a ValueError that names it and what to do."""
    try:
        yield
    except _Refused as refusal:
        raise ValueError(f"{name} {refusal}") from None
    except UnidentifiedImageError as error:
        raise ValueError(
            f"{name} cannot be read as a picture; copy it again, or save it anew as PNG (others that are read: "
            f"{', '.join(FORMATS[1:])}, each as most programs write it)"
        ) from error
    except OSError as error:
        if error.errno is not None:  # the system's; Pillow's own have none
            raise ValueError(in_words(error, path)) from error
        raise ValueError(_not_a_picture(name, error)) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValueError(f"{name} has more than the {MOST_PIXELS:,} pixels that are read: make it smaller") from error
    except READING as error:
        raise ValueError(_not_a_picture(name, error)) from error


def _not_a_picture(name: str, error: BaseException) -> str:
    reason = str(error).removesuffix(".")
    return f"{name} cannot be read as a picture ({reason}); copy it again from its source, or save it anew as PNG"


class _Refused(ValueError):
    """Begins with the verb that follows the file's name."""


def _check_bytes(source: Path | bytes) -> None:
    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    if not size:
        raise _Refused("is empty: copy it again from its source")
    if size > MOST_BYTES:
        raise _Refused(f"has {size:,} bytes; at most {MOST_BYTES:,} are read: make it smaller")


def _check_sides(image: Image.Image, most_side: int) -> None:
    """ValueError for a picture that would take too much memory; only its header has been read so far."""
    width, height = image.size
    if width * height > MOST_PIXELS or max(width, height) > most_side:
        raise _Refused(
            f"has {width:,} x {height:,} pixels; at most {MOST_PIXELS:,} pixels, and {most_side:,} a side, are read: "
            "make it smaller"
        )
    tags = getattr(image, "tag_v2", {})  # of TIFF
    if SIGNED in np.atleast_1d(tags.get(SAMPLE_FORMAT, 0)) and image.mode not in WHITES:
        raise _Refused("has bytes with a sign, whose black and white nobody knows: save it anew as PNG")
    # Its decoder makes room for a whole tile.
    for tag, side in ((TILE_WIDTH, width), (TILE_LENGTH, height)):
        if tags.get(tag, 0) > max(side, MOST_TILE):
            raise _Refused(f"has tiles of {tags[tag]:,} pixels, more than the picture itself: save it anew as PNG")


def _turn_upright(image: Image.Image) -> None:
    try:
        ImageOps.exif_transpose(image, in_place=True)
    except READING:  # EXIF data that cannot be read say nothing of which side is up
        return


def _scaled(image: Image.Image, whites: tuple[int, ...], *, zero_is_white: bool) -> Image.Image:
    """One number a pixel, 16 or 32 bits wide, as 8 bits."""
    values = np.asarray(image)
    white = _white(values, whites)
    grey = np.empty(values.shape, np.uint8)
    for top in range(0, len(values), BAND):
        part = values[top : top + BAND].astype(np.float64) * (255 / white)
        grey[top : top + BAND] = np.rint(part).clip(0, 255)
    if zero_is_white:
        grey = 255 - grey
    if isinstance(clear := image.info.get("transparency"), int):
        grey[values == clear] = 255
    return Image.fromarray(grey)


def _white(values: NDArray, whites: tuple[int, ...]) -> int:
    """The value that stands for white."""
    low, high = float(values.min()), float(values.max())  # NaN when any value is
    for white in whites:
        fits = -TOLERANCE * white <= low and high <= (1 + TOLERANCE) * white
        is_black = high <= 0 and low >= -TOLERANCE * whites[0]  # further below, it is dark in some other range
        if fits and (len(whites) == 1 or white == 1 or is_black or high >= DARKEST * white):
            return white
    ranges = ", ".join(f"0 to {white:,}" for white in whites)
    raise _Refused(f"has values from {low:g} to {high:g}, which fit none of the ranges {ranges}: bring them into one")


def _format(image: Image.Image) -> str:
    """Its format; cameras' JPEGs with a second picture behind the first are JPEGs."""
    return "JPEG" if image.format == "MPO" else str(image.format)


def _is_clear(image: Image.Image) -> bool:
    """Whether it is transparent anywhere; a picture may have an alpha channel that hides nothing."""
    if image.mode in ("RGBA", "LA", "PA"):
        return image.getchannel("A").getextrema()[0] != 255
    return image.has_transparency_data


def _flat(image: Image.Image) -> Image.Image:
    """8 bits a value, on white where the picture is transparent."""
    if image.has_transparency_data:
        flat = Image.new("RGB", image.size, "white")
        for top in range(0, image.height, BAND):
            part = image.crop((0, top, image.width, min(top + BAND, image.height))).convert("RGBA")
            flat.paste(part, (0, top), part)
        return flat
    return image.convert("L" if image.mode in ("1", "L") else "RGB")
