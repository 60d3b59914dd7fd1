"""Points of the plane: their packs, what is measured of them, and that the one loop trains them."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.spatial.distance import jensenshannon
from scipy.stats import wasserstein_distance

from ganlab import checkpoints, metrics, runs
from ganlab.data import BUILT_IN, DataSpec, as_packed, catalogue, resized, to_float
from ganlab.data.dataset import silent
from ganlab.data.dots import RANGE, dots, scatter
from ganlab.data.evaluation import Modes
from ganlab.data.packs import load_pack, save_pack
from ganlab.data.points import KINDS, TRAIN, build, drawn_from, grid, ring
from ganlab.data.spec import SHOWN_SIDE, said_of
from ganlab.execute import execute
from ganlab.metrics import points
from ganlab.metrics.codes import real_codes
from ganlab.metrics.reconstruction import errors
from ganlab.recipes import RECIPES

ONE_OF_EACH_FAMILY = {recipe.family: name for name, recipe in RECIPES.items() if recipe.image_size == 1}


def as_images(places: torch.Tensor) -> torch.Tensor:
    return places[:, :, None, None]


@pytest.mark.parametrize("name", KINDS)
def test_a_pack_of_points_is_read_as_it_was_written(name, tmp_path):
    pack = build(name, silent)
    save_pack(pack, tmp_path / "pack.safetensors")
    found = load_pack(tmp_path / "pack.safetensors")
    assert found.spec.points
    assert found.train == TRAIN
    assert torch.equal(found.images, pack.images)
    assert found.images.dtype == torch.float32
    assert found.images.abs().max() < 1
    assert torch.equal(found.images, build(name, silent).images)  # the same each time


@pytest.mark.parametrize("value", [math.nan, math.inf, 11.0])
def test_a_pack_whose_points_are_nowhere_is_refused(value, tmp_path):
    pack = build("line", silent)
    pack.images[3, 0] = value
    with pytest.raises(ValueError, match="coordinates are not from -10 to 10"):
        save_pack(pack, tmp_path / "pack.safetensors")


def test_points_and_pictures_do_not_become_each_other(tmp_path, monkeypatch):
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path))
    with pytest.raises(ValueError, match="ring-8 has points: set image_size to 1"):
        catalogue.pack_size("ring-8", 28)
    with pytest.raises(ValueError, match="digits has pictures: set image_size to 28"):
        catalogue.pack_size("digits", 1)
    with pytest.raises(ValueError, match="do not become others"):
        resized(build("line", silent), 28)
    with pytest.raises(ValueError, match="a point of the plane has 2 channels"):
        DataSpec(name="odd", channels=3, size=1)


def test_points_pass_the_border_between_packs_and_nets_unchanged():
    exact = torch.tensor([[0.1234567, -3.0]])
    assert torch.equal(to_float(as_packed(as_images(exact))), as_images(exact))


@pytest.mark.parametrize(("modes", "count"), [(ring(), 8), (grid(), 25)])
def test_the_share_of_good_points_is_that_of_a_gaussian(modes, count):
    drawn, mode = drawn_from(modes, 100_000, torch.Generator().manual_seed(1))
    found = points.sort(as_images(drawn), modes)
    assert torch.equal(found.mode, mode)
    assert found.good.double().mean().item() == pytest.approx(1 - math.exp(-4.5), abs=0.0015)  # 4 standard errors
    assert points.modes_found(found) == count
    # the expected divergence of counts from their own distribution is (K - 1) / 2N
    assert points.divergence(found, modes) == pytest.approx((count - 1) / 2 / len(drawn), abs=(count - 1) / len(drawn))


def test_modes_that_are_left_out_are_missed():
    modes = ring()
    some = modes.places[:2].repeat(50, 1)
    found = points.sort(as_images(some), modes)
    assert points.modes_found(found) == 2
    assert points.divergence(found, modes) == pytest.approx(math.log(4))  # two of eight, evenly
    nowhere = points.sort(torch.full((5, 2, 1, 1), 9.0), modes)
    assert points.modes_found(nowhere) == 0
    with pytest.raises(ValueError, match="no point lies in any mode"):
        points.divergence(nowhere, modes)


def test_a_point_that_is_no_number_is_not_good():
    modes = ring()
    found = points.sort(torch.tensor([[[[math.nan]], [[0.0]]], [[[0.8]], [[0.0]]]]), modes)
    assert found.good.tolist() == [False, True]


def test_the_sliced_distance_is_scipys_on_each_direction():
    rng = torch.Generator().manual_seed(0)
    a, b = torch.randn(300, 2, generator=rng), 0.5 * torch.randn(300, 2, generator=rng) + 1
    angles = np.arange(points.DIRECTIONS) * np.pi / points.DIRECTIONS
    axes = np.stack([np.cos(angles), np.sin(angles)])
    expected = np.mean([wasserstein_distance(a.numpy() @ axis, b.numpy() @ axis) for axis in axes.T])
    assert points.sliced_distance(as_images(a), as_images(b)) == pytest.approx(expected, rel=1e-4)


def test_the_levels_of_a_resample_are_those_of_the_points_that_it_has():
    rng = torch.Generator().manual_seed(0)
    some, places = as_images(torch.randn(300, 2, generator=rng)), torch.randint(300, (300,), generator=rng)
    levels = points.levels_of_resamples(some, 120)
    torch.testing.assert_close(levels(places), points.sliced_levels(some[places], 120), rtol=0, atol=1e-6)


def test_the_interval_of_a_sliced_distance_is_as_wide_as_that_of_other_draws():
    """Four standard deviations of what other draws of the same points, beside the data, measure."""
    pack, rng = build("ring-8", silent), torch.Generator().manual_seed(0)
    train = pack.images[:2_000]

    def drawn():
        return train[torch.randint(len(train), (400,), generator=rng)] + 0.05

    real = metrics.reference(replace(pack, images=train, conditions=pack.conditions[:2_000], train=2_000))
    samples, metric = metrics.Samples(drawn(), real), metrics.METRICS["sliced_wasserstein"]
    value = metric.measure(samples)
    low, high = metric.interval(samples, value)
    others = torch.tensor([points.sliced_distance(drawn(), train) for _ in range(60)])
    assert low < value < high
    assert high - low == pytest.approx(4 * others.std().item(), rel=0.3)


def test_every_number_of_points_has_its_interval():
    """None comes without: of a set of which a mode is missing, too."""
    pack = build("ring-8", silent)
    real, modes = metrics.reference(pack), catalogue.evaluation("ring-8").modes()
    samples = metrics.Samples(as_images(modes.places[modes.mode > 0]).repeat(50, 1, 1, 1), real)
    for name in ("modes_found", "modes_lost", "good_points", "points_kl"):
        metric = metrics.METRICS[name]
        value = metric.measure(samples)
        low, high = metric.interval(samples, value)
        assert low <= value <= high
    assert metrics.METRICS["modes_lost"].interval(samples, 1 / 8) == (
        1 / 8,
        1 / 8,
    )  # each other one was drawn 50 times or more


def test_a_moved_set_is_as_far_as_it_was_moved():
    """The mean of |cos| over directions is 2 / pi."""
    some = as_images(torch.randn(500, 2, generator=torch.Generator().manual_seed(0)))
    assert points.sliced_distance(some, some + torch.tensor([1.0, 0.0])[None, :, None, None]) == pytest.approx(
        2 / math.pi, abs=1e-3
    )


def test_the_divergence_on_a_grid_is_scipys_of_numpys_histograms():
    rng = torch.Generator().manual_seed(0)
    a, b = 0.5 * torch.randn(700, 2, generator=rng).clamp(-2, 2), 0.2 * torch.randn(300, 2, generator=rng) + 0.1
    edges = np.linspace(-RANGE, RANGE, points.CELLS + 1)
    one, other = (np.histogram2d(*some.numpy().T, bins=[edges, edges])[0].ravel() / len(some) for some in (a, b))
    expected = jensenshannon(one, other, base=2) ** 2
    assert 0.1 < expected < 0.9
    assert points.grid_divergence(as_images(a), as_images(b), RANGE) == pytest.approx(expected, abs=1e-6)


def test_points_outside_the_grid_are_nowhere_near_it_and_alike():
    near, far = as_images(torch.zeros(4, 2)), as_images(torch.tensor([[99.0, 0.0], [0.0, -99.0]]))
    lost = as_images(torch.tensor([[math.nan, 0.0], [math.inf, 0.0]]))
    assert points.grid_divergence(near, far, RANGE) == pytest.approx(1)
    assert points.grid_divergence(far, lost, RANGE) == points.grid_divergence(near, near, RANGE) == 0


def test_narrow_clusters_are_as_narrow_as_in_the_papers():
    """A hundredth of the ring's radius; 0.05 on a grid whose places are 2 apart."""
    ring_8, grid_25 = (BUILT_IN[name].evaluation.modes() for name in ("ring-8-narrow", "grid-25-narrow"))
    assert ring_8.deviation == pytest.approx(0.01 * ring_8.places.norm(dim=1).mean().item())
    apart = torch.pdist(grid_25.places).min().item()
    assert (grid_25.count, grid_25.deviation) == (25, pytest.approx(0.05 * apart / 2))


def test_a_dot_lies_where_its_point_is():
    picture = dots(as_images(torch.tensor([[0.5, -0.25], [99.0, math.nan]])))
    rows, columns = (picture[0, 0] == 255).nonzero().float().add(0.5).mean(0).tolist()
    assert columns / SHOWN_SIDE * 2 * RANGE - RANGE == pytest.approx(0.5, abs=0.02)
    assert RANGE - rows / SHOWN_SIDE * 2 * RANGE == pytest.approx(-0.25, abs=0.02)
    assert picture[1].max() == 0
    both = as_images(torch.tensor([[0.5, 0.5], [-0.5, -0.5]]))
    assert torch.equal(scatter(both)[0], dots(both).amax(0))


@pytest.mark.parametrize("name", ONE_OF_EACH_FAMILY.values())
def test_the_one_loop_trains_every_family_on_points(name, tmp_path, monkeypatch):
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("GANLAB_RUNS", str(tmp_path / "runs"))
    recipe = RECIPES[name].with_settings({"steps": 4, "batch_size": 16})
    folder = runs.create(tmp_path / "runs" / "one", recipe)
    for _ in execute(folder):
        pass
    model = checkpoints.load(folder.checkpoint)
    assert model.samples(model.latent.from_seeds([1, 2])).shape == (2, 2, 1, 1)
    assert model.images(model.latent.from_seeds([1])).shape == (1, SHOWN_SIDE, SHOWN_SIDE, 1)
    measured = model.card.metrics
    assert measured["modes_found"] <= len(BUILT_IN[recipe.dataset].evaluation.modes().mode.unique())
    assert measured["floor_good_points"] > 0.98
    assert measured["sliced_wasserstein"] > measured["floor_sliced_wasserstein"]
    leading = metrics.leading_of(recipe.dataset)  # what the form says before there is a run
    assert runs.read_status(folder).metric == leading == "sliced_wasserstein"
    sheets, real = checkpoints.read_sheets(folder.checkpoint), checkpoints.read_real(folder.checkpoint)
    assert sheets.images.shape[2:] == (1, SHOWN_SIDE, SHOWN_SIDE)
    assert sheets.images.max() == 255
    assert real.shape == (1, 1, SHOWN_SIDE, SHOWN_SIDE)


@pytest.mark.parametrize(
    ("name", "settings", "told"),
    [
        ("ring-8-gan", {"augment": "cutout"}, "augment changes pictures"),
        ("ring-8-gan", {"clusters": 4}, "clusters sort pictures"),
        ("spiral-infogan", {"consistency_weight": 1.0}, "moves pictures"),
        ("ring-8-gan", {"architecture": "mlp"}, "mlp makes images of 28, 32, 64, 128 px, not 1"),
        ("mnist-dcgan-28", {"image_size": 1}, "mnist has pictures: set image_size to 28"),
    ],
)
def test_what_is_only_for_pictures_is_refused_before_a_run_begins(name, settings, told, tmp_path, monkeypatch):
    from ganlab.obstacles import obstacle

    monkeypatch.setenv("GANLAB_DATA", str(tmp_path))
    monkeypatch.setenv("GANLAB_RUNS", str(tmp_path / "runs"))
    assert told in obstacle(RECIPES[name].with_settings(settings), "cpu")


def test_one_mode_has_no_shares_to_compare():
    modes = Modes(torch.zeros(1, 2), torch.zeros(1, dtype=torch.int64), 1, 0.1)
    assert points.divergence(points.sort(torch.zeros(3, 2, 1, 1), modes), modes) == 0


def test_reasons_for_what_was_left_out_speak_of_points(tmp_path, monkeypatch):
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path))
    pack = build("ring-8", silent)
    few = replace(pack, images=pack.images[: TRAIN + 12], conditions=pack.conditions[: TRAIN + 12])
    told = "it needs 100 or more real test points, and there are 12"
    assert told in metrics.floor(few, metrics.reference(few)).left_out.values()
    with pytest.raises(ValueError, match=told):
        real_codes(lambda: few.conditions[TRAIN:].argmax(1), few.spec.conditions[0], few)
    with pytest.raises(ValueError, match="there are no real test points"):
        errors(lambda x: x, few.images[:0])


def test_texts_of_images_speak_of_points_where_these_are_what_a_model_draws() -> None:
    text = "Pictures of an image, A picture; imagery stays."
    assert said_of(text, 28) == text
    assert said_of(text, 1) == "Points of a point, A point; imagery stays."
