"""Metrics against closed forms, scipy and scikit-learn, and on images whose answer is known."""

from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from scipy.linalg import sqrtm
from scipy.stats import entropy
from sklearn.decomposition import PCA
from torch import Tensor

from ganlab import metrics
from ganlab.data import Pack, resized, to_float
from ganlab.metrics import METRICS, PIXEL_FEATURES, Reference, classifiers
from ganlab.metrics.classifier import accuracy, read, train_classifier
from ganlab.metrics.frechet import Moments, frechet_distance, moments
from ganlab.metrics.modes import confident, histogram, histogram_divergence, smallest_share
from tests.digit_classifier import digit_classifier


@pytest.fixture(scope="module")
def real(digits: Pack) -> Reference:
    return metrics.reference(digits)


def random_moments(dim: int, seed: int, rank: int | None = None) -> Moments:
    rng = torch.Generator().manual_seed(seed)
    root = torch.randn(rank or dim, dim, generator=rng, dtype=torch.float64)
    return Moments(torch.randn(dim, generator=rng, dtype=torch.float64), root.T @ root)


def test_moments_are_those_of_numpy() -> None:
    features = torch.randn(50, 4)
    found = moments(features)
    torch.testing.assert_close(found.mean, features.double().mean(0))
    torch.testing.assert_close(found.covariance, torch.cov(features.double().T))


def test_a_set_is_at_no_distance_from_itself() -> None:
    features = torch.randn(500, 16)
    assert frechet_distance(moments(features), moments(features)) == pytest.approx(0, abs=1e-9)


def test_frechet_distance_of_axis_aligned_gaussians() -> None:
    """|difference of means|^2 + the sum of (sigma_a - sigma_b)^2."""
    a = Moments(torch.tensor([0.0, 1.0]).double(), torch.diag(torch.tensor([4.0, 9.0])).double())
    b = Moments(torch.tensor([3.0, 5.0]).double(), torch.diag(torch.tensor([1.0, 25.0])).double())
    assert frechet_distance(a, b) == pytest.approx(9 + 16 + 1 + 4)


@pytest.mark.parametrize("rank", [None, 3])
def test_frechet_distance_is_that_of_scipys_matrix_root(rank: int | None) -> None:
    a, b = random_moments(8, 0, rank), random_moments(8, 1)
    root = torch.from_numpy(sqrtm((a.covariance @ b.covariance).numpy()).real)
    expected = (a.mean - b.mean).square().sum() + (a.covariance + b.covariance - 2 * root).trace()
    assert frechet_distance(a, b) == pytest.approx(expected.item(), rel=1e-5)
    assert frechet_distance(b, a) == pytest.approx(frechet_distance(a, b), rel=1e-6)


def test_modes_by_hand_and_by_scipy() -> None:
    probabilities = torch.tensor([[0.95, 0.05, 0.0], [0.8, 0.1, 0.1], [0.05, 0.93, 0.02], [0.6, 0.4, 0.0]])
    shares = histogram(probabilities)
    prior = torch.tensor([0.5, 0.3, 0.2], dtype=torch.float64)
    assert shares.tolist() == [0.75, 0.25, 0]
    assert confident(probabilities) == 0.5
    assert histogram_divergence(shares, prior) == pytest.approx(entropy(shares.numpy(), prior.numpy()))
    assert smallest_share(shares, prior) == 0
    assert histogram_divergence(prior, prior) == pytest.approx(0)
    assert smallest_share(prior, prior) == pytest.approx(1)


def test_the_pixel_space_holds_the_variance_that_scikit_learns_does(digits: Pack, real: Reference) -> None:
    flat = to_float(digits.split("train")[0]).flatten(1)
    best = PCA(PIXEL_FEATURES, svd_solver="full").fit(flat.numpy()).explained_variance_.sum()
    assert real.pixels(digits.split("train")[0]).var(0).sum().item() == pytest.approx(best, rel=1e-3)


def test_the_reference_does_not_disturb_the_global_generator(digits: Pack) -> None:
    torch.manual_seed(1)
    before = torch.get_rng_state()
    metrics.reference(digits, limit=200)
    assert torch.equal(torch.get_rng_state(), before)


def test_training_images_measure_as_perfect(digits: Pack, real: Reference) -> None:
    measured = metrics.evaluate(digits.split("train")[0], real).values
    assert measured["frechet_pixels"] == pytest.approx(0, abs=1e-3)
    assert measured["diversity"] == pytest.approx(1)
    assert measured["samples"] == 1500


def one_picture(images: Tensor) -> Tensor:
    return images[:1].expand(500, -1, -1, -1).contiguous()


def test_worse_images_measure_as_worse(digits: Pack, real: Reference) -> None:
    test = digits.split("test")[0]
    noise = torch.randint(256, test.shape, generator=torch.Generator().manual_seed(0)).byte()
    floor, halves, noisy, same = (
        metrics.evaluate(x, real).values for x in (test, (test // 2 + noise // 2), noise, one_picture(test))
    )
    assert floor == metrics.floor(digits, real).values
    assert floor["frechet_pixels"] < halves["frechet_pixels"] < noisy["frechet_pixels"]
    assert same["diversity"] == pytest.approx(0, abs=1e-5)
    assert 0.9 < floor["diversity"] < 1.1


def test_every_metric_can_be_shown(digits: Pack, real: Reference) -> None:
    assert metrics.evaluate(digits.split("test")[0], real).values.keys() <= METRICS.keys()
    assert metrics.leading_metric(real) == "frechet_pixels"
    assert METRICS["frechet_pixels"].lower_is_better


def test_the_shipped_classifier_names_99_percent_of_the_test_digits(mnist: Pack) -> None:
    assert accuracy(digit_classifier(), mnist) >= 0.99


def test_real_digits_reach_the_bars(mnist: Pack) -> None:
    """What a perfect generator gets; 28 px and, resampled, 64 px."""
    few = Pack(
        spec=mnist.spec, images=mnist.images[-3000:], conditions=mnist.conditions[-3000:], train=2000, licence=""
    )
    for pack in (few, resized(few, 64)):
        real = metrics.reference(pack)
        floor = metrics.floor(pack, real).values
        assert floor["confident"] > 0.95
        assert floor["histogram_kl"] < 0.02
        assert floor["smallest_share"] > 0.5
        assert metrics.leading_metric(real) == "frechet_classifier"


def test_the_classifier_can_be_trained_again(digits: Pack, tmp_path: Path) -> None:
    """On the small digits: far above chance after two passes, the same each time, and saved as float16."""
    nets = [list(train_classifier(digits, epochs=2))[-1] for _ in range(2)]
    (epoch, net), (_, again) = nets
    assert epoch == 2
    assert accuracy(net, digits) > 0.7
    assert all(torch.equal(a, b) for a, b in zip(net.parameters(), again.parameters(), strict=True))
    classifiers.save(net, tmp_path / "net.safetensors", digits, "", {"test_accuracy": 0.5})
    with safe_open(tmp_path / "net.safetensors", "pt") as file:
        assert {file.get_tensor(k).dtype for k in file.keys()} == {torch.float16}  # noqa: SIM118


def test_the_classifier_reads_any_size_and_colour(digits: Pack) -> None:
    images = digits.images[:4]
    colour = images.expand(-1, 3, -1, -1)
    net = digit_classifier()
    torch.testing.assert_close(read(net, colour).probabilities, read(net, images).probabilities, atol=1e-4, rtol=1e-3)
    large = read(net, torch.nn.functional.interpolate(images.float(), (64, 64)).byte())
    assert large.features.shape == (4, 64)
    assert large.features.abs().max() <= 1
