"""The line under a map that says how to read it."""

import streamlit as st

from ganlab.ui.maps import cache as map_cache
from ganlab.ui.maps.cache import Layout
from ganlab.ui.markdown import escaped


def note(layout: Layout, unknown: str) -> None:
    """How much of the differences the plane shows, how well real and generated pictures can be told apart, and why
    some are grey (`unknown`)."""
    parts = [unknown] if unknown else []
    if not layout.perplexity:
        share = map_cache.plane(layout.source).share
        parts.append(f"The two axes hold {share:.0%} of the variance.")
    near = map_cache.near_own_kind(layout.source)
    if near is not None:
        parts.append(
            f"For {near:.0%} of the pictures the nearest neighbour (before the layout) is of their own kind, real or "
            "generated: 50% would mean that nobody can tell them apart."
        )
    if parts:
        st.caption(escaped(" ".join(parts)))
