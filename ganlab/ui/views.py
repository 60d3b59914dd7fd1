"""One of several views at a time, named in the address."""

from collections.abc import Callable, Collection, Mapping

import streamlit as st

from ganlab.ui.one_of import one_of

View = Callable[[], None]
KEY = "view"  # in the address


def show_one(views: Mapping[str, View]) -> None:
    """A row with the titles, and the view that is chosen; the first where the address names another model's."""
    forget_foreign(views)
    views[one_of("Show", list(views), next(iter(views)), key=KEY, label_visibility="collapsed")]()


def forget_foreign(titles: Collection[str]) -> None:
    """Forget a view that is another page's or model's.

    Streamlit keeps a bound widget's value when the page changes, and would write it into the new page's address.
    """
    for state in (st.session_state, st.query_params):
        if KEY in state and state[KEY] not in titles:
            del state[KEY]
