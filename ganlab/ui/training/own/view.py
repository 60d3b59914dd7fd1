"""One addition at a time, from what is dropped to a dataset; and the datasets that are here."""

import streamlit as st

from ganlab.data import adding
from ganlab.jobs import additions, work
from ganlab.jobs.additions import Addition
from ganlab.jobs.work import Status
from ganlab.ui import access, messages, refusals
from ganlab.ui.markdown import escaped
from ganlab.ui.training import proposing
from ganlab.ui.training.own import choosing, datasets, dropping, opened

REFRESH = "1s"
TITLES: dict[work.State, str] = {
    "starting": "Starting",
    "looking": "Looking at the pictures",
    "packing": "Packing",
}


def show() -> None:
    """The addition that is open, else the ways to begin one; below, the datasets."""
    if barred := access.against_making("add"):
        st.caption(f":material/lock: {barred}")
    else:
        addition = opened.addition()
        if addition is None:
            _show_made()
            dropping.show()
        else:
            with st.container(border=True, key="addition"):
                _show(addition)
    datasets.show()


def _show_made() -> None:
    """That a dataset was just made, and the next step; nothing where it is gone."""
    name = st.session_state.get(opened.MADE)
    if name not in [dataset.name for dataset in adding.added()]:
        return
    with st.container(border=True, key="made"):
        st.success(f"**The dataset {escaped(name)} is made.** Now train a model on it.", icon=":material/check_circle:")
        proposing.show(name, key="made_fits")


def _show(addition: Addition) -> None:
    status = work.read_status(addition)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**{escaped(additions.title_of(addition))}**", width="content")
        if not status.active:
            st.button(
                "Other pictures", key="discard", icon=":material/close:", type="tertiary", on_click=opened.discard,
                args=(addition,),
            )  # fmt: skip
    if status.active:
        _watch(addition.name, status.state)
    elif status.state == "packed":
        opened.finish(addition)
    elif status.state == "failed" and additions.read_wish(addition) is None:
        st.error(messages.told(status.error), icon=":material/block:")
        _again(addition, "Look again")
    elif status.state == "stopped" and additions.read_wish(addition) is None:
        st.info("The look at the pictures was cancelled; it goes on where it was.", icon=":material/pause_circle:")
        _again(addition, "Go on")
    else:
        if status.state == "failed":
            st.error(messages.told(status.error), icon=":material/block:")
        elif status.state == "stopped":
            st.info(
                "Cancelled. With the same name and choices it goes on where it was.", icon=":material/pause_circle:"
            )
        choosing.show(addition)


@st.fragment(run_every=REFRESH)
def _watch(name: str, state: work.State) -> None:
    """The work's progress, looked at every second; the page runs again when the state changes."""
    refusals.show()
    addition = additions.find(name)
    status = work.read_status(addition) if addition else Status(state="failed")
    if addition is None or status.state != state:
        st.rerun()
    st.progress(
        min(max(status.share, 0.0), 1.0), escaped(f"{TITLES[state]}: {status.text}" if status.text else TITLES[state])
    )
    st.button(
        "Cancel",
        key="cancel_adding",
        icon=":material/stop_circle:",
        disabled=bool(barred := access.against_changing("cancel", addition)),
        help=barred or None,
        on_click=opened.cancel,
        args=(addition,),
    )
    st.caption("It goes on when you close this page.")


def _again(addition: Addition, title: str) -> None:
    st.button(title, key="look_again", icon=":material/refresh:", on_click=opened.look_again, args=(addition,))
