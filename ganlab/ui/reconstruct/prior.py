"""Samples from the prior beside samples from a mixture that was fitted to the encodings."""

from collections.abc import Mapping
from typing import NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ganlab.checkpoints import Checkpoint
from ganlab.explore import pictures, points, snippets
from ganlab.explore.library import Model
from ganlab.explore.points import Point
from ganlab.mixture import Mixture
from ganlab.ui import cache
from ganlab.ui.downloads import downloads
from ganlab.ui.markdown import escaped
from ganlab.ui.provenance import text_of
from ganlab.ui.reconstruct import cache as reconstruct_cache
from ganlab.ui.seeds import choose_seed
from ganlab.ui.tiles import tiles
from ganlab.ui.tray import keep, kept

COUNT, COLUMNS = 36, 6
OWN = 0  # stands for the mixture that came with the model
COMPONENTS = [1, 2, 5, 10, 20, 50]
WIDTH = 420  # pixels on the page, a sheet


def show_prior(model: Model, loaded: Checkpoint, controls: DeltaGenerator, main: DeltaGenerator) -> None:
    """The two sheets side by side, each picture to keep."""
    with controls:
        components = _choose_components(loaded.mixture)
        seed = choose_seed("Seed", "New pictures", room=COUNT)
    chosen = _own(loaded) if components == OWN else _fitted(model, loaded, components, main)
    if chosen is None:
        return
    plain, own = (points.row(seed, COUNT, plain=True), points.row(seed, COUNT))
    latents = points.latents(loaded.latent.drawn_from(chosen.mixture), own)
    kept_as = own if components == OWN else [points.from_vector(loaded.latent, latent) for latent in latents]
    from_prior = cache.images(model.path, points.latents(loaded.latent, plain))
    from_mixture = cache.images(model.path, latents)
    left, right = main.columns(2, gap="medium")
    with left:
        st.markdown("**From the prior**")
        _sheet("prior", from_prior, plain)
    with right:
        st.markdown("**From the mixture**")
        _sheet("mixture", from_mixture, kept_as)
    with main:
        st.caption(
            f"{chosen.text} Where encodings leave holes in the prior, its samples fall between the kinds of pictures; "
            "those of the mixture keep to places where there were images."
        )
        downloads(
            f"{model.id}-mixture-{components or 'own'}-seed-{seed}",
            {
                "png": lambda: pictures.png(
                    pictures.enlarge(pictures.atlas(from_mixture, COLUMNS, gap=1), 4), text_of(model)
                ),
                "npz": lambda: pictures.npz(from_mixture, prior=from_prior, latents=latents.numpy()),
            },
            snippet=snippets.mixture(model.path, chosen.made_by, count=COUNT, seed=seed),
        )


class _Chosen(NamedTuple):
    mixture: Mixture
    text: str  # where it comes from
    made_by: Mapping[str, object]  # options of `sample_mixture`


def _choose_components(own: Mixture | None) -> int:
    """How many Gaussians; `OWN` for the mixture in the file."""
    return st.select_slider(
        "Gaussians in the mixture",
        [OWN, *COMPONENTS] if own else COMPONENTS,
        value=OWN if own else 10,
        key="components",
        bind="query-params",
        format_func=lambda count: "the model's own" if count == OWN else str(count),
        help="The model's own was fitted after its training; others are fitted here to the encodings of training "
        "images. One Gaussian only corrects the spread and the tilt.",
    )


def _own(loaded: Checkpoint) -> _Chosen:
    assert loaded.mixture is not None  # else OWN is no choice
    count = len(loaded.mixture.weights)
    return _Chosen(loaded.mixture, f"The mixture of {count} Gaussians came with the model.", snippets.own_mixture())


def _fitted(model: Model, loaded: Checkpoint, components: int, main: DeltaGenerator) -> _Chosen | None:
    """None, after saying why in `main`, when it cannot be fitted here."""
    pack = reconstruct_cache.dataset(loaded, main)
    if pack is None:
        return None
    try:
        fitted = reconstruct_cache.mixture(model.path, pack, components)
    except ValueError as error:
        main.error(escaped(str(error)), icon=":material/error:")
        return None
    encoded = reconstruct_cache.encodings(model.path, pack)
    text = (
        f"The mixture has seen {len(encoded.latents):,} encodings, which spread {encoded.spread:.2f} times as wide "
        "as the prior."
    )
    return _Chosen(fitted, text, snippets.fitted_mixture(pack.spec, components))


def _sheet(name: str, images: pictures.Pixels, row: list[Point]) -> None:
    mine = kept()
    tiles(
        images,
        [f"sample {i + 1} of the {name}" for i in range(COUNT)],
        key=f"sheet_{name}",
        columns=COLUMNS,
        action="keep",
        on_action=lambda i: keep(row[i]),
        marked=[i for i, point in enumerate(row) if point in mine],
        selectable=False,
        width=WIDTH,
    )
