"""The game as a component: what its page tells it, and what it tells the page."""

from collections.abc import Mapping
from typing import Any, get_args

import streamlit as st

from ganlab.data.points import KINDS
from ganlab.families import gan
from ganlab.playground.failures import FAILURES
from ganlab.playground.settings import BASE, SETTINGS, recipe_of, values_of
from ganlab.ui import address
from ganlab.ui.component import component
from ganlab.ui.playground.connection import ADDRESS

_GAME = component("ganlab_playground", "playground/playground.js", ["playground/playground.css"], kind="room")
KEY, FAILURE = "playground", "failure"  # of the component; in the address
DEFAULTS = values_of(BASE)


def playground() -> None:
    """The game that the address asks for; what is set in it goes into the address."""
    wanted, problem = _asked()
    failure = st.query_params.get(FAILURE, "")
    _GAME(
        key=KEY,
        data={
            "address": ADDRESS,
            "settings": wanted,
            "defaults": DEFAULTS,
            "problem": problem,
            "failure": failure if failure in FAILURES else "",
            "choices": _choices(),
            "failures": [
                {
                    "name": name,
                    "title": one.title,
                    "text": one.text,
                    "cure": one.cure,
                    "settings": DEFAULTS | dict(one.settings),
                    "cured": DEFAULTS | dict(one.settings) | dict(one.cured),
                }
                for name, one in FAILURES.items()
            ],
        },
        on_settings_change=_remember,
        on_failure_change=_remember,
    )


def _asked() -> tuple[dict[str, Any], str]:
    """The settings in the address, and why they cannot be where they cannot."""
    asked = {name: st.query_params[name] for name in SETTINGS if name in st.query_params}
    try:
        return values_of(recipe_of(asked)), ""
    except ValueError as error:
        return DEFAULTS, str(error)


def _remember() -> None:
    told = st.session_state.get(KEY, {})
    address.write(FAILURE, str(told.get("failure") or ""), "")
    settings = told.get("settings")
    for name in SETTINGS:
        value = settings.get(name, DEFAULTS[name]) if isinstance(settings, Mapping) else DEFAULTS[name]
        address.write(name, str(value), str(DEFAULTS[name]))


def _choices() -> dict[str, list[str]]:
    fields = gan.Config.model_fields
    named = ("adversarial", "penalty", "discriminator_norm")
    return {"dataset": list(KINDS)} | {name: list(get_args(fields[name].annotation)) for name in named}
