"""The button that packs a dataset, and the bar while the visitor waits."""

from typing import Literal

import streamlit as st

from ganlab.access import actions
from ganlab.data import Pack, catalogue
from ganlab.ui import access, address, cache, messages
from ganlab.ui.login import current_visitor
from ganlab.ui.markdown import code, escaped

ASKED = "pack_asked"  # the dataset that the next run has to pack, and the size in pixels that images will have

TITLES: dict[catalogue.State, str] = {
    "packed": "Pack again",
    "offline": "Pack now",
    "drawn": "Make the {makes}",
    "files": "Pack now",
    "download": "Download and pack",
    "missing": "Where to put it",
}


def pack_button(
    name: str,
    size: int | None = None,
    *,
    kind: Literal["primary", "secondary"] = "secondary",
    width: Literal["content", "stretch"] = "content",
) -> None:
    """A click makes the next run's `pack_if_asked` do it; its title says what that will take."""
    barred = access.against_making("pack")
    address.lack()
    st.button(
        TITLES[catalogue.state(name, size)].format(makes=catalogue.describe(name).makes),
        key="pack",
        icon=":material/inventory_2:",
        type=kind,
        width=width,
        disabled=bool(barred),
        help=barred or None,
        on_click=_ask,
        args=((name, size),),
    )


def how_to_get(name: str, size: int) -> str:
    """The command that gets the images of a dataset, `size` pixels a side, in Markdown; or why none does."""
    try:
        return f"{code(catalogue.command_for(name, size))} gets those of {code(name)}"
    except ValueError as error:
        return escaped(str(error))


def at_its_size(name: str, size: int | None) -> str:
    """What follows a dataset's name where another pack than that of its own size is meant, such as ` at 128 px`."""
    try:
        pixels = catalogue.pack_size(name, size)
    except ValueError:  # the reason is told where the images are asked for
        return ""
    return "" if pixels == catalogue.describe(name).spec.size else f" at {pixels} px"


def takes(name: str, size: int | None = None) -> str:
    """How long the visitor will wait, in a sentence; empty where that is a moment, or up to the network."""
    return "This program makes it in a minute or two." if catalogue.state(name, size) == "drawn" else ""


def pack_if_asked(name: str, size: int | None = None) -> None:
    """Pack the dataset behind a progress bar and run the page again; the reason where that cannot be."""
    if st.session_state.pop(ASKED, None) != (name, size):
        return
    bar = st.progress(0.0, f"Packing {escaped(name)}")

    def show(share: float, text: str) -> None:
        bar.progress(min(share, 1.0), escaped(text[:1].upper() + text[1:]))

    try:
        actions.pack(current_visitor(), name, size, show)
    except (ValueError, OSError) as error:  # OSError: the disk is full, for instance
        bar.empty()
        st.error(messages.told(error), icon=":material/error:")
        return
    st.rerun()


def usable_pack(name: str, size: int | None = None) -> Pack | None:
    """The dataset, packed already for images of `size` pixels.

    None, with the reason and a button that packs it again, when it cannot be read.
    """
    try:
        return cache.pack(name, size)
    except ValueError as error:
        st.warning(messages.told(error), icon=":material/broken_image:")
        pack_button(name, size)
        pack_if_asked(name, size)
        return None


def opens(name: str, size: int | None = None) -> bool:
    """Whether the dataset, packed already at a size in pixels, can be read."""
    try:
        cache.pack(name, size)
    except ValueError:
        return False
    return True


def _ask(asked: tuple[str, int | None]) -> None:
    st.session_state[ASKED] = asked
