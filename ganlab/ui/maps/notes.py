"""The line under a map that says how to read it."""

import streamlit as st

from ganlab.ui.maps import cache as map_cache
from ganlab.ui.maps.cache import Layout


def note(layout: Layout) -> None:
    """How much of the differences the plane shows, and how well real and generated pictures can be told apart."""
    parts = []
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
        st.caption(" ".join(parts))
