"""The legend of the map: what it lets one show alone."""

import numpy as np
import pytest

from ganlab.explore.colourings import UNKNOWN, Colouring
from ganlab.ui.maps.scatter import GREY, Chosen, chips, colours
from ganlab.ui.maps.scatter import _chosen as chosen_of


def coloured(labels, values):
    return Colouring(values=np.array(values, np.int16), labels=tuple(labels), texts=tuple(labels))


@pytest.mark.parametrize(
    ("labels", "values", "real", "expected"),
    [
        (["a", "b"], [0, 1], 1, ["a", "b", "real", "generated"]),
        (["a", "b"], [0, 1], 2, ["a", "b"]),
        (["a", "b"], [0, UNKNOWN], 0, ["a", "b", "unknown"]),
        (["real", "generated"], [0, 1], 1, ["real", "generated"]),
    ],
    ids=["both origins", "real alone", "an unknown label", "origins as labels"],
)
def test_the_legend_offers_what_differs(labels, values, real, expected):
    found = chips(coloured(labels, values), real)
    assert [chip["text"] for chip in found] == expected
    assert [chip["fill"] for chip in found[:2]] == colours(2)
    assert all(chip["fill"] == GREY for chip in found if chip["text"] == "unknown")


@pytest.mark.parametrize("far", [10**400, 1e300, float("nan"), "1", None])
def test_a_place_that_no_map_has_is_none(far):
    assert chosen_of({"id": "map", "place": [0, far]}, "map", 3) == Chosen()
    assert chosen_of({"id": "map", "place": [0, 0.5]}, "map", 3) == Chosen(place=(0.0, 0.5))
