"""Distances of whole sets of samples: against torchmetrics, prdc, scipy, scikit-learn and closed forms."""

import importlib
import math

import numpy as np
import pytest
import torch
from prdc import compute_prdc
from scipy import stats
from sklearn.metrics import mutual_info_score
from torch import Tensor, nn

from ganlab.data.torchvision_import import torchvision
from ganlab.metrics.bins import Bins, compare_bins, fill, fit_bins
from ganlab.metrics.counts import chi_square, effective_classes, power, without_class
from ganlab.metrics.frechet import frechet_distance, moments
from ganlab.metrics.information import in_intervals, information_gap, mutual_information
from ganlab.metrics.intervals import bootstrap, kinds_interval, over_seeds, share_interval
from ganlab.metrics.kernel import kernel_distance, squared_discrepancy
from ganlab.metrics.neighbours import neighbourhoods

torchvision()  # first, or torchmetrics fails beside a CPU-only torch
fid, kid = (importlib.import_module(f"torchmetrics.image.{name}") for name in ("fid", "kid"))

MNIST_COUNTS = torch.tensor([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949])
PRIOR = MNIST_COUNTS.double() / MNIST_COUNTS.sum()


def normal(count: int, seed: int, *, dim: int = 8, shift: float = 0.0) -> Tensor:
    return torch.randn(count, dim, generator=torch.Generator().manual_seed(seed)) + shift


class FlatPixels(nn.Module):
    num_features = 12

    def forward(self, images: Tensor) -> Tensor:
        return images.double().flatten(1) / 255


def test_frechet_distance_is_torchmetrics_with_the_same_extractor() -> None:
    rng = torch.Generator().manual_seed(0)
    a = torch.randint(256, (400, 3, 2, 2), generator=rng, dtype=torch.uint8)
    b = torch.randint(180, (300, 3, 2, 2), generator=rng, dtype=torch.uint8)
    theirs = fid.FrechetInceptionDistance(feature=FlatPixels(), input_img_size=(3, 2, 2)).set_dtype(torch.float64)
    theirs.update(a, real=True)
    theirs.update(b, real=False)
    ours = frechet_distance(moments(FlatPixels()(a)), moments(FlatPixels()(b)))
    assert ours == pytest.approx(theirs.compute().item(), abs=1e-3)
    assert ours > 0.1


def test_discrepancy_is_that_of_torchmetrics() -> None:
    a, b = normal(50, 0), normal(50, 1, shift=0.5)
    assert squared_discrepancy(a, b).item() == pytest.approx(kid.poly_mmd(a.double(), b.double()).item())


def test_kernel_distance_is_unbiased_and_grows() -> None:
    rng = torch.Generator().manual_seed(0)
    same = [kernel_distance(normal(200, 2 * s), normal(200, 2 * s + 1), rng, subsets=1) for s in range(40)]
    means = [found.mean for found in same]
    assert abs(np.mean(means)) < 3 * np.std(means) / math.sqrt(len(means))
    assert min(means) < 0
    near, far = (kernel_distance(normal(200, 0), normal(300, 1, shift=s), rng, subsets=20) for s in (0.5, 1))
    assert 0 < near.mean < far.mean
    assert far.deviation > 0
    assert (
        kernel_distance(normal(200, 0), normal(200, 1), rng, subsets=20).deviation > 1e-3
    )  # not all of them each time


def test_a_kernel_distance_needs_two_images() -> None:
    with pytest.raises(ValueError, match="2 or more"):
        kernel_distance(normal(1, 0), normal(9, 0), torch.Generator())


@pytest.mark.parametrize(("samples", "shift"), [(300, 0.0), (150, 1.0), (700, 3.0)])
def test_neighbourhoods_are_those_of_prdc(samples: int, shift: float) -> None:
    fake, real = normal(samples, 0, shift=shift), normal(600, 1)  # more than one block of rows
    found = neighbourhoods(fake, real)._asdict()
    expected = compute_prdc(real.double().numpy(), fake.double().numpy(), nearest_k=5)
    assert found == pytest.approx({name: float(value) for name, value in expected.items()}, abs=1e-12)


def test_coverage_and_density_see_what_precision_and_recall_do_not() -> None:
    """Samples that sit on a few real images only: each is precise, and most of the data has none."""
    real = normal(400, 0)
    few = real[:4].repeat_interleave(100, 0) + 0.01 * normal(400, 1)
    found = neighbourhoods(few, real)
    assert found.precision == 1
    assert found.coverage < 0.2


def test_neighbourhoods_need_more_images_than_neighbours() -> None:
    with pytest.raises(ValueError, match="6 or more"):
        neighbourhoods(normal(5, 0), normal(50, 0))


def test_effective_classes_by_hand() -> None:
    assert effective_classes(torch.full((10,), 0.1)) == pytest.approx(10)
    assert effective_classes(torch.tensor([1.0, 0, 0])) == pytest.approx(1)
    assert effective_classes(torch.tensor([0.5, 0.5, 0])) == pytest.approx(2)


def test_chi_square_is_scipys() -> None:
    counts = torch.tensor([90, 110, 95, 105, 100, 80, 120, 100, 100, 100])
    found = chi_square(counts, PRIOR)
    expected = stats.chisquare(counts.numpy(), PRIOR.numpy() * 1000)
    assert found == pytest.approx((expected.statistic, 9, expected.pvalue))


def test_a_class_that_the_data_does_not_have() -> None:
    prior = torch.tensor([0.5, 0.5, 0.0])
    assert chi_square(torch.tensor([5, 5, 0]), prior).degrees == 1
    with pytest.raises(ValueError, match="3 samples show classes"):
        chi_square(torch.tensor([5, 5, 3]), prior)


@pytest.mark.parametrize(("samples", "left"), [(500, 0.5), (1000, 0.5), (500, 1.5), (2000, 1.0)])
def test_power_is_near_that_of_the_noncentral_distribution(samples: int, left: float) -> None:
    """Which is exact for many samples; for few, it errs by up to .05."""
    drawn = without_class(PRIOR, 8, left=left)
    shift = samples * ((drawn - PRIOR) ** 2 / PRIOR).sum().item()
    expected = stats.ncx2.sf(stats.chi2.isf(0.05, 9), 9, shift) if shift else 0.05
    assert power(PRIOR, drawn, samples, torch.Generator().manual_seed(0)) == pytest.approx(expected, abs=0.06)


def test_a_hundred_digits_do_not_show_that_a_class_is_rare() -> None:
    """The power of a count by hand: a missing class is noticed in 7 of 10 counts, a halved one in 1 of 8."""
    rng = torch.Generator().manual_seed(0)
    assert power(PRIOR, without_class(PRIOR, 8), 100, rng) == pytest.approx(0.70, abs=0.04)
    assert power(PRIOR, without_class(PRIOR, 8, left=0.5), 100, rng) == pytest.approx(0.13, abs=0.04)
    assert power(PRIOR, without_class(PRIOR, 8), 10_000, rng) == 1


def test_bins_of_equal_and_of_other_sets() -> None:
    train = normal(4000, 0)
    bins = fit_bins(train, bins=20)
    assert bins.counts.sum() == 4000
    assert compare_bins(bins, bins.counts) == (0, 0)
    other, shifted = (compare_bins(bins, fill(bins.centres, normal(2000, 1, shift=shift))) for shift in (0, 1))
    assert other.different < 0.3
    assert other.divergence < 0.01
    assert shifted.different > 0.8
    assert shifted.divergence > 10 * other.divergence
    nowhere = torch.zeros(20, dtype=torch.int64)
    nowhere[0] = 2000
    far = compare_bins(Bins(bins.centres, 4000 * (torch.arange(20) == 1)), nowhere)
    assert far.divergence == pytest.approx(math.log(2))


def test_the_test_of_one_bin_is_the_two_proportion_z_test() -> None:
    """The z-test of two proportions is the chi-square test of the table, without its correction."""
    for drawn in (40, 55, 62, 70, 90):
        table = [[drawn, 1000 - drawn], [50, 950]]
        p = stats.chi2_contingency(table, correction=False).pvalue
        bins = Bins(torch.zeros(2, 1), torch.tensor([50, 950]))
        assert compare_bins(bins, torch.tensor([drawn, 1000 - drawn])).different == (p < 0.05)


def test_information_is_scikit_learns_and_the_gap_by_hand() -> None:
    rng = torch.Generator().manual_seed(0)
    codes = torch.randint(4, (2000, 3), generator=rng)
    factors = torch.stack([codes[:, 0], codes[:, 1] // 2, torch.zeros(2000, dtype=torch.int64)], 1)
    found = mutual_information(codes, factors)
    assert found[2, 1].item() == pytest.approx(mutual_info_score(codes[:, 2], factors[:, 1]))
    assert found[0, 0].item() == pytest.approx(math.log(4), abs=0.01)
    assert information_gap(codes, factors) == pytest.approx(1, abs=0.01)  # the factor that never changes is left out
    twice = torch.cat([codes, codes[:, :2]], 1)
    assert information_gap(twice, factors) == pytest.approx(0)  # two codes know the same


def test_intervals_of_values_are_those_of_numpy() -> None:
    values = normal(500, 0, dim=1).flatten()
    low, high = values.min().item(), values.max().item()
    expected = np.digitize(values.double().numpy(), np.linspace(low, high, 21)[1:-1])
    assert (in_intervals(values).numpy() == expected).mean() > 0.995  # ends of intervals may round either way
    assert in_intervals(torch.ones(5)).tolist() == [0] * 5


def test_bootstrap_interval_is_scipys_and_covers_the_mean() -> None:
    values = normal(200, 0, dim=1).flatten()
    found = bootstrap(200, lambda places: values[places].mean().item(), torch.Generator().manual_seed(0))
    theirs = stats.bootstrap((values.numpy(),), np.mean, method="percentile", n_resamples=1000, rng=0)
    assert found == pytest.approx((theirs.confidence_interval.low, theirs.confidence_interval.high), abs=0.02)


@pytest.mark.parametrize("rare", [0.0, 0.01, 0.2])
def test_the_interval_of_kinds_holds_what_other_draws_show(rare: float) -> None:
    """500 draws of 100 kinds, of which half are rare: 95 of 100 intervals hold the mean; a bootstrap's are too low."""
    shares = np.repeat([1.0, rare], 50) / (50 * (1 + rare))
    drawn = torch.from_numpy(np.random.default_rng(0).multinomial(500, shares, size=400))
    mean = (1 - (1 - shares) ** 500).sum()
    ends = [kinds_interval(counts) for counts in drawn]
    assert (
        np.mean([low - 0.05 <= mean <= high + 0.05 for low, high in ends]) >= 0.93
    )  # where all are seen, it is a point
    if rare:
        resampled = [bootstrap_kinds(counts) for counts in drawn[:60]]
        assert np.mean([low <= mean <= high for low, high in resampled]) < 0.6
    assert all(1 <= low <= (counts > 0).sum() <= high <= 100 for (low, high), counts in zip(ends, drawn, strict=True))
    assert kinds_interval(torch.tensor([5, 0, 3])) == (2, 2)
    with pytest.raises(ValueError, match="needs images"):
        kinds_interval(torch.zeros(3))


def bootstrap_kinds(counts: Tensor) -> tuple[float, float]:
    """The plain percentile interval of the number of kinds."""
    draws = np.random.default_rng(1).multinomial(int(counts.sum()), (counts.double() / counts.sum()).numpy(), size=200)
    low, high = np.quantile((draws > 0).sum(1), [0.025, 0.975])
    return low, high


@pytest.mark.parametrize(("hits", "count"), [(0, 7), (1, 1), (3, 10), (499, 1000), (10_000, 10_000)])
def test_interval_of_a_share_is_scipys(hits: int, count: int) -> None:
    expected = stats.binomtest(hits, count).proportion_ci(0.95, "wilson")
    assert share_interval(hits, count) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_interval_of_a_share_near_one() -> None:
    low, high = share_interval(100, 100)
    assert low == pytest.approx(100 / (100 + stats.norm.isf(0.025) ** 2))
    assert high == 1


def test_means_over_seeds() -> None:
    mean, deviation, n = over_seeds([1.0, 2.0, 4.0])
    assert (mean, n) == (pytest.approx(7 / 3), 3)
    assert deviation == pytest.approx(np.std([1, 2, 4], ddof=1))
    assert over_seeds([0.5]) == (0.5, None, 1)
    for call in (lambda: over_seeds([]), lambda: share_interval(0, 0), lambda: fit_bins(normal(5, 0))):
        with pytest.raises(ValueError, match=r"need"):
            call()
