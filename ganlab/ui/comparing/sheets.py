"""The sample sheets of the Compare page."""

import re
from collections.abc import Sequence

import streamlit as st

from ganlab.explore import comparison, pictures
from ganlab.explore.comparison import Entry
from ganlab.ui import address, messages
from ganlab.ui.comparing.controls import STEP, first_value
from ganlab.ui.markdown import escaped

SHEET_WIDTH = 256  # pixels on the page, for 4 x 4 tiles of any size
ENLARGED = 8  # the browser makes them smaller again, which keeps pixels of every size crisp
SHEETS = 12


def sheets(entries: Sequence[Entry], names: Sequence[str]) -> None:
    """The same seeds drawn by every entry at about the same step."""
    drawn = [(entry, name) for entry, name in zip(entries, names, strict=True) if entry.sheet_steps]
    if not drawn:
        return
    st.subheader("Samples at the same step", anchor=False)
    steps = sorted({step for entry, _ in drawn for step in entry.sheet_steps})
    first_value(STEP, steps[-1])
    asked = str(st.session_state.get(STEP, address.read(STEP) or ""))
    if re.fullmatch("[0-9]{1,18}", asked) and int(asked) not in steps:  # of other runs, or typed into the address
        st.session_state[STEP] = comparison.nearest(steps, int(asked))
    step = steps[-1]
    if len(steps) > 1:
        step = st.select_slider(
            "Step", steps, steps[-1], key=STEP, bind="query-params", help="Each shows its nearest sheet."
        )
    with st.container(horizontal=True, gap="medium"):
        for entry, name in drawn[:SHEETS]:
            with st.container(width=SHEET_WIDTH, gap="xsmall"):
                _sheet(entry, name, step)
    if len(drawn) > SHEETS:
        st.caption(f"The first {SHEETS} of {len(drawn)} are shown.")


def _sheet(entry: Entry, name: str, step: int) -> None:
    near = comparison.nearest(entry.sheet_steps, step)
    try:
        tiles = comparison.sheet(entry, near)
    except ValueError as error:
        reason = messages.told(error)
        st.warning(f"**{escaped(entry.source.name)}**: {reason}", icon=":material/broken_image:")
        return
    picture = pictures.enlarge(pictures.atlas(tiles, 4, gap=1), ENLARGED)
    st.image(pictures.data_url(picture), width=SHEET_WIDTH, alt=f"16 samples of {name} at step {near}")
    st.markdown(f"**{escaped(name)}** · step {near:,}{_instead(entry.sheet_steps, near, step)}")


def _instead(steps: Sequence[int], shown: int, asked: int) -> str:
    """Why another step is shown than the one that was asked for."""
    if shown == asked:
        return ""
    return ", its last sheet" if shown == max(steps) < asked else ", its nearest sheet"
