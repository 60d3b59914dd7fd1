"""Show: prepared views for a lecture, in order, and presented full screen."""

import streamlit as st

from ganlab.ui.hall.show import views
from ganlab.ui.hall.view import show_files, show_theatre, show_views
from ganlab.ui.shell import PAGE_NAMES, ensure_router, header

ensure_router()
header(
    "Show",
    "Views that you have prepared, one after the other, with type for the last row. Add to show, in the sidebar of "
    "every page, adds the page as it is: model, seed, settings.",
)
if views():
    show_theatre()
    show_views()
else:
    st.info("No view yet. Open a page, set what you want to show, and press Add to show.", icon=":material/slideshow:")
show_files(PAGE_NAMES)
st.markdown(
    "**Keys.** In the show: `→` or `Page Down` next, `←` or `Page Up` back, `Esc` ends it. On every page and in the "
    "show: `F` the stage alone (again or `Esc`: back), `P` a pointer that the audience sees (again or `Esc`: off), "
    "`L` light or dark. No key acts while you type in a field."
)
