"""What the numbers on the cards mean."""

from collections.abc import Sequence

import streamlit as st

from ganlab.explore import summary
from ganlab.explore.finding import Listed


def show_meanings(listed: Sequence[Listed]) -> None:
    """A popover with a line for each metric that a card shows; nothing where none was measured."""
    rows = summary.meanings({name for one in listed if one.line for name in one.line.metrics})
    if not rows:
        return
    with st.popover("The numbers", icon=":material/help:"):
        st.markdown("\n".join(f"* **{f'{row.title} {row.arrow}'.strip()}**: {row.text}." for row in rows))
        st.caption("↑ more is better, ↓ less is better. Real data is what real test images measure: the goal.")
