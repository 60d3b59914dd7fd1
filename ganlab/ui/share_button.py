"""A model as a web page to take along, made on request."""

import threading

import streamlit as st

from ganlab.explore.library import Model
from ganlab.file_names import saved_as
from ganlab.file_versions import FileVersion, version
from ganlab.ui import messages

MADE = "page_made"  # which one the session asked for last: (model, form)
MOST_KEPT = 4  # pages, of all sessions together
AS = "Share as a web page"
FILE, FOLDER = "One file", "A folder (ZIP)"
FORMS = {
    FILE: "Opens by a double click, without a network. Send it, or put it on any web server.",
    FOLDER: "For a web server, such as GitHub Pages: visitors load the parts once. Unpack it there.",
}
ENDS = {FILE: ("html", "text/html"), FOLDER: ("zip", "application/zip")}


def share_button(model: Model) -> None:
    """A popover that makes the page: the live stage, measurements, licence and curves, and no server behind it."""
    with st.popover(
        "Share", icon=":material/share:", type="tertiary", key=f"share-{model.id}", on_change="rerun", help=AS
    ) as place:
        if not place.open:
            return
        st.markdown(f"**{AS}**")
        form = st.radio("As", list(FORMS), key=f"share-form-{model.id}", captions=list(FORMS.values()))
        if st.button("Make the page", icon=":material/play_arrow:", key=f"share-make-{model.id}", type="primary"):
            st.session_state[MADE] = (model.id, form)
        made = _made(model, form) if st.session_state.get(MADE) == (model.id, form) else None
        if made is not None:
            end, mime = ENDS[form]
            st.download_button(
                f"Download ({len(made) / 1e6:.1f} MB)",
                made,
                file_name=saved_as(model.name, end),
                mime=mime,
                key=f"share-download-{model.id}",
                icon=":material/download:",
                on_click="ignore",
            )
        st.caption("The model's numbers lie in the page: who has it can draw with them, and take them out.")


def _made(model: Model, form: str) -> bytes | None:
    """The page; None, after saying why, where it cannot be made."""
    try:
        with st.spinner("Making the page"):
            return _page(model, form, version(model.path))
    except (ValueError, OSError) as error:
        st.error(messages.told(error), icon=":material/error:")
        return None


@st.cache_resource(show_spinner=False)
def _turn() -> threading.Lock:
    """Held by the session whose page is being made: each keeps a processor busy for seconds."""
    return threading.Lock()


@st.cache_data(max_entries=MOST_KEPT, show_spinner=False)
def _page(model: Model, form: str, version: FileVersion) -> bytes:
    """One for all who ask for it while the file is the same."""
    from ganlab.share import content, site  # here, not above: the page comes without what packs pages

    with _turn():
        page = content.gather([(model.name, model.path)])
        return site.single(page).encode() if form == FILE else site.archive(page)
