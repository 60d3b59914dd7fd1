"""How pictures come in: dropped into the browser, or in a folder of this machine."""

import streamlit as st

from ganlab.access import actions, rights
from ganlab.access.visitor import Visitor
from ganlab.jobs.dropped import Dropped
from ganlab.ui import access, messages, starting, upload_fields
from ganlab.ui.login import current_visitor
from ganlab.ui.training.own import opened

MEGABYTE = 2**20  # as Streamlit counts
FIELD = "own_files"
REFUSED = "own_folder_refused"  # for the session: why the folder cannot be looked at


def show() -> None:
    """An uploader, and where nobody else comes in a field for a folder."""
    st.markdown(
        "Drop pictures here and train on them. Folders in a zip become labels, and so do lists such as a "
        "`labels.csv` beside the pictures. Nothing is packed before you have seen what will become of them."
    )
    most = int(st.get_option("server.maxUploadSize"))
    files = st.file_uploader(
        f"A zip or tar, or many pictures, {most:,} MB at most; a list of labels may come along",
        accept_multiple_files=True,
        key=upload_fields.key(FIELD),
        help="PNG, JPEG, WebP, GIF, BMP, TIFF and others. They stay on the machine that serves this page.",
    )
    st.button(
        "Look at them",
        key="look",
        icon=":material/search:",
        type="primary" if files else "secondary",
        disabled=not files,
        on_click=_take,
        args=(most,),
    )
    if not rights.against_naming_folders(current_visitor(), serves_others=starting.open_to_others()):
        with st.form("own_folder_form", border=False):
            st.text_input(
                "Or a folder, or a file such as a zip, on this machine",
                max_chars=4_096,  # of a path, on Linux
                key="own_folder",
                placeholder="/home/you/pictures",
                help="It is read where it is, whatever its size. Nothing in it is changed.",
            )
            st.form_submit_button("Look at the folder", icon=":material/folder_open:", on_click=_name)
        if refused := st.session_state.pop(REFUSED, ""):
            st.error(refused, icon=":material/error:")


def _take(most: int) -> None:
    files = upload_fields.content(FIELD)

    def begin(visitor: Visitor) -> None:
        if sum(file.size for file in files) > most * MEGABYTE:
            raise ValueError(
                f"the files have more than {most:,} MB together; add the folder with python -m ganlab data add"
            )
        opened.open_it(actions.add_pictures(visitor, [Dropped(file.name, file.getbuffer()) for file in files]))

    access.act(begin)
    upload_fields.clear(FIELD)


def _name() -> None:
    folder = st.session_state["own_folder"]
    try:
        opened.open_it(actions.add_folder(current_visitor(), folder, serves_others=starting.open_to_others()))
    except (ValueError, OSError) as error:
        st.session_state[REFUSED] = messages.told(error)  # told beside the field
