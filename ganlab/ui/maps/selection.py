"""What is picked on a map: its pictures, and the ways on from there."""

from collections import Counter
from collections.abc import Sequence

import streamlit as st
import torch

from ganlab.checkpoints import Checkpoint
from ganlab.explore import colourings, layouts, maps, points
from ganlab.explore.colourings import Colouring
from ganlab.explore.layouts import Places
from ganlab.explore.library import Model
from ganlab.explore.maps import Collection
from ganlab.explore.points import Point
from ganlab.ui.keeping import keep_points
from ganlab.ui.maps import cache as map_cache
from ganlab.ui.maps.cache import Layout
from ganlab.ui.maps.closeup import show_closely
from ganlab.ui.maps.scatter import Chosen
from ganlab.ui.markdown import escaped
from ganlab.ui.shell import INTERPOLATE_PAGE
from ganlab.ui.tiles import tiles
from ganlab.ui.tray import keep, kept

MOST_SHOWN = 60  # of a kind
MOST_AT_ONCE = 32  # that one click keeps
MOST_KEYS = 8  # key frames of a walk
WIDTH = 240  # pixels on the page
WALK = "map_walk"  # asks the next run to leave for Interpolate


def can_decode(layout: Layout) -> bool:
    """Whether an empty place of the map stands for a latent."""
    return layout.source.space == "latents"


def show_chosen(
    model: Model, loaded: Checkpoint, layout: Layout, places: Places, colouring: Colouring, chosen: Chosen
) -> None:
    """The pictures, or the picture that an empty place stands for, or how to pick."""
    if chosen.place is not None and can_decode(layout):
        _show_place(loaded, layout, places, chosen.place)
    elif chosen.pictures:
        _show_pictures(model, loaded, map_cache.collection(layout.source), colouring, chosen.pictures)
    else:
        st.markdown("**Nothing picked yet**")
        st.caption(
            "Point at the map to see a picture. Drag around points to collect their pictures here; shift adds to "
            "them. The wheel zooms." + (" Click an empty place to draw what lies there." if can_decode(layout) else "")
        )


def _show_place(loaded: Checkpoint, layout: Layout, places: Places, place: tuple[float, float]) -> None:
    """What the generator makes of a place, and how the place became a latent."""
    vectors = map_cache.vectors(layout.source)
    if layout.perplexity:
        latent = layouts.lift_between(place, places, vectors)
        reason = "t-SNE has no way back: this is the mean of the latents of the nearest pictures."
    else:
        latent = layouts.lift(place, map_cache.plane(layout.source))
        reason = "This is the latent that lies exactly at this place of the plane."
    point = points.from_vector(loaded.latent, torch.from_numpy(latent))
    image = loaded.images(points.latents(loaded.latent, [point])).numpy()[0]
    show_closely(image, point, title=f"At **{place[0]:.2f}, {place[1]:.2f}**")
    st.caption(reason)


def _show_pictures(
    model: Model, loaded: Checkpoint, collection: Collection, colouring: Colouring, chosen: Sequence[int]
) -> None:
    generated = [i for i in chosen if i >= collection.real]
    real = [i for i in chosen if i < collection.real]
    st.markdown(f"**{len(chosen)} picked**" + _most_common(colouring, chosen))
    drawn = [maps.point_of(collection, i, loaded) for i in [*generated, *real]]
    mine = [point for point in drawn if point is not None]
    if mine:
        _ways_on(model, mine)
    for name, indices in (("generated", generated), ("real", real)):
        if indices:
            _show_kind(name, indices, loaded, collection, colouring)


def _most_common(colouring: Colouring, chosen: Sequence[int]) -> str:
    [(text, count)] = Counter(colouring.text(i) for i in chosen).most_common(1)
    return f": {count} of them {escaped(text)}" if text else ""


def _ways_on(model: Model, mine: Sequence[Point]) -> None:
    keys = mine[:MOST_KEYS]
    if st.session_state.pop(WALK, False):
        st.switch_page(INTERPOLATE_PAGE, query_params={"model": model.id, "keys": points.write(keys)})
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Interpolate" if len(keys) == len(mine) else f"Interpolate through {len(keys)}",
            key="walk",
            icon=":material/linear_scale:",
            type="primary",
            disabled=len(keys) < 2,
            help=f"Keep the first {MOST_KEYS} of these latents and walk between them. It takes two or more.",
            on_click=_keep_and_walk,
            args=(keys,),
        )
        title = "Keep" if len(mine) <= MOST_AT_ONCE else f"Keep {MOST_AT_ONCE}"
        st.button(title, key="keep_all", icon=":material/bookmark_add:", on_click=_keep_all, args=(mine,))


def _keep_and_walk(mine: Sequence[Point]) -> None:
    _keep_all(mine)
    st.session_state[WALK] = True


def _keep_all(mine: Sequence[Point]) -> None:
    keep_points(mine[:MOST_AT_ONCE][::-1])


def _show_kind(
    name: str, indices: Sequence[int], loaded: Checkpoint, collection: Collection, colouring: Colouring
) -> None:
    shown = indices[:MOST_SHOWN]
    drawn = [maps.point_of(collection, i, loaded) for i in shown]
    can_keep = all(point is not None for point in drawn)
    captions = colourings.captions(collection, colouring)
    mine = kept()

    def keep_one(index: int) -> None:
        point = drawn[index]
        if point is not None:
            keep(point)

    st.caption(f"{len(indices)} {name}" + (f", the first {MOST_SHOWN}" if len(indices) > MOST_SHOWN else ""))
    tiles(
        collection.images[list(shown)],
        [captions[i] for i in shown],
        key=f"picked_{name}",
        columns=min(6, max(3, len(shown))),
        action="keep" if can_keep else None,
        on_action=keep_one,
        marked=[i for i, point in enumerate(drawn) if point in mine],
        selectable=False,
        width=WIDTH,
    )
