"""What runs once a server: a warm start; and what a visitor is told when a page breaks.

Streamlit itself refuses sockets from pages of other origins; `allowedHosts` in the config refuses other host names.
"""

import gc
import importlib
import os
import pkgutil
import socket
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psutil
import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from ganlab.ui.visits import VISITS, Visits

COVERS = 4  # those that a first page shows without scrolling
PATIENCE_SECONDS = 20  # for a first visitor, before everything else is made ready
QUIET_SECONDS = 3  # after a page, in which the browser fetches what it needs
MOST_QUIET_SECONDS = 10  # that are waited for in all: who checks a server's health may ask for a page every second
STEP_SECONDS = 0.2  # between looks, and from then on between the parts of the warm start


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[dict[str, Any]]:
    """Serve at once; while the first browser loads the frontend, make ready what its first page will need."""
    PagesManager.uses_pages_directory = False  # else a first deep link is run twice, at first without the frame
    send_at_once()
    threading.Thread(target=warm_up, name="warm-up", daemon=True).start()
    yield {}


def send_at_once() -> None:
    """Send small messages without waiting until the browser has confirmed the one before.

    Streamlit opens its socket in a way by which asyncio does not see that it is TCP (its `proto` is 0), and leaves
    Nagle's algorithm on: a file, or the second of two messages, then takes up to 40 ms longer. Connections inherit
    the option from the socket that listens.
    """
    for connection in psutil.Process().net_connections("tcp"):
        if connection.status == psutil.CONN_LISTEN:
            with socket.socket(fileno=os.dup(connection.fd)) as listening:
                listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def tell_of_error(error: Exception) -> bool:
    """Say that a part of a page broke, without what only those who run the server should read; that is in its log.

    A file or folder that cannot be used, or has gone, is named. Returns False where `client.showErrorDetails` asks for
    more, and Streamlit then shows it.
    """
    from ganlab.ui import messages  # here, not above: it brings torch along, which the server starts without

    if told := messages.of_system(error):
        st.error(told, icon=":material/folder_off:")
        return True
    if st.get_option("client.showErrorDetails") != "none":
        return False
    st.error(
        "Something went wrong on this page. The server's log says what; a server that was started with "
        "`--client.showErrorDetails=full` says it here.",
        icon=":material/error:",
    )
    return True


def warm_up(visits: Visits = VISITS, patience_seconds: float = PATIENCE_SECONDS) -> None:
    """Import what every page uses and draw the first covers; after the first page, import the rest in quiet moments.

    Where no moment is quiet, the rest is imported piece by piece all the same.
    """
    gc.disable()  # collections while these load take a quarter of the time, and find nothing
    import ganlab.ui.live
    from ganlab.jobs import step_memory
    from ganlab.ui import cache
    from ganlab.ui.gallery.finding import first_in_sight

    gc.freeze()  # later collections would walk over all of it, in the middle of a page
    gc.enable()
    for model in first_in_sight(COVERS):
        if not visits.begun.is_set():  # else the page draws what it needs
            cache.cover(model)
    visits.begun.wait(patience_seconds)
    latest = time.monotonic() + MOST_QUIET_SECONDS
    for module in pkgutil.walk_packages(ganlab.ui.__path__, "ganlab.ui."):
        _wait_for_quiet(visits, latest)
        importlib.import_module(module.name)
    _wait_for_quiet(visits, latest)
    step_memory.get_ready()
    _wait_for_quiet(visits, latest)
    gc.collect()  # a third of a second in which nothing else runs
    gc.freeze()


def _wait_for_quiet(visits: Visits, latest: float) -> None:
    """Until no page is made; after `latest`, on the monotonic clock, for no more than a moment."""
    while visits.quiet_seconds() < QUIET_SECONDS:
        time.sleep(STEP_SECONDS)
        if time.monotonic() > latest:
            return
