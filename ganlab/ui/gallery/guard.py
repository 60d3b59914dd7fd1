"""One card's trouble stays that card's trouble."""

import logging
from collections.abc import Callable

import streamlit as st

from ganlab.explore.library import Model
from ganlab.ui.markdown import code, escaped

LOG = logging.getLogger(__name__)
REMEDIES = {
    "uploaded": "Delete the file below; the other models are not touched.",
    "run": "Delete the run on the page Train, or move its folder away.",
    "shipped": "Move the file out of the folder of checkpoints, or get it again.",
}


def guarded(draw: Callable[[Model], None], model: Model) -> None:
    """Draw a card; one that fails gives way to a sentence, and the cards after it are drawn as ever."""
    place = st.empty()
    try:
        with place.container():
            draw(model)
    except Exception:
        # Broad on purpose: files come from strangers, and whatever was not foreseen in one must not take the gallery
        # from everybody. The log has the traceback. (What Streamlit ends a script with is no Exception.)
        LOG.exception("the card of %s could not be drawn", model.id)
        with place.container():
            st.markdown(f"**{escaped(model.path.stem)}**")
            st.error(
                f"{code(model.path.name)} cannot be shown: something in it was not foreseen. {REMEDIES[model.origin]}",
                icon=":material/broken_image:",
            )
