"""Ways between key frames: a walk that plays, with its strip, and a square of four."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from torch import Tensor

from ganlab.checkpoints import Checkpoint
from ganlab.counting import counted
from ganlab.explore import code_words, kept_latents, paths, pictures, points, snippets
from ganlab.explore.library import Model
from ganlab.explore.paths import Method
from ganlab.explore.points import Point
from ganlab.explore.provenance import Walk
from ganlab.ui import cache, live
from ganlab.ui.downloads import downloads
from ganlab.ui.markdown import escaped
from ganlab.ui.one_of import one_of
from ganlab.ui.provenance import text_of
from ganlab.ui.seeds import random_seed
from ganlab.ui.tiles import tiles
from ganlab.ui.tray import confirm, fitting

KEYS = "keys"
FIRST_KEYS = "0, 1, 2, 3"
FINER = 4  # frames of the GIF a picture of the strip, while they are not too many
FRAMES_PER_SECOND = 25
MOST_COLUMNS = 12
STAGE_WIDTH = 392  # pixels: the strip below shows without scrolling
STRIP_WIDTH = 880


def show_journey(model: Model, loaded: Checkpoint, controls: DeltaGenerator, main: DeltaGenerator) -> None:
    """Controls to the left; the walk that plays, its strip and the downloads beside them."""
    with controls:
        text = _choose_keys(loaded)
        method = _choose_way()
        steps = st.slider("Steps from key to key", 2, 24, 8, key="steps", bind="query-params")
        closed = st.toggle("Closed loop", True, key="closed", bind="query-params")
    try:
        keys = points.parse(text)
        latents = points.latents(loaded.latent, keys)
        strip = paths.walk(loaded.latent, latents, steps=steps, method=method, closed=closed)
    except ValueError as error:
        main.error(escaped(str(error)), icon=":material/error:")
        return

    images, way = cache.images(model.path, strip), Walk(steps=steps, method=method, loop=closed)
    columns = len(images) if len(images) <= MOST_COLUMNS else min(steps, MOST_COLUMNS)
    moving = main.container()
    with main:
        time = live.resting_time()
        tiles(
            images,
            _labels(keys, len(images), steps),
            key="strip",
            columns=columns,
            marked=range(0, len(images), steps),
            on_pick=lambda i: live.seek(i / steps),
            shown=_nearest(time, steps, len(images), closed=closed),
            width=STRIP_WIDTH,
        )
        st.caption(
            f"{counted(len(images), 'picture')}; key frames are underlined. Click one to go there; the one in a frame "
            "is the nearest to the stage."
        )
        downloads(
            f"{model.id}-{method}",
            {
                "png": lambda: pictures.png(
                    pictures.enlarge(pictures.atlas(images, columns, gap=1), 4), text_of(model, keys, walk=way)
                ),
                "gif": lambda: _gif(model, loaded, latents, way, text_of(model, keys, walk=way)),
                "npz": lambda: pictures.npz(images, latents=strip.numpy()),
            },
            snippet=snippets.interpolate(model.path, keys, steps=steps, method=method, closed=closed),
        )
    with moving:
        time = live.walk([model], latents, method=method, closed=closed, width=STAGE_WIDTH)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{escaped(_where(_names(loaded, keys, latents), time))}**", width="content")
            live.show_stage_code(snippets.moment(model.path, keys, time, method=method, closed=closed))


def show_square(model: Model, loaded: Checkpoint, controls: DeltaGenerator, main: DeltaGenerator) -> None:
    """Four latents at the corners of a square, and the picture of a point between them."""
    with controls:
        text, method = _choose_keys(loaded, least=4), _choose_way()
    try:
        keys = points.parse(text)
        if len(keys) < 4:
            raise ValueError(f"a square needs 4 latents, not {len(keys)}; write four seeds")
        latents = points.latents(loaded.latent, keys[:4])
    except ValueError as error:
        main.error(escaped(str(error)), icon=":material/error:")
        return
    with main:
        x, y = live.corners([model], latents, [f"seed {key}" for key in keys[:4]], method=method)
        here = paths.square(loaded.latent, latents, x, y, method=method).unsqueeze(0)
        image = cache.images(model.path, here)
        downloads(
            f"{model.id}-between-four",
            {
                "png": lambda: pictures.png(pictures.enlarge(image[0], 8), text_of(model)),
                "npz": lambda: pictures.npz(image, latents=here.numpy()),
            },
            snippet=snippets.square(model.path, keys[:4], x, y, method=method),
        )


def _gif(model: Model, loaded: Checkpoint, keys: Tensor, way: Walk, text: str) -> bytes:
    """The walk of the strip in finer steps, as fine as a walk may be; it takes equally long however fine."""
    legs = len(keys) - (not way.loop)
    finer = max(1, min(FINER, (paths.MAX_FRAMES - 1) // (legs * way.steps)))
    walk = paths.walk(loaded.latent, keys, steps=way.steps * finer, method=way.method, closed=way.loop)
    frames = cache.images(model.path, walk)
    return pictures.gif(
        pictures.enlarge(frames, max(1, 224 // frames.shape[1])),
        text,
        frame_ms=1000 * FINER // (FRAMES_PER_SECOND * finer),
        there_and_back=not way.loop,
    )


def _choose_keys(loaded: Checkpoint, *, least: int = 2) -> str:
    """Points as text; at first the kept latents, when there are `least` of them."""
    confirm()  # of what was kept on the way here
    kept = fitting(loaded)
    if KEYS not in st.session_state and KEYS not in st.query_params and len(kept) >= least:
        st.query_params[KEYS] = _written(kept)  # the address then tells them to whoever it is sent to
        st.rerun()
    text = st.text_input(
        "Seeds of the key frames",
        max_chars=kept_latents.MOST_BYTES,  # all that can be kept
        placeholder=FIRST_KEYS,
        key=KEYS,
        bind="query-params",
        help="Two or more seeds. `17@0.8` is seed 17 with truncation 0.8; kept latents are written like this too.",
    )
    st.button(
        f"Use the {len(kept)} kept latents" if kept else "Use kept latents",
        key="use_kept",
        on_click=_set_keys,
        args=(kept,),
        disabled=len(kept) < 2,
        icon=":material/bookmarks:",
        width="stretch",
        help="Keep two or more pictures on the Sample page first." if len(kept) < 2 else None,
    )
    st.button(
        "New key frames", key="draw_keys", on_click=_draw_keys, shortcut="n", icon=":material/casino:", width="stretch"
    )
    return str(text) or FIRST_KEYS


def _choose_way() -> Method:
    return one_of(
        "Way",
        list(paths.METHODS),
        "slerp",
        key="way",
        help="Random vectors lie near one sphere: the arc (slerp) stays on it, the line (lerp) cuts through.",
    )


def _set_keys(keys: list[Point]) -> None:
    st.session_state[KEYS] = _written(keys)


def _written(keys: list[Point]) -> str:
    return ", ".join(str(key) for key in keys)


def _draw_keys() -> None:
    _set_keys([Point(random_seed()) for _ in range(4)])


def _nearest(time: float, steps: int, count: int, *, closed: bool) -> int:
    """The picture of the strip that is nearest to a time; a closed walk ends where it begins."""
    frame = round(time * steps)
    return frame % count if closed else min(frame, count - 1)


def _where(names: list[str], time: float) -> str:
    leg, share = divmod(time, 1)
    start, end = (names[int(at) % len(names)] for at in (leg, leg + 1))
    return f"From {start} to {end}: {share:.0%}" if share else start[:1].upper() + start[1:]


def _names(loaded: Checkpoint, keys: list[Point], latents: Tensor) -> list[str]:
    """The key frames by seed, and by what their codes draw where that was measured."""
    names = [f"seed {key.seed}" for key in keys]
    parts = loaded.latent.split(latents)
    for factor, words in code_words.label_words(loaded.latent, loaded.card.codes).items():
        drawn = list(words.values())
        if drawn != list(words):
            labels = parts[factor].argmax(1).tolist()
            names = [f"{name} ({factor} mostly draws {drawn[i]})" for name, i in zip(names, labels, strict=True)]
    return names


def _labels(keys: list[Point], count: int, steps: int) -> list[str]:
    labels = []
    for i in range(count):
        leg, step = divmod(i, steps)
        start, end = keys[leg], keys[(leg + 1) % len(keys)]
        labels.append(f"{start} to {end}, {step / steps:.0%}" if step else f"key frame {start}")
    return labels
