"""Grids of pictures with words above their columns and beside their rows, for files."""

import importlib.util
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ganlab import listings
from ganlab.explore.pictures import Pixels, atlas, enlarge

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

TEXT_PX = 18
MARGIN_PX = 8  # around words


def labelled(
    images: Pixels, columns: int, *, heads: Sequence[str] = (), sides: Sequence[str] = (), scale: int = 4, gap: int = 1
) -> Pixels:
    """Images [N, H, W, C] row by row, each pixel a square of `scale`, with whole words around them: [h, w, C].

    heads: one word a column; all stand upright where one is wider than its column.
    sides: one word a row.
    """
    sheet = enlarge(atlas(images, columns, gap=gap), scale)
    if not any(heads) and not any(sides):
        return sheet
    font = _font()
    widths = [_width(word, font) for word in heads]
    cell_width, cell_height = ((side + gap) * scale for side in (images.shape[2], images.shape[1]))
    upright = any(width > cell_width for width in widths)
    line = _line(font)
    top = ((max(widths) if upright else line) + 2 * MARGIN_PX) if any(heads) else 0
    left = max(_width(word, font) for word in sides) + 2 * MARGIN_PX if any(sides) else 0
    paper = Image.new("RGB" if images.shape[3] == 3 else "L", (left + sheet.shape[1], top + sheet.shape[0]), "white")
    paper.paste(Image.fromarray(sheet if images.shape[3] == 3 else sheet[..., 0]), (left, top))
    pen = ImageDraw.Draw(paper)
    for i, word in enumerate(heads[:columns]):
        middle = left + i * cell_width + (cell_width - gap * scale) // 2
        if upright:
            turned = _turned(word, font, paper.mode)
            paper.paste(turned, (middle - turned.width // 2, top - MARGIN_PX - turned.height))
        else:
            pen.text((middle, top - MARGIN_PX), word, "black", font, anchor="md")
    for i, word in enumerate(sides):
        pen.text(
            (left - MARGIN_PX, top + i * cell_height + (cell_height - gap * scale) // 2), word, "black", font, "rm"
        )
    return np.asarray(paper).reshape(paper.height, paper.width, -1)


def _font() -> Font:
    """DejaVu Sans, which has most alphabets, where Matplotlib has brought it; else what Pillow has."""
    found = importlib.util.find_spec("matplotlib")
    path = Path(found.origin or "").parent / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf" if found else None
    return ImageFont.truetype(path, TEXT_PX) if path and listings.is_file(path) else ImageFont.load_default(TEXT_PX)


def _width(word: str, font: Font) -> int:
    return int(np.ceil(font.getlength(word)))


def _line(font: Font) -> int:
    return int(np.ceil(font.getbbox("Ag")[3]))


def _turned(word: str, font: Font, mode: str) -> Image.Image:
    strip = Image.new(mode, (_width(word, font), _line(font)), "white")
    ImageDraw.Draw(strip).text((0, 0), word, "black", font)
    return strip.transpose(Image.Transpose.ROTATE_90)
