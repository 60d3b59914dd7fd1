"""Fields for whole numbers whose value is in the address, where anybody can write anything."""

import re
from typing import Any, NamedTuple

import streamlit as st

from ganlab.foreign import shortened
from ganlab.ui import address, refusals
from ganlab.ui.markdown import code, escaped

WRITTEN = re.compile("-?[0-9]{1,18}")
"""What is passed on: Streamlit fails on what is infinite as a float, and Python on some thousand digits."""


class Refused(NamedTuple):
    """What the address said and the field cannot be: in words, and the number that it has instead, once it is known."""

    told: str
    instead: int | None = None


def whole_number(
    title: str, low: int | None, high: int | None, value: int | None = None, *, key: str, **more: Any
) -> int:
    """A number field, at first at `value` or else at `low`; the query parameter `key` holds what was chosen.

    What cannot be one of its numbers there is taken out and told below the field until another number is chosen; the
    page starts over, for the first look at an address counts.
    """
    asked = address.read(key)
    if asked is not None and not _can_be(asked, low, high, first_look=key not in st.session_state):
        st.session_state[f"{key}_refused"] = Refused(_told(title, asked, low, high))
        del st.query_params[key]
        refusals.start_over()
    first: Any = "min" if value is None else value
    number = int(st.number_input(title, low, high, first, key=key, bind="query-params", **more))
    refused = st.session_state.pop(f"{key}_refused", None)
    if refused and refused.instead in (None, number):
        st.warning(refused.told, icon=":material/link_off:")
        st.session_state[f"{key}_refused"] = Refused(refused.told, number)
    return number


def _can_be(asked: str, low: int | None, high: int | None, *, first_look: bool) -> bool:
    """Whether the address says a number of the field; later on Streamlit writes it there, and bounds may move."""
    if not WRITTEN.fullmatch(asked):
        return False
    return not first_look or ((low is None or low <= int(asked)) and (high is None or int(asked) <= high))


def _told(title: str, asked: str, low: int | None, high: int | None) -> str:
    wanted = f"a whole number{'' if low is None else f' from {low}'}{'' if high is None else f' to {high}'}"
    return f"{code(shortened(asked, 40))} in the address cannot be used: {escaped(title)} is {wanted}."
