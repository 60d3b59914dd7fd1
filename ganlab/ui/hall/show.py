"""The visitor's show: in the session, and in the browser."""

from collections.abc import Sequence

import streamlit as st

from ganlab.explore import shows
from ganlab.explore.shows import MOST, View
from ganlab.ui import browser_memory, refusals
from ganlab.ui.markdown import escaped

NAME = "show"
JUST = "show_just"  # whether a view was added since the page last ran


def views() -> list[View]:
    """The views in their order."""
    return list(st.session_state.get(NAME, ()))


def set_views(mine: Sequence[View]) -> None:
    st.session_state[NAME] = list(mine)


def add(page: str, title: str) -> None:
    """Add the page as it is now, at the end; a refusal is told by the next run."""
    query = {name: st.query_params.get_all(name) for name in st.query_params}
    about = next((values[0] for name, values in query.items() if name in ("model", "lesson", "failure")), "")
    try:
        view = View(shows.address_of(page, query), shows.line(f"{title}: {about}" if about else title))
    except ValueError as error:
        refusals.keep(f"Not added: {escaped(str(error))}.")
        return
    if len(views()) >= MOST:
        refusals.keep(f"A show has at most {MOST} views; take some out first.")
        return
    set_views([*views(), view])
    st.session_state[JUST] = True


def retell(view: View, text: str) -> None:
    """Give a view another line of text."""
    mine = views()
    if view in mine:
        mine[mine.index(view)] = view._replace(text=shows.line(text))
        set_views(mine)


def move(view: View, steps: int) -> None:
    """Move a view towards the end, or with a number below 0 towards the beginning."""
    mine = views()
    if view in mine:
        place = mine.index(view)
        mine.insert(max(0, place + steps), mine.pop(place))
        set_views(mine)


def take_out(view: View) -> None:
    """Take a view out, if it is still there: the second half of a double click means none of the others."""
    mine = views()
    if view in mine:
        mine.remove(view)
        set_views(mine)


def load(content: bytes, pages: Sequence[str]) -> int:
    """Replace the show by that of a file; how many views it has. ValueError says what is wrong with the file."""
    found = shows.from_json(content, pages)
    set_views(found)
    return len(found)


def in_browser(pages: Sequence[str]) -> None:
    """Have the browser remember it; once a run."""

    def hear(text: str, first: bool) -> None:
        try:
            found = shows.from_json(text, pages)
        except ValueError as error:
            refusals.keep(f"The show that this browser remembers cannot be read: {escaped(str(error))}.")
            raise
        mine = [view for view in views() if view not in found] if first else []
        set_views([*found, *mine][:MOST])

    browser_memory.remember(NAME, shows.to_json(views()) if NAME in st.session_state else None, hear)
