"""Figures as small pictures in WebP, for pages that are kept beside code: a tenth of what interactive plots take."""

import io

from PIL import Image

from ganlab.explore import pictures
from ganlab.reports import static
from ganlab.reports.drawings import Drawing, Frames, Tiles

QUALITY = 40  # of pictures; plots stay exact
WIDTH = 800  # pixels of plots, at most
COLOURS = 16  # of plots
GAP = 1  # pixels between two pictures


def draw(drawing: Drawing) -> bytes:
    """The figure as WebP; frames move."""
    buffer = io.BytesIO()
    if isinstance(drawing, Frames):
        first, *others = [_rgb(frame) for frame in drawing.frames]
        first.save(
            buffer,
            "WEBP",
            quality=QUALITY,
            save_all=True,
            append_images=others,
            duration=drawing.frame_ms,
            loop=0,
            method=6,
        )
    elif isinstance(drawing, Tiles):
        sheet = pictures.atlas(drawing.images, drawing.columns, gap=GAP)
        _rgb(sheet).save(buffer, "WEBP", quality=QUALITY, method=6)
    else:
        picture = Image.open(io.BytesIO(static.draw(drawing, "png"))).convert("RGB")
        picture.thumbnail((WIDTH, 10 * WIDTH))
        few = picture.quantize(COLOURS, dither=Image.Dither.NONE).convert("RGB")
        few.save(buffer, "WEBP", lossless=True, method=6)
    return buffer.getvalue()


def _rgb(picture: pictures.Pixels) -> Image.Image:
    return Image.fromarray(picture[..., 0] if picture.shape[2] == 1 else picture).convert("RGB")
