"""A saved picture dropped on the page: its model, its latents and its seeds come back."""

import math
from collections.abc import Sequence
from typing import Any

import streamlit as st

from ganlab.checkpoints import Checkpoint
from ganlab.counting import counted
from ganlab.explore import axes, picture_files, points, provenance
from ganlab.explore.points import Point
from ganlab.latents import Attributes, Category, Uniform
from ganlab.ui import cache, live, messages, upload_fields
from ganlab.ui.choose import CHOICE
from ganlab.ui.factors import ANY, LIMITS, MIXTURE, MOST_SLIDERS, OFF, PLAIN
from ganlab.ui.markdown import escaped
from ganlab.ui.provenance import find_model
from ganlab.ui.seeds import KEY as SEED
from ganlab.ui.shell import link_to

FIELD, REFUSED, TOLD, WALK = "reopened", "reopened_refused", "reopened_told", "reopened_walk"


def offer_reopening(counts: list[int]) -> None:
    """A popover that takes a saved picture; `counts` are the sizes that the grid can have."""
    field = upload_fields.key(FIELD)
    with st.popover("Open a saved picture", icon=":material/image_search:", key=f"popover_{field}"):
        st.file_uploader(
            "PNG or GIF",
            type=["png", "gif"],
            max_upload_size=picture_files.MAX_BYTES // 2**20,
            key=field,
            on_change=_take,
            args=(counts,),
            help="Files that ganlab saved say which model drew them, and of which seeds.",
        )
        if REFUSED in st.session_state:
            st.error(st.session_state.pop(REFUSED), icon=":material/block:")
    if TOLD in st.session_state:
        st.info(st.session_state.pop(TOLD), icon=":material/image_search:")
    if WALK in st.session_state:
        link_to("interpolate", st.session_state.pop(WALK), "Open all of it on Interpolate")


def _take(counts: list[int]) -> None:
    file = upload_fields.content(FIELD)
    if file is None:
        return
    try:
        st.session_state[TOLD] = _reopen(file, counts)
        upload_fields.clear(FIELD)
    except (ValueError, OSError) as error:
        st.session_state[REFUSED] = messages.told(error)


def _reopen(file: Any, counts: list[int]) -> str:
    """Set the page to what the picture shows; what there is to say of it, in Markdown."""
    name = upload_fields.called(file)
    made = provenance.read(file.getvalue(), name=name)
    model, remark = find_model(made)
    drawn = provenance.written_points(made, name=name)
    loaded = cache.checkpoint(model.path)
    _check(loaded, drawn, file=name)
    st.session_state[CHOICE] = model.id
    said = all((_set_limit(drawn[0].limit), _set_prior(loaded, drawn[0].plain)))  # both are set
    live.go(drawn[0] if said else points.from_vector(loaded.latent, points.latents(loaded.latent, drawn[:1])[0]))
    row = provenance.row_of(drawn) if said and not made.walk else None
    if row and _set_factors(loaded, row[0]):
        st.session_state[SEED] = min(row[0].seed, points.MAX_SEED - max(counts))
        st.session_state["count"] = next((count for count in counts if count >= row[1]), max(counts))
        what = (
            "the picture is on the stage" if made.count == 1 else f"its {counted(made.count, 'picture')} begin the grid"
        )
    else:
        what = "the first of its latents is on the stage"
        if len(drawn) > 1:
            st.session_state[WALK] = _walk(model.id, drawn, made)
    return f"Drawn by {escaped(model.name)}: {what}. {escaped(remark)}"


def _check(loaded: Checkpoint, drawn: Sequence[Point], file: str) -> None:
    """ValueError, which names the file, where the model cannot draw its latents."""
    known = axes.axes(loaded)
    try:
        for point in drawn:
            axes.checked(loaded.latent, point, known)
    except ValueError as error:
        raise ValueError(f"{file} names latents that its model cannot draw: {error}") from error


def _walk(model_id: str, drawn: list[Point], made: provenance.Provenance) -> dict[str, str]:
    """The address of Interpolate with these latents as key frames."""
    address = {"model": model_id, "keys": points.write(drawn)}
    if made.walk:
        address |= {"steps": str(made.walk.steps), "way": made.walk.method, "closed": str(made.walk.loop).lower()}
    return address


def _set_limit(limit: float) -> bool:
    """Set the grid's truncation; False, and none, where the control has no such value."""
    text = OFF if math.isinf(limit) else f"{limit:.1f}"
    said = text == OFF or (text in LIMITS and float(text) == limit)
    st.session_state["truncation"] = text if said else OFF
    return said


def _set_prior(loaded: Checkpoint, plain: bool) -> bool:
    """Set what the grid is drawn from; False where the control cannot say it."""
    if loaded.latent.mixture is not None:
        st.session_state["prior"] = PLAIN if plain else MIXTURE
    return loaded.latent.mixture is not None or not plain


def _set_factors(loaded: Checkpoint, point: Point) -> bool:
    """Set the controls of the grid to what the point holds; False, and nothing set, where they cannot say it."""
    values: dict[str, object] = {}
    held = dict(point.fixed)
    for factor in loaded.latent.factors:
        text = held.pop(factor.name, "")
        if isinstance(factor, Category):
            if text and text not in factor.labels:
                return False
            values[f"fix-{factor.name}"] = text or ANY
        elif isinstance(factor, Attributes):
            values[f"hold-{factor.name}"] = bool(text)
            values[f"fix-{factor.name}"] = [label for label in text.split("+") if label]
        elif isinstance(factor, Uniform) and factor.size <= MOST_SLIDERS:
            numbers = factor.parse(text).tolist() if text else []
            if any(not factor.low <= number <= factor.high for number in numbers):
                return False
            values[f"hold-{factor.name}"] = bool(text)
            values |= {f"fix-{factor.name}-{i}": number for i, number in enumerate(numbers)}
        elif text:
            return False
    if held:
        return False
    for name, value in values.items():
        st.session_state[name] = value
        _write(name, value)
    return True


def _write(name: str, value: object) -> None:
    """Into the address, which a bound control that is new on the page does not do by itself."""
    if value in (ANY, False, []):
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = "true" if value is True else value if isinstance(value, list) else f"{value}"
