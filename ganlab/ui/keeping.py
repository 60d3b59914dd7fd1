"""What a visitor keeps: in the session, and in the browser, so that reloads, restarts and other tabs have it."""

from collections.abc import Mapping, Sequence

import streamlit as st

from ganlab.checkpoints import Checkpoint
from ganlab.explore import axes, kept_latents
from ganlab.explore.kept_latents import LINK, LINK_NAMES, MOST, Kept
from ganlab.explore.points import Point
from ganlab.ui import address, browser_memory, refusals, undo
from ganlab.ui.markdown import escaped

KEY, NAMES = "kept", "kept_names"  # points in order; a name by point
JUST = "kept_just"  # how many since the page last ran


def kept() -> list[Point]:
    """What is kept, in the visitor's order."""
    return list(st.session_state.get(KEY, ()))


def named() -> list[Kept]:
    """The same with names."""
    names: Mapping[Point, str] = st.session_state.get(NAMES, {})
    return [Kept(point, names.get(point, "")) for point in kept()]


def keep(point: Point) -> None:
    """Add a latent, once, at the end; a refusal is told by the next run of the page when there are too many."""
    mine = kept()
    if point not in mine and len(mine) >= MOST:
        refusals.keep(f"At most {MOST} latents are kept; forget some first.")
        return
    _set([*(other for other in mine if other != point), point])
    st.session_state[JUST] = st.session_state.get(JUST, 0) + 1


def keep_points(more: Sequence[Point]) -> None:
    """Add several latents at once, at the end; a refusal is told as that of `keep`."""
    mine = [other for other in kept() if other not in more]
    if len(mine) + len(more) > MOST:
        refusals.keep(f"At most {MOST} latents are kept; forget some first.")
        return
    _set([*mine, *more])
    st.session_state[JUST] = st.session_state.get(JUST, 0) + len(more)


def keep_all(more: Sequence[Kept]) -> None:
    """Add several, with their names. ValueError when they would be too many; then none is added."""
    both = kept_latents.added(named(), more)
    _set([one.point for one in both], {one.point: one.name for one in both if one.name})


def forget(point: Point) -> None:
    """Take a latent out; one that has gone already is no error, for a double click asks twice."""
    _set([other for other in kept() if other != point])


def forget_all() -> None:
    _set([])


def rename(point: Point, name: str) -> None:
    """Give a latent a name, or none."""
    names = {**st.session_state.get(NAMES, {}), point: kept_latents.called(name)}
    _set(kept(), {one: text for one, text in names.items() if text})


def move(point: Point, to: Point) -> None:
    """Move a latent to where another one is; those between, which the model may not show, make room."""
    mine = kept()
    if point in mine and to in mine:
        place = mine.index(to)
        mine.remove(point)
        mine.insert(place, point)
        _set(mine)


def _set(mine: Sequence[Point], names: Mapping[Point, str] | None = None) -> None:
    """What is kept from now on, with other names where some are given."""
    for key, empty in ((KEY, []), (NAMES, {})):
        st.session_state.setdefault(key, empty)  # what undo goes back to
    undo.change({KEY: list(mine)} if names is None else {KEY: list(mine), NAMES: dict(names)})


def fitting(model: Checkpoint) -> list[Kept]:
    """Those that the model can draw: a factor of the same name may have another size or other labels."""
    return [one for one in named() if fits(model, one.point)]


def fits(model: Checkpoint, point: Point) -> bool:
    """Whether the model can draw the latent."""
    try:
        axes.checked(model.latent, point, ())
    except ValueError:
        return False
    return True


def in_browser() -> None:
    """Undo and redo, and what makes the browser remember: once in each page that keeps something, where it runs again.

    The browser tells what it has when it is new to this session, and when another tab has changed it.
    """
    undo.buttons()
    _take_link()
    browser_memory.remember(KEY, kept_latents.to_json(named()) if KEY in st.session_state else None, _hear)


def _hear(text: str, first: bool) -> None:
    """Take what the browser has, which may be anything: first beside what this session has, later instead of it."""
    try:
        found = kept_latents.from_json(text).kept
    except ValueError as error:
        refusals.keep(f"What this browser has kept cannot be read: {escaped(str(error))}.")
        raise
    both = _together(found, named()) if first else found
    st.session_state[KEY] = [one.point for one in both]
    st.session_state[NAMES] = {one.point: one.name for one in both if one.name}


def _together(found: list[Kept], mine: list[Kept]) -> list[Kept]:
    try:
        return kept_latents.added(found, mine)
    except ValueError as error:
        refusals.keep(f"What came by the address is not kept beside what this browser has: {escaped(str(error))}.")
        return found


def _take_link() -> None:
    """Latents that somebody sent in a link: kept beside the others, and out of the address then."""
    text, names = address.read(LINK), address.read(LINK_NAMES) or ""
    if text is None:
        return
    for name in (LINK, LINK_NAMES):
        st.query_params.pop(name, None)
    try:
        found = kept_latents.from_query(text, names)
        keep_all(found)
    except ValueError as error:
        st.warning(f"The link's latents cannot be kept: {escaped(str(error))}.", icon=":material/link_off:")
    else:
        st.session_state[JUST] = st.session_state.get(JUST, 0) + len(found)
