"""What is put on a map, how it is coloured, and the files made of it."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from ganlab import checkpoints
from ganlab.checkpoints import Checkpoint
from ganlab.data import Pack, avatars, resized, to_float
from ganlab.data.making import collected
from ganlab.explore import colourings, map_files, maps, points
from ganlab.explore.points import Point
from ganlab.latents import Attributes, Category, Latent, Normal
from ganlab.metrics.classifier import read
from tests.digit_classifier import digit_classifier
from tests.tiny_vae import train_vae


@pytest.fixture(scope="module")
def model(checkpoint_file: Path) -> Checkpoint:
    return checkpoints.load(checkpoint_file)


@pytest.fixture(scope="module")
def vae(data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    return checkpoints.load(train_vae(tmp_path_factory.mktemp("vae"), latent_size=3))


@pytest.fixture(scope="module")
def collection(model: Checkpoint, digits: Pack) -> maps.Collection:
    return maps.gather(model, digits, real=40, generated=30, seed=5)


def test_real_pictures_come_from_the_test_split_and_generated_ones_from_seeds(model, digits, collection):
    images, conditions = digits.split("test")
    places = list(collection.places)
    assert len(set(places)) == collection.real == 40
    assert np.array_equal(collection.images[:40], images[places].permute(0, 2, 3, 1).numpy())
    assert torch.equal(collection.conditions, conditions[places])
    assert collection.drawn == tuple(Point(seed) for seed in range(5, 35))
    again = model.images(points.latents(model.latent, collection.drawn)).numpy()
    assert np.array_equal(collection.images[40:], again)


def test_the_seed_chooses_the_real_pictures(model, digits, collection):
    same = maps.gather(model, digits, real=40, generated=0, seed=5)
    other = maps.gather(model, digits, real=40, generated=0, seed=6)
    assert same.places == collection.places != other.places


def test_a_small_test_split_gives_what_it_has(model, digits):
    assert maps.gather(model, digits, real=2500, generated=3, seed=0).real == len(digits.split("test")[0])


def test_without_a_dataset_there_are_generated_pictures_only(model):
    found = maps.gather(model, None, real=40, generated=7, seed=0)
    assert (found.real, len(found.images), len(found.latents)) == (0, 7, 7)


def test_real_pictures_have_the_size_of_the_model(model, digits):
    shrunk = resized(digits, 20)
    found = maps.gather(model, shrunk, real=3, generated=2, seed=0)
    assert found.images.shape == (5, 28, 28, 1)


def test_without_an_encoder_only_generated_pictures_have_latents(model, collection):
    assert maps.spaces(model) == ["pixels", "latents"]  # `digits` is not what the classifier was trained on
    found = maps.mapped(collection, "latents")
    assert (found.real, len(found.images)) == (0, 30)
    assert np.array_equal(
        maps.vectors(found, "latents", seed=0), points.latents(model.latent, collection.drawn).numpy()
    )
    assert maps.point_of(collection, 0, model) is None
    assert maps.point_of(collection, 40, model) == Point(5)


def test_pixels_keep_the_distances_of_the_main_components(collection):
    found = maps.vectors(collection, "pixels", seed=0)
    assert found.shape == (70, maps.PIXEL_COMPONENTS)
    flat = to_float(torch.from_numpy(collection.images)).flatten(1)
    exact = torch.cdist(flat, flat)
    kept = torch.cdist(*[torch.from_numpy(found)] * 2)
    assert ((exact - kept).norm() / exact.norm()).item() < 0.05


def test_an_encoder_gives_real_pictures_latents_that_can_be_drawn_again(vae, digits):
    found = maps.gather(vae, digits, real=6, generated=4, seed=0)
    assert maps.spaces(vae)[0] == "latents"
    assert found.encoded
    assert maps.mapped(found, "latents") is found
    means = vae.nets["encoder"](to_float(digits.split("test")[0][list(found.places)]))[:, :3]
    assert torch.allclose(found.latents[:6], means, atol=1e-5)
    assert torch.equal(found.latents[6:], vae.latent.from_seeds(range(4)))
    point = maps.point_of(found, 2, vae)
    assert point is not None
    assert torch.allclose(points.latents(vae.latent, points.parse(str(point)))[0], means[2], rtol=1e-3)


def test_a_latent_that_no_seed_draws_can_be_written_down_and_read():
    latent = Latent(
        factors=(
            Normal(name="z", size=3),
            Category(name="digit", labels=("one", "two")),
            Attributes(name="looks", labels=("hat", "beard", "red hair")),
            Attributes(name="none", labels=("a",)),
        )
    )
    u = torch.tensor([0.25, -1.5, 3e-5, 0, 1, 1, 0, 1, 0])
    [read_back] = points.parse(str(points.from_vector(latent, u)))
    assert torch.allclose(points.latents(latent, [read_back])[0], u)


def test_real_pictures_are_coloured_by_their_labels_and_unread_ones_stay_unknown(model, digits, collection):
    found = colourings.colourings(model, collection)
    assert colourings.names(model) == [colourings.KIND, "digit"]  # what leaves most of them grey comes last
    assert set(found) == set(colourings.names(model))
    digit = found["digit"]
    real = digits.labels[digits.train :][list(collection.places)]
    assert digit.values[:40].tolist() == real.tolist()
    assert (digit.values[40:] == colourings.UNKNOWN).all()
    assert found[colourings.KIND].values.tolist() == [0] * 40 + [1] * 30


def test_generated_digits_are_coloured_by_what_the_classifier_reads(mnist, model):
    as_mnist = _with_data(model, mnist)
    collection = maps.gather(as_mnist, mnist, real=10, generated=20, seed=0)
    digit = colourings.colourings(as_mnist, collection)["digit"]
    images = torch.from_numpy(collection.images).permute(0, 3, 1, 2)
    likely = read(digit_classifier(), images).probabilities.argmax(1)
    assert digit.values[10:].tolist() == likely[10:].tolist()
    assert digit.values[:10].tolist() == mnist.labels[mnist.train :][list(collection.places)].tolist()
    assert maps.spaces(as_mnist)[0] == "features"
    features = maps.vectors(collection, "features", seed=0)
    assert np.array_equal(features, read(digit_classifier(), images).features.numpy())


def test_what_is_not_asked_of_faces_is_read_in_them(model):
    """Rendered faces stand where generated ones would be: what is read must be what was rendered."""
    faces = collected(avatars.build(lambda share, text: None, count=80, train=40, seed=3))
    as_faces = _with_data(model, faces)
    collection = maps.Collection(
        dataset="avatars",
        images=faces.images[:30].permute(0, 2, 3, 1).numpy(),
        real=0,
        places=(),
        conditions=faces.conditions[:0],
        drawn=tuple(Point(seed) for seed in range(30)),
        latents=points.latents(model.latent, [Point(seed) for seed in range(30)]),
    )
    found = colourings.colourings(as_faces, collection)
    known = faces.conditions[:30].short().numpy()
    assert found["eyewear"].values.tolist() == known[:, 4:7].argmax(1).tolist()
    assert len(maps.vectors(collection, "features", seed=0)) == 30


def test_the_table_has_a_line_for_every_picture(model, collection):
    places = np.arange(140, dtype=np.float32).reshape(70, 2)
    coloured = colourings.colourings(model, collection)
    lines = list(csv.DictReader(io.StringIO(map_files.table(collection, places, coloured).decode())))
    formula = map_files.table(collection, places, {"=1+1": coloured["digit"]})
    assert formula.startswith(b"kind,test_image,point,x,y,'=1+1\n")
    assert len(lines) == 70
    assert lines[1] == {
        "kind": "real",
        "test_image": str(collection.places[1]),
        "point": "",
        "x": "2",
        "y": "3",
        "digit": coloured["digit"].label(1),
        colourings.KIND: "real",
    }
    assert (lines[-1]["kind"], lines[-1]["point"], lines[-1]["digit"]) == ("generated", "34", "")


def test_the_mosaic_shows_every_picture_at_its_place(collection):
    places = np.float32([[i % 10, i // 10] for i in range(70)])
    sheet = map_files.mosaic(collection, places, ["#0a141e"] * len(places), width=1000)
    size, step = 28, (1000 - 28) / 9
    low = (1000 - 28) / 2 - 3 * step  # seven rows in the middle
    x, top = round(3 * step), 1000 - 28 - round(low + 2 * step)
    tile = sheet[top : top + size, x : x + size]
    assert np.array_equal(tile[:-1, :, 3], collection.images[23][:-1, :, 0]), "brightness is opacity"
    assert (tile[tile[..., 3] > 0][:, :3] == [10, 20, 30]).all(), "the colour of its label"
    assert (tile[-1] == [10, 20, 30, 255]).all(), "real ones are underlined"
    assert (sheet[..., 3] == 0).mean() > 0.5


def _with_data(model: Checkpoint, pack: Pack) -> Checkpoint:
    """The same nets under a card that says they were trained on `pack`."""
    return replace(model, card=replace(model.card, data=pack.spec))
