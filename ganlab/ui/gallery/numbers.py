"""What the numbers on the cards mean."""

from collections.abc import Sequence

import streamlit as st

from ganlab.checkpoints import Card
from ganlab.explore import summary
from ganlab.explore.library import Model
from ganlab.ui import cache


def show_meanings(models: Sequence[Model]) -> None:
    """A popover with a line for each metric that a card shows; nothing where none was measured."""
    cards = [card for model in models if isinstance(card := cache.card(model), Card)]
    rows = summary.meanings({name for card in cards for name in card.metrics})
    if not rows:
        return
    with st.popover("The numbers", icon=":material/help:"):
        st.markdown("\n".join(f"* **{f'{row.title} {row.arrow}'.strip()}**: {row.text}." for row in rows))
        st.caption("↑ more is better, ↓ less is better. Real data is what real test images measure: the goal.")
