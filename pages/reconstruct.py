"""Reconstruct: pictures through an encoder and back, and what their encodings can do."""

import streamlit as st

from ganlab.explore import capabilities, reconstruct
from ganlab.explore.preferences import PREFERENCES
from ganlab.ui.choose import choose_model
from ganlab.ui.defaults import renew
from ganlab.ui.keeping import in_browser
from ganlab.ui.markdown import escaped
from ganlab.ui.one_of import one_of
from ganlab.ui.reconstruct.attributes import show_attributes
from ganlab.ui.reconstruct.between import show_between
from ganlab.ui.reconstruct.cache import has_dataset
from ganlab.ui.reconstruct.draw import show_own
from ganlab.ui.reconstruct.images import show_images
from ganlab.ui.reconstruct.plane import show_plane
from ganlab.ui.reconstruct.prior import show_prior
from ganlab.ui.shell import ensure_router, header, nothing_fits
from ganlab.ui.tray import show_tray
from ganlab.ui.views import KEY, forget_foreign
from ganlab.ui.visits import VISITS

ensure_router()
header(
    "Reconstruct",
    "An encoder turns a picture into a few numbers, and the generator makes a picture of them again: what is lost is "
    "what the numbers have no room for. Draw something the model has never seen, and watch what it takes it for.",
)

VIEWS = {
    "test images": show_images,
    "your own": show_own,
    "between two": show_between,
    "attributes": show_attributes,
    "samples": show_prior,
    "plane": show_plane,
}


def nothing() -> None:
    nothing_fits(
        "No model with an encoder yet",
        "Train a VAE: `mnist-vae-28-2d` learns a plane of digits that can be shown as a whole, `mnist-vae-28` sharper "
        "ones, and `faces-vae-64` faces that can be made to smile.",
    )


@st.fragment
@VISITS.visit()
def stage() -> None:
    controls, main = st.columns([1.1, 4.15], gap="medium")
    with controls:
        model, loaded = choose_model(
            main,
            fits=capabilities.can_encode,
            lacking="encoder",
            rank=PREFERENCES["reconstruct"],
            nothing=nothing,
            plane="reconstructions",
        )
        in_browser()
    views = [view for view in VIEWS if view != "plane" or reconstruct.has_plane(loaded.latent)]
    forget_foreign(views)
    first = "test images" if has_dataset(loaded) else "your own"
    renew(KEY, first, of=model.id)
    with main:
        view = one_of("Look at", views, first, key=KEY, label_visibility="collapsed")
    try:
        reconstruct.require_encoder(loaded)
    except ValueError as error:
        main.info(f"{escaped(str(error))}.", icon=":material/info:")
        return
    VIEWS[view](model, loaded, controls, main)
    with controls:
        st.divider()
        show_tray(loaded)


stage()
