"""A sheet of pictures that can be clicked, one component for every page."""

from collections.abc import Callable, Sequence
from typing import Literal

import streamlit as st

from ganlab.explore import pictures
from ganlab.explore.pictures import Pixels
from ganlab.ui.component import component

SHEET_WIDTH = 640  # pixels on the page

_TILES = component("ganlab_tiles", "tiles.js", ["tiles.css"], kind="room")


def tiles(
    images: Pixels,
    labels: Sequence[str],
    *,
    key: str,
    columns: int,
    action: Literal["keep", "remove"] | None = None,
    on_action: Callable[[int], None] | None = None,
    marked: Sequence[int] = (),
    selectable: bool = True,
    on_pick: Callable[[int], None] | None = None,
    shown: int | None = None,
    heads: Sequence[str] = (),
    sides: Sequence[str] = (),
    width: int = SHEET_WIDTH,
) -> int:
    """Show images [N, H, W, C] with crisp pixels; returns the index of the selected one.

    `on_action` hears the index of the picture whose corner was clicked, `on_pick` of the one that was clicked itself
    (none is selected then, and `shown` is framed, if any). `heads` stand above the columns, `sides` beside the rows.
    Only one small PNG goes to the browser.
    """
    selected = sent_place(key, "selected", len(images), 0)
    _TILES(
        key=key,
        data={
            "sheet": pictures.data_url(pictures.atlas(images, columns)),
            "columns": columns,
            "count": len(images),
            "width": images.shape[2],
            "height": images.shape[1],
            "labels": list(labels),
            "marked": list(marked),
            "selected": _framed(selected if selectable else None, shown, picks=bool(on_pick)),
            "picks": bool(on_pick),
            "heads": list(heads),
            "sides": list(sides),
            "action": action,
            "maxWidth": width,
        },
        on_selected_change=lambda: None,
        on_acted_change=_heard(key, "acted", len(images), on_action),
        on_picked_change=_heard(key, "picked", len(images), on_pick),
    )
    return selected


def sent_place(key: str, name: str, count: int, first: int) -> int:
    """Which of `count` things the browser has sent as `name` last; `first` where it sent none, or no whole number."""
    sent = st.session_state.get(key, {}).get(name)
    return max(0, min(sent if type(sent) is int else first, count - 1))


def _framed(selected: int | None, shown: int | None, *, picks: bool) -> int:
    """The index of the picture with a frame, -1 for none: the selected one, or `shown` where clicks select none."""
    framed = shown if picks else selected
    return -1 if framed is None else framed


def _heard(key: str, name: str, count: int, tell: Callable[[int], None] | None) -> Callable[[], None]:
    """What to do when the browser sends an index as `name`: tell it, when there is such a picture."""

    def hear() -> None:
        index = st.session_state[key][name]
        if tell and type(index) is int and 0 <= index < count:
            tell(index)

    return hear
