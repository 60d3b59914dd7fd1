"""The models that ship: what their headers say is true, and reaches what was promised."""

import hashlib
from pathlib import Path

import pytest
import torch

from ganlab import checkpoints
from ganlab.data import Pack, resized, to_float
from ganlab.data.object_sets import condition_sets
from ganlab.metrics import FLOOR, modes
from ganlab.metrics.classifier import read
from ganlab.metrics.conditions import judge
from ganlab.metrics.obedience import asked_of
from ganlab.metrics.readers import reader
from ganlab.metrics.stacks import channel_reader, divergence_from_uniform, read_stacks
from ganlab.recipes import RECIPES
from tests.digit_classifier import digit_classifier

FOLDER = Path(__file__).parents[1] / "checkpoints"
TRAIN_COUNTS = torch.tensor([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]).double()  # of MNIST
BARS = {  # name => least share that is recognisable, largest divergence of the digit histogram in nats
    "mnist-dcgan-28": (0.97, 0.01),
    "mnist-dcgan-32": (0.965, 0.01),
    "mnist-dcgan-64": (0.965, 0.01),
    "mnist-mlp-28": (0.93, 0.01),
    "mnist-mlp-32": (0.94, 0.01),
    "mnist-infogan-64": (0.90, 0.02),
    "mnist-infogan-64-z54": (0.90, 0.02),
    "mnist-cgan-28": (0.90, 0.02),
}
CODES: dict[str, tuple[str, ...]] = {  # name => its continuous codes; c1 is there, too
    "mnist-infogan-64": ("c2", "c3"),
    "mnist-infogan-64-z54": (),
}
RECONSTRUCTS = {  # name => how many times nearer than the mean training image, at least
    "mnist-vae-28": 5,
    "mnist-vae-28-2d": 1.8,
    "faces-vae-64": 10,
}
OBEYS = {"mnist-cgan-28": 0.95}  # name => least share of samples that show what was asked for
TOGGLES = {  # name => factor => labels that can be set with a success of 95 %
    "faces-acgan-64": {"attributes": ("smile", "beard", "hat", "long hair"), "eyewear": ("none", "glasses")}
}
SCENES = {"iclevr-acgan-64": 0.75, "iclevr-cgan-64": 0.75}  # name => least share of the test list that is drawn
STACKS = {"mnist-stacked-28": (1_000, 0.035)}  # name => least modes of 26,000 samples, largest divergence in nats
FACES = {"faces-gan-64": 1.3}  # name => largest Frechet distance of features
SAMPLES = 2_000


@pytest.mark.parametrize("name", BARS)
def test_the_header_reaches_the_bars(name: str) -> None:
    metrics = checkpoints.read_card(FOLDER / f"{name}.safetensors").metrics
    confident, divergence = BARS[name]
    assert metrics["samples"] == 10_000
    assert metrics["confident"] >= confident
    assert metrics["histogram_kl"] <= divergence
    assert metrics["smallest_share"] >= 0.5
    assert 0 < metrics[FLOOR + "frechet_classifier"] < metrics["frechet_classifier"]


@pytest.mark.parametrize("name", RECONSTRUCTS)
def test_test_images_come_back_nearer_than_the_mean_image(name: str) -> None:
    metrics = checkpoints.read_card(FOLDER / f"{name}.safetensors").metrics
    assert metrics["reconstruction_mse"] < metrics["mean_image_mse"] / RECONSTRUCTS[name]
    assert metrics["mixture_frechet_pixels"] < metrics["frechet_pixels"]


@pytest.mark.parametrize("name", [name for name in RECONSTRUCTS if name.startswith("mnist")])
def test_the_vae_gives_test_digits_back(name: str, mnist: Pack) -> None:
    """Measured again on 2,000 of them."""
    model = checkpoints.load(FOLDER / f"{name}.safetensors")
    real = to_float(mnist.split("test")[0][:2_000]).contiguous(memory_format=torch.channels_last)
    with torch.inference_mode():
        back = model.nets["generator"](model.nets["encoder"](real)[:, : model.latent.dim])
    mse = ((back - real) / 2).square().mean().item()  # of pixels in [0, 1]
    assert mse == pytest.approx(model.card.metrics["reconstruction_mse"], rel=0.15)


def test_the_plane_shows_all_ten_digits() -> None:
    """Two numbers have little room: most of the plane is a clear digit, but 3, 4 and 5 are narrow and blurred."""
    model = checkpoints.load(FOLDER / "mnist-vae-28-2d.safetensors")
    side = torch.linspace(-3, 3, 40)
    reading = read(digit_classifier(), model.images(torch.cartesian_prod(side, side)).permute(0, 3, 1, 2))
    sure, digits = reading.probabilities.max(1)
    assert set(digits.tolist()) == set(range(10))
    assert (sure > 0.9).double().mean() > 0.8


@pytest.mark.parametrize("name", OBEYS)
def test_what_is_asked_for_is_drawn(name: str) -> None:
    """Read again here, a hundred pictures a label."""
    model = checkpoints.load(FOLDER / f"{name}.safetensors")
    assert model.card.metrics["obeys"] >= OBEYS[name]
    rng = torch.Generator().manual_seed(321)
    for digit in "0123456789":
        latents = model.latent.fix(model.latent.sample(100, rng), {"digit": digit})
        reading = read(digit_classifier(), model.images(latents).permute(0, 3, 1, 2))
        assert (reading.probabilities.argmax(1) == int(digit)).double().mean() >= OBEYS[name] - 0.08


@pytest.mark.parametrize("name", TOGGLES)
def test_toggles_reach_the_bar_and_leave_the_rest_alone(name: str) -> None:
    codes = checkpoints.read_card(FOLDER / f"{name}.safetensors").codes
    for factor, labels in TOGGLES[name].items():
        for label in labels:
            measured = codes[factor].labels[label]
            assert measured.success >= 0.95
            assert max(measured.changes.values()) <= 0.1


@pytest.mark.parametrize("name", TOGGLES)
def test_fresh_faces_show_what_was_asked_for(name: str) -> None:
    """A tenth of what the header's share was measured on."""
    model, classifier = checkpoints.load(FOLDER / f"{name}.safetensors"), reader("avatars")
    assert classifier is not None
    latents = model.latent.sample(1_000, torch.Generator().manual_seed(321))
    reading = classifier.read(model.images(latents).permute(0, 3, 1, 2))
    asked = asked_of(model.latent, model.card.data, latents)
    assert asked is not None
    share = judge(reading.probabilities, asked, classifier.data).accuracy
    assert share == pytest.approx(model.card.metrics["obeys"], abs=0.01)


@pytest.mark.parametrize("name", SCENES)
def test_scenes_show_the_objects_asked_for(name: str) -> None:
    """Over the test list and 64 sets that no training image shows; here again with five latents a set."""
    model, classifier = checkpoints.load(FOLDER / f"{name}.safetensors"), reader("iclevr")
    metrics = model.card.metrics
    assert metrics["obeys_test"] >= SCENES[name]
    assert metrics["obeys_test_low"] <= metrics["obeys_test"] <= metrics["obeys_test_high"]
    assert metrics["obeys_unseen"] >= SCENES[name] - 0.1
    assert classifier is not None
    sets = torch.as_tensor(condition_sets("test")).float().repeat(5, 1)
    latents = model.latent.sample(len(sets), torch.Generator().manual_seed(321))
    latents[:, model.latent.columns("objects")] = sets
    reading = classifier.read(model.images(latents).permute(0, 3, 1, 2))
    assert judge(reading.probabilities, sets, classifier.data).accuracy == pytest.approx(
        metrics["obeys_test"], abs=0.05
    )


@pytest.mark.parametrize("name", STACKS)
def test_stacks_of_digits_have_nearly_all_modes(name: str) -> None:
    """And here again of a fifth of the samples, whose divergence is larger by what sampling adds."""
    model, known = checkpoints.load(FOLDER / f"{name}.safetensors"), channel_reader("stacked-mnist")
    least, most = STACKS[name]
    promised = model.card.metrics
    assert promised["samples"] == 26_000
    assert promised["modes"] >= least
    assert min(promised[FLOOR + "modes_kl"], promised["modes_kl"]) > 0.02  # sampling alone gives 0.019
    assert promised["modes_kl"] <= most
    assert known is not None
    images = model.images(model.latent.sample(5_200, torch.Generator().manual_seed(321)))
    stacks, modes_there = read_stacks(images.permute(0, 3, 1, 2), known)
    more = 999 / 2 * (1 / 5_200 - 1 / 26_000)
    assert divergence_from_uniform(stacks, modes_there) == pytest.approx(promised["modes_kl"] + more, abs=0.02)


@pytest.mark.parametrize("name", FACES)
def test_fresh_faces_have_every_attribute_and_lack_every_one(name: str) -> None:
    model, classifier = checkpoints.load(FOLDER / f"{name}.safetensors"), reader("avatars")
    assert model.card.metrics["frechet_classifier"] <= FACES[name]
    assert model.card.metrics["diversity"] >= 0.9  # of the data's own
    assert classifier is not None
    images = model.images(model.latent.sample(1_000, torch.Generator().manual_seed(321)))
    shares = (classifier.read(images.permute(0, 3, 1, 2)).probabilities > 0.5).double().mean(0)
    assert shares.min() > 0.02
    assert shares.max() < 0.9


def test_seven_categories_of_faces_follow_seven_things() -> None:
    """Found without a label: shares of pictures of one category that show it, against those of the others."""
    drawn = checkpoints.read_card(FOLDER / "faces-infogan-64.safetensors").codes["c1"].drawn
    assert len({entry.follows for entry in drawn.values()}) == 7
    assert all(abs(entry.rate - entry.rate_of_others) >= 0.2 for entry in drawn.values())
    assert sum(entry.rate >= 0.8 for entry in drawn.values()) >= 4  # the others hold two things at once


@pytest.mark.parametrize("name", CODES)
def test_codes_mean_what_was_promised(name: str) -> None:
    card = checkpoints.read_card(FOLDER / f"{name}.safetensors")
    assert card.metrics["code_accuracy"] >= 0.90
    assert len(set(card.codes["c1"].table.values())) == 10  # one to one
    for code in CODES[name]:
        assert abs(card.codes[code].rho) >= 0.6
        assert card.codes[code].quality in ("slant", "thickness", "width", "height")


@pytest.mark.parametrize("name", CODES)
def test_the_recognizer_that_ships_reads_real_digits(name: str, mnist: Pack) -> None:
    model = checkpoints.load(FOLDER / f"{name}.safetensors")
    images, conditions = resized(mnist, model.card.data.size).split("test")
    real = images[:2_000].contiguous(memory_format=torch.channels_last)
    with torch.inference_mode():
        codes = model.nets["recognizer"](model.nets["trunk"](to_float(real)))[:, :10].argmax(1)
    digits = torch.tensor([int(model.card.codes["c1"].table[str(k)]) for k in range(10)])[codes]
    right = (digits == conditions[:2_000].argmax(1)).double().mean().item()
    assert right == pytest.approx(model.card.metrics["code_accuracy"], abs=0.03)  # the first test digits are cleaner


@pytest.mark.parametrize("name", BARS)
def test_fresh_samples_measure_what_the_header_says(name: str) -> None:
    model = checkpoints.load(FOLDER / f"{name}.safetensors")
    images = model.images(model.latent.sample(SAMPLES, torch.Generator().manual_seed(123)))
    reading = read(digit_classifier(), images.permute(0, 3, 1, 2))
    shares = modes.histogram(reading.probabilities)
    promised = model.card.metrics
    # four standard errors of a share of 2,000
    slack = 4 * (promised["confident"] * (1 - promised["confident"]) / SAMPLES) ** 0.5
    assert modes.confident(reading.probabilities) == pytest.approx(promised["confident"], abs=slack)
    assert modes.histogram_divergence(shares, TRAIN_COUNTS / TRAIN_COUNTS.sum()) < promised["histogram_kl"] + 0.015


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.safetensors")), ids=lambda path: path.stem)
def test_a_shipped_file_carries_its_story(path: Path) -> None:
    card = checkpoints.read_card(path)
    assert card.recipe == RECIPES[path.stem]  # the command in the table makes this model again
    assert hashlib.sha256(path.read_bytes()).hexdigest() in (FOLDER / "README.md").read_text(encoding="utf-8")
    curves, sheets = checkpoints.read_curves(path), checkpoints.read_sheets(path)
    assert curves["step"][-1] == card.recipe.steps
    trained = curves["step"] > 0  # before, only pictures are measured
    assert next(values for name, values in curves.items() if name.endswith("/loss"))[trained].isfinite().all()
    assert sheets is not None
    assert len(sheets.steps) >= 5


def test_all_of_them_are_there_and_light() -> None:
    files = {path.stem: path.stat().st_size for path in FOLDER.glob("*.safetensors")}
    assert set(files) >= {*BARS, *TOGGLES, *SCENES, *FACES, *RECONSTRUCTS, *STACKS, "faces-infogan-64"}
    assert sum(files.values()) <= 36_000_000
