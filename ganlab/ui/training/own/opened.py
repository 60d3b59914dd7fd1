"""Which addition is open, named in the address; and what its buttons do."""

import streamlit as st

from ganlab.access import actions
from ganlab.access.visitor import Visitor
from ganlab.jobs import additions, work
from ganlab.jobs.additions import Addition, Wish
from ganlab.ui import access, address, address_check
from ganlab.ui.training.own import choices

ADDING = "adding"  # in the address
OPENED = "own_opened"  # for the session: the dataset that is looked at
MADE = "own_made"  # for the session: the dataset that was made last, until other pictures are opened


def addition() -> Addition | None:
    """The one in the address, else the newest that is worked on; None where the visitor may not go on with it."""
    asked = address.read(ADDING)
    known = additions.additions()
    if asked is None:
        known = [one for one in known if work.read_status(one).active]
    else:
        known = [one for one in known if one.name == asked]
    mine = [one for one in known if not access.against_changing("resume", one)]
    if not mine:
        address_check.refuse(ADDING, "pictures of yours that are being added; they may be a dataset by now")
        address.write(ADDING, "", "")
        return None
    address.write(ADDING, mine[-1].name)
    return mine[-1]


def open_it(one: Addition) -> None:
    """Make it the one that is open, with fresh choices."""
    choices.forget()
    st.session_state.pop(MADE, None)
    address.write(ADDING, one.name)


def look_again(one: Addition) -> None:
    access.act(actions.look_again, one)


def cancel(one: Addition) -> None:
    access.act(actions.cancel, one)


def discard(one: Addition) -> None:
    """Remove what was dropped, and begin anew."""

    def remove(visitor: Visitor) -> None:
        actions.delete(visitor, one)
        address.write(ADDING, "", "")

    access.act(remove)


def pack(one: Addition, wish: Wish, pack_bytes: int) -> None:
    access.act(actions.pack_pictures, one, wish, pack_bytes)


def finish(one: Addition) -> None:
    """Look at the dataset that was made, and run the page again."""
    wish = additions.read_wish(one)
    discard(one)
    if wish:
        st.session_state[OPENED] = st.session_state[MADE] = wish.name
    st.rerun()
