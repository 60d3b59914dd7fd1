import pytest
import torch
from torch import nn

from ganlab import checkpoints
from ganlab.explore import axes, points
from ganlab.explore.points import Point
from ganlab.latents import Attributes, Category, Latent, Normal, Uniform

MIXED = Latent(
    factors=(
        Normal(name="z", size=3),
        Category(name="digit", labels=("0", "1")),
        Uniform(name="c", size=2, low=-2, high=2),
        Attributes(name="look", labels=("hat", "beard")),
    )
)


@pytest.fixture
def model(checkpoint_file):
    return checkpoints.load(checkpoint_file)


def test_principal_directions_are_those_of_the_first_weights(model):
    """Against numpy's eigenvectors of the weights' second moments, batch norm's scale included."""
    layers = list(model.nets["generator"])
    linear = next(layer for layer in layers if isinstance(layer, nn.Linear))
    norm = next(layer for layer in layers if isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d))
    scale = norm.weight / (norm.running_var + norm.eps).sqrt()
    weight = (linear.weight * scale.repeat_interleave(len(linear.weight) // len(scale))[:, None]).double()
    values, vectors = torch.linalg.eigh(weight.t() @ weight)
    found = axes.principal(model, "z", 4)
    for axis, expected in zip(found, vectors.t().flip(0), strict=False):
        assert abs(axis.direction.double() @ expected) == pytest.approx(1, abs=1e-3)
        assert axis.direction.abs().max() == axis.direction.max()  # of the two opposites, always the same
    assert values[-1] > values[0]


def test_axes_are_orthogonal_and_named(model):
    found = axes.axes(model, 5)
    assert [axis.name for axis in found] == ["z~1", "z~2", "z~3", "z~4", "z~5"]
    directions = torch.stack([axis.direction for axis in found])
    assert torch.allclose(directions @ directions.t(), torch.eye(5), atol=1e-5)


def test_codes_have_an_axis_a_value_in_their_own_bounds():
    first, second = axes.values(MIXED, "c")
    assert (first.name, first.title, first.low, first.high) == ("c.1", "c 1", -2, 2)
    assert second.direction.tolist() == [0, 0, 0, 0, 0, 0, 1, 0, 0]
    with pytest.raises(ValueError, match="digit is a category factor"):
        axes.values(MIXED, "digit")


def test_a_place_has_the_coordinates_that_were_asked_for_and_keeps_the_rest(model):
    known = axes.axes(model, 3)
    point = Point(7, fixed=(("z~2", "1.5"), ("z~1", "-3")))
    u, base = axes.place(model.latent, point, known), points.latents(model.latent, [Point(7)])[0]
    assert [float(u @ axis.direction) for axis in known] == pytest.approx(
        [-3, 1.5, float(base @ known[2].direction)], abs=1e-4
    )
    moved = torch.stack([known[0].direction, known[1].direction])
    rest = u - base
    assert torch.allclose(rest - moved.t() @ (moved @ rest), torch.zeros(model.latent.dim), atol=1e-5)


def test_written_out_it_needs_no_axes(model):
    known = axes.axes(model, 3)
    point = Point(7, fixed=(("z~2", "1.5"),))
    plain = axes.written_out(model.latent, point, known)
    assert points.parse(str(plain)) == [plain]
    u = axes.place(model.latent, point, known).unsqueeze(0)
    pictures = model.images(torch.cat([u, points.latents(model.latent, [plain])])).int()
    assert (pictures[0] - pictures[1]).abs().max() <= 2
    assert axes.written_out(model.latent, Point(7), known) == Point(7)


def test_factors_that_were_not_moved_stay_as_they_were_written():
    known = axes.values(MIXED, "c")
    plain = axes.written_out(MIXED, Point(1, fixed=(("digit", "1"), ("c.2", "0.5"))), known)
    held = dict(plain.fixed)
    assert held["digit"] == "1"
    assert held["c"].endswith(",0.5")
    assert set(held) == {"digit", "c"}


@pytest.mark.parametrize(
    ("fixed", "reason"),
    [
        (("c.1", "3"), "c.1 is 3; choose from -2 to 2"),
        (("c.1", "wide"), "c.1 takes a number, not 'wide'"),
        (("c.1", "nan"), "choose from -2 to 2"),
        (("q.1", "0"), "no factor 'q.1'"),
    ],
)
def test_what_does_not_fit_is_said(fixed, reason):
    with pytest.raises(ValueError, match=reason):
        axes.checked(MIXED, Point(0, fixed=(fixed,)), axes.values(MIXED, "c"))
