"""The page Show: the views in order, files, and the theatre that presents them."""

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from ganlab.explore import shows
from ganlab.explore.shows import MOST_TEXT, View
from ganlab.system_errors import in_words
from ganlab.ui import upload_fields
from ganlab.ui.component import component
from ganlab.ui.hall import show
from ganlab.ui.markdown import code, escaped

_THEATRE = component("ganlab_theatre", "hall/theatre.js", ["hall/theatre.css"], kind="hall")
FIELD, REFUSED = "show_load", "show_refused"


def show_theatre() -> None:
    """The button that begins the show."""
    _THEATRE(key="theatre", data={"views": [view._asdict() for view in show.views()]})


def show_views() -> None:
    """A row for each view: its text, its address, and what one does with it."""
    mine = show.views()
    before: Counter[str] = Counter()
    for place, view in enumerate(mine):
        _row(place, view, len(mine), name=f"{before[view.address]}_{view.address}")
        before[view.address] += 1


def _row(place: int, view: View, count: int, name: str) -> None:
    """`name` is the view's own, so that a late click on what stood there before reaches none that has moved up."""
    key = f"show_text_{name}"
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key=f"view_{place}"):
        st.markdown(f"{place + 1}.", width="content")
        with st.container(gap="xxsmall"):
            st.text_input(
                f"Text of view {place + 1}",
                view.text,
                max_chars=MOST_TEXT,
                key=key,
                label_visibility="collapsed",
                placeholder="A line that the audience reads",
                on_change=lambda: show.retell(view, st.session_state[key]),
            )
            st.caption(code(view.address))
        for icon, steps, words, off in (
            ("arrow_upward", -1, "Earlier", place == 0),
            ("arrow_downward", 1, "Later", place == count - 1),
        ):
            st.button(
                f":material/{icon}:",
                key=f"show_{words}_{name}",
                on_click=show.move,
                args=(view, steps),
                disabled=off,
                help=words,
            )
        st.button(":material/delete:", key=f"show_out_{name}", on_click=show.take_out, args=(view,), help="Take it out")


def show_files(pages: Sequence[str]) -> None:
    """Save the show as a file, and load one."""
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        if mine := show.views():
            st.download_button(
                "Save (JSON)",
                shows.to_json(mine),
                "show.json",
                "application/json",
                key="show_save",
                icon=":material/download:",
                on_click="ignore",
            )
        with st.popover("Load", icon=":material/upload_file:"):
            st.file_uploader(
                "A show (JSON), in place of this one",
                type=["json"],
                max_upload_size=1,
                key=upload_fields.key(FIELD),
                on_change=_load,
                args=(pages,),
            )
    if REFUSED in st.session_state:
        st.error(st.session_state.pop(REFUSED), icon=":material/block:")


def _load(pages: Sequence[str]) -> None:
    file = upload_fields.content(FIELD)
    if file is None:
        return
    upload_fields.clear(FIELD)
    try:
        show.load(file.getvalue(), pages)
    except (ValueError, OSError) as error:
        st.session_state[REFUSED] = (
            f"Nothing was loaded from {escaped(upload_fields.called(file))}: {escaped(in_words(error))}."
        )
