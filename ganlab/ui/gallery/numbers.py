"""What the words and numbers on the cards mean."""

from collections.abc import Sequence

import streamlit as st

from ganlab.data.spec import said_of
from ganlab.explore import summary
from ganlab.explore.finding import Listed, largest_size
from ganlab.families import FAMILIES


def show_meanings(listed: Sequence[Listed]) -> None:
    """A popover with a line for each kind of model and each metric on a card; nothing where none was measured."""
    lines = [one.line for one in listed if one.line]
    rows = summary.meanings({name for line in lines for name in line.metrics})
    if not rows:
        return
    families = [family for name, family in FAMILIES.items() if any(line.family == name for line in lines)]
    with st.popover("Words and numbers", icon=":material/help:"):
        kinds = "\n".join(f"* **{family.TITLE}**: {family.TEXT}" for family in families)
        st.markdown(said_of(kinds, largest_size(listed)))
        st.caption(summary.ARROWS_MEAN)
        st.markdown("\n".join(f"* **{f'{row.title} {row.arrow}'.strip()}**: {row.text}." for row in rows))
