"""`import ganlab`: models by name, and pictures that are arrays."""

import copy
import io
import math
import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import ganlab
from ganlab import checkpoints
from ganlab.api.pictures import as_bytes
from ganlab.cli import main
from ganlab.data import DataSpec
from ganlab.data.dots import scatter
from ganlab.families import cgan, gan
from tests.untrained import save_untrained


def _pickled(value: object) -> object:
    return pickle.loads(pickle.dumps(value))


@pytest.fixture
def model(checkpoints_folder: Path) -> "ganlab.Model":
    return ganlab.load("tiny")


@pytest.fixture
def digits_model(checkpoints_folder: Path, digits: object) -> "ganlab.Model":
    """One that is told which digit to draw."""
    save_untrained(checkpoints_folder / "told.safetensors", "cgan", cgan.Config(width=4), digits.spec)  # type: ignore[attr-defined]
    return ganlab.load("told")


def test_a_model_is_found_by_name_and_by_path(model: "ganlab.Model", checkpoints_folder: Path) -> None:
    again = ganlab.load(checkpoints_folder / "tiny.safetensors")
    assert np.array_equal(model.sample(2), again.sample(2))
    assert "tiny" in ganlab.models()
    with pytest.raises(ValueError, match=r"there is no model 'none'; choose from .*tiny"):
        ganlab.load("none")


def test_samples_are_those_of_the_command_line_byte_for_byte(model: "ganlab.Model", tmp_path: Path) -> None:
    for name, options in (("a.npz", ["--n", "5", "--seed", "7", "--truncation", "0.8"]), ("b.png", ["--n", "5"])):
        assert main(["sample", "tiny", *options, "--out", str(tmp_path / f"cli-{name}")]) == 0
        keywords = {"seed": 7, "truncation": 0.8} if name == "a.npz" else {}
        model.sample(5, **keywords).save(tmp_path / name)
        assert (tmp_path / name).read_bytes() == (tmp_path / f"cli-{name}").read_bytes()


def test_a_walk_is_that_of_the_command_line(model: "ganlab.Model", tmp_path: Path) -> None:
    for name in ("walk.gif", "walk.npz", "walk.png"):
        options = ["--seeds", "1", "2", "3", "--steps", "4", "--loop", "--out", str(tmp_path / f"cli-{name}")]
        assert main(["interpolate", "tiny", *options]) == 0
        model.interpolate([1, 2, 3], steps=4, loop=True).save(tmp_path / name)
        assert (tmp_path / name).read_bytes() == (tmp_path / f"cli-{name}").read_bytes()


def test_latents_can_be_written_in_any_way(model: "ganlab.Model") -> None:
    expected = model.latent.from_seeds([3, 5]).numpy()
    for keys in ([3, 5], "3 5", np.array([3, 5]), expected):
        assert np.array_equal(model.latents(keys), expected)
        assert np.array_equal(model.decode(keys), model.decode(expected))
    assert np.array_equal(model.at([3, 5], 1.0), model.decode(5))
    assert np.array_equal(model.between([1, 2, 3, 4], 1.0, 0.0), model.decode(4))
    moved = model.latents("3;z~1=2.0")
    assert moved.shape == (1, model.latent.dim)
    assert not np.array_equal(moved, expected[:1])
    for wrong in (np.zeros((2, 3)), [0.5, 1.0]):
        with pytest.raises(ValueError, match="takes latents of shape"):
            model.decode(wrong)
    for number in (math.nan, math.inf, 1e39):
        with pytest.raises(ValueError, match="takes finite latents"):
            model.decode(np.full((1, model.latent.dim), number))


def test_a_name_that_no_file_can_have_is_no_model(checkpoints_folder: Path) -> None:
    with pytest.raises(ValueError, match="there is no model 'aaa"):
        ganlab.load("a" * 300)


@pytest.mark.parametrize("images", [np.full((1, 8, 8, 1), 0.5), np.full((1, 8, 8, 1), 256), np.full((1, 8, 8, 1), -1)])
def test_pictures_of_another_range_are_not_read_as_black(images: np.ndarray) -> None:
    with pytest.raises(ValueError, match="whole numbers from 0 to 255, not"):
        as_bytes(images)


def test_factors_are_named_values(digits_model: "ganlab.Model", tmp_path: Path) -> None:
    threes = digits_model.sample(4, seed=7, digit=3)
    assert (
        main(["sample", "told", "--n", "4", "--seed", "7", "--fix", "digit=3", "--out", str(tmp_path / "x.npz")]) == 0
    )
    assert np.array_equal(threes, np.load(tmp_path / "x.npz")["images"])
    assert np.array_equal(digits_model.sample(4, seed=7, fix={"digit": "3"}), threes)
    with pytest.raises(ValueError, match="no factor 'colour'"):
        digits_model.sample(1, colour="red")


def test_pictures_are_an_array_that_shows_itself(model: "ganlab.Model") -> None:
    pictures = model.sample(6)
    assert isinstance(pictures, np.ndarray)
    size = model.card.data.size
    assert (pictures.dtype, pictures.shape) == (np.uint8, (6, size, size, model.card.data.channels))
    assert np.array_equal(pictures[2:4].latents, pictures.latents[2:4])
    assert pictures[0].latents is None
    sheet, tile = (Image.open(io.BytesIO(shown._repr_png_())) for shown in (pictures, pictures[0]))
    assert sheet.size[0] > tile.size[0]
    assert (pictures / 255)._repr_png_() is None


def test_what_no_file_of_pictures_can_hold_is_refused(model: "ganlab.Model", tmp_path: Path) -> None:
    drawn, file = model.sample(2), tmp_path / "a.png"
    for some, scale, reason in (
        (drawn / 255, 1, "whole numbers from 0 to 255, not float"),
        (drawn.astype(int) + 300, 1, "whole numbers from 0 to 255"),
        (drawn[:0], 1, "takes pictures"),
        (drawn[0, 0], 1, "takes pictures"),
        (drawn, 0, "scale is 0"),
    ):
        with pytest.raises(ValueError, match=reason):
            some.save(file, scale=scale)
    assert not file.exists()
    drawn[1].save(file, scale=1)
    assert file.is_file()
    drawn.astype(int).save(tmp_path / "b.png", scale=1)
    with Image.open(tmp_path / "b.png") as written, Image.open(drawn.save(tmp_path / "c.png", scale=1)) as same:
        assert np.array_equal(np.asarray(written), np.asarray(same))


def test_numbers_of_numpy_are_seeds_as_others_are(model: "ganlab.Model") -> None:
    assert np.array_equal(model.decode(np.int64(3)), model.decode(3))
    assert np.array_equal(model.decode([np.int64(3), 4]), model.decode([3, 4]))
    assert len(model.decode(" ".join(map(str, range(300))))) == 300  # more than an address takes


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda model: model.test_images("digits", [10**6]), "digits has no test image 1000000; choose from 0 to"),
        (lambda model: model.test_images("digits", [1.9]), "is 1.9; it must be a whole number"),
        (lambda model: model.sample_mixture(0), "it must be 1 or more"),
    ],
)
def test_numbers_that_cannot_be_are_told(model: "ganlab.Model", call, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        call(model)


def test_an_encoder_reads_pictures(tmp_path: Path) -> None:
    file = Path(__file__).parents[2] / "checkpoints" / "mnist-vae-28.safetensors"
    model = ganlab.load(file)
    drawn = model.sample(3)
    latents = model.encode(drawn)
    assert latents.shape == (3, model.latent.dim)
    loaded = checkpoints.load(file)
    assert np.array_equal(model.decode(latents), loaded.images(torch.from_numpy(latents)))
    drawn[:1].save(tmp_path / "drawing.png", scale=1)
    assert np.array_equal(model.read(tmp_path / "drawing.png"), drawn[:1])


def test_points_are_saved_on_one_plane_with_their_coordinates(tmp_path: Path) -> None:
    config = gan.Config(architecture="points", width=8, latent_size=2, augment="none")
    points = save_untrained(tmp_path / "points.safetensors", "gan", config, DataSpec(name="ring-8", channels=2, size=1))
    drawn = ganlab.load(tmp_path / "points.safetensors").sample(300)
    places = points.samples(points.latent.from_seeds(range(300)))
    with np.load(drawn.save(tmp_path / "points.npz")) as saved:
        assert np.array_equal(saved["places"], places.flatten(1))
    with Image.open(drawn[:200].save(tmp_path / "points.png", scale=1)) as picture:
        assert np.array_equal(np.asarray(picture), scatter(places[:200])[0, 0])


def test_a_model_without_an_encoder_says_so(model: "ganlab.Model") -> None:
    with pytest.raises(ValueError, match="has no encoder"):
        model.encode(model.sample(1))
    with pytest.raises(ValueError, match="has no encoder"):
        model.sample_mixture(3)


def test_importing_ganlab_takes_no_torch() -> None:
    code = "import sys, ganlab; print('torch' in sys.modules, dir(ganlab)); from ganlab import checkpoints, loop"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.startswith("False ['Dataset', ")
    with pytest.raises(AttributeError, match="no attribute 'lode'"):
        ganlab.lode  # noqa: B018


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda p: p.copy(), _pickled])
def test_copies_and_pickles_keep_what_belongs_to_the_pictures(model: "ganlab.Model", tmp_path: Path, again) -> None:
    drawn = model.sample(3, seed=5)
    same = again(drawn)
    assert np.array_equal(same, drawn)
    assert np.array_equal(same.latents, drawn.latents)
    assert (same.places, same.columns, same.source) == (drawn.places, drawn.columns, drawn.source)
    assert same.save(tmp_path / "a.png").read_bytes() == drawn.save(tmp_path / "b.png").read_bytes()
    same.latents[:] = 0
    assert drawn.latents.any(), "a copy shares nothing"


@pytest.mark.parametrize("none", [[], (), "", np.zeros(0, int), np.zeros((0, 16)), range(0)])
def test_no_latents_are_no_pictures(model: "ganlab.Model", none) -> None:
    assert model.decode(none).shape == (0, 28, 28, 1)
    assert model.latents(none).shape == (0, model.latent.dim)


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        (True, "latents are numbers, not bool"),
        ([1, True], "latents are numbers, not bool"),
        ([[1.0, 2.0], [1.0]], "all of one length"),
        (np.ones((1, 16), complex), "latents are numbers, not complex128"),
        (None, "latents are numbers, not object"),
        (["7", "8"], "latents are numbers, not <U1"),
    ],
)
def test_what_are_no_latents_is_told(model: "ganlab.Model", keys, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        model.decode(keys)


def test_what_is_no_picture_file_is_told_and_not_waited_for(model: "ganlab.Model", tmp_path: Path) -> None:
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.png")
        with pytest.raises(ValueError, match=r"pipe\.png is not a file that can be read"):
            model.read(tmp_path / "pipe.png")
    (tmp_path / "large.png").touch()
    os.truncate(tmp_path / "large.png", 10**9)
    for name, reason in (("none.png", "is not there"), ("", "is a folder"), ("large.png", "more than 16,777,216")):
        with pytest.raises(ValueError, match=reason):
            model.read(tmp_path / name)
    with pytest.raises(ValueError, match="cannot be the name of a file"):
        model.read("a\0b.png")


def test_a_model_whose_file_has_gone_is_explored(checkpoints_folder: Path) -> None:
    pytest.importorskip("anywidget")
    path = checkpoints_folder / "tiny.safetensors"
    model = ganlab.load(path)
    path.unlink()
    assert model.explore(seed=7).point == "7"
