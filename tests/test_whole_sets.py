"""Metrics of whole sets as they are recorded: against torchmetrics, prdc, scipy and scikit-learn, at one number."""

import importlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from prdc import compute_prdc
from scipy import stats
from sklearn.metrics import mutual_info_score
from torch import Tensor, nn

from ganlab import metrics
from ganlab.data import Pack
from ganlab.data.torchvision_import import torchvision
from ganlab.families import gan, infogan, vae
from ganlab.metrics import METRICS, RealSample, Reference
from ganlab.metrics.abilities import Abilities
from ganlab.metrics.factors import INTERVALS, read_codes
from ganlab.metrics.frechet import frechet_distance, frechet_interval, moments
from ganlab.metrics.intervals import around, bootstrap_counts
from ganlab.metrics.outcome import in_full
from ganlab.metrics.readers import reader
from ganlab.metrics.strokes import measure_strokes
from ganlab.metrics.whole_sets import WHOLE_SETS
from ganlab.snapshots import measure_fully
from tests.untrained import save_untrained

torchvision()  # first, or torchmetrics fails beside a CPU-only torch
fid = importlib.import_module("torchmetrics.image.fid")


@pytest.fixture(scope="module")
def real(digits: Pack) -> Reference:
    return metrics.reference(digits)


def places(count: int, of: int) -> Tensor:
    return torch.from_numpy(np.linspace(0, of - 1, count).astype(np.int64))


class Pixels(nn.Module):
    num_features = 64

    def __init__(self, real: Reference) -> None:
        super().__init__()
        self.real = real

    def forward(self, images: Tensor) -> Tensor:
        return self.real.pixels(images[:, :1])


def test_frechet_as_recorded_is_torchmetrics(digits: Pack, real: Reference) -> None:
    train, test = digits.split("train")[0], digits.split("test")[0]
    theirs = fid.FrechetInceptionDistance(feature=Pixels(real), input_img_size=(3, 28, 28)).set_dtype(torch.float64)
    theirs.update(train.expand(-1, 3, -1, -1), real=True)
    theirs.update(test.expand(-1, 3, -1, -1), real=False)
    ours = metrics.evaluate(test, real).values["frechet_pixels"]
    assert ours == pytest.approx(theirs.compute().item(), abs=1e-3)


def test_neighbours_as_recorded_are_those_of_prdc(digits: Pack, real: Reference) -> None:
    test = digits.split("test")[0]
    images = (test.float() * 0.7).byte()
    among = metrics.real_sample(digits, real, 150)
    found = metrics.evaluate(images, real, among=among).values
    assert found["compared"] == 150
    theirs = compute_prdc(
        real.pixels(digits.split("train")[0][places(150, digits.train)]).double().numpy(),
        real.pixels(images[places(150, len(images))]).double().numpy(),
        nearest_k=5,
    )
    measured = {name: found[name] for name in theirs}
    assert measured == pytest.approx({name: float(value) for name, value in theirs.items()}, abs=0.02)  # rounding


def test_counts_as_recorded_are_scipys(mnist: Pack) -> None:
    pack = replace(mnist, images=mnist.images[-1200:], conditions=mnist.conditions[-1200:], train=700, fingerprint="")
    real = metrics.reference(pack)
    among = metrics.real_sample(pack, real, 500)
    images = pack.split("test")[0]
    found = metrics.evaluate(images, real, among=among).values
    classifier = reader("mnist")
    assert classifier is not None
    read = classifier.read(images).probabilities.argmax(1).numpy()[places(500, len(images)).numpy()]
    counts, shares = np.bincount(read, minlength=10), real.prior.numpy()
    expected = stats.chisquare(counts, shares / shares.sum() * 500)
    assert found["chi_square"] == pytest.approx(expected.statistic)
    assert found["chi_square_p"] == pytest.approx(expected.pvalue)
    assert found["effective_classes"] == pytest.approx(np.exp(stats.entropy(counts)))
    drawn = shares.copy()
    drawn[shares.argmin()] /= 2
    drawn /= drawn.sum()
    power = stats.ncx2.sf(stats.chi2.isf(0.05, 9), 9, 500 * ((drawn - shares) ** 2 / shares).sum())
    assert found["chi_square_power"] == pytest.approx(power, abs=0.06)
    assert {name for name in WHOLE_SETS if name not in found} == set()
    assert "kernel_deviation" in found


def test_real_images_and_samples_are_as_many(digits: Pack, tmp_path: Path) -> None:
    model = save_untrained(tmp_path / "m.safetensors", "gan", gan.Config(width=4, latent_size=4), digits.spec)
    found = measure_fully(model, digits, metrics.reference(digits), 130)
    assert found.metrics["compared"] == found.metrics["floor_compared"] == 130
    for name in ("kernel", "precision", "recall", "density", "coverage"):
        assert {name, f"floor_{name}"} <= found.metrics.keys()
    assert found.metrics["kernel"] > 10 * abs(found.metrics["floor_kernel"])
    assert found.metrics["coverage"] < 0.1 < 0.8 < found.metrics["floor_coverage"]
    assert "200 or more images of each kind" in found.left_out["different_bins"]
    for name in ("frechet_pixels", "precision", "coverage", "density"):
        low, value, high = (found.metrics[f"{name}{end}"] for end in ("_low", "", "_high"))
        assert low <= value <= high
    assert not [name for name in found.metrics if name.startswith("floor_") and name.endswith("_low")]


def test_samples_of_the_mixture_have_intervals(digits: Pack, tmp_path: Path) -> None:
    model = save_untrained(tmp_path / "m.safetensors", "vae", vae.Config(width=4, latent_size=4), digits.spec)
    found = measure_fully(model, digits, metrics.reference(digits), 130)
    low, value, high = (found.metrics[f"mixture_frechet_pixels{end}"] for end in ("_low", "", "_high"))
    assert low <= value <= high


def test_few_images_say_why_nothing_is_compared(digits: Pack, real: Reference) -> None:
    images = digits.split("test")[0]
    found = metrics.evaluate(images, real, among=RealSample(digits, real, 40))
    assert not found.values.keys() & WHOLE_SETS.keys()
    assert "100 or more samples, training images and test images each, and there are 40" in found.left_out["coverage"]


def test_nothing_is_compared_while_a_model_trains(digits: Pack, real: Reference) -> None:
    measured = metrics.evaluate(digits.split("test")[0], real)
    assert not measured.values.keys() & WHOLE_SETS.keys()
    assert not [name for name in measured.values if name.endswith(("_low", "_high"))]


def test_the_interval_of_a_distance_is_that_of_single_images() -> None:
    """In groups as image by image, and as wide as the distances of other draws are spread."""
    rng = torch.Generator().manual_seed(0)
    real = moments(torch.randn(5000, 6, generator=rng))

    def draw() -> Tensor:
        return 1.3 * torch.randn(1000, 6, generator=rng) + 0.4

    features = draw()
    value = frechet_distance(moments(features), real)
    found = frechet_interval(features, real, rng)
    single = [
        frechet_distance(moments(features[torch.randint(1000, (1000,), generator=rng)]), real) for _ in range(200)
    ]
    low, high = around(value, single)
    assert found.low < value < found.high
    assert found.high - found.low == pytest.approx(high - low, rel=0.25)
    others = np.quantile([frechet_distance(moments(draw()), real) for _ in range(200)], [0.025, 0.975])
    assert found.high - found.low == pytest.approx(others[1] - others[0], rel=0.3)


def test_the_interval_of_counts_is_as_wide_as_theory_has_it() -> None:
    counts = torch.tensor([300, 700])
    low, high = bootstrap_counts(counts, lambda shares: shares[0].item(), torch.Generator().manual_seed(0))
    assert (low, high) == pytest.approx((0.3 - 1.96 * 0.0145, 0.3 + 1.96 * 0.0145), abs=0.004)


def test_the_gap_of_an_infogan_by_scikit_learn(digits: Pack, tmp_path: Path) -> None:
    model = save_untrained(tmp_path / "m.safetensors", "infogan", infogan.Config(width=4, latent_size=4), digits.spec)
    images, conditions = digits.split("test")
    read = read_codes(model, images)

    def sorted_in(values: np.ndarray) -> np.ndarray:
        return np.digitize(values, np.linspace(values.min(), values.max(), INTERVALS + 1)[1:-1])

    codes = [read.category.argmax(1).numpy(), *(sorted_in(column.double().numpy()) for column in read.means.T)]
    factors = [conditions.argmax(1).numpy(), *map(sorted_in, measure_strokes(images).values())]
    gaps = []
    for factor in factors:
        information = sorted(mutual_info_score(code, factor) for code in codes)
        gaps.append((information[-1] - information[-2]) / stats.entropy(np.bincount(factor)))
    assert Abilities(model, digits).information_gap() == pytest.approx(np.mean(gaps), abs=0.01)


def test_only_models_that_read_images_have_a_gap(digits: Pack, real: Reference, tmp_path: Path) -> None:
    one_code = infogan.Config(width=4, latent_size=4, continuous=0)
    for place, (family, config, has) in enumerate(
        [
            ("vae", vae.Config(width=4, latent_size=4), True),
            ("infogan", one_code, False),
            ("gan", gan.Config(width=4, latent_size=4), False),
        ]
    ):
        model = save_untrained(tmp_path / f"{place}.safetensors", family, config, digits.spec)
        images = digits.split("test")[0][:120]
        measured = metrics.evaluate(images, real, abilities=Abilities(model, digits))
        assert ("information_gap" in measured.values) == has
        assert "information_gap" not in measured.left_out


def test_numbers_in_full() -> None:
    values = {"a": 0.5, "a_low": 0.4, "a_high": 0.6, "b": 0.25, "b_deviation": 0.125, "c": 1.0}
    told = [in_full(values, name, lambda value: f"{value:g}") for name in ("a", "b", "c", "d")]
    assert told == ["0.5 [0.4, 0.6]", "0.25 ± 0.125", "1", ""]


def test_each_record_has_a_title_of_its_own() -> None:
    titles = [metric.title for metric in METRICS.values()]
    assert len(set(titles)) == len(titles)
