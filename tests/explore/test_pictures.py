import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from ganlab.explore import pictures


@pytest.fixture(params=[1, 3], ids=["grey", "colour"])
def images(request):
    return np.random.default_rng(0).integers(0, 256, (5, 4, 6, request.param), dtype=np.uint8)


def open_picture(content):
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("gap", [0, 2])
def test_every_tile_of_an_atlas_is_its_image(images, gap):
    sheet = pictures.atlas(images, 3, gap=gap)
    assert sheet.shape == (2 * 4 + gap, 3 * 6 + 2 * gap, images.shape[3])
    for i, image in enumerate(images):
        top, left = i // 3 * (4 + gap), i % 3 * (6 + gap)
        assert np.array_equal(sheet[top : top + 4, left : left + 6], image)


def test_a_transparent_gap_is_transparent_and_the_tiles_are_not(images):
    alpha = pictures.atlas(images, 3, gap=1, transparent=True)[..., 3]
    assert alpha[4].max() == 0  # the row between the tiles
    assert alpha[5:, 14:].max() == 0  # the place of the sixth tile
    assert alpha[:4, :6].min() == 255


def test_png_keeps_every_pixel(images):
    opened = np.asarray(open_picture(pictures.png(pictures.enlarge(images[0], 3))))
    assert np.array_equal(opened.reshape(12, 18, -1)[::3, ::3], images[0])


def test_grey_gif_keeps_every_pixel_and_loops_for_ever():
    frames = np.random.default_rng(0).integers(0, 256, (4, 8, 8, 1), dtype=np.uint8)
    opened = open_picture(pictures.gif(frames, frame_ms=40))
    assert (opened.n_frames, opened.info["loop"], opened.info["duration"]) == (4, 0, 40)
    for i, frame in enumerate(frames):
        opened.seek(i)
        assert np.array_equal(np.asarray(opened.convert("L")), frame[..., 0])


def test_there_and_back_plays_the_inner_frames_twice(images):
    assert open_picture(pictures.gif(images, frame_ms=40, there_and_back=True)).n_frames == 5 + 3


def test_zip_holds_one_png_an_image_and_the_note(images):
    archive = zipfile.ZipFile(
        io.BytesIO(pictures.zip_of_pngs(images[:2], ["seed-3", "seed-4"], ["", "of 4"], "a note"))
    )
    assert archive.namelist() == ["README.txt", "seed-3.png", "seed-4.png"]
    assert archive.read("README.txt") == b"a note"
    assert open_picture(archive.read("seed-4.png")).info["ganlab"] == "of 4"
    opened = np.asarray(open_picture(archive.read("seed-4.png"))).reshape(images[1].shape)
    assert np.array_equal(opened, images[1])


def test_npz_gives_back_what_was_put_in(images):
    latents = np.arange(10, dtype=np.float32).reshape(5, 2)
    opened = np.load(io.BytesIO(pictures.npz(images, latents=latents)))
    assert np.array_equal(opened["images"], images)
    assert np.array_equal(opened["latents"], latents)
