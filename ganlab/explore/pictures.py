"""Images as files: sheets, PNG, GIF, ZIP and npz. Pixels stay as they are, or become squares; nothing is smoothed."""

import base64
import io
import zipfile
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

KEYWORD = "ganlab"
"""Of the text that files carry, ASCII: a tEXt chunk before the pixels of a PNG, the comment of a GIF."""

Pixels = NDArray[np.uint8]


def atlas(images: Pixels, columns: int, *, gap: int = 0, transparent: bool = False) -> Pixels:
    """Images [N, H, W, C], row by row, in one picture [h, w, C]; a transparent gap makes it [h, w, 4]."""
    n, height, width, channels = images.shape
    if transparent:
        colour = images[..., :3] if channels >= 3 else images[..., :1].repeat(3, axis=3)
        images = np.concatenate([colour, np.full((n, height, width, 1), 255, np.uint8)], axis=3)
    rows = -(-n // columns)
    cells = np.zeros((rows * columns, height + gap, width + gap, images.shape[3]), np.uint8)
    cells[:n, :height, :width] = images
    grid = cells.reshape(rows, columns, height + gap, width + gap, -1).swapaxes(1, 2)
    sheet = grid.reshape(rows * (height + gap), columns * (width + gap), -1)
    return sheet[: sheet.shape[0] - gap, : sheet.shape[1] - gap]


def overlaid(images: Pixels) -> Pixels:
    """Images [N, H, W, C] on top of each other, the brightest in front: [H, W, C]."""
    return np.maximum.reduce(images)


def enlarge(image: Pixels, scale: int) -> Pixels:
    """Every pixel of [H, W, C] (or [N, H, W, C]) becomes a square of `scale` pixels."""
    return image.repeat(scale, axis=-3).repeat(scale, axis=-2)


def shrink(images: Pixels, most: int) -> Pixels:
    """Images [N, H, W, C] of at most `most` pixels a side, as means over whole squares; small ones stay as they are."""
    n, height, width, channels = images.shape
    side = -(-max(height, width) // most)
    if side == 1:
        return images
    cut = images[:, : height // side * side, : width // side * side]
    squares = cut.reshape(n, height // side, side, width // side, side, channels)
    return squares.mean((2, 4)).round().astype(np.uint8)


def columns_for(n: int) -> int:
    """Columns of a sheet of `n` tiles: a row of three, then about square."""
    return n if n <= 3 else int(np.ceil(np.sqrt(n)))


def png(image: Pixels, text: str = "") -> bytes:
    """[H, W, C] with 1, 3 or 4 channels, lossless; compressed lightly, because someone is waiting.

    `text` says where it comes from.
    """
    buffer, info = io.BytesIO(), PngInfo()
    if text:
        info.add_text(KEYWORD, text)
    _pillow(image).save(buffer, "PNG", compress_level=1, pnginfo=info)
    return buffer.getvalue()


def data_url(image: Pixels) -> str:
    """The picture as a PNG that is part of the page, so that no second request is needed."""
    return "data:image/png;base64," + base64.b64encode(png(image)).decode()


def gif(frames: Pixels, text: str = "", *, frame_ms: int, there_and_back: bool = False) -> bytes:
    """Frames [N, H, W, C], repeated for ever; `there_and_back` plays them backwards too, so that nothing jumps.

    `text` says where they come from.
    """
    order = [*range(len(frames)), *(range(len(frames) - 2, 0, -1) if there_and_back else ())]
    first, *others = [_pillow(frames[i]) for i in order]
    buffer = io.BytesIO()
    first.save(
        buffer, "GIF", save_all=True, append_images=others, duration=frame_ms, loop=0, optimize=False, comment=text
    )
    return buffer.getvalue()


def zip_of_pngs(images: Pixels, names: Sequence[str], texts: Sequence[str], note: str) -> bytes:
    """One PNG an image, each with the text of where it comes from, and `note` as `README.txt`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("README.txt", note)
        for name, image, text in zip(names, images, texts, strict=True):
            archive.writestr(f"{name}.png", png(image, text))
    return buffer.getvalue()


def npz(images: Pixels, **arrays: NDArray) -> bytes:
    """`images`, uint8 with the channels last, and what belongs to them."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, images=images, **arrays)
    return buffer.getvalue()


def _pillow(image: Pixels) -> Image.Image:
    return Image.fromarray(image[..., 0] if image.shape[2] == 1 else np.ascontiguousarray(image))
