"""The gallery's cards: one a model."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from ganlab.checkpoints import Card
from ganlab.explore import capabilities, library, summary
from ganlab.explore.library import Model
from ganlab.explore.summary import Measurement, facts, measurements, origin
from ganlab.ui import cache
from ganlab.ui.choose import cannot_be_read, readable_first
from ganlab.ui.downloads import download_model
from ganlab.ui.gallery.guard import guarded
from ganlab.ui.markdown import code, escaped
from ganlab.ui.shell import link_to

PER_PAGE = 18
WAYS_ON: Mapping[str, Callable[[Card], bool]] = {
    "sample": lambda card: True,
    "interpolate": lambda card: True,
    "codes": capabilities.has_codes,
    "attributes": capabilities.has_conditions,
    "reconstruct": capabilities.can_encode,
    "map": lambda card: True,
}
"""Pages that draw with a model, and which models they have something to show of."""
ORIGINS = {"shipped": "", "uploaded": ":gray-badge[uploaded]", "run": ":gray-badge[your run]"}


def show_cards(models: Sequence[Model]) -> None:
    """Cards side by side, a page of them at a time."""
    pages = -(-len(models) // PER_PAGE)
    page = st.pagination(pages, key="page", bind="query-params") if pages > 1 else 1
    columns = st.columns(3)
    for i, model in enumerate(readable_first(models)[(page - 1) * PER_PAGE : page * PER_PAGE]):
        with columns[i % 3].container(border=True):
            guarded(_show_card, model)
            if model.origin == "uploaded":
                _offer_deletion(model)


def _show_card(model: Model) -> None:
    card, cover = cache.card(model), cache.cover(model)
    if isinstance(card, str) or isinstance(cover, str):
        name = library.run_name(model) if model.origin == "run" else model.path.stem
        st.markdown(f"**{escaped(name)}** {ORIGINS[model.origin]}")
        cannot_be_read(card if isinstance(card, str) else str(cover))
    else:
        with st.container(key=f"pixels-{model.id}"):
            st.image(cover, width="stretch", alt=f"pictures drawn by {model.id}")
        _show_facts(model, card)
        _show_links(model, card)


def _show_facts(model: Model, card: Card) -> None:
    name = library.run_name(model) if model.origin == "run" else card.name
    st.markdown(f"**{escaped(name)}** {ORIGINS[model.origin]}")
    st.caption(escaped(facts(card)))
    if rows := measurements(card):
        with st.container(key=f"measured-{model.id}"):
            st.markdown(_table(rows))
    if card.left_out:
        st.caption(escaped(summary.not_measured(card.left_out)))
    st.caption(f"Learnt from {escaped(origin(card))}")


def _table(rows: Sequence[Measurement]) -> str:
    if any(row.floor for row in rows):
        head = "| | model | real data |\n|:--|--:|--:|\n"
        return head + "\n".join(f"| {row.title} {row.arrow} | {row.value} | {row.floor} |" for row in rows)
    return "| | model |\n|:--|--:|\n" + "\n".join(f"| {row.title} {row.arrow} | {row.value} |" for row in rows)


def _show_links(model: Model, card: Card) -> None:
    """To every page that has something to show of the model."""
    with st.container(horizontal=True, gap=None, key=f"ways-{model.id}"):
        for page, fits in WAYS_ON.items():
            if fits(card):
                link_to(page, {"model": model.id})
        link_to("compare", {"curves": model.id})
    if model.origin == "run":
        download_model(model.path, library.run_name(model))


def _offer_deletion(model: Model) -> None:
    with st.popover("Delete", icon=":material/delete:", type="tertiary"):
        st.markdown(f"Delete the uploaded file {code(model.path.name)}? Your own copy stays where it is.")
        st.button("Delete it", key=f"delete-{model.id}", type="primary", on_click=library.delete_upload, args=(model,))
