"""Pictures of every kind that Pillow reads come out upright, in 8 bits and as bright as they were saved."""

import base64
import io
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image, ImageOps, TiffImagePlugin, TiffTags

from ganlab.data import DataSpec
from ganlab.data.images import read_images
from ganlab.data.pictures import FORMATS, MOST_SIDE, open_picture, read_text
from ganlab.explore import picture_files
from tests.marks import linux

RAMP = np.tile(np.linspace(0, 255, 64), (64, 1))  # from black at the left to white at the right
GREY = DataSpec(name="grey", channels=1, size=8)


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def ramp(top: float, kind: type, form: str, **options: object) -> bytes:
    return saved(Image.fromarray((RAMP * (top / 255)).astype(kind)), form, **options)


def turned(mode: str) -> Callable[[str], bytes]:
    return lambda form: saved(Image.fromarray(RAMP.astype(np.uint8)).convert(mode), form)


RAMPS = {
    "8 bits": ramp(255, np.uint8, "PNG"),
    "16 bits, PNG": ramp(65_535, np.uint16, "PNG"),
    "16 bits, TIFF": ramp(65_535, np.uint16, "TIFF"),
    "16 bits, PGM": ramp(65_535, np.uint16, "PPM"),
    "16 bits, JPEG 2000": ramp(65_535, np.uint16, "JPEG2000"),
    "32 bits of 16": ramp(65_535, np.int32, "TIFF"),
    "32 bits of 8": ramp(255, np.int32, "TIFF"),
    "floats to 1": ramp(1, np.float32, "TIFF"),
    "floats to 1, resampled": ramp(1.004, np.float32, "TIFF"),
    "floats to 255": ramp(255, np.float32, "TIFF"),
    "floats of 16 bits": ramp(65_535, np.float32, "TIFF"),
    "floats, PFM": ramp(1, np.float32, "PPM"),
    "palette": turned("P")("PNG"),
    "grey and alpha": turned("LA")("PNG"),
    "palette and alpha": turned("PA")("TIFF"),
    "colour": turned("RGB")("PNG"),
    "colour and alpha": turned("RGBA")("PNG"),
    "inks": turned("CMYK")("TIFF"),
    "luma and chroma": turned("YCbCr")("TIFF"),
    "AVIF": turned("RGB")("AVIF"),
}


@pytest.mark.parametrize("name", RAMPS)
def test_a_ramp_is_a_ramp_wherever_a_picture_comes_in(name: str, tmp_path: Path) -> None:
    content = RAMPS[name]
    (tmp_path / "ramp").write_bytes(content)
    expected = RAMP[0].reshape(8, 8).mean(1)
    [part] = read_images([tmp_path / "ramp"], torch.zeros(1, 0), 8, lambda share, text: None)
    packed = part.images[0, :, 4]
    page = picture_files.read(content, GREY)[4, :, 0]
    assert np.abs(np.array(open_picture(content).convert("L"))[5] - RAMP[5]).max() <= 3
    assert np.abs(packed.numpy() - expected).max() <= 6  # bilinear: the ends weigh differently
    assert np.abs(page - expected).max() <= 3


def test_whole_numbers_of_16_bits_are_divided_by_257() -> None:
    values = np.arange(65_536, dtype=np.uint16).reshape(256, 256)
    assert np.array_equal(open_picture(saved(Image.fromarray(values), "PNG")), np.rint(values / 257))


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([0, float("nan")], r"from nan to nan"),
        ([0, float("inf")], r"to inf"),
        ([-1, 1], r"from -1 to 1, which fit none of the ranges 0 to 1, 0 to 255, 0 to 65,535: bring them into one"),
        ([-1, -0.2], r"from -1 to -0\.2"),  # dark from -1 to 1: as 0 to 255 all of it would be black
        ([0, 3.5], r"from 0 to 3\.5"),  # light beyond white: as 0 to 255 it would be black
        ([0, 1e6], r"to 1e\+06"),
    ],
)
def test_floats_of_an_unknown_range_are_refused(values: list[float], reason: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.tif"
    path.write_bytes(saved(Image.fromarray(np.array([values], np.float32)), "TIFF"))
    with pytest.raises(ValueError, match=rf"odd\.tif has values .*{reason}"):
        open_picture(path)


def test_bytes_with_a_sign_are_refused() -> None:
    """Pillow takes them for bytes without one: -1 would be white and 0 black."""
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[65_000], tags.tagtype[65_000] = 2, TiffTags.SHORT  # stands for that of the sign, which Pillow does not write
    stored = ramp(255, np.uint8, "TIFF", tiffinfo=tags)
    signed = stored.replace(struct.pack("<H", 65_000), struct.pack("<H", 339), 1)
    with pytest.raises(ValueError, match=r"has bytes with a sign.*save it anew as PNG"):
        open_picture(signed)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_where_zero_is_white_it_is_white(kind: type) -> None:
    """Pillow turns 8 bits around when it writes and reads them, and 16 bits never."""
    top = np.iinfo(kind).max
    stored = ramp(top, kind, "TIFF", tiffinfo={262: 0})
    expected = RAMP if kind is np.uint8 else 255 - RAMP
    assert np.abs(np.array(open_picture(stored)) - expected).max() <= 1


def test_transparent_places_are_white() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (300, 20, 4), np.uint8)
    alpha = pixels[..., 3:] / 255
    read = open_picture(saved(Image.fromarray(pixels), "PNG"))
    assert np.abs(np.array(read) - (pixels[..., :3] * alpha + 255 * (1 - alpha))).max() <= 1
    indexed = Image.new("P", (4, 4), 1)
    indexed.putpalette([9, 9, 9, 8, 8, 8])
    keyed = {
        "L": saved(Image.new("L", (4, 4), 7), "PNG", transparency=7),
        "I;16": saved(Image.fromarray(np.full((4, 4), 700, np.uint16)), "PNG", transparency=700),
        "RGB": saved(Image.new("RGB", (4, 4), (1, 2, 3)), "PNG", transparency=(1, 2, 3)),
        "P": saved(indexed, "PNG", transparency=1),
    }
    for mode, content in keyed.items():
        assert (np.array(open_picture(content)) == 255).all(), mode


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_what_a_camera_says_of_its_own_turn_counts(form: str, orientation: int) -> None:
    stored = Image.new("RGB", (48, 32))
    stored.paste((255, 255, 255), (0, 0, 24, 16))
    exif = stored.getexif()
    exif[0x0112] = orientation
    upright = stored.copy()
    upright.getexif()[0x0112] = orientation
    expected = np.array(ImageOps.exif_transpose(upright)).astype(int)
    options = {"tiffinfo": {274: orientation}} if form == "TIFF" else {"exif": exif}
    read = np.array(open_picture(saved(stored, form, **options))).astype(int)
    assert read.shape == expected.shape
    assert np.abs(read - expected).mean() < 8


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_exif_data_that_are_damaged_are_passed_over(form: str) -> None:
    content = saved(Image.new("L", (8, 4), 99), form, exif=b"Exif\0\0garbage!")
    assert open_picture(content).size == (8, 4)


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP", "TIFF"])
def test_of_several_frames_the_first_is_read(form: str) -> None:
    black, white = (Image.new("RGB", (8, 8), colour) for colour in ("black", "white"))
    assert np.array(open_picture(saved(black, form, save_all=True, append_images=[white]))).max() < 5


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def bomb_png(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(bytes(10**6), 9)), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def bomb_tiff(tile: int) -> bytes:
    """Eight pixels a side, in one tile of `tile` a side."""
    content = zlib.compress(bytes(10**6), 9)
    sides = {256: 8, 257: 8, 258: 8, 259: 8, 262: 1, 277: 1, 322: tile, 323: tile, 324: 134, 325: len(content)}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in sides.items())
    return b"II*\0" + struct.pack("<IH", 8, len(sides)) + entries + struct.pack("<I", 0) + content


BOMBS = {
    "tall": bomb_png(1, 49_999_999),
    "wide": bomb_png(MOST_SIDE + 1, 1),
    "large": bomb_png(8_000, 8_000),
    "beyond what Pillow warns of": bomb_png(10_000, 10_000),
    "beyond what Pillow opens": bomb_png(60_000, 60_000),
    "tiles": bomb_tiff(46_000),
}


@linux
def test_what_would_take_much_memory_is_refused_before_it_does(tmp_path: Path) -> None:
    """In a process of its own, whose peak tells; 1 x 49,999,999 pixels took 2.1 GB before sides were bounded."""
    for name, content in BOMBS.items():
        (tmp_path / name).write_bytes(content)
    script = (
        "import resource, sys; from pathlib import Path; from ganlab.data.pictures import open_picture\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024\n"
        "before = peak()\n"
        "for path in map(Path, sys.argv[1:]):\n"
        "    try: open_picture(path)\n"
        "    except ValueError as error: print(path.name, peak() - before, error, sep=':')"
    )
    command = [sys.executable, "-c", script, *(tmp_path / name for name in BOMBS)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    refused = [line.split(":", 2) for line in done.stdout.splitlines()]
    assert [name for name, _, _ in refused] == list(BOMBS)
    for name, grown, said in refused:
        assert int(grown) < 20, name  # MB
        assert "pixels" in said


def test_a_drawing_in_an_address_has_the_size_of_a_board() -> None:
    text = base64.urlsafe_b64encode(bomb_png(1, 300)).decode()
    with pytest.raises(ValueError, match="256 a side"):
        picture_files.from_text(text, GREY)


def test_a_file_for_another_program_is_never_handed_to_it() -> None:
    with pytest.raises(ValueError, match=rf"save it anew as PNG .others that are read: {', '.join(FORMATS[1:])}"):
        open_picture(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n")


def test_colours_are_those_that_pillow_reads() -> None:
    pixels: NDArray = np.random.default_rng(0).integers(0, 256, (9, 7, 3), np.uint8)
    for mode in ("RGB", "CMYK", "YCbCr"):
        image = Image.fromarray(pixels).convert(mode)
        assert np.array_equal(open_picture(saved(image, "TIFF")), image.convert("RGB"))


def test_a_file_without_a_picture_is_told_in_the_same_words_where_only_its_text_is_read() -> None:
    said = []
    for read in (open_picture, lambda content: read_text(content, "x")):
        with pytest.raises(ValueError, match="this file cannot be read as a picture; copy it again") as caught:
            read(b"no picture")
        said.append(str(caught.value))
    assert said[0] == said[1]
