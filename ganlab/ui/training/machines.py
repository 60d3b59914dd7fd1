"""Where a training runs, on which device, and what stands in its way there."""

from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st

from ganlab import jobs
from ganlab.devices import is_name, names_here
from ganlab.extras import why_no_event_files
from ganlab.recipes import Recipe
from ganlab.runs import LOCAL
from ganlab.ui import address, address_check
from ganlab.ui.markdown import code, escaped
from ganlab.ui.one_of import one_of

DEVICE, ON_COLLAPSE, TENSORBOARD, WHERE = "device", "on_collapse", "tensorboard", "where"  # in the address
DEVICES_ELSEWHERE = ("auto", "cpu", "cuda")  # whether a machine of a cluster has them only it knows


class Machine(NamedTuple):
    """What a training is to run on, and when it ends there."""

    where: str  # the name of a place to train at
    device: str
    on_collapse: str  # what to do when the monitor sees it fail
    tensorboard: bool = False  # whether event files are written


def choose_machine() -> Machine:
    """Where to train, where there is a choice, on which device, and what to do when the training fails."""
    where = _choose_where()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        device = one_of(
            "Device",
            _devices() if where == LOCAL else list(DEVICES_ELSEWHERE),
            "auto",
            key=DEVICE,
            help="auto takes a GPU when there is one, the one with most room where there are several",
        )
        stop = st.toggle(
            "Stop when it fails",
            key=ON_COLLAPSE,
            bind="query-params",
            help="A monitor watches every training and names what goes wrong. It can also end the training there.",
        )
        missing = why_no_event_files() if where == LOCAL else ""
        written = st.toggle(
            "TensorBoard",
            key=TENSORBOARD,
            bind="query-params",
            disabled=bool(missing),
            help=escaped(missing) or "The run writes event files, too: `tensorboard --logdir` shows them.",
        )
    return Machine(where, device, "stop" if stop else "continue", written and not missing)


def _choose_where() -> str:
    """One of the places that are here, or that the address asks for: why it cannot be used is told beside the start.

    In the address a place has its title, as Streamlit writes there what people read.
    """
    asked, title = st.session_state.get(WHERE), address.read(WHERE)
    offered = [
        name for name, place in jobs.BACKENDS.items() if asked == name or title == place.title or place.offered()
    ]
    if len(offered) == 1:
        if title and title != jobs.BACKENDS[LOCAL].title:
            address_check.refuse(WHERE, f"{code(jobs.BACKENDS[LOCAL].title)}, the only place to train at here")
        return LOCAL
    return one_of(
        "Where",
        offered,
        LOCAL,
        key=WHERE,
        titles={name: place.title for name, place in jobs.BACKENDS.items()},
        help="Wherever a training runs, it is watched, cancelled and resumed here.",
    )


def can_start(recipes: Sequence[Recipe], machine: Machine) -> bool:
    """Whether there are trainings, and nothing stands in the way of any; else the reason and the remedy are shown."""
    reasons = (jobs.against_training(recipe, machine.device, machine.where) for recipe in recipes)
    told = dict.fromkeys(filter(None, reasons))
    for text in told:
        st.warning(f":small[This cannot start here: {escaped(text)}.]", icon=":material/block:")
    return bool(recipes) and not told


def _devices() -> list[str]:
    """Those that are here, and the one that the address asks for: why it cannot be used is told beside the start."""
    asked = {str(place[DEVICE]) for place in (st.session_state, st.query_params) if DEVICE in place}
    here = names_here()
    return [*here, *sorted(name for name in asked if is_name(name) and name not in here)]
