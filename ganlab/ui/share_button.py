"""A model as a web page to take along, made on request."""

import streamlit as st

from ganlab.explore.library import Model
from ganlab.ui import messages

MADE = "page_made"  # the last one, kept for the session: ((model, form), file)
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
            _make(model, form)
        made = st.session_state.get(MADE)
        if made is not None and made[0] == (model.id, form):
            end, mime = ENDS[form]
            st.download_button(
                f"Download ({len(made[1]) / 1e6:.1f} MB)",
                made[1],
                file_name=f"{model.name}.{end}",
                mime=mime,
                key=f"share-download-{model.id}",
                icon=":material/download:",
                on_click="ignore",
            )
        st.caption("The model's numbers lie in the page: who has it can draw with them, and take them out.")


def _make(model: Model, form: str) -> None:
    from ganlab.share import content, site  # here, not above: the page comes without what packs pages

    try:
        with st.spinner("Making the page"):
            page = content.gather([(model.name, model.path)])
            made = site.single(page).encode() if form == FILE else site.archive(page)
    except (ValueError, OSError) as error:
        st.error(messages.told(error), icon=":material/error:")
        return
    st.session_state[MADE] = ((model.id, form), made)
