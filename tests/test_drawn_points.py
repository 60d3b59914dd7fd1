"""Points that somebody has drawn: as text, as modes, and as a dataset like others."""

import pytest
import torch
from scipy.cluster.hierarchy import fclusterdata

from ganlab.data import catalogue, drawn_points
from ganlab.data.packs import pack_path, save_pack
from ganlab.metrics.points import modes_found, sort


def strokes() -> torch.Tensor:
    """Three upright lines of 20 places."""
    line = torch.linspace(-0.5, 0.5, 20)
    return torch.cat([torch.stack([torch.full((20,), x), line], 1) for x in (-0.6, 0.0, 0.6)])


def test_a_drawing_is_read_as_it_was_written() -> None:
    places = strokes()
    found = drawn_points.parse(drawn_points.written(places))
    assert torch.cdist(places, found).amin(1).max() < 2 / drawn_points.STEPS
    assert drawn_points.written(found) == drawn_points.written(found.unique(dim=0))
    assert len(drawn_points.written(torch.rand(drawn_points.MOST, 2))) < 1_500  # fits into an address


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no points are drawn yet"),
        ("AAA", "one point is drawn"),
        ("AAAAAAAA", "3 points are drawn in one place"),
        ("A", "drawn points are no text like 'A'"),
        ("é/+", "drawn points are no text"),
        ("AAAA", "2 bytes a point"),
        ("AAAB" * 500, "at most 500 points"),
    ],
)
def test_of_what_nothing_can_be_learnt_is_told_in_words(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        drawn_points.parse(text)


def test_modes_are_what_stands_alone() -> None:
    """As single linkage has them; a Bernoulli cloud of places takes more than one round to be walked through."""
    for places in (strokes(), torch.rand(200, 2, generator=torch.Generator().manual_seed(1)) * 2 - 1):
        modes = drawn_points.modes_of(places)
        other = torch.from_numpy(fclusterdata(places.numpy(), drawn_points.GAP, "distance", method="single"))
        assert modes.count == len(other.unique())
        pairs = torch.stack([modes.mode, other.long()], 1).unique(dim=0)
        assert len(pairs) == modes.count  # the same sets under other numbers


def test_a_drawing_becomes_a_dataset_like_others(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path))
    places = drawn_points.parse(drawn_points.written(strokes()))
    pack = drawn_points.pack(places)
    save_pack(pack, pack_path(pack.spec.name))
    found = catalogue.describe(pack.spec.name)
    assert pack.spec.name in catalogue.added()
    assert found.spec.points
    assert found.spec.classes == ("1", "2", "3")
    assert "3 strokes" in found.title
    modes = catalogue.evaluation(pack.spec.name).modes
    assert modes is not None
    assert torch.equal(modes().places, places)
    read = catalogue.load(pack.spec.name, 1)
    assert torch.equal(read.images, pack.images)
    assert modes_found(sort(read.images, modes())) == 3
