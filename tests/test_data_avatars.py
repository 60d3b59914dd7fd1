"""The drawn faces: the same for a seed, with labels that the pixels bear out."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from ganlab.data import avatars
from ganlab.data.avatars import EYEWEAR, HAIR, HAIR_COLOURS, SKIN, SKIN_COLOURS, Face
from ganlab.data.dataset import silent
from ganlab.data.making import collected

PLAIN = Face(smile=False, beard=False, hat=False, long_hair=False, eyewear="none", hair="black", skin="pale")


def one(face: Face, seed: int = 3) -> np.ndarray:
    """The face's pixels, int [64, 64, 3]; all that is random is the same for the same seed."""
    [part] = avatars.draw([face], np.random.default_rng(seed))
    return part.images[0].permute(1, 2, 0).numpy().astype(int)


def share_near(pixels: np.ndarray, colour: str) -> float:
    """Share of the pixels within 12 grey values of a colour like #aabbcc."""
    target = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return float((np.abs(pixels - target).max(2) <= 12).mean())


def test_a_pack_is_the_same_for_a_seed() -> None:
    packs = [collected(avatars.build(silent, count=6, train=4, seed=seed)) for seed in (1, 1, 2)]
    assert torch.equal(packs[0].images, packs[1].images)
    assert torch.equal(packs[0].conditions, packs[1].conditions)
    assert not torch.equal(packs[0].images, packs[2].images)
    assert packs[0].images.shape == (6, 3, 64, 64)
    assert packs[0].conditions.shape == (6, avatars.SPEC.condition_dim)
    assert packs[0].train == 4


def test_progress_rises() -> None:
    shares: list[float] = []
    collected(avatars.build(lambda share, text: shares.append(share), count=201, train=200))
    assert shares == sorted(shares)
    assert len(shares) == 2


def test_attributes_are_independent() -> None:
    rng = np.random.default_rng(0)
    rows = np.array([avatars.random_face(rng).conditions() for _ in range(20_000)])
    widths = [avatars.MARKS.dim, EYEWEAR.dim, HAIR.dim, SKIN.dim]
    expected = [0.5] * 4 + [1 / 3] * 3 + [0.2] * 5 + [0.25] * 4
    assert np.abs(rows.mean(0) - expected).max() < 0.015  # four standard deviations of a share of 20,000
    group = np.repeat(np.arange(4), widths)
    group[:4] = [-1, -2, -3, -4]  # each mark is a group of its own
    between = group[:, None] != group[None]
    assert np.abs(np.corrcoef(rows.T)[between]).max() < 0.03


@pytest.mark.parametrize("skin", SKIN.labels)
def test_skin_and_hair_have_the_colours_of_their_labels(skin: str) -> None:
    for hair, colour in zip(HAIR.labels, HAIR_COLOURS, strict=True):
        pixels = one(replace(PLAIN, hair=hair, skin=skin, long_hair=True))
        assert share_near(pixels, colour) > 0.08
        assert share_near(pixels, SKIN_COLOURS[SKIN.labels.index(skin)]) > 0.08
        others = [other for other in SKIN_COLOURS if other != SKIN_COLOURS[SKIN.labels.index(skin)]]
        assert max(share_near(pixels, other) for other in others) < 0.03


@pytest.mark.parametrize(
    ("change", "rows"),
    [
        ({"smile": True}, slice(30, 46)),
        ({"beard": True}, slice(26, 52)),
        ({"hat": True}, slice(0, 56)),  # some have ear flaps
        ({"eyewear": "glasses"}, slice(18, 38)),
        ({"eyewear": "sunglasses"}, slice(18, 38)),
    ],
)
@pytest.mark.parametrize("skin", SKIN.labels)
def test_an_attribute_shows_where_it_belongs_and_changes_nothing_else(
    change: dict[str, bool | str], rows: slice, skin: str
) -> None:
    for seed in range(5):
        plain = replace(PLAIN, skin=skin)
        difference = np.abs(one(plain, seed) - one(replace(plain, **change), seed)).max(2)
        assert (difference[rows] > 40).sum() >= 8  # pixels that anyone can see
        outside = np.ones(64, bool)
        outside[rows] = False
        assert (difference[outside] > 40).sum() <= 0.1 * (difference > 40).sum()


def test_a_hat_hides_the_length_of_the_hair_but_not_its_label() -> None:
    short, long = (replace(PLAIN, hat=True, long_hair=length) for length in (False, True))
    assert (one(short) == one(long)).all()
    assert short.conditions() != long.conditions()
