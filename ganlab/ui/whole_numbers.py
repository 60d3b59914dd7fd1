"""Fields for whole numbers whose value is in the address, where anybody can write anything."""

import re
from typing import Any

import streamlit as st

from ganlab.ui import refusals

WRITTEN = re.compile("-?[0-9]{1,18}")
"""What is passed on: Streamlit fails on what is infinite as a float, and Python on some thousand digits."""


def whole_number(
    title: str, low: int | None, high: int | None, value: int | None = None, *, key: str, **more: Any
) -> int:
    """A number field, at first at `value` or else at `low`; the query parameter `key` holds what was chosen.

    What is no whole number there is taken out, and the page starts over, for the first look at an address counts.
    """
    if not WRITTEN.fullmatch(st.query_params.get(key, "0")):
        del st.query_params[key]
        refusals.start_over()
    first: Any = "min" if value is None else value
    return int(st.number_input(title, low, high, first, key=key, bind="query-params", **more))
