"""Where a stage is, remembered by the session: whoever moved it last, the hand or the page, has it."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import streamlit as st

from ganlab.ui import address, address_check, undo
from ganlab.ui.shell import here

Place = TypeVar("Place")
Spot = tuple[float, float]  # of a square: from left to right, from bottom to top; 0 to 1


def candidates(key: str, asked: Place | None, start: Place | None) -> list[Place]:
    """Places to try, best first: a `start` that has changed, where the stage was left, the address, `start`.

    Changed means on this page: pages that share a stage start it differently, and a visit to one moves no hand.
    """
    found = _candidates(key, asked, start)
    st.session_state[f"{key}_start"] = (here(), start)
    return found


def best(key: str, asked: Place | None, start: Place) -> Place:
    """The first candidate, for who comes before the stage on the page: nothing is noted."""
    return _candidates(key, asked, start)[0]


def left(key: str) -> Any:
    """Where the stage was left; none before it was first shown."""
    return st.session_state.get(name(key))


def move(key: str, place: Any) -> None:
    """Remember a place that the hand or a click came to, so that it can be undone."""
    undo.record(name(key), left(key), place)
    remember(key, place)


def remember(key: str, place: Any) -> None:
    st.session_state[name(key)] = place


def heard(key: str) -> Any:
    """The mark of the last message that the browser sent; none before the first of a session."""
    return st.session_state.get(_mark(key))


def on_settled(key: str, parse: Callable[[Mapping[str, Any]], Any]) -> Callable[[], None]:
    """What to do when the hand rests: remember what the browser sent, when `parse` makes something of it."""

    def take() -> None:
        sent = st.session_state[key].get("settled")
        if not isinstance(sent, Mapping):
            return
        st.session_state[_mark(key)] = number(sent.get("mark"), 0, 1)
        place = parse(sent)
        if place is not None:
            move(key, place)

    return take


def number(value: Any, low: float, high: float) -> float | None:
    """What the browser sent, when it is a number in range."""
    return float(value) if type(value) in (int, float) and low <= value <= high else None


def spot(sent: Mapping[str, Any]) -> Spot | None:
    """What the browser sent, when it is a place of the square."""
    x, y = (number(sent.get(name), 0, 1) for name in "xy")
    return None if x is None or y is None else (x, y)


def asked_spot(key: str) -> Spot | None:
    """The place of the square that the query parameter `key` names, as `x,y`."""
    x, _, y = (address.read(key) or "").partition(",")
    try:
        found = spot({"x": float(x), "y": float(y)})
    except ValueError:
        found = None
    if found is None:
        address_check.refuse(key, "two numbers from 0 to 1, such as `0.5,0.5`")
    return found


def _candidates(key: str, asked: Place | None, start: Place | None) -> list[Place]:
    page, earlier = st.session_state.get(f"{key}_start", (here(), start))
    moved = start is not None and page == here() and earlier != start
    return [place for place in (start if moved else None, left(key), asked, start) if place is not None]


def name(key: str) -> str:
    """Under what the session has the place."""
    return f"{key}_place"


def _mark(key: str) -> str:
    return f"{key}_mark"
