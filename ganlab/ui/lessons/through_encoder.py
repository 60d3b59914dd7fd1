"""A picture on its way through an encoder and back."""

import streamlit as st

from ganlab.explore import pictures, points, reconstruct
from ganlab.explore.library import Model
from ganlab.explore.pictures import Pixels
from ganlab.explore.points import Point
from ganlab.ui import cache

SIDE = 96  # pixels on the page


def show_through_encoder(encoder: Model, drawer: Model, seed: int) -> None:
    """What the drawer draws of a seed, the numbers that the encoder makes of it, and the picture that they give."""
    loaded = cache.checkpoint(encoder.path)
    original = cache.images(drawer.path, points.latents(cache.checkpoint(drawer.path).latent, [Point(seed)]))
    done = reconstruct.reconstruct(loaded, original)
    numbers = done.latents[0].tolist()
    st.markdown("**A digit goes through the VAE's encoder, and comes back**")
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="pixels_lesson_encoder"):
        st.image(_shown(original[0]), width=SIDE, alt="the picture")
        st.markdown(f":material/arrow_forward: {len(numbers)} numbers :material/arrow_forward:", width="content")
        st.image(_shown(done.images[0]), width=SIDE, alt="what comes back")
    st.caption(
        f"The numbers: {', '.join(f'{number:.1f}' for number in numbers)}. Mean squared error {done.errors[0]:.4f}."
    )


def _shown(image: Pixels) -> str:
    return pictures.data_url(pictures.enlarge(image, 4))
