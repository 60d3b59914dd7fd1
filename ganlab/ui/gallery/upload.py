"""Taking in a checkpoint file from the visitor's computer."""

import streamlit as st

from ganlab.access import actions
from ganlab.explore import library
from ganlab.system_errors import in_words
from ganlab.ui import access
from ganlab.ui.gallery.finding import open_uploaded
from ganlab.ui.login import current_visitor
from ganlab.ui.markdown import escaped

ACCEPTED_COUNT, COUNT, ACCEPTED, REFUSED = "uploads", "upload_count", "upload_accepted", "upload_refused"


def show_upload() -> None:
    """A popover with the uploader; why the last file was refused shows in it, the card of one that was not opens."""
    count = st.session_state.setdefault(COUNT, 0)
    taken = st.session_state.get(ACCEPTED_COUNT, 0)
    # another key is another popover, a closed one: the model's card is then in sight
    with st.popover("Upload a model", icon=":material/upload_file:", key=f"uploader_{taken}"):
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
        if REFUSED in st.session_state:  # in the popover, which stays open over the page
            st.error(st.session_state.pop(REFUSED), icon=":material/block:")
    if ACCEPTED in st.session_state:
        st.toast(st.session_state.pop(ACCEPTED), icon=":material/check_circle:")


def _take(key: str) -> None:
    file = st.session_state[key]
    if file is None:
        return
    try:
        model = actions.upload(current_visitor(), file.name, file.getvalue())
    except (ValueError, OSError) as error:
        st.session_state[REFUSED] = f"Refused: {escaped(library.without_folders(in_words(error)))}"
    else:
        st.session_state[ACCEPTED] = f"{escaped(model.path.stem)} is in the gallery"
        st.session_state[ACCEPTED_COUNT] = st.session_state.get(ACCEPTED_COUNT, 0) + 1
        open_uploaded(model)
    st.session_state[COUNT] += 1  # an empty uploader, so that the same file is not taken in twice
