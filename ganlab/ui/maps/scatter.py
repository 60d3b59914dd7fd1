"""A scatter of pictures in which one hovers, zooms and draws around points, one component."""

import colorsys
from collections.abc import Sequence
from typing import Any, NamedTuple

import streamlit as st

from ganlab.explore.colourings import UNKNOWN, Colouring
from ganlab.explore.layouts import Places
from ganlab.ui.component import component

GREY = "#8a9597"  # of what nobody knows
HEIGHT = 610  # pixels on the page
FARTHEST = 1e6  # of a place from the middle, in the units of the layout
ORIGINS = ("real", "generated")
TABLEAU = ["#4e79a7", "#f28e2b", "#e15759", "#76b7b2", "#59a14f", "#d4a90f", "#b07aa1", "#ff7d97", "#9c755f", "#17a5c4"]

_SCATTER = component("ganlab_map", "map/map.js", ["map/map.css"], kind="map")


class Sheet(NamedTuple):
    """All thumbnails in one picture, as it goes to the browser."""

    url: str
    columns: int
    width: int  # of a thumbnail, pixels
    height: int
    grey: bool


class Chosen(NamedTuple):
    """What the visitor has picked on the map: pictures, or an empty place, or nothing."""

    pictures: tuple[int, ...] = ()
    place: tuple[float, float] | None = None


def scatter(
    places: Places,
    sheet: Sheet,
    colouring: Colouring,
    captions: Sequence[str],
    *,
    key: str,
    identity: str,
    real: int,
    pictures: bool,
    decodes: bool,
) -> Chosen:
    """Show the map and return what is picked on it; the first `real` pictures are marked as real.

    A pick belongs to the map called `identity` and is forgotten with it. `decodes` lets empty places be picked.
    """
    _SCATTER(
        key=key,
        data={
            "id": identity,
            "places": [float(f"{value:.4g}") for value in places.ravel().tolist()],
            "real": real,
            "sheet": sheet.url,
            "columns": sheet.columns,
            "width": sheet.width,
            "height": sheet.height,
            "grey": sheet.grey,
            "captions": list(captions),
            "values": colouring.values.tolist(),
            "labels": list(colouring.labels),
            "colours": colours(len(colouring.labels)),
            "unknown": GREY,
            "chips": chips(colouring, real),
            "canvasHeight": HEIGHT,
            "pictures": pictures,
            "decodes": decodes,
        },
        on_chosen_change=lambda: None,
    )
    return _chosen(st.session_state.get(key, {}).get("chosen"), identity, len(places))


def colours(count: int) -> list[str]:
    """That many colours, told apart on light and dark ground as well as may be."""
    if count == 2:
        return [TABLEAU[1], TABLEAU[0]]
    if count <= len(TABLEAU):
        return TABLEAU[:count]
    parts = [colorsys.hls_to_rgb(i / count, (0.45, 0.6)[i % 2], 0.6) for i in range(count)]
    return ["#" + "".join(f"{round(255 * value):02x}" for value in rgb) for rgb in parts]


def chips(colouring: Colouring, real: int) -> list[dict[str, Any]]:
    """What the legend can show alone, by label and by origin: text, and the colour of its dot, if it has one.

    The first `real` values are those of real pictures.
    """
    pairs = zip(colouring.labels, colours(len(colouring.labels)), strict=True)
    found = [{"kind": "label", "value": value, "text": text, "fill": fill} for value, (text, fill) in enumerate(pairs)]
    if UNKNOWN in colouring.values:
        found.append({"kind": "label", "value": UNKNOWN, "text": "unknown", "fill": GREY})
    told = set(ORIGINS) <= set(colouring.labels)  # the colours say it already
    if 0 < real < len(colouring.values) and not told:
        fills = (None, "currentColor")
        found += [
            {"kind": "origin", "value": text, "text": text, "fill": fill}
            for text, fill in zip(ORIGINS, fills, strict=True)
        ]
    return found


def _chosen(sent: object, identity: str, count: int) -> Chosen:
    """What the browser has sent, where it is about this map and makes sense."""
    if not isinstance(sent, dict) or sent.get("id") != identity:
        return Chosen()
    numbers, place = sent.get("points"), sent.get("place")
    if isinstance(place, list) and len(place) == 2 and all(map(_is_place, place)):
        return Chosen(place=(float(place[0]), float(place[1])))
    inside = [i for i in numbers if type(i) is int and 0 <= i < count] if isinstance(numbers, list) else []
    return Chosen(pictures=tuple(inside))


def _is_place(value: object) -> bool:
    """Whether it is a number that a click on a map may name."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= FARTHEST
