"""Taking in a checkpoint file from the visitor's computer."""

import streamlit as st

from ganlab import hub
from ganlab.access import actions, rights
from ganlab.explore.library import Model
from ganlab.ui import access, messages, starting, upload_fields
from ganlab.ui.gallery.finding import open_uploaded
from ganlab.ui.login import current_visitor
from ganlab.ui.markdown import escaped

HUB = "hub_address"
FIELD, ACCEPTED_COUNT, ACCEPTED, REFUSED = "upload", "uploads", "upload_accepted", "upload_refused"


def show_upload() -> None:
    """A popover with the uploader; why the last file was refused shows in it, the card of one that was not opens."""
    taken = st.session_state.get(ACCEPTED_COUNT, 0)
    # another key is another popover, a closed one: the model's card is then in sight
    with st.popover("Upload a model", icon=":material/upload_file:", key=f"uploader_{taken}"):
        if barred := access.against_making("upload"):
            st.caption(barred)
            return
        st.file_uploader(
            "Checkpoint (.safetensors)",
            key=upload_fields.key(FIELD),
            on_change=_take,
            help="The file is checked as a whole before it is kept; nothing in it is ever run.",
        )
        _offer_hub()
        if REFUSED in st.session_state:  # in the popover, which stays open over the page
            st.error(st.session_state.pop(REFUSED), icon=":material/block:")
    if ACCEPTED in st.session_state:
        st.toast(st.session_state.pop(ACCEPTED), icon=":material/check_circle:")


def _offer_hub() -> None:
    """A field for a model of Hugging Face's hub, where the package is there and the visitor may."""
    serves_others = starting.open_to_others()
    if not hub.is_installed() or rights.against_using_the_hub(current_visitor(), serves_others=serves_others):
        return
    st.text_input("Or from Hugging Face's hub", placeholder="OWNER/NAME", max_chars=400, key=HUB)
    st.button(
        "Get it", key="hub_take", icon=":material/cloud_download:", on_click=_take_from_hub, args=(serves_others,)
    )


def _take_from_hub(serves_others: bool) -> None:
    address = st.session_state.get(HUB, "").strip()
    if not address:
        return
    try:
        model, note = actions.take_from_hub(current_visitor(), address, serves_others=serves_others)
    except (ValueError, OSError) as error:
        st.session_state[REFUSED] = f"Refused: {messages.told(error)}"
    else:
        _opened(model, note)


def _opened(model: Model, note: str = "") -> None:
    st.session_state[ACCEPTED] = f"{escaped(model.path.stem)} is in the gallery. {escaped(note)}".strip(" .")
    st.session_state[ACCEPTED_COUNT] = st.session_state.get(ACCEPTED_COUNT, 0) + 1
    open_uploaded(model)


def _take() -> None:
    file = upload_fields.content(FIELD)
    if file is None:
        return
    try:
        model = actions.upload(current_visitor(), file.name, file.getvalue())
    except (ValueError, OSError) as error:
        st.session_state[REFUSED] = f"Refused: {messages.told(error)}"
    else:
        _opened(model)
    upload_fields.clear(FIELD)
