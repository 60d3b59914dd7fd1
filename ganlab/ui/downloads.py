"""What a visitor can take along from a page: files, made when they are asked for, and code."""

from collections.abc import Callable, Mapping
from pathlib import Path

import streamlit as st
from streamlit.elements.lib.mutable_expander_container import ExpanderContainer
from streamlit.elements.lib.mutable_popover_container import PopoverContainer

from ganlab.explore.ids import shown
from ganlab.file_names import saved_as
from ganlab.system_errors import is_readable
from ganlab.ui.markdown import code, escaped

MIMES = {
    "csv": "text/csv",
    "png": "image/png",
    "svg": "image/svg+xml",
    "gif": "image/gif",
    "zip": "application/zip",
    "npz": "application/octet-stream",
}


def downloads(name: str, makers: Mapping[str, Callable[[], bytes]], *, snippet: str = "") -> None:
    """A row with one button a file (ending => what makes it), and the code that gives the same pictures."""
    with st.container(horizontal=True, gap="small"):
        for ending, make in makers.items():
            st.download_button(
                ending.upper() if ending != "npz" else "npz",
                make,
                file_name=saved_as(shown(name), ending),
                mime=MIMES[ending],
                key=f"download_{ending}",
                icon=":material/download:",
                on_click="ignore",
            )
    if snippet:
        title = "Copy as Python: the same pictures, bit for bit"
        show_code(st.expander(title, icon=":material/code:", key="python", on_change="rerun"), snippet)


def show_code(place: ExpanderContainer | PopoverContainer, snippet: str) -> None:
    """The code in a place that opens; it comes when it is opened, since the browser takes .2 s to learn its colours."""
    if place.open:
        place.code(snippet, language="python")


def download_model(path: Path, name: str, model_id: str) -> None:
    """A button for a checkpoint, read when it is asked for; the file can be uploaded and opened elsewhere.

    None for a file that this user may not read.
    """
    if not is_readable(path):
        return
    file_name = saved_as(name, "safetensors")
    st.download_button(
        "Download",
        path.read_bytes,
        file_name=file_name,
        mime="application/octet-stream",
        key=f"download_model {model_id}",  # no path of the server: browsers are told keys
        icon=":material/download:",
        help=f"The model as {escaped(file_name)}, with its recipe, measurements and curves",
        on_click=_tell_if_gone,
        args=(path, file_name),
        type="tertiary",
    )


def _tell_if_gone(path: Path, file_name: str) -> None:
    """What Streamlit does not say where a download failed; the page that runs then no longer offers the model."""
    if not is_readable(path):
        st.toast(f"{code(file_name)} is no longer there, or may no longer be read: nothing was downloaded")
