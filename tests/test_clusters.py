"""Clusters of images: labels that a GAN makes up for itself."""

import math
from pathlib import Path

import pytest
import torch
from torch import Tensor

from ganlab import checkpoints, runs
from ganlab.data import DataSpec, Pack, to_float
from ganlab.execute import execute
from ganlab.loop import train
from ganlab.nets.clusters import CELLS, DIRECTIONS, Clusters, descriptions, fit_clusters
from ganlab.runs import RunFolder
from ganlab.session import fresh, new_stream, sort_into_clusters
from tests.tiny import SMALL


def fitted(images: Tensor, count: int, seed: int = 0) -> Clusters:
    clusters = Clusters(count, images.shape[1])
    fit_clusters(clusters, images, torch.Generator().manual_seed(seed))
    return clusters


def shapes(n: int, seed: int) -> tuple[Tensor, Tensor]:
    """Bars that lie, stand or lean, of any grey and grain, moved a little: uint8 [n, 1, 32, 32], and which they are."""
    rng = torch.Generator().manual_seed(seed)
    kind = torch.randint(3, (n,), generator=rng)
    y, x = torch.meshgrid(torch.arange(32.0), torch.arange(32.0), indexing="ij")
    away = torch.stack([y - 16, x - 16, (x - y) / 2**0.5])[kind] + torch.rand(n, 1, 1, generator=rng) * 2 - 1
    grey = 80 + 170 * torch.rand(n, 1, 1, generator=rng)
    grain = 60 * torch.rand(n, 32, 32, generator=rng)
    return ((grey * (away.abs() < 3) + grain).clamp(0, 255))[:, None].byte(), kind


def test_no_cluster_mixes_bars_that_lie_with_bars_that_stand() -> None:
    images, _ = shapes(900, 0)
    clusters = fitted(images, 9)
    others, kind = shapes(300, 1)
    found = clusters(to_float(others)).argmax(1)
    shown = [set(kind[found == label].tolist()) for label in range(9)]
    assert max(map(len, shown)) == 1
    assert set().union(*shown) == {0, 1, 2}
    torch.testing.assert_close(clusters.shares, clusters(to_float(images)).mean(0))
    assert clusters.shares.tolist() == sorted(clusters.shares.tolist(), reverse=True)


def test_channels_are_sorted_each_by_itself_as_pictures_of_their_own_are() -> None:
    images, _ = shapes(900, 0)
    stacks = images.reshape(300, 3, 32, 32)
    clusters = Clusters(9, 3, by_channel=True)
    fit_clusters(clusters, stacks, torch.Generator().manual_seed(0))
    alone = fitted(images, 9)
    assert torch.equal(clusters.shares, alone.shares)
    assert torch.equal(clusters(to_float(stacks)), alone(to_float(images)).view(300, 27))


def test_the_same_seed_finds_the_same_clusters_and_the_global_generator_has_no_say() -> None:
    images, _ = shapes(400, 0)
    one = fitted(images, 3).state_dict()
    torch.manual_seed(99)
    other = fitted(images, 3).state_dict()
    assert all(torch.equal(value, other[key]) for key, value in one.items())


def test_an_edge_is_described_by_its_direction() -> None:
    images = torch.full((2, 1, 28, 28), -1.0)
    images[0, :, :, 14:] = 1  # from dark to bright along x
    images[1, :, 14:] = 1  # along y, a quarter turn further
    strength = descriptions(images).reshape(2, DIRECTIONS, CELLS, CELLS).sum((2, 3))
    assert strength[0].argmax() == 0
    assert strength[1].argmax() == DIRECTIONS // 4
    torch.testing.assert_close(descriptions(images).norm(dim=1), torch.ones(2))


@pytest.mark.parametrize("size", [28, 32, 64])
@pytest.mark.parametrize("channels", [1, 3])
def test_every_size_has_as_many_numbers(size: int, channels: int) -> None:
    found = Clusters(4, channels)(torch.rand(5, channels, size, size) * 2 - 1)
    assert found.shape == (5, 4)
    assert torch.equal(found.sum(1), torch.ones(5))


def test_too_few_images_are_told_with_what_helps() -> None:
    with pytest.raises(ValueError, match=r"set clusters to 9 or fewer"):
        fitted(shapes(99, 0)[0], 20)


def sorting_run(path: Path) -> RunFolder:
    return runs.create(path, SMALL.with_settings({"clusters": 6, "steps": 12}), device="cpu")


def test_clusters_of_mnist_hold_one_digit_each(mnist: Pack) -> None:
    images, labels = mnist.split("train")
    clusters = fitted(images[:10_000], 20)
    held = clusters(to_float(images[10_000:12_000])).T @ labels[10_000:12_000].float()
    assert held.max(1).values.sum() / held.sum() > 0.9  # 0.64 for k-means on pixels


def test_a_run_draws_the_clusters_of_each_channel_in_their_shares() -> None:
    images = shapes(1_200, 0)[0].reshape(400, 3, 32, 32)
    spec = DataSpec(name="stacks", channels=3, size=32)
    pack = Pack(spec=spec, images=images, conditions=torch.zeros(400, 0).byte(), train=400, licence="x")
    run = fresh(SMALL.with_settings({"clusters": 6, "clusters_of": "channel"}), pack, torch.device("cpu"))
    sort_into_clusters(run, pack)
    shares = fitted(images.view(1_200, 1, 32, 32), 6).shares.tolist()
    for name in ("cluster1", "cluster2", "cluster3"):
        factor = run.latent.factor(name)
        assert factor.kind == "category"
        assert factor.rates == pytest.approx(shares, abs=1e-6)
    (report,) = train(run, new_stream(run.recipe, pack, torch.device("cpu")), report_every=1, stop=lambda: run.step > 0)
    assert all(map(math.isfinite, report.values.values()))


def test_a_run_draws_each_cluster_in_its_share_and_goes_on_with_those_that_it_had(digits: Pack, tmp_path: Path) -> None:
    whole = sorting_run(tmp_path / "whole")
    list(execute(whole))
    model = checkpoints.load(whole.checkpoint)
    cluster = model.latent.factor("cluster")
    assert cluster.kind == "category"
    assert cluster.rates == pytest.approx(fitted(digits.split("train")[0], 6).shares.tolist(), abs=1e-6)
    assert "clusters" not in model.nets
    halved = sorting_run(tmp_path / "halved")
    for report in execute(halved):
        if report.step == 5:
            halved.stop.touch()
    assert runs.read_status(halved).state == "cancelled"
    list(execute(halved, continue_run=True))
    one, other = (checkpoints.load(folder.checkpoint) for folder in (whole, halved))
    assert one.latent == other.latent
    for key, value in one.nets["generator"].state_dict().items():
        assert torch.equal(value, other.nets["generator"].state_dict()[key])
