"""Picking what to compare by what it is, on the Compare page."""

from collections.abc import Mapping

import streamlit as st

from ganlab.explore import picking
from ganlab.explore.comparison import Source
from ganlab.explore.studies import StudyFile
from ganlab.ui.comparing.controls import SOURCES
from ganlab.ui.markdown import escaped

LEAST = 4  # entries; fewer are chosen by hand
MOST = 40  # that are shown at once


def pick(known: Mapping[str, Source], studies: Mapping[str, StudyFile]) -> None:
    """A popover whose button puts all that match into the chart."""
    if len(known) < LEAST:
        return
    with st.popover("Pick by filter", icon=":material/filter_alt:", key="pick", on_change="rerun") as place:
        if not place.open:
            return
        kinds = picking.kinds(known, studies)
        text = st.text_input("Words", key="pick-words", max_chars=200, placeholder="name, data, size, study")
        chosen = {
            name: st.pills(title, options, selection_mode="multi", format_func=escaped, key=f"pick-{name}")
            for name, (title, options) in _options(kinds).items()
            if len(options) > 1
        }
        found = picking.matching(kinds, text, **chosen)
        _show_button([kind.source.id for kind in found])


def _options(kinds: list[picking.Kind]) -> dict[str, tuple[str, list[str]]]:
    return {
        "families": ("Kind of model", sorted({kind.family for kind in kinds} - {""})),
        "datasets": ("Data", sorted({kind.dataset for kind in kinds} - {""})),
        "studies": ("Study", sorted({kind.study for kind in kinds} - {""})),
    }


def _show_button(ids: list[str]) -> None:
    shown = ids[:MOST]

    def show() -> None:
        st.session_state[SOURCES] = shown

    label = f"Show the {len(shown)} that match" if shown else "None matches"
    st.button(label, icon=":material/stacked_line_chart:", on_click=show, disabled=not shown, key="pick-show")
    if len(ids) > MOST:
        st.caption(f"The first {MOST} of {len(ids)}.")
