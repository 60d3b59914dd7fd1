"""A start from another model's nets: which there are, what will be taken and what is fresh."""

import streamlit as st

from ganlab import warm_start
from ganlab.explore import beginnings, ids
from ganlab.explore.beginnings import Beginning
from ganlab.recipes import Recipe
from ganlab.ui.markdown import escaped

ASKED, MODEL = "begin", "begin_with"  # in the address


def choose(recipe: Recipe) -> str:
    """The id of the model to begin with; empty for fresh nets."""
    if not st.toggle(
        "Begin with another model",
        key=ASKED,
        bind="query-params",
        help="Nets of a model that has learnt something already come to few pictures of one's own faster. They are "
        "taken layer by layer, where shapes fit. A run that is still here brings its discriminator along, a checkpoint "
        "holds the generator alone.",
    ):
        return ""
    known = {one.model.id: one for one in beginnings.beginnings(recipe)}
    if not known:
        st.caption(":material/info: None of the models here fits these nets: their shapes differ in every layer.")
        return ""
    chosen = st.selectbox(
        "Model to begin with", list(known), key=MODEL, bind="query-params", format_func=lambda one: _title(known[one])
    )
    _tell(known[chosen])
    return chosen


def _title(one: Beginning) -> str:
    return f"{ids.shown(one.model.id)} ({one.taken} of {one.layers} layers)"


def _tell(one: Beginning) -> None:
    """A line a net: what will be taken, and what is fresh and why."""
    lines = [f"nets of {one.model.name}, after its step {one.step:,}", *warm_start.lines(one.fit)]
    st.caption("\n".join(f"- {escaped(line)}" for line in lines))
