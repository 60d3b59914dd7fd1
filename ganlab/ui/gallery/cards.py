"""The gallery's cards: one a model."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from ganlab import runs
from ganlab.access import actions
from ganlab.checkpoints import Card
from ganlab.explore import capabilities
from ganlab.explore.library import Model
from ganlab.explore.summary import Measurement, facts, measurements, origin
from ganlab.runs import RunFolder
from ganlab.ui import access, cache, clock
from ganlab.ui.choose import cannot_be_read, readable_first
from ganlab.ui.downloads import download_model
from ganlab.ui.gallery.guard import guarded
from ganlab.ui.login import current_visitor
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
        name = model.name
        st.markdown(f"**{escaped(name)}** {_origin_badge(model)}")
        cannot_be_read(card if isinstance(card, str) else str(cover))
    else:
        with st.container(key=f"pixels-{model.id}"):
            st.image(cover, width="stretch", alt=f"pictures drawn by {model.id}")
        _show_facts(model, card)
        _show_links(model, card)


def _show_facts(model: Model, card: Card) -> None:
    st.markdown(f"**{escaped(model.name)}** {_origin_badge(model)}")
    st.caption(escaped(facts(card, clock.zone().rules)))
    if rows := measurements(card):
        with st.container(key=f"measured-{model.id}"):
            st.markdown(_table(rows))
    st.caption(f"Learnt from {escaped(origin(card))}")


def _origin_badge(model: Model) -> str:
    """Where the model comes from; where people log in, from whom."""
    if model.origin == "shipped" or current_visitor().person is None:
        return ORIGINS[model.origin]
    whose = access.owner_name(RunFolder(runs.runs_folder() / model.name) if model.origin == "run" else model)
    kind = "run" if model.origin == "run" else "uploaded"
    return f":gray-badge[{kind} by {escaped(whose)}]" if whose else f":gray-badge[{kind}]"


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
        download_model(model.path, model.name)


def _offer_deletion(model: Model) -> None:
    if access.against_changing("delete", model):
        return
    with st.popover("Delete", icon=":material/delete:", type="tertiary"):
        st.markdown(f"Delete the uploaded file {code(model.path.name)}? Your own copy stays where it is.")
        st.button(
            "Delete it",
            key=f"delete-{model.id}",
            type="primary",
            on_click=access.act,
            args=(actions.delete_upload, model),
        )
