"""What a training will take: memory, and time from earlier runs or from some steps timed on demand."""

from collections.abc import Sequence

import streamlit as st

from ganlab.access import actions
from ganlab.access.visitor import Visitor
from ganlab.counting import bytes_in_words
from ganlab.foreign import parse_json
from ganlab.jobs import estimate, memory
from ganlab.jobs.estimate import Estimate
from ganlab.jobs.job import Job
from ganlab.recipes import Recipe, parse_recipe
from ganlab.ui import access
from ganlab.ui.clicks import clicked
from ganlab.ui.login import current_visitor
from ganlab.ui.markdown import escaped

ASKED = "timed"  # for the session: the recipe and the device that somebody wants to have timed


@st.fragment  # or the rest of the page would wait for the timing
def estimate_line(
    recipe: Recipe, device: str, jobs: Sequence[Job], *, key: str, runs: int = 1, at_once: bool = False
) -> None:
    """The memory that such a training takes, and the time of `runs` of them, one after the other.

    The time is measured on demand, or `at_once`, when no earlier run tells it.
    """
    need = memory.needed(recipe, device)
    asked_for = (recipe.model_dump_json(), device)
    with st.container(horizontal=True, vertical_alignment="center"):
        found = estimate.from_earlier_runs(recipe, device, jobs)
        if found is None:
            barred = access.against_making("train")  # steps are trained for it
            look = {"icon": ":material/timer:", "type": "tertiary", "help": barred or None}
            asked = clicked("How long will it take?", key=key, disabled=bool(barred), **look)
            if asked or (at_once and not barred):
                st.session_state[ASKED] = asked_for
            if st.session_state.get(ASKED) == asked_for:
                try:
                    with st.spinner("Timing some steps"):
                        found = _timed(current_visitor(), *asked_for)
                except ValueError as error:
                    st.error(escaped(str(error)))
        if found:
            st.caption(
                f":material/timer: about {duration(found.seconds * runs)}, from {escaped(found.source)}; "
                "more steps take longer in proportion"
            )
        st.caption(
            f":material/memory: about {bytes_in_words(need.bytes)} of memory",
            help=f"At its peak, most of it for {need.mostly}. Trainings took up to a quarter more or less.",
        )
    if too_much := memory.warning(recipe, device):
        st.warning(f":small[{too_much[:1].upper()}{too_much[1:]}. It can be started, and may be ended by the system.]")


def duration(seconds: float) -> str:
    """Seconds in the units that a person would choose."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 90 else f"{minutes / 60:.1f} h"


@st.cache_data(max_entries=64, show_spinner=False)  # its spinner would lie over the button below
def _timed(_visitor: Visitor, recipe: str, device: str) -> Estimate:
    return actions.time_training(_visitor, parse_recipe(parse_json(recipe)), device)
