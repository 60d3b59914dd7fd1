"""The drawn scenes: rays against a march through the solids, labels against pixels, the same scene for a seed."""

import numpy as np
import pytest
import torch

from ganlab.data import shapes
from ganlab.data.dataset import silent
from ganlab.data.making import collected
from ganlab.data.object_sets import COLOURS, FORMS, LABELS, Form, condition_sets
from ganlab.data.packs import Pack
from ganlab.data.ray_caster import Camera, Floats, Lamp, Solid, intersect

LAMP = Lamp(3.0, -5.5, 7.0, 4.5, -2.5)
TURN = 0.4


@pytest.fixture(scope="module")
def pack() -> Pack:
    return collected(shapes.build(silent, scenes=20, train_scenes=18, seed=5))


def inside(form: Form, half: float, points: Floats) -> np.ndarray:
    """Whether points [..., 3], seen from the solid's centre, are in it: the definition of each form."""
    if form == "sphere":
        return np.linalg.norm(points, axis=-1) <= half
    if form == "cylinder":
        return (np.linalg.norm(points[..., :2], axis=-1) <= half) & (np.abs(points[..., 2]) <= half)
    cos, sin = np.cos(-TURN), np.sin(-TURN)
    x, y = cos * points[..., 0] - sin * points[..., 1], sin * points[..., 0] + cos * points[..., 1]
    return np.abs(np.stack([x, y, points[..., 2]])).max(0) <= half


@pytest.mark.parametrize("form", FORMS)
def test_rays_meet_a_solid_where_a_march_enters_it(form: Form) -> None:
    solid = Solid(form=form, colour=(1, 2, 3), x=0.3, y=-0.2, turn=TURN)
    rng = np.random.default_rng(0)
    origin = np.array([5.0, -4.0, 3.0], np.float32)
    aims = np.array([0.3, -0.2, solid.half]) + rng.normal(0, 0.6, (300, 3))
    directions = aims - origin
    directions = (directions / np.linalg.norm(directions, axis=1, keepdims=True)).astype(np.float32)
    hits = intersect(solid, origin, directions)

    steps = np.arange(3, 12, 0.002, dtype=np.float32)
    path = origin + steps[:, None, None] * directions - (solid.x, solid.y, solid.half)
    within = inside(form, solid.half, path)  # [steps, rays]
    enters = within.any(0)
    grazes = within.sum(0) < 10  # the march may step over a corner, and rounding may miss it
    assert (np.isfinite(hits.distance) == enters)[~grazes | ~enters].mean() > 0.99
    both = enters & ~grazes
    assert both.sum() > 50
    assert np.abs(hits.distance[both] - steps[within.argmax(0)][both]).max() < 0.005
    np.testing.assert_allclose(np.linalg.norm(hits.normal[both], axis=1), 1, atol=1e-3)
    assert ((hits.normal[both] * directions[both]).sum(1) < 1e-3).all()  # towards the eye


def test_a_ray_that_starts_behind_meets_nothing() -> None:
    ahead = np.array([[0, 0, 1]], np.float32)
    for form in FORMS:
        solid = Solid(form=form, colour=(0, 0, 0), x=0, y=0)
        assert np.isinf(intersect(solid, np.array([0.1, 0.1, 9], np.float32), ahead).distance).all()


def test_the_camera_projects_what_it_sees() -> None:
    camera = Camera(64)
    rows, columns = np.array([3, 40, 100]), np.array([5, 64, 120])
    np.testing.assert_allclose(
        camera.project(camera.floor[rows, columns]), np.stack([columns, rows], 1) + 0.5, atol=0.02
    )


def test_what_stands_behind_is_hidden() -> None:
    camera = Camera(64)
    towards = np.array([camera.eye[0], camera.eye[1]]) / np.hypot(camera.eye[0], camera.eye[1])
    back = Solid(form="sphere", colour=(255, 0, 0), x=0, y=0)
    front = Solid(form="cube", colour=(0, 0, 255), x=1.5 * towards[0], y=1.5 * towards[1])
    alone = camera.draw([back], LAMP).visible
    assert alone == [1.0]
    for order in ([back, front], [front, back]):
        visible = camera.draw(order, LAMP).visible
        assert visible[order.index(front)] == 1.0
        assert visible[order.index(back)] < 0.8


def test_the_floor_is_as_grey_as_in_clevr() -> None:
    floor = Camera(64).draw([], LAMP).pixels
    assert floor.min() >= 100
    assert floor.max() <= 160
    assert (floor.max(2) - floor.min(2)).max() <= 8  # no colour


@pytest.mark.parametrize("label", LABELS)
def test_an_object_has_the_colour_of_its_label(label: str) -> None:
    [picture] = shapes.draw_scene(Camera(64), [LABELS.index(label)], np.random.default_rng(1))
    empty = Camera(64).draw([], LAMP).pixels.astype(int)
    changed = np.abs(picture.astype(int) - empty).max(2) > 25
    hue = picture[18:34, 24:40][changed[18:34, 24:40]].astype(float)
    hue /= np.linalg.norm(hue, axis=1, keepdims=True)
    colours = np.array([shapes.RGB[colour] for colour in COLOURS], float)
    colours /= np.linalg.norm(colours, axis=1, keepdims=True)
    nearest = (hue @ colours.T).argmax(1)
    assert len(hue) >= 30  # pixels
    votes = np.bincount(nearest, minlength=len(COLOURS))
    assert COLOURS[votes.argmax()] == label.split()[0]


def test_scenes_grow_by_one_object(pack: Pack) -> None:
    assert pack.images.shape == (60, 3, 64, 64)
    assert pack.train == 54
    rows = pack.conditions.view(20, 3, 24)
    assert rows.sum(2).tolist() == [[1, 2, 3]] * 20
    assert (rows[:, 1:] >= rows[:, :-1]).all()
    scenes = pack.images.view(20, 3, -1).int()
    added = (scenes[:, 1:] - scenes[:, :-1]).abs().gt(25).float().mean(2)
    assert (added > 0).all()
    assert (added < 0.15).all()  # and nothing else moved


def test_a_scene_is_the_same_for_a_seed_however_many_there_are(pack: Pack) -> None:
    fewer = collected(shapes.build(silent, scenes=2, train_scenes=1, seed=5))
    assert torch.equal(fewer.images, pack.images[:6])
    other = collected(shapes.build(silent, scenes=2, train_scenes=1, seed=6))
    assert not torch.equal(fewer.images, other.images)


def test_unseen_triples_are_never_drawn() -> None:
    unseen = {tuple(row.nonzero().flatten().tolist()) for row in condition_sets("unseen")}
    rng = np.random.default_rng(0)
    drawn = [tuple(sorted(shapes.random_objects(rng, unseen))) for _ in range(5_000)]
    assert not unseen & set(drawn)
    assert len(set(drawn)) > 1_700  # of 2,024 - 136


def test_progress_rises() -> None:
    shares: list[float] = []
    collected(shapes.build(lambda share, text: shares.append(share), scenes=51, train_scenes=50))
    assert shares == [0, 50 / 51]
