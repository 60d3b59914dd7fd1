"""Recipes for a dataset of the visitor's own, filled into the training form by a click."""

import streamlit as st

from ganlab.data import catalogue
from ganlab.families import FAMILIES
from ganlab.recipes.proposing import Proposal, proposals
from ganlab.ui import views
from ganlab.ui.markdown import escaped

RECIPE = "recipe"  # in the address
TRAININGS, OWN = "Trainings", "Your own pictures"
"""The views of the page."""
TITLES = {"gan": "GAN", "infogan": "InfoGAN", "vae": "VAE", "acgan": "ACGAN", "cgan": "Conditional GAN"}


def show(dataset: str, *, key: str) -> None:
    """A button for each kind of model that fits; nothing where the dataset is none of the visitor's own."""
    known = catalogue.find(dataset)
    if known is None or known.source != "added":
        return
    with st.container(horizontal=True, vertical_alignment="center", key=f"{key}_row"):
        st.caption(f"Fits {escaped(dataset)}:", width="content")
        for proposal in proposals(known.spec, known.train):
            recipe = proposal.recipe
            st.button(
                TITLES[recipe.family],
                key=f"{key}_{recipe.family}",
                type="tertiary",
                icon=":material/model_training:",
                help=f"{FAMILIES[recipe.family].TEXT} Recipe {proposal.base}, {recipe.image_size} px, "
                f"{recipe.batch_size} images a step.",
                on_click=fill,
                args=(proposal,),
            )


def fill(proposal: Proposal) -> None:
    """Put it into the form, and show that."""
    st.session_state[RECIPE] = proposal.base
    for name, value in {"name": proposal.recipe.name, **proposal.changes}.items():
        st.session_state[f"{proposal.base}.{name}"] = value
    st.session_state[views.KEY] = TRAININGS
