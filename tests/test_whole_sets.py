"""Metrics of whole sets as they are recorded: against torchmetrics, prdc, scipy and scikit-learn, at one number."""

import importlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from prdc import compute_prdc
from scipy import stats
from sklearn.metrics import mutual_info_score, normalized_mutual_info_score
from torch import Tensor, nn

from ganlab import metrics
from ganlab.data import Pack
from ganlab.data.torchvision_import import torchvision
from ganlab.families import gan, infogan, vae
from ganlab.metrics import METRICS, RealSample, Reference, Samples
from ganlab.metrics.abilities import Abilities
from ganlab.metrics.bins import Bins, compare_bins, compare_sets
from ganlab.metrics.factors import INTERVALS, read_codes
from ganlab.metrics.frechet import Moments, frechet_distance, frechet_interval, moments, normal_frechet_interval
from ganlab.metrics.information import information_gap, information_gap_interval
from ganlab.metrics.intervals import around, bootstrap_counts, resampled_counts
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


def test_the_normal_interval_of_a_distance_is_as_wide_as_that_of_other_draws() -> None:
    """And as that of resampled images; without correlation, the expansion can be written down."""
    rng = torch.Generator().manual_seed(0)
    real = moments(torch.randn(5000, 6, generator=rng))

    def draw() -> Tensor:
        return 1.3 * torch.randn(1000, 6, generator=rng) + 0.4

    features = draw()
    low, high = normal_frechet_interval(features, real)
    assert low < frechet_distance(moments(features), real) < high
    others = np.quantile([frechet_distance(moments(draw()), real) for _ in range(200)], [0.025, 0.975])
    assert high - low == pytest.approx(others[1] - others[0], rel=0.3)
    resampled = frechet_interval(features, real, rng)
    assert high - low == pytest.approx(resampled.high - resampled.low, rel=0.2)
    x = features[:, 0].double().repeat(2)
    both = torch.stack([x, torch.ones(2000).index_fill_(0, torch.arange(1000), -1)], 1)  # not correlated
    of = Moments(
        torch.tensor([0.1, 0.0], dtype=torch.float64), torch.diag(torch.tensor([2.0, 1.0], dtype=torch.float64))
    )
    off = x - x.mean()
    influence = (1 - 2**0.5 / x.std()) * off**2 + 2 * (x.mean() - 0.1) * off
    low, high = normal_frechet_interval(both, of)
    assert high - low == pytest.approx(2 * 1.96 * influence.std().item() / 2000**0.5, rel=1e-3)


@pytest.mark.parametrize("part", ["different", "divergence"])
def test_the_interval_of_bins_is_as_wide_as_that_of_other_draws(part: str) -> None:
    """Resamples alone would lie beside what was measured: they differ in more bins."""
    draws = np.random.default_rng(0)
    trained = draws.dirichlet(np.full(100, 20.0))
    drawn = trained * draws.uniform(0.6, 1.4, 100)
    bins = Bins(torch.zeros(100, 2), torch.from_numpy(draws.multinomial(5000, trained)))

    def measure(counts: Tensor) -> np.ndarray:
        return getattr(compare_sets(bins, counts), part).numpy()

    rows = torch.from_numpy(draws.multinomial(5000, drawn / drawn.sum(), size=200))
    others = measure(rows)
    found = [
        around(value, measure(resampled_counts(row, torch.Generator().manual_seed(0), resamples=100)))
        for row, value in zip(rows[:12], others, strict=False)
    ]
    assert others[:5].tolist() == pytest.approx([getattr(compare_bins(bins, row), part) for row in rows[:5]])
    assert np.mean([low < others.mean() < high for low, high in found]) >= 0.75
    width = np.mean([high - low for low, high in found])
    assert width == pytest.approx(np.subtract(*np.quantile(others, [0.975, 0.025])), rel=0.3)
    assert all(low < value < high for (low, high), value in zip(found, others, strict=False))


def test_intervals_of_codes_are_those_of_resampled_images(digits: Pack, real: Reference, tmp_path: Path) -> None:
    model = save_untrained(tmp_path / "m.safetensors", "infogan", infogan.Config(width=4, latent_size=4), digits.spec)
    abilities = Abilities(model, digits)
    codes, classes = abilities.codes_read.numpy(), digits.split("test")[1].argmax(1).numpy()
    draws = np.random.default_rng(0)
    resampled = [draws.integers(len(codes), size=len(codes)) for _ in range(200)]
    nmi = [normalized_mutual_info_score(classes[places], codes[places]) for places in resampled]
    value = normalized_mutual_info_score(classes, codes)
    low, high = METRICS["code_nmi"].interval(Samples(digits.images, real, abilities=abilities), value)
    assert low < value < high
    assert high - low == pytest.approx(np.subtract(*np.quantile(nmi, [0.975, 0.025])), rel=0.2)


def test_the_interval_of_a_gap_is_that_of_resampled_images() -> None:
    draws = np.random.default_rng(0)
    factor = draws.integers(5, size=400)
    noisy = [np.where(draws.uniform(size=400) < share, factor, draws.integers(5, size=400)) for share in (0.8, 0.3)]
    codes, factors = torch.from_numpy(np.stack(noisy, 1)), torch.from_numpy(factor[:, None])
    value = information_gap(codes, factors)
    low, high = information_gap_interval(codes, factors, value, torch.Generator().manual_seed(0))
    resampled = [torch.randint(400, (400,), generator=torch.Generator().manual_seed(seed)) for seed in range(100)]
    gaps = [information_gap(codes[places], factors[places]) for places in resampled]
    assert low < value < high
    assert high - low == pytest.approx(np.subtract(*np.quantile(gaps, [0.975, 0.025])), rel=0.3)


def test_intervals_of_errors_are_those_of_a_mean(digits: Pack, real: Reference, tmp_path: Path) -> None:
    model = save_untrained(tmp_path / "m.safetensors", "vae", vae.Config(width=4, latent_size=4), digits.spec)
    samples = Samples(digits.images, real, abilities=Abilities(model, digits))
    for name, errors in (
        ("reconstruction_mse", samples.abilities.errors),
        ("mean_image_mse", samples.abilities.mean_image_errors),
    ):
        value = METRICS[name].measure(samples)
        low, high = METRICS[name].interval(samples, value)
        reach = 1.96 * errors.std().item() / len(errors) ** 0.5
        assert (value - low, high - value) == pytest.approx((reach, reach), rel=0.2)


def test_the_interval_of_diversity_is_as_wide_as_that_of_other_draws(digits: Pack, real: Reference) -> None:
    rng = torch.Generator().manual_seed(0)

    def draw() -> Samples:
        return Samples(digits.images[torch.randint(len(digits.images), (300,), generator=rng)], real)

    samples = draw()
    metric = METRICS["diversity"]
    value = metric.measure(samples)
    low, high = metric.interval(samples, value)
    others = np.quantile([metric.measure(draw()) for _ in range(100)], [0.025, 0.975])
    assert low < value < high
    assert high - low == pytest.approx(others[1] - others[0], rel=0.35)


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
