"""The game as a component: what its page tells it, and what it tells the page."""

from collections.abc import Mapping
from typing import get_args

import streamlit as st

from ganlab.families import gan
from ganlab.lessons import EXPLAINED
from ganlab.playground.failures import FAILURES
from ganlab.playground.settings import DATASETS, drawing_of, recipe_of, values_of
from ganlab.ui import address
from ganlab.ui.access import against_making
from ganlab.ui.component import component
from ganlab.ui.playground.asked import ADDRESSED, CURE, DEFAULTS, FAILURE, asked
from ganlab.ui.playground.connection import ADDRESS
from ganlab.ui.shell import lesson_label

_GAME = component("ganlab_playground", "playground/playground.js", ["playground/playground.css"], kind="room")
KEY = "playground"


def playground() -> None:
    """The game that the address asks for; what is set in it goes into the address."""
    names = (*ADDRESSED, FAILURE, CURE)
    first = asked({name: value for name in names if (value := address.read(name)) is not None})
    _GAME(
        key=KEY,
        data={
            "address": ADDRESS,
            "settings": first.settings,
            "defaults": DEFAULTS,
            "problem": first.problem,
            "failure": first.failure,
            "cure": first.cure,
            "choices": _choices(),
            "refusal": against_making("train"),
            "failures": [
                {
                    "name": name,
                    "title": one.title,
                    "text": one.text,
                    "lesson": _lesson(one.finding),
                    "settings": DEFAULTS | dict(one.settings),
                    "cures": [
                        {"name": each, "title": cure.title, "why": cure.why, "settings": DEFAULTS | one.cured(each)}
                        for each, cure in one.cures.items()
                    ],
                }
                for name, one in FAILURES.items()
            ],
        },
        on_settings_change=_remember,
        on_failure_change=_remember,
        on_cure_change=_remember,
    )


def _lesson(finding: str) -> dict[str, str]:
    """A link to the lesson on what goes wrong, its address from the app's root."""
    name = EXPLAINED[finding]
    return {"title": lesson_label(name), "address": f"learn?lesson={name}"}


def _remember() -> None:
    """Settings into the address as the recipe has them: to a browser, 1.0 is 1."""
    told = st.session_state.get(KEY, {})
    failure = str(told.get("failure") or "")
    address.write(FAILURE, failure, "")
    address.write(
        CURE, str(told.get("cure") or ""), next(iter(FAILURES[failure].cures), "") if failure in FAILURES else ""
    )
    settings = told.get("settings")
    try:
        values = values_of(recipe_of(settings), drawing_of(settings)) if isinstance(settings, Mapping) else DEFAULTS
    except ValueError:  # which the game has told
        return
    for name in ADDRESSED:
        address.write(name, str(values[name]), str(DEFAULTS[name]))


def _choices() -> dict[str, list[str]]:
    fields = gan.Config.model_fields
    named = ("adversarial", "penalty", "discriminator_norm", "generator_optimizer", "discriminator_optimizer")
    return {"dataset": list(DATASETS)} | {name: list(get_args(fields[name].annotation)) for name in named}
