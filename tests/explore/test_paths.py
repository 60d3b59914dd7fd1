import numpy as np
import pytest
import torch

from ganlab.explore import paths
from ganlab.latents import Category, Latent, Normal

NORMAL = Latent(factors=(Normal(name="z", size=16),))
MIXED = Latent(factors=(Normal(name="z", size=6), Category(name="digit", labels=("0", "1", "2"))))


def test_lerp_is_the_straight_line_in_float64():
    a, b = NORMAL.from_seeds([0, 1]).double()
    t = torch.linspace(0, 1, 7, dtype=torch.float64)
    expected = a.numpy() + t.numpy()[:, None] * (b.numpy() - a.numpy())
    np.testing.assert_allclose(paths.lerp(a, b, t), expected, atol=1e-15)


def test_slerp_is_a_rotation_from_one_vector_to_the_other():
    a, b = (v / v.norm() * 4 for v in NORMAL.from_seeds([0, 1]).double())
    t = torch.linspace(0, 1, 9, dtype=torch.float64)
    unit = a.numpy() / 4
    across = b.numpy() - (b.numpy() @ unit) * unit
    across /= np.linalg.norm(across)
    angle = np.arccos(b.numpy() @ unit / 4)
    turned = np.cos(t.numpy() * angle)[:, None] * unit + np.sin(t.numpy() * angle)[:, None] * across
    np.testing.assert_allclose(paths.slerp(a, b, t), 4 * turned, atol=1e-12)


@pytest.mark.parametrize("b", [[2.0, 0.0], [-1.0, 0.0], [0.0, 0.0]], ids=["parallel", "opposite", "zero"])
def test_slerp_without_a_unique_arc_is_the_line(b):
    a, b = torch.tensor([1.0, 0.0]).double(), torch.tensor(b).double()
    t = torch.linspace(0, 1, 5, dtype=torch.float64)
    assert torch.equal(paths.slerp(a, b, t), paths.lerp(a, b, t))


@pytest.mark.parametrize("method", paths.METHODS)
@pytest.mark.parametrize(("closed", "frames"), [(False, 21), (True, 30)])
def test_a_walk_meets_its_key_frames_exactly(method, closed, frames):
    keys = MIXED.from_seeds([3, 4, 5])
    walked = paths.walk(MIXED, keys, steps=10, method=method, closed=closed)
    assert walked.shape == (frames, MIXED.dim)
    assert walked.dtype == torch.float32
    assert torch.equal(walked[[0, 10, 20]], keys)


def test_a_closed_walk_ends_one_step_before_its_start():
    keys = NORMAL.from_seeds([0, 1])
    walked = paths.walk(NORMAL, keys, steps=5, method="lerp", closed=True)
    torch.testing.assert_close(walked[-1], keys[1] + 0.8 * (keys[0] - keys[1]))


def test_slerp_turns_normal_factors_and_leaves_the_others_straight():
    keys = MIXED.fix(MIXED.from_seeds([0, 1]), {})
    arc = MIXED.split(paths.walk(MIXED, keys, steps=4, method="slerp"))
    line = MIXED.split(paths.walk(MIXED, keys, steps=4, method="lerp"))
    assert torch.equal(arc["digit"], line["digit"])
    assert not torch.allclose(arc["z"][2], line["z"][2])


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"steps": 4, "method": "spline"}, "choose from lerp, slerp"),
        ({"steps": 0}, "1 step or more"),
        ({"steps": 10**6}, "at most 2,000 frames"),
    ],
)
def test_a_walk_that_cannot_be_is_refused(settings, reason):
    with pytest.raises(ValueError, match=reason):
        paths.walk(NORMAL, NORMAL.from_seeds([0, 1]), **settings)


def test_one_key_frame_is_too_few():
    with pytest.raises(ValueError, match="2 key frames or more, not 1"):
        paths.walk(NORMAL, NORMAL.from_seeds([0]), steps=4)
