"""The gallery's cards: one a model."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from ganlab import runs
from ganlab.access import actions
from ganlab.checkpoints import Card
from ganlab.data.spec import said_of
from ganlab.explore import capabilities, summary
from ganlab.explore.comparison import Source
from ganlab.explore.finding import Listed
from ganlab.explore.library import Model
from ganlab.explore.remarks import remark
from ganlab.explore.summary import Measurement, facts, headline, measurements, origin, short_facts
from ganlab.families import FAMILIES
from ganlab.runs import RunFolder
from ganlab.ui import access, cache, clock, real_pictures
from ganlab.ui.choose import cannot_be_read
from ganlab.ui.downloads import download_model
from ganlab.ui.gallery.finding import PAGE, is_opened
from ganlab.ui.gallery.guard import guarded
from ganlab.ui.login import current_visitor
from ganlab.ui.markdown import code, escaped
from ganlab.ui.report_button import report_button
from ganlab.ui.share_button import share_button
from ganlab.ui.shell import link_to

COLUMNS, PER_PAGE = 3, 9  # a screen and a half, and three on a phone
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


def show_cards(found: Sequence[Listed]) -> None:
    """Cards side by side, a page of them at a time."""
    pages = -(-len(found) // PER_PAGE)
    if st.session_state.get(PAGE, 1) > pages:  # there were more before a search
        st.session_state[PAGE] = 1
    place, below = st.container(), st.container()
    page = below.pagination(pages, key=PAGE, bind="query-params") if pages > 1 else 1
    shown = found[(page - 1) * PER_PAGE : page * PER_PAGE]
    for row in range(0, len(shown), COLUMNS):  # row by row: a phone puts the columns of a row below each other
        for one, column in zip(shown[row : row + COLUMNS], place.columns(COLUMNS), strict=False):
            with column.container(border=True, key=f"card-{one.model.id}", gap="xsmall"):
                guarded(_show_card, one.model)
                if one.model.origin == "uploaded":
                    _offer_deletion(one.model)


def _show_card(model: Model) -> None:
    card, cover = cache.card(model), cache.cover(model)
    if isinstance(card, str) or isinstance(cover, str):
        st.markdown(f"**{escaped(model.name)}** {_origin_badge(model)}")
        cannot_be_read(card if isinstance(card, str) else str(cover))
    else:
        with st.container(key=f"cover{cache.COVERS[card.data.size][0]}-{model.id}"):
            st.image(cover, width="stretch", alt=f"{card.data.noun}s drawn by {model.id}")
        _show_facts(model, card)
        _show_links(model, card)


def _show_facts(model: Model, card: Card) -> None:
    """Name, kind and the most telling numbers; all of them one click further."""
    st.markdown(f"**{escaped(model.name)}** {_origin_badge(model)}")
    rows = measurements(card)
    st.caption(f"{escaped(short_facts(card))}  \n{headline(rows)}", help=_meaning(card, rows))
    opened = st.expander(
        "All numbers", expanded=is_opened(model), key=f"numbers-{model.id}", type="compact", on_change="rerun"
    )
    if opened.open:  # what nobody sees would hold up the pictures of the whole page by a quarter of a second
        with opened:
            _show_numbers(model, card, rows)


def _show_numbers(model: Model, card: Card, rows: Sequence[Measurement]) -> None:
    st.caption(escaped(facts(card, clock.zone().rules)))
    if rows:
        with st.container(key=f"measured-{model.id}"):
            st.markdown(_table(rows))
    if wrong := remark(model):
        st.caption(f":material/visibility: {wrong}")
    if card.left_out:
        st.caption(escaped(summary.not_measured(card.left_out)))
    st.caption(f"Learnt from {escaped(origin(card))}")
    if told := summary.training(card):
        st.caption(escaped(told))
    real_pictures.show_on_card(model, card)
    report_button([Source(id=model.id, name=model.name, model=model)], model.id)


def _meaning(card: Card, rows: Sequence[Measurement]) -> str:
    """What the kind of model and the number on the card are, for who points at the sign behind them."""
    family = FAMILIES[card.recipe.family]
    lines = [f"**{family.TITLE}**: {said_of(family.TEXT, card.data.size)}"]
    lines += [f"**{row.title} {row.arrow}**: {row.text}. {summary.ARROWS_MEAN}" for row in rows if row.arrow][:1]
    return "\n\n".join(lines)


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
        download_model(model.path, model.name, model.id)
        share_button(model)


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
            args=(actions.delete, model),
        )
