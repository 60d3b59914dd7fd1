"""A game of points in a lesson, and how far it has come."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from ganlab.lessons import Deed, GameDeed
from ganlab.playground.settings import recipe_of, values_of
from ganlab.ui.component import component
from ganlab.ui.playground.connection import ADDRESS

_GAME = component(
    "ganlab_lesson_game", "lessons/game.js", ["playground/playground.css", "lessons/game.css"], kind="game"
)
MOST_STEPS = 10_000_000


def game(key: str, games: Sequence[tuple[str, Mapping[str, Any]]], *, cure: str = "") -> Deed:
    """Games by title and settings: the first, and the second beside it once the button `cure` is pressed."""
    _GAME(
        key=key,
        data={
            "address": ADDRESS,
            "games": [{"title": title, "settings": values_of(recipe_of(settings))} for title, settings in games],
            "cure": cure,
        },
        on_deed_change=lambda: None,
    )
    return Deed(games=_read(st.session_state.get(key, {}).get("deed")))


def _read(sent: Any) -> tuple[GameDeed, ...]:
    """What the browser sent, which may be anything."""
    if not isinstance(sent, list):
        return ()
    found = []
    for one in sent[:2]:
        if not (isinstance(one, list) and len(one) == 3 and type(one[0]) is int and 0 <= one[0] <= MOST_STEPS):
            return ()
        found.append(GameDeed(one[0], one[1] is True, one[2] is True))
    return tuple(found)
