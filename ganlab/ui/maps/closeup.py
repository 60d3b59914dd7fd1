"""One picture, large."""

import streamlit as st

from ganlab.explore import pictures
from ganlab.explore.pictures import Pixels
from ganlab.explore.points import Point
from ganlab.ui.markdown import escaped
from ganlab.ui.tray import keep

WIDTH = 200  # pixels on the page


def show_closely(image: Pixels, point: Point, *, title: str = "") -> None:
    """The picture [H, W, C], every pixel a whole square; its seed or `title`; and a button that keeps its latent."""
    with st.container(key="pixels-closeup"):
        large = pictures.data_url(pictures.enlarge(image, max(1, WIDTH // image.shape[0])))
        st.image(large, width="content", alt=title or f"picture of seed {point}")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(title or f"Seed **{escaped(str(point))}**")
        st.button("Keep", key="keep", icon=":material/bookmark_add:", on_click=keep, args=(point,))
