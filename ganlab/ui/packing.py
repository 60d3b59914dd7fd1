"""The button that packs a dataset, and the bar while the visitor waits."""

from typing import Literal

import streamlit as st

from ganlab.access import actions
from ganlab.data import Pack, datasets
from ganlab.explore import library
from ganlab.system_errors import in_words
from ganlab.ui import access, cache
from ganlab.ui.login import current_visitor
from ganlab.ui.markdown import escaped

ASKED = "pack_asked"  # name of the dataset that the next run has to pack

TITLES: dict[datasets.State, str] = {
    "packed": "Pack again",
    "offline": "Pack now",
    "drawn": "Make the {makes}",
    "files": "Pack now",
    "download": "Download and pack",
    "missing": "Where to put it",
}


def pack_button(
    name: str,
    *,
    kind: Literal["primary", "secondary"] = "secondary",
    width: Literal["content", "stretch"] = "content",
) -> None:
    """A click makes the next run's `pack_if_asked` do it; its title says what that will take."""
    barred = access.against_making("pack")
    st.button(
        TITLES[datasets.state(name)].format(makes=datasets.describe(name).makes),
        key="pack",
        icon=":material/inventory_2:",
        type=kind,
        width=width,
        disabled=bool(barred),
        help=barred or None,
        on_click=_ask,
        args=(name,),
    )


def takes(name: str) -> str:
    """How long the visitor will wait, in a sentence; empty where that is a moment, or up to the network."""
    return "This program makes it in a minute or two." if datasets.state(name) == "drawn" else ""


def pack_if_asked(name: str) -> None:
    """Pack the dataset behind a progress bar and run the page again; the reason where that cannot be."""
    if st.session_state.pop(ASKED, None) != name:
        return
    bar = st.progress(0.0, f"Packing {escaped(name)}")

    def show(share: float, text: str) -> None:
        bar.progress(min(share, 1.0), escaped(text[:1].upper() + text[1:]))

    try:
        actions.pack(current_visitor(), name, show)
    except (ValueError, OSError) as error:  # OSError: the disk is full, for instance
        bar.empty()
        st.error(escaped(library.without_folders(in_words(error))), icon=":material/error:")
        return
    st.rerun()


def usable_pack(name: str) -> Pack | None:
    """The dataset, packed already; None, with the reason and a button that packs it again, when it cannot be read."""
    try:
        return cache.pack(name)
    except ValueError as error:
        st.warning(escaped(library.without_folders(str(error))), icon=":material/broken_image:")
        pack_button(name)
        pack_if_asked(name)
        return None


def opens(name: str) -> bool:
    """Whether the dataset, packed already, can be read."""
    try:
        cache.pack(name)
    except ValueError:
        return False
    return True


def _ask(name: str) -> None:
    st.session_state[ASKED] = name
