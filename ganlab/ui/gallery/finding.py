"""Search, order and filters of the gallery, all in the address."""

from collections.abc import Sequence

import streamlit as st

from ganlab.counting import counted
from ganlab.explore import finding, library
from ganlab.explore.finding import ORDERS, Listed
from ganlab.explore.library import Model
from ganlab.ui import cache
from ganlab.ui.markdown import escaped

SEARCH, ORDER, FAMILY, DATA, PAGE = "search", "order", "family", "data", "page"  # in the address
OPENED = "gallery_opened"  # for the session: the id of the model that was uploaded last
FIRST = next(iter(ORDERS))
FILTER_FROM = 4  # models; fewer are seen at once


def list_all() -> list[Listed]:
    """Every model; only files that are new or have changed are opened."""
    models = library.models()
    found = cache.index().of(models)
    return [
        Listed(model=model, name=model.name, line=one.line, changed=one.changed)
        for model, one in zip(models, found, strict=True)
    ]


def find(listed: Sequence[Listed]) -> list[Listed]:
    """Those of the models that the visitor looks for, in the order of his choice; one just uploaded comes first."""
    if len(listed) < FILTER_FROM:
        return _opened_first(ORDERS[FIRST](listed))
    with st.container(horizontal=True, vertical_alignment="bottom", key="finding"):
        text = st.text_input(
            "Search",
            max_chars=200,
            key=SEARCH,
            bind="query-params",
            placeholder="name, family, data or size",
            label_visibility="collapsed",
            icon=":material/search:",
            live=True,
            width=260,
        )
        order = st.selectbox(
            "Order",
            list(ORDERS),
            key=ORDER,
            bind="query-params",
            label_visibility="collapsed",
            width=210,
            help="Closest by Frechet distance, relative to the test split itself",
        )
        with st.popover("Filter", icon=":material/filter_list:"):
            families = _choose("Family", FAMILY, [one.family for one in listed])
            datasets = _choose("Data", DATA, [one.dataset for one in listed])
    found = finding.matching(listed, text or "", families, datasets)
    _count(len(found), len(listed))
    return _opened_first(ORDERS[order](found))


def first_in_sight(count: int) -> list[Model]:
    """The models that a visitor who looks for nothing sees first."""
    return [one.model for one in ORDERS[FIRST](list_all())[:count]]


def open_uploaded(model: Model) -> None:
    """Have the next run show the model first, whatever was looked for; for callbacks."""
    st.session_state[OPENED] = model.id
    for key, value in {SEARCH: "", FAMILY: [], DATA: [], PAGE: 1}.items():
        if key in st.session_state:
            st.session_state[key] = value


def is_opened(model: Model) -> bool:
    return st.session_state.get(OPENED) == model.id


def _choose(title: str, key: str, values: Sequence[str]) -> list[str]:
    known = sorted({value for value in values if value})
    return st.pills(title, known, selection_mode="multi", format_func=escaped, key=key, bind="query-params")


def _count(found: int, of: int) -> None:
    if found == 0:
        st.info("No model has all of that. Take a word or a filter out.", icon=":material/search_off:")
    elif found < of:
        st.caption(f"{found:,} of {counted(of, 'model')}")


def _opened_first(found: Sequence[Listed]) -> list[Listed]:
    return sorted(found, key=lambda one: not is_opened(one.model))
