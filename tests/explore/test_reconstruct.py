"""Reconstructions, what the encodings of many images tell, and pictures from people's own files."""

import io
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from scipy.stats import norm
from sklearn.metrics import mean_squared_error

from ganlab import checkpoints
from ganlab.checkpoints import Checkpoint
from ganlab.data import DataSpec, Pack
from ganlab.data.pictures import FORMATS
from ganlab.explore import encodings, picture_files, pictures, reconstruct, snippets
from ganlab.explore.encodings import Encodings
from ganlab.latents import Attributes, Category, Latent, Normal
from ganlab.metrics.mixtures import fit_mixture
from tests.tiny_vae import train_vae

FACES = DataSpec(
    name="faces",
    channels=3,
    size=8,
    conditions=(Category(name="hair", labels=("dark", "fair")), Attributes(name="look", labels=("smile", "hat"))),
)
GREY = DataSpec(name="grey", channels=1, size=8)


@pytest.fixture(scope="module")
def vae_file(data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train_vae(tmp_path_factory.mktemp("vae"))


@pytest.fixture(scope="module")
def vae(vae_file: Path) -> Checkpoint:
    return checkpoints.load(vae_file)


def test_a_reconstruction_is_what_the_generator_makes_of_the_means(vae, digits):
    originals = reconstruct.images_at(vae, digits, [3, 0, 7])
    assert np.array_equal(originals[1], digits.split("test")[0][0].permute(1, 2, 0))
    done = reconstruct.reconstruct(vae, originals)
    x = torch.from_numpy(originals).permute(0, 3, 1, 2) / 127.5 - 1
    assert torch.allclose(done.latents, vae.nets["encoder"](x)[:, :2], atol=1e-5)
    assert np.array_equal(done.images, vae.images(done.latents).numpy())
    for i in range(3):
        expected = mean_squared_error(originals[i].ravel() / 255, done.images[i].ravel() / 255)
        assert done.errors[i] == pytest.approx(expected)


def test_the_difference_is_grey_where_nothing_differs():
    dark, light = np.zeros((1, 2, 2, 1), np.uint8), np.full((1, 2, 2, 1), 255, np.uint8)
    assert (reconstruct.difference(light, light) == 128).all()
    assert (reconstruct.difference(dark, light) == 255).all()
    assert (reconstruct.difference(light, dark) == 0).all()


def test_the_error_of_the_test_split_is_the_mean_over_its_images(vae, digits):
    places = range(len(digits.split("test")[0]))
    done = reconstruct.reconstruct(vae, reconstruct.images_at(vae, digits, places))
    assert reconstruct.test_error(vae, digits) == pytest.approx(done.errors.mean(), rel=1e-3)


def test_a_model_without_an_encoder_is_refused(checkpoint_file, digits):
    model = checkpoints.load(checkpoint_file)
    with pytest.raises(ValueError, match="has no encoder"):
        reconstruct.reconstruct(model, reconstruct.images_at(model, digits, [0]))


def test_pictures_of_another_size_are_refused(vae):
    with pytest.raises(ValueError, match="encodes pictures of shape"):
        reconstruct.reconstruct(vae, np.zeros((1, 9, 9, 1), np.uint8))


@pytest.mark.parametrize(
    ("text", "places"), [("0-9", list(range(10))), ("7", [7]), ("3, 17 5", [3, 17, 5]), ("1-2,9", [1, 2, 9])]
)
def test_test_images_are_written_as_numbers_and_ranges(text, places):
    assert reconstruct.parse_places(text, 100) == places
    assert reconstruct.parse_places(reconstruct.write_places(places), 100) == places


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no test image"),
        ("one", "'one'"),
        ("100", "0 to 99"),
        ("5-3", "out of range"),
        ("0-50", "more than 10"),
        ("7 " * 11, "more than 10"),
        ("x" * 5_000, r"^'x+ \.\.\. x+' is no test image.{,70}$"),
    ],
)
def test_what_is_no_test_image_is_named(text, reason):
    with pytest.raises(ValueError, match=reason):
        reconstruct.parse_places(text, 100)


def test_the_plane_covers_the_prior_evenly():
    plane = reconstruct.plane(Latent(factors=(Normal(name="z", size=2),)), 4).numpy()
    middles = norm.ppf([0.125, 0.375, 0.625, 0.875])
    assert np.allclose(plane[:4, 0], middles, atol=1e-5)
    assert np.allclose(plane[:4, 1], middles[3], atol=1e-5)  # the first row is the upper one
    assert np.allclose(plane[::4, 1], middles[::-1], atol=1e-5)
    assert reconstruct.quantiles(torch.tensor([0.0, 1.0])).isfinite().all()


@pytest.mark.parametrize("factor", [Normal(name="z", size=3), Category(name="c", labels=("a", "b"))], ids=str)
def test_other_latents_have_no_plane(factor):
    with pytest.raises(ValueError, match="two normal values"):
        reconstruct.plane(Latent(factors=(factor,)), 4)


def test_a_cross_fade_begins_and_ends_with_its_pictures():
    first, last = (np.random.default_rng(i).integers(0, 256, (4, 4, 3), np.uint8) for i in range(2))
    fade = reconstruct.cross_fade(first, last, 5)
    assert np.array_equal(fade[0], first)
    assert np.array_equal(fade[-1], last)
    assert np.abs(fade[2] - (first.astype(float) + last) / 2).max() <= 0.5


def test_a_vector_leads_from_the_images_without_to_those_with():
    conditions = torch.tensor([[1, 0, 1, 0], [1, 0, 0, 0], [0, 1, 1, 0], [0, 1, 0, 0]]).bool()  # dark fair smile hat
    found = Encodings(latents=torch.tensor([[1.0, 0], [3.0, 0], [1.0, 8], [3.0, 8]]), conditions=conditions)
    assert list(encodings.conditions(FACES)) == ["hair", "smile", "hat"]
    assert encodings.vector(found, FACES, "smile").tolist() == [-2, 0]
    assert encodings.vector(found, FACES, "hair", start="dark", end="fair").tolist() == [0, 8]
    with pytest.raises(ValueError, match="no training images with hat"):
        encodings.vector(found, FACES, "hat")
    with pytest.raises(ValueError, match="no label 'red'; choose from dark, fair"):
        encodings.vector(found, FACES, "hair", start="red", end="fair")
    with pytest.raises(ValueError, match="choose from hair, smile, hat"):
        encodings.vector(found, FACES, "beard")


def test_encodings_are_means_of_training_images_that_the_seed_chooses(vae, digits):
    found = encodings.encodings(vae, digits, seed=3, most=50)
    again = encodings.encodings(vae, digits, seed=3, most=50)
    other = encodings.encodings(vae, digits, seed=4, most=50)
    assert torch.equal(found.latents, again.latents)
    assert not torch.equal(found.latents, other.latents)
    everything = reconstruct.reconstruct(vae, reconstruct.images_at(vae, digits, range(digits.train), "train"))
    distances = torch.cdist(found.latents, everything.latents, compute_mode="donot_use_mm_for_euclid_dist").min(1)
    assert distances.values.max() < 1e-4
    assert torch.equal(found.conditions, digits.split("train")[1][distances.indices].bool())


def test_a_mixture_draws_what_it_was_fitted_to():
    rng = torch.Generator().manual_seed(0)
    tilt = torch.tensor([[1.0, 0.8], [0.0, 0.6]])
    left = torch.randn(1500, 2, generator=rng) @ tilt + torch.tensor([-10.0, 0])
    right = torch.randn(500, 2, generator=rng) * 0.3 + torch.tensor([10.0, 5])
    mixture = fit_mixture(torch.cat([left, right]), components=2, seed=0)
    drawn = mixture.sample(8000, seed=1)
    there = drawn[:, 0] > 0
    assert there.float().mean() == pytest.approx(0.25, abs=0.02)
    assert torch.allclose(drawn[there].mean(0), right.mean(0), atol=0.05)
    assert torch.allclose(torch.cov(drawn[~there].T), torch.cov(left.T), atol=0.1)
    assert torch.equal(drawn, mixture.sample(8000, seed=1))
    assert not torch.equal(drawn, mixture.sample(8000, seed=2))


def test_a_mixture_in_many_dimensions_stays_in_the_main_ones():
    rng = torch.Generator().manual_seed(0)
    flat = torch.randn(400, 5, generator=rng) @ torch.randn(5, 40, generator=rng)
    drawn = fit_mixture(flat, components=3, seed=0).sample(200, seed=0).double()
    basis = torch.linalg.svd(flat.double(), full_matrices=False).Vh[:5]
    assert (drawn - drawn @ basis.T @ basis).abs().max() < 0.1
    assert drawn.std() == pytest.approx(float(flat.std()), rel=0.1)


def test_more_gaussians_than_images_are_refused():
    with pytest.raises(ValueError, match="5 Gaussians need as many images"):
        fit_mixture(torch.randn(4, 2, generator=torch.Generator().manual_seed(0)), components=5, seed=0)


def _file(image: Image.Image, form: str) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form)
    return buffer.getvalue()


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("data", [FACES, GREY], ids=["colour", "grey"])
def test_the_middle_square_of_any_picture_is_read(form, data):
    image = Image.new("RGB", (40, 16), (255, 0, 0))
    image.paste((255, 255, 255), (12, 0, 28, 16))  # the middle square
    read = picture_files.read(_file(image, form), data)
    assert read.shape == (8, 8, data.channels)
    assert read.dtype == np.uint8
    assert read[:, 1:-1].min() > 240  # JPEG blurs the edge


def test_grey_is_inverted_transparency_is_white_and_phones_are_turned():
    clear = _file(Image.new("RGBA", (8, 8), (0, 0, 0, 0)), "PNG")
    assert (picture_files.read(clear, GREY) == 255).all()
    assert (picture_files.read(clear, GREY, invert=True) == 0).all()
    sideways = Image.new("L", (8, 8))
    sideways.paste(255, (0, 0, 8, 4))
    exif = sideways.getexif()
    exif[0x0112] = 6  # turn a quarter to the right
    buffer = io.BytesIO()
    sideways.save(buffer, "PNG", exif=exif)
    assert (picture_files.read(buffer.getvalue(), GREY)[:, 4:] == 255).all()


@pytest.mark.parametrize("cut", [0, 10, 60, 200])
def test_a_cut_picture_is_refused(cut):
    content = _file(Image.effect_noise((64, 64), 50), "PNG")
    with pytest.raises(ValueError, match=r"cannot be read|is empty"):
        picture_files.read(content[:cut], GREY)


def test_other_files_and_bombs_are_refused():
    with pytest.raises(ValueError, match="cannot be read"):
        picture_files.read(b"%!PS-Adobe-3.0 EPSF-3.0\n", GREY)  # Pillow would hand it to Ghostscript
    with pytest.raises(ValueError, match="at most 16,777,216"):
        picture_files.read(bytes(picture_files.MAX_BYTES + 1), GREY)
    for side in (8_000, 60_000):  # above our limit; above Pillow's own
        content = bytearray(_file(Image.new("1", (8, 8)), "BMP"))
        content[18:26] = side.to_bytes(4, "little") * 2
        with pytest.raises(ValueError, match="pixels"):
            picture_files.read(bytes(content), GREY)


def test_a_drawing_survives_the_address():
    drawing = np.random.default_rng(0).integers(0, 256, (8, 8, 1), np.uint8)
    text = picture_files.to_text(drawing)
    assert np.array_equal(picture_files.from_text(text, GREY), drawing)
    assert np.array_equal(picture_files.from_text(f"{text}{'=' * (-len(text) % 4)}", GREY), drawing)  # of older links
    assert not text.endswith("=")  # chats and mail programs take it for the end of a sentence
    assert picture_files.to_text(np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)) == ""
    for nonsense in ("x", "AAAA", "é", "A" * 3000):
        with pytest.raises(ValueError, match="read"):
            picture_files.from_text(nonsense, GREY)


def test_copied_python_encodes_a_file_and_moves_images(vae, vae_file, digits: Pack, tmp_path, monkeypatch):
    drawing = reconstruct.images_at(vae, digits, [5])
    (tmp_path / "drawing.png").write_bytes(pictures.png(drawing[0]))
    monkeypatch.chdir(tmp_path)
    (tmp_path / vae_file.name).symlink_to(vae_file)
    names: dict = {}
    exec(snippets.encoded_file(vae_file, "drawing.png"), names)
    assert np.array_equal(np.asarray(names["images"]), reconstruct.reconstruct(vae, drawing).images)
    exec(snippets.reconstruct(vae_file, digits.spec, [5], strength=0.5, way="'digit', start='0', end='3'"), names)
    found = encodings.encodings(vae, digits, seed=0)
    way = encodings.vector(found, digits.spec, "digit", start="0", end="3")
    latents = reconstruct.reconstruct(vae, drawing).latents + 0.5 * way
    assert np.array_equal(np.asarray(names["images"]), vae.images(latents).numpy())


def test_a_list_of_a_million_places_is_not_made_before_it_is_refused():
    text = "0-9 " * 100_000
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="more than 10"):
            reconstruct.parse_places(text, 100)
        assert tracemalloc.get_traced_memory()[1] < 4 * len(text)
    finally:
        tracemalloc.stop()
