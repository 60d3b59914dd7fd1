"""One of several views at a time, named in the address."""

from collections.abc import Callable, Mapping

import streamlit as st

View = Callable[[], None]


def show_one(views: Mapping[str, View]) -> None:
    """A row with the titles, and the view that is chosen; the first where the address names another model's."""
    view = st.segmented_control(
        "Show",
        list(views),
        default=next(iter(views)),
        required=True,
        key="view",
        bind="query-params",
        label_visibility="collapsed",
    )
    views[view if view in views else next(iter(views))]()
