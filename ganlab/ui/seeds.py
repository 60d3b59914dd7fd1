"""The seed that exploring pages start from, and a button for another one."""

import secrets

import streamlit as st

from ganlab.explore import points
from ganlab.ui.whole_numbers import whole_number

SEEDS = 100_000  # what chance chooses from: few enough to be read out aloud
KEY = "seed"  # in the address


def random_seed() -> int:
    return secrets.randbelow(SEEDS)


def choose_seed(title: str, button: str, *, room: int, primary: bool = True) -> int:
    """A number and a button (N on the keyboard) that draws another; `room` seeds or more follow the largest.

    It is no `primary` button where a stage has its own.
    """
    seed = whole_number(title, 0, points.MAX_SEED - room, key=KEY)
    st.button(
        button,
        key="resample",
        on_click=_resample,
        shortcut="n",
        icon=":material/casino:",
        type="primary" if primary else "secondary",
        width="stretch",
    )
    return seed


def _resample() -> None:
    st.session_state[KEY] = random_seed()
