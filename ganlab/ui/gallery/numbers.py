"""What the words and numbers on the cards mean."""

from collections.abc import Sequence

import streamlit as st

from ganlab.checkpoints import Card
from ganlab.explore import summary
from ganlab.explore.library import Model
from ganlab.families import FAMILIES
from ganlab.ui import cache


def show_meanings(models: Sequence[Model]) -> None:
    """A popover with a line for each kind of model and each metric on a card; nothing where none was measured."""
    cards = [card for model in models if isinstance(card := cache.card(model), Card)]
    rows = summary.meanings({name for card in cards for name in card.metrics})
    if not rows:
        return
    families = [family for name, family in FAMILIES.items() if any(card.recipe.family == name for card in cards)]
    with st.popover("Words and numbers", icon=":material/help:"):
        st.markdown("\n".join(f"* **{family.TITLE}**: {family.TEXT}" for family in families))
        st.caption(summary.ARROWS_MEAN)
        st.markdown("\n".join(f"* **{f'{row.title} {row.arrow}'.strip()}**: {row.text}." for row in rows))
