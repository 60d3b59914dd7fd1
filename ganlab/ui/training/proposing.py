"""Recipes for a dataset of the visitor's own, filled into the training form by a click."""

import streamlit as st

from ganlab.counting import counted
from ganlab.data import catalogue
from ganlab.data.spec import said_of, size_in_words
from ganlab.families import FAMILIES
from ganlab.recipes.proposing import Proposal, proposals
from ganlab.ui import views
from ganlab.ui.markdown import escaped

RECIPE = "recipe"  # in the address
FILLED = "form_filled"  # for the session, until the page has seen it
TRAININGS, OWN = "Trainings", "Your own pictures"
"""The views of the page."""
MODELS = {"gan": "a GAN", "infogan": "an InfoGAN", "vae": "a VAE", "acgan": "an ACGAN", "cgan": "a conditional GAN"}


def show(dataset: str, *, key: str) -> None:
    """A button for each kind of model that fits; nothing where the dataset is none of the visitor's own."""
    known = catalogue.find(dataset)
    if known is None or known.source != "added":
        return
    fitting = proposals(known.spec, known.train)
    with st.container(horizontal=True, vertical_alignment="center", key=f"{key}_row"):
        st.caption(f"Fits {escaped(dataset)}:", width="content")
        for proposal in fitting:
            recipe = proposal.recipe
            st.button(
                f"Train {MODELS[recipe.family]} on it",
                key=f"{key}_{recipe.family}",
                icon=":material/model_training:",
                help=f"{said_of(FAMILIES[recipe.family].TEXT, recipe.image_size)} Recipe {proposal.base}, "
                f"{size_in_words(recipe.image_size)}, {counted(recipe.batch_size, known.spec.noun)} a step.",
                on_click=fill,
                args=(proposal,),
            )
    training = counted(known.train, f"training {known.spec.noun}")
    steps = sorted({proposal.recipe.steps for proposal in fitting})
    passes = sorted({round(proposal.passes) for proposal in fitting})
    st.caption(
        f"Each fills in the training form with {_either(steps)} steps, in which each of "
        f"{training} is seen {_either(passes)} times, and says how long they take. "
        "Nothing starts before you press Start training."
    )


def _either(numbers: list[int]) -> str:
    return " or ".join(f"{number:,}" for number in numbers)


def fill(proposal: Proposal) -> None:
    """Put it into the form, and show that."""
    st.session_state[RECIPE] = proposal.base
    for name, value in {"name": proposal.recipe.name, **proposal.changes}.items():
        st.session_state[f"{proposal.base}.{name}"] = value
    st.session_state[views.KEY] = TRAININGS
    st.session_state[FILLED] = True


def was_just_filled() -> bool:
    """Whether a proposal was put into the form since this was asked last."""
    return bool(st.session_state.pop(FILLED, False))
