"""The model picker that the exploring pages share; its choice is `model` in the address."""

from collections.abc import Callable, Collection, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ganlab.checkpoints import Card, Checkpoint
from ganlab.explore import ids, library
from ganlab.explore.library import Model
from ganlab.explore.plane import View
from ganlab.explore.preferences import Rank
from ganlab.ui import address, cache, messages, refusals
from ganlab.ui.markdown import choose_from, code
from ganlab.ui.page_end import end_page
from ganlab.ui.shell import TRAIN_PAGE, just_arrived

KEY = "model"  # in the address
CHOICE, LAST = "model_choice", "model_last"


def choose_model(
    stage: DeltaGenerator,
    *,
    fits: Callable[[Card], bool] = lambda card: True,
    lacking: str = "",
    rank: Callable[[Card], Rank],
    nothing: Callable[[], None] | None = None,
    plane: View = "samples",
) -> tuple[Model, Checkpoint]:
    """Let the visitor choose, and load the choice; ends the page with a message in `stage` when that cannot be.

    Only models that the page can do something with are offered: those that `fits`, and those that cannot be read.
    What the others lack is said in the words `lacking` to who comes with one of them. Who has not chosen sees the
    first of those with the highest `rank`, one of `PREFERENCES`. `nothing` shows what to do when there is none. A model
    of points has a page of its own, which the `plane` is about.
    """
    every = readable_first(library.models())
    known = {model.id: model for model in every if isinstance(card := cache.card(model), str) or fits(card)}
    if not any(isinstance(cache.card(model), Card) for model in known.values()) and nothing:
        known = {}
    if not known:
        with stage:
            (nothing or nothing_yet)()
        end_page()
    others = [model.id for model in every if model.id not in known]
    if st.session_state.get(CHOICE) in others:  # chosen on another page
        del st.session_state[CHOICE]
    asked, arrived = address.read(KEY), just_arrived()
    asked = ids.spellings(library.named_ids()).get(asked, asked) if asked else None
    came_with = asked or (st.session_state.get(LAST) if arrived else None)
    if came_with in others:
        stage.info(f"{code(came_with)} has no {lacking}, so another model is shown here.", icon=":material/info:")
        asked = None
    _follow(asked, known, stage, arrived=arrived)
    if CHOICE not in st.session_state:
        st.session_state[CHOICE] = max(known, key=lambda name: _rank(known[name], rank))
    names = library.shown_names([model.id for model in every])
    model = known[st.selectbox("Model", list(known), key=CHOICE, format_func=lambda name: names[name])]
    st.session_state[LAST] = model.id
    address.write(KEY, model.id)
    try:
        loaded = cache.checkpoint(model.path)
    except ValueError as error:
        with stage:
            cannot_be_read(str(error))
        end_page()
    if loaded.card.data.points:
        from ganlab.ui.plane import show  # here, not above: it brings Plotly along, which pictures do without

        with stage:
            show(model, loaded, plane)
        end_page()
    return model, loaded


def readable_first(models: Sequence[Model]) -> list[Model]:
    """The same models; those whose file cannot be read go to the end."""
    return sorted(models, key=lambda model: isinstance(cache.card(model), str))


def nothing_yet() -> None:
    """What to do when there is no model at all."""
    with st.container(border=True):
        st.subheader("No models yet", anchor=False)
        st.markdown(
            "Train one: `digits-quick` needs no download and draws digits in about two minutes. "
            "Or upload a checkpoint in the gallery, or put `.safetensors` files into the folder `checkpoints/`."
        )
        st.page_link(TRAIN_PAGE, label="Train a first model", icon=":material/model_training:")


def cannot_be_read(reason: str) -> None:
    """The reason, with names of files instead of the server's paths."""
    address.lack()
    st.error(messages.told(reason), icon=":material/broken_image:")


def _rank(model: Model, rank: Callable[[Card], Rank]) -> Rank:
    card = cache.card(model)
    return rank(card) if isinstance(card, Card) and not card.data.points else ()


def _follow(asked: str | None, known: Collection[str], stage: DeltaGenerator, *, arrived: bool) -> None:
    """Set the picker to the model that the address asks for, else to the one of the page before.

    Binding the picker to the address would not do: bound values belong to one page, and this one goes along.
    """
    last = st.session_state.get(LAST)
    refusals.repeat(stage)
    if asked and asked not in known:
        refusals.warn(stage, f"There is no model {code(asked)} here. {choose_from(asked, known)}")
    elif asked and asked != last:
        st.session_state[CHOICE] = asked
    elif arrived and last in known:
        st.session_state[CHOICE] = last
