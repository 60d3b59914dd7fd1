"""One of several views at a time, named in the address."""

from collections.abc import Callable, Collection, Mapping, Sequence

import streamlit as st

from ganlab.ui.one_of import one_of

View = Callable[[], None]
KEY = "view"  # in the address


def show_one(views: Mapping[str, View]) -> None:
    """A row with the titles, and the view that is chosen; the first where the address names another model's."""
    views[choose(list(views))]()


def choose(titles: Sequence[str]) -> str:
    """A row with the titles, and the one that is chosen; the first where the address names another page's."""
    forget_foreign(titles)
    return one_of("Show", titles, titles[0], key=KEY, label_visibility="collapsed")


def forget_foreign(titles: Collection[str]) -> None:
    """Forget a view that is another page's or model's.

    Streamlit keeps a bound widget's value when the page changes, and would write it into the new page's address.
    """
    for state in (st.session_state, st.query_params):
        if KEY in state and state[KEY] not in titles:
            del state[KEY]
