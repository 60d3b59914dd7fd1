"""The whole plane of a latent of two values as one picture to point at."""

from pathlib import Path

import streamlit as st
import torch
from streamlit.delta_generator import DeltaGenerator
from torch import Tensor

from ganlab.checkpoints import Checkpoint
from ganlab.explore import pictures, points, reconstruct, snippets
from ganlab.explore.library import Model
from ganlab.explore.stage import encoded
from ganlab.file_versions import FileVersion, version
from ganlab.ui import address, cache
from ganlab.ui.downloads import downloads
from ganlab.ui.live import place
from ganlab.ui.provenance import text_of
from ganlab.ui.reconstruct.live import board, nets
from ganlab.ui.tray import keep

KEY = "place"
SIDE = 20
WIDTH = 600  # pixels on the page
TABLE = 2_001  # places at which the browser knows the quantile
_PLANE = board("ganlab_plane", "plane.js")


def show_plane(model: Model, loaded: Checkpoint, controls: DeltaGenerator, main: DeltaGenerator) -> None:
    """The plane, what lies under the pointer, and the place that was chosen."""
    x, y = next(iter(place.candidates(KEY, place.asked_spot(KEY), (0.5, 0.5))))
    place.remember(KEY, (x, y))
    address.write(KEY, f"{x:g},{y:g}", "0.5,0.5")
    latent = reconstruct.quantiles(torch.tensor([[x, y]]))
    point = points.from_vector(loaded.latent, latent[0])
    sheet = _sheet(str(model.path), version(model.path))
    with main:
        _PLANE(
            key=KEY,
            data={
                **nets(model, loaded, ("generator",)),
                "sheet": pictures.data_url(sheet),
                "sheetWidth": sheet.shape[1] * max(1, WIDTH // sheet.shape[1]),
                "table": encoded(_table()),
                "place": {"x": x, "y": y},
                "picture": pictures.data_url(cache.images(model.path, latent)[0]),
            },
            on_settled_change=place.on_settled(KEY, place.spot),
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"At **{latent[0, 0]:.2f}, {latent[0, 1]:.2f}**")
            st.button("Keep", key="keep", icon=":material/bookmark_add:", on_click=keep, args=(point,))
        st.caption(
            f"{SIDE} x {SIDE} pictures at places that the prior hits equally often. Point anywhere to decode what lies "
            "between them; drag or use the arrow keys to stay there."
        )
        downloads(
            f"{model.id}-plane",
            {"png": lambda: pictures.png(pictures.enlarge(sheet, 2), text_of(model))},
            snippet=snippets.plane(model.path, SIDE),
        )


def _table() -> Tensor:
    return reconstruct.quantiles(torch.linspace(0, 1, TABLE))


@st.cache_data(max_entries=16, show_spinner="Drawing the plane")
def _sheet(path: str, version: FileVersion) -> pictures.Pixels:
    model = cache.checkpoint(Path(path))
    return pictures.atlas(model.images(reconstruct.plane(model.latent, SIDE)).numpy(), SIDE)
