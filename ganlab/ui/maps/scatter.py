"""A scatter of pictures in which one hovers, zooms and draws around points, one component."""

import colorsys
import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from ganlab.explore.colourings import Colouring
from ganlab.explore.layouts import Places
from ganlab.ui.live.component import joined

FOLDER = Path(__file__).parent
SCRIPTS = ("paint.js", "card.js", "pointer.js", "scatter.js")  # each uses only what came before
HEIGHT = 610  # pixels on the page
TABLEAU = ["#4e79a7", "#f28e2b", "#e15759", "#76b7b2", "#59a14f", "#d4a90f", "#b07aa1", "#ff7d97", "#9c755f", "#17a5c4"]

_ICONS = {
    "select": "M5 8c2-5 13-6 15-1 2 6-8 9-12 7-3-1-5 1-3 3 1 1 0 3-1 4",
    "move": "M12 3v18M3 12h18M12 3l-3 3M12 3l3 3M12 21l-3-3M12 21l3-3M3 12l3-3M3 12l3 3M21 12l-3-3M21 12l-3 3",
    "fit": "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
}
_TITLES = {
    "select": "Select: drag around points; shift adds to them",
    "move": "Move: drag the map; the wheel zooms",
    "fit": "Show the whole map",
}
_BUTTONS = "".join(
    f'<button type="button" title="{_TITLES[name]}" aria-label="{_TITLES[name]}">'
    f'<svg viewBox="0 0 24 24" width="16" height="16" aria-hidden="true"><path d="{path}"/></svg></button>'
    for name, path in _ICONS.items()
)
_SCATTER = st.components.v2.component(
    "ganlab_map",
    html=f"""<div class="map"><canvas tabindex="0" role="application" style="height: {HEIGHT}px"></canvas>
<div class="tools">{_BUTTONS}</div><div class="card"><div class="thumbnail"></div><div aria-live="polite"></div></div>
<div class="legend" role="group" aria-label="legend"></div></div>""",
    css=(FOLDER / "scatter.css").read_text(encoding="utf-8"),
    js=joined([FOLDER / name for name in SCRIPTS]),
)


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


def _chosen(sent: object, identity: str, count: int) -> Chosen:
    """What the browser has sent, where it is about this map and makes sense."""
    if not isinstance(sent, dict) or sent.get("id") != identity:
        return Chosen()
    numbers, place = sent.get("points"), sent.get("place")
    if isinstance(place, list) and len(place) == 2 and all(_is_number(value) for value in place):
        return Chosen(place=(float(place[0]), float(place[1])))
    inside = [i for i in numbers if isinstance(i, int) and 0 <= i < count] if isinstance(numbers, list) else []
    return Chosen(pictures=tuple(inside))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)
