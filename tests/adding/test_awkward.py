"""Pictures of every kind, side by side in one set, come out as they look."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tests.adding.pictures import encoded, look, packed, write

SIDE = 64
LEFT = (200, 40, 40)  # of a picture whose right half is another colour
RIGHT = (40, 40, 200)


def halves(mode: str = "RGB", side: int = SIDE) -> Image.Image:
    image = Image.new("RGB", (side, side), RIGHT)
    image.paste(LEFT, (0, 0, side // 2, side))
    return image.convert(mode)


def lying() -> bytes:
    """Stored with its left at the top, and EXIF data that say so."""
    stored = halves().transpose(Image.Transpose.ROTATE_270)
    exif = stored.getexif()
    exif[0x0112] = 8
    return encoded(stored, "JPEG", exif=exif, quality=95)


def animated(form: str) -> bytes:
    return encoded(halves(), form, save_all=True, append_images=[Image.new("RGB", (SIDE, SIDE))], duration=50)


COLOURED = {
    "palette with blanks.png": encoded(halves().quantize(8)),
    "opaque é.png": encoded(halves("RGBA")),
    "inks 😀.jpg": encoded(halves("CMYK"), "JPEG", quality=95),
    "inks.tif": encoded(halves("CMYK"), "TIFF"),
    "日本.webp": encoded(halves(), "WEBP", lossless=True),
    "bitmap.bmp": encoded(halves(), "BMP"),
    "tagged.tiff": encoded(halves(), "TIFF", compression="tiff_lzw"),
    "first.gif": animated("GIF"),
    "first.webp": animated("WEBP"),
    "lying.jpg": lying(),
    "progressive.jpeg": encoded(halves(), "JPEG", quality=95, progressive=True),
    "capitals.JPG": encoded(halves(), "JPEG", quality=95),
    "new.avif": encoded(halves(), "AVIF", quality=95),
    "large.jpg": encoded(halves(side=2048), "JPEG", quality=95),
}


def test_all_formats_in_one_set(folder: Path) -> None:
    write(folder, COLOURED)
    report = look(folder).report
    assert (report.usable, report.unusable, report.channels) == (len(COLOURED), (), 3)
    pack = packed(folder, size=32, labels="none")
    for image in pack.images.permute(0, 2, 3, 1).float():
        assert (image[2:-2, 2:14].mean((0, 1)) - torch.tensor(LEFT)).abs().max() < 25
        assert (image[2:-2, 18:-2].mean((0, 1)) - torch.tensor(RIGHT)).abs().max() < 25


def test_greys_of_any_depth_are_one_channel(folder: Path) -> None:
    ramp = np.tile(np.linspace(0, 1, SIDE), (SIDE, 1))
    write(
        folder,
        {
            "8.png": encoded(Image.fromarray((255 * ramp).astype(np.uint8))),
            "16.png": encoded(Image.fromarray((65_535 * ramp).astype(np.uint16))),
            "16.tif": encoded(Image.fromarray((65_535 * ramp).astype(np.uint16)), "TIFF"),
            "alpha.png": encoded(Image.fromarray((255 * ramp).astype(np.uint8)).convert("LA")),
            "float.tif": encoded(Image.fromarray(ramp.astype(np.float32)), "TIFF"),
            "rgb.png": encoded(Image.fromarray((255 * ramp).astype(np.uint8)).convert("RGB")),
        },
    )
    pack = packed(folder, size=32)
    assert pack.spec.channels == 1
    assert (pack.images.float() - pack.images[0].float()).abs().max() <= 2


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparent_places_are_white_and_that_is_said(mode: str, folder: Path) -> None:
    image = Image.new("RGBA", (SIDE, SIDE), (0, 0, 0, 255))
    image.paste((0, 0, 0, 0), (0, 0, SIDE // 2, SIDE))
    write(folder, {"clear.png": encoded(image.convert(mode)), "opaque.png": encoded(halves("RGBA"))})
    assert "1 picture is transparent in places, which become white" in look(folder).report.notes
    images = packed(folder, size=32).images
    assert (images[0][:, :, :14] == 255).all()
    assert (images[0][:, :, 18:] == 0).all()
