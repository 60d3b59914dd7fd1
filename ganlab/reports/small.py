"""Figures as small pictures in WebP, for pages that are kept beside code: a tenth of what interactive plots take."""

import io
from typing import Any

from PIL import Image

from ganlab.explore import pictures
from ganlab.reports import static
from ganlab.reports.drawings import Drawing, Frames, Places, Tiles

QUALITIES = (70, 50, 35, 28)  # of pictures, the best that keeps a figure small
FEW_BYTES = 7_000  # of a figure
WIDTH, PLANE_WIDTH = 620, 460  # pixels of plots, at most; planes are as high as they are wide
COLOURS = 64  # of plots: lines and points keep theirs, and most tints of their edges
NEARLY_FULL = 253  # of 255: paper is white again, which an octree has at 254
GAP = 1  # pixels between two pictures


def draw(drawing: Drawing) -> bytes:
    """The figure as WebP; frames move."""
    if isinstance(drawing, Frames):
        frames = [_rgb(frame) for frame in drawing.frames]
        return _compressed(frames[0], save_all=True, append_images=frames[1:], duration=drawing.frame_ms, loop=0)
    if isinstance(drawing, Tiles):
        return _compressed(_rgb(pictures.atlas(drawing.images, drawing.columns, gap=GAP)))
    picture = Image.open(io.BytesIO(static.draw(drawing, "png"))).convert("RGB")
    picture.thumbnail((PLANE_WIDTH if isinstance(drawing, Places) else WIDTH, 10 * WIDTH))
    few = picture.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).convert("RGB")
    return _saved(few.point(lambda value: 255 if value >= NEARLY_FULL else value), lossless=True)


def _compressed(picture: Image.Image, **options: Any) -> bytes:
    found = b""
    for quality in QUALITIES:
        found = _saved(picture, quality=quality, **options)
        if len(found) <= FEW_BYTES:
            break
    return found


def _saved(picture: Image.Image, **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", method=6, **options)
    return buffer.getvalue()


def _rgb(picture: pictures.Pixels) -> Image.Image:
    return Image.fromarray(picture[..., 0] if picture.shape[2] == 1 else picture).convert("RGB")
