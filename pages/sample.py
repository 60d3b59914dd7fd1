"""Pictures of random latents, one seed each."""

import time

import streamlit as st

from ganlab.explore import pictures, points, snippets
from ganlab.ui import cache, live
from ganlab.ui.beside import choose_beside
from ganlab.ui.choose import choose_model
from ganlab.ui.downloads import downloads
from ganlab.ui.factors import fixed_factors, truncation
from ganlab.ui.seeds import choose_seed
from ganlab.ui.shell import ensure_router, header
from ganlab.ui.tiles import tiles
from ganlab.ui.tray import keep, kept, show_tray

ensure_router()
header(
    "Sample",
    "A generator turns random numbers into a picture; a seed stands for one set of numbers, and so for one picture. "
    "Move a slider and watch; click a picture below to start from it, and keep those you like for Interpolate.",
)

COUNTS = [1, 4, 16, 36, 64, 100]


@st.fragment
def stage() -> None:
    controls, main = st.columns([1.1, 4.15], gap="medium")
    with controls:
        model, loaded = choose_model(main)
        count = st.select_slider("Pictures", COUNTS, value=16, key="count", bind="query-params")
        seed = choose_seed("First seed", "New pictures", room=max(COUNTS))
        limit, fixed = truncation(loaded.latent), fixed_factors(loaded.latent)
        row = choose_beside(model)

    began = time.perf_counter()
    drawn = points.row(seed, count, limit=limit, fixed=fixed)
    latents = points.latents(loaded.latent, drawn)
    images = cache.images(model.path, latents)
    took_ms = (time.perf_counter() - began) * 1000

    columns = pictures.columns_for(count)
    labels = [f"seed {point}" for point in drawn]
    moving = main.container()
    middle, side = main.columns([3, 1.15], gap="medium")
    with middle:
        mine = kept()
        chosen = tiles(
            images,
            labels,
            key="sheet",
            columns=columns,
            action="keep",
            on_action=lambda i: keep(drawn[i]),
            marked=[i for i, point in enumerate(drawn) if point in mine],
        )
        st.caption(f"{count} pictures, seeds {seed} to {seed + count - 1}, drawn in {took_ms:.0f} ms")
        downloads(
            f"{model.id}-seed-{seed}",
            {
                "png": lambda: pictures.png(pictures.enlarge(pictures.atlas(images, columns, gap=1), 4)),
                "zip": lambda: pictures.zip_of_pngs(
                    images, [f"seed-{point.seed}" for point in drawn], f"{model.id}: {points.write(drawn)}\n"
                ),
                "npz": lambda: pictures.npz(images, latents=latents.numpy()),
            },
            snippet=snippets.sample(model.path, drawn),
        )
    with moving:
        settled = live.explore(row.models, captions=row.captions, limit=limit, start=drawn[chosen])
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"Seed **{settled.point}**")
            st.button("Keep", key="keep", icon=":material/bookmark_add:", on_click=keep, args=(settled.plain,))
    with side:
        show_tray(loaded)


stage()
