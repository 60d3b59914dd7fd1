"""Taking in a checkpoint file from the visitor's computer."""

import streamlit as st

from ganlab.access import actions
from ganlab.ui import access
from ganlab.ui.login import current_visitor
from ganlab.ui.markdown import escaped

COUNT, OUTCOME = "upload_count", "upload_outcome"


def show_upload() -> None:
    """A popover with the uploader; what became of the last file shows below the uploader."""
    count = st.session_state.setdefault(COUNT, 0)
    with st.popover("Upload a model", icon=":material/upload_file:", width="stretch"):
        if barred := access.against_making("upload"):
            st.caption(barred)
            return
        st.file_uploader(
            "Checkpoint (.safetensors)",
            key=f"upload_{count}",
            on_change=_take,
            args=(f"upload_{count}",),
            help="The file is checked as a whole before it is kept; nothing in it is ever run.",
        )
        if OUTCOME in st.session_state:  # in the popover, which stays open over the page
            accepted, message = st.session_state.pop(OUTCOME)
            if accepted:
                st.toast(message, icon=":material/check_circle:")
            else:
                st.error(message, icon=":material/block:")


def _take(key: str) -> None:
    file = st.session_state[key]
    if file is None:
        return
    try:
        model = actions.upload(current_visitor(), file.name, file.getvalue())
    except (ValueError, OSError) as error:
        st.session_state[OUTCOME] = (False, f"Refused: {escaped(str(error))}")
    else:
        st.session_state[OUTCOME] = (True, f"{escaped(model.path.stem)} is in the gallery")
    st.session_state[COUNT] += 1  # an empty uploader, so that the same file is not taken in twice
