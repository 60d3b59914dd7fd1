"""Two models, measured with as many pictures as the visitor likes."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from ganlab.counting import counted
from ganlab.explore import readings
from ganlab.explore.library import Model
from ganlab.file_versions import FileVersion, version
from ganlab.lessons.shares import Shares, measure
from ganlab.metrics.intervals import Ends
from ganlab.ui import cache
from ganlab.ui.markdown import code

COUNTS = (20, 100, 500, 2_000)
MOST = "lesson_measured"  # for the session: the most pictures so far


def measuring(models: Sequence[Model]) -> int:
    """A table of the models, one beside the other; returns the most pictures that were measured so far."""
    count = st.select_slider("Pictures to measure", COUNTS, key="lesson_pictures", format_func=lambda one: f"{one:,}")
    found = [_shares(str(model.path), version(model.path), count) for model in models]
    rows = [
        ("Recognisable", [_percent(one.recognisable, one.recognisable_ends) for one in found]),
        ("Rarest digit", [_number(one.rarest, one.rarest_ends) for one in found]),
    ]
    names = " | ".join(code(model.id) for model in models)
    head = f"| {counted(count, 'picture')} | {names} |\n|:--|{'--:|' * len(found)}\n"
    with st.container(key="lesson_table"):
        st.markdown(head + "\n".join(f"| {title} | {' | '.join(cells)} |" for title, cells in rows))
    st.caption("In brackets: the 95 % interval, the true values that fit what was counted.")
    most: int = max(count, st.session_state.get(MOST, 0))
    st.session_state[MOST] = most
    return most


@st.cache_data(max_entries=32, show_spinner="Drawing and reading pictures")
def _shares(path: str, version: FileVersion, count: int) -> Shares:
    loaded = cache.checkpoint(Path(path))
    classifier = readings.classifier_of(loaded.card.data)
    if classifier is None:
        raise ValueError(f"no classifier reads the pictures of {loaded.card.name}")
    return measure(loaded, classifier, count)


def _percent(value: float, ends: Ends) -> str:
    return f"{value:.0%} ({ends.low:.0%} to {ends.high:.0%})"


def _number(value: float, ends: Ends) -> str:
    return f"{value:.2f} ({max(0.0, ends.low):.2f} to {ends.high:.2f})"
