"""What stands below a stage: where it is in words, a button that keeps it, the code that draws it again."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ganlab.explore import code_words
from ganlab.explore.ids import shown
from ganlab.file_names import saved_as
from ganlab.ui.downloads import show_code
from ganlab.ui.live.exploring import Settled
from ganlab.ui.markdown import escaped
from ganlab.ui.tray import confirm, keep


def below(settled: Settled, note: str = "") -> DeltaGenerator:
    """The rows below `explore`; returns the first, for what else should stand in it. `note` follows the words."""
    confirm()
    row = st.container(horizontal=True, vertical_alignment="center")
    with row:
        st.markdown(f"**{escaped(settled.said)}**{escaped(note)}", width="content")
        st.button(
            "Keep", key="keep", icon=":material/bookmark_add:", on_click=keep, args=(settled.plain,), shortcut="k"
        )
        st.download_button(
            "PNG",
            settled.png,
            file_name=saved_as(shown(settled.name), "png"),
            mime="image/png",
            key="download_stage",
            icon=":material/download:",
            on_click="ignore",
            help="The picture on the stage. Dropped on Sample, the file brings it back.",
        )
        show_stage_code(settled.snippet)
    if settled.directions:
        last = settled.directions
        numbers = {1: "Direction 1 is", 2: "Directions 1 and 2 are"}.get(last, f"Directions 1 to {last} are")
        st.caption(f"{numbers} the main directions of the generator's first layer; the first change the picture most.")
    if settled.shares:
        st.caption(code_words.SHARES)
    return row


def show_stage_code(snippet: str) -> None:
    """A button that opens the code of the picture on the stage; it takes no room below the stage."""
    words = "The picture on the stage, bit for bit"
    place = st.popover("Copy as Python", icon=":material/code:", help=words, key="python_stage", on_change="rerun")
    show_code(place, snippet)
