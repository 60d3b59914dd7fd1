"""The latents that a visitor has kept: the same row on every page, drawn by whichever model is open."""

from collections.abc import Sequence
from urllib.parse import urlencode, urlsplit

import streamlit as st

from ganlab.checkpoints import Checkpoint
from ganlab.counting import counted
from ganlab.explore import code_words, kept_latents, points
from ganlab.explore.kept_latents import Kept
from ganlab.explore.points import Point
from ganlab.system_errors import in_words
from ganlab.ui import keeping, upload_fields
from ganlab.ui.keeping import JUST, forget, forget_all, keep, kept
from ganlab.ui.markdown import escaped
from ganlab.ui.tiles import tiles

__all__ = ["confirm", "fitting", "keep", "kept", "show_tray"]

ARRANGE, FIELD, REFUSED, TOLD = "kept_arrange", "kept_import", "kept_refused", "kept_told"


def confirm() -> None:
    """Say once that something was kept: each page calls this where its fragment runs, for callbacks must not draw."""
    if count := st.session_state.pop(JUST, 0):
        what = "Kept" if count == 1 else f"Kept {count} latents"
        st.toast(f"{what}: {len(kept())} in all. Interpolate walks between them.", icon=":material/bookmark_added:")


def fitting(model: Checkpoint) -> list[Point]:
    """The kept latents that the model can draw."""
    return [one.point for one in keeping.fitting(model)]


def show_tray(model: Checkpoint, *, columns: int = 3, width: int = 260) -> None:
    """The kept latents as this model draws them, each with a corner that forgets it; names, order and files below."""
    confirm()
    st.markdown("**Kept latents**")
    mine = keeping.fitting(model)
    if mine:
        images = model.images(points.latents(model.latent, [one.point for one in mine])).numpy()
        words = code_words.label_words(model.latent, model.card.codes)
        told = [points.in_words(model.latent, one.point, {}, words) for one in mine]
        tiles(
            images,
            [f"{one.name}: {text}" if one.name else text for one, text in zip(mine, told, strict=True)],
            key="tray",
            columns=columns,
            action="remove",
            selectable=False,
            on_action=lambda index: forget(mine[index].point),
            width=width,
        )
    else:
        st.caption("Keep a picture with the mark in its corner, or with K; Interpolate walks between what you keep.")
    if others := len(kept()) - len(mine):
        more = counted(
            others, "more that this model cannot draw: it needs", "more that this model cannot draw: they need"
        )
        st.caption(f"{more} another latent space.")
    with st.container(horizontal=True, gap="small"):
        _arrange(model, mine)
        if mine:
            st.button(
                "Forget all", key="forget_all", icon=":material/delete_sweep:", on_click=forget_all, type="tertiary"
            )
    if TOLD in st.session_state:
        st.caption(st.session_state.pop(TOLD))


def _arrange(model: Checkpoint, mine: Sequence[Kept]) -> None:
    place = st.popover(
        "Names, order, files", icon=":material/bookmarks:", key=ARRANGE, on_change="rerun", type="tertiary"
    )
    if not place.open:
        return
    with place:
        for number, one in enumerate(mine):
            _row(one, *(mine[beside].point if 0 <= beside < len(mine) else None for beside in (number - 1, number + 1)))
        if kept():
            st.download_button(
                "Export (JSON)",
                kept_latents.to_json(keeping.named(), model.card.name),
                "kept-latents.json",
                "application/json",
                key="kept_export",
                icon=":material/download:",
                on_click="ignore",
            )
            _link(mine)
        st.file_uploader(
            "Import (JSON)",
            type=["json"],
            max_upload_size=1,
            key=upload_fields.key(FIELD),
            on_change=_import,
            args=(model,),
        )
        if REFUSED in st.session_state:
            st.error(st.session_state.pop(REFUSED), icon=":material/block:")


def _row(one: Kept, before: Point | None, after: Point | None) -> None:
    key = f"kept_name_{one.point}"
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.text_input(
            f"Name of {one.point}",
            one.name,
            max_chars=kept_latents.MOST_NAME,
            placeholder=f"Seed {one.point.seed}",
            key=key,
            label_visibility="collapsed",
            on_change=lambda: keeping.rename(one.point, st.session_state[key]),
        )
        for icon, words, to in (("arrow_upward", "Earlier", before), ("arrow_downward", "Later", after)):
            st.button(
                f":material/{icon}:",
                key=f"kept_{words}_{one.point}",
                on_click=keeping.move,
                args=(one.point, to),
                disabled=to is None,
                help=words,
            )


def _link(mine: Sequence[Kept]) -> None:
    """The address of this page with the latents in it."""
    try:
        query = kept_latents.to_query(mine) if mine else {}
    except ValueError as error:
        st.caption(f"As a link: {escaped(str(error))}.")
        return
    if query:
        here = urlsplit(st.context.url or "")
        model = {"model": chosen} if (chosen := st.query_params.get("model")) else {}
        st.caption("As a link, for who has this app:")
        st.code(here._replace(query=urlencode(model | query), fragment="").geturl(), language=None, wrap_lines=True)


def _import(model: Checkpoint) -> None:
    file = upload_fields.content(FIELD)
    if file is None:
        return
    upload_fields.clear(FIELD)
    try:
        read, before = kept_latents.from_json(file.getvalue()), len(kept())
        keeping.keep_all(read.kept)
    except (ValueError, OSError) as error:
        st.session_state[REFUSED] = (
            f"Nothing was imported from {escaped(upload_fields.called(file))}: {escaped(in_words(error))}."
        )
        return
    fit = sum(keeping.fits(model, one.point) for one in read.kept)
    imported = len(kept()) - before
    there = len(read.kept) - imported
    text = f"Imported {counted(imported, 'latent')}"
    text += f"; {counted(there, 'was', 'were')} there already." if there else "."
    if fit < len(read.kept):
        whose = f" They were kept with {escaped(read.model)}." if read.model else ""
        fewer = counted(len(read.kept) - fit, "of them shows", "of them show")
        text += f" {fewer} with a model of another latent space than this one's.{whose}"
    st.session_state[TOLD] = text
