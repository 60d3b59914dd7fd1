"""The views of the Attributes page, and what the classifier makes of their pictures."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import streamlit as st
from torch import Tensor

from ganlab.checkpoints import Checkpoint
from ganlab.data import Condition
from ganlab.explore import attributes, readings
from ganlab.explore.capabilities import conditions
from ganlab.explore.grids import Grid
from ganlab.explore.library import Model
from ganlab.explore.points import Point
from ganlab.metrics import METRICS
from ganlab.metrics.conditions import bounded
from ganlab.ui import cache
from ganlab.ui.attributes.matrix import show_matrix
from ganlab.ui.grid import draw, show_grid
from ganlab.ui.markdown import escaped
from ganlab.ui.one_of import one_of
from ganlab.ui.views import View

OBEDIENCE = ("obeys", "obeys_test", "obeys_unseen")
RULE = "Of k labels asked for, those among the classifier's k likeliest have a tick, as in the published measurement."


def views(model: Model, loaded: Checkpoint, here: Point, seed: int) -> Mapping[str, View]:
    """What can be shown of the model's conditions, by title: of `here` on the stage, and of seeds from `seed` on.

    What is held at `here` is held in all.
    """
    rows = replace(here, seed=seed)
    return {
        "With and without": partial(_pairs, model, loaded, here, rows),
        "Each label": partial(_each, model, loaded, here, rows),
        "Many conditions": partial(_many, model, loaded, here, rows),
        "What else changes": partial(show_matrix, model, loaded),
    }


def show_reading(model: Model, loaded: Checkpoint, latent: Tensor) -> None:
    """What the classifier reads in the picture of a latent [dim], and whether that is what was asked for."""
    classifier = readings.classifier_of(loaded.card.data)
    if classifier is not None:
        latents = latent.unsqueeze(0)
        judged = readings.judge_pictures(classifier, loaded.latent, latents, cache.images(model.path, latents))
        icon, word = ("check", "as asked") if judged.right[0] else ("close", "not as asked")
        unjudged = f"; {escaped(judged.unjudged[0])}" if judged.unjudged[0] else ""
        counted = any(bounded(condition) for condition in classifier.data.conditions)
        st.markdown(
            f":material/{icon}: The classifier reads **{escaped(judged.words[0])}**: {word}{unjudged}",
            help=RULE if counted else None,
        )


def show_measured(loaded: Checkpoint) -> None:
    """How often the pictures obey, where the header says so."""
    metrics = loaded.card.metrics
    said = [f"{METRICS[name].title.lower()} {metrics[name]:.0%}" for name in OBEDIENCE if name in metrics]
    if said:
        st.caption(f"Measured at the end of the training: {', '.join(said)}.")


def _pairs(model: Model, loaded: Checkpoint, here: Point, rows: Point) -> None:
    with st.container(horizontal=True):
        factor = _choose_factor(loaded)
        label = st.selectbox(
            "Label", factor.labels, key="label", bind="query-params", width=220, label_visibility="collapsed"
        )
    label = label if label in factor.labels else factor.labels[0]
    grid = attributes.pairs(loaded.latent, rows, factor.name, label, stage=here)
    caption = "Each column is one latent, without the label and with it; the first is the one on the stage."
    exchanged = attributes.exchanges(loaded.latent, grid, factor.name, label)
    _show(model, loaded, grid, "pairs", f"{caption} {exchanged}".rstrip())


def _each(model: Model, loaded: Checkpoint, here: Point, rows: Point) -> None:
    factor = _choose_factor(loaded)
    grid = attributes.each_label(loaded.latent, rows, factor.name, stage=here)
    if factor.dim > attributes.MOST_COLUMNS:
        caption = "The latent on the stage, each label alone."
    else:
        caption = "Each row is one latent, the first the one on the stage; each column is one label alone."
    _show(model, loaded, grid, f"{factor.name}-labels", caption)


def _many(model: Model, loaded: Checkpoint, here: Point, rows: Point) -> None:
    grid = attributes.many_conditions(loaded.latent, loaded.card.data, rows, stage=here)
    caption = (
        "Each row is one latent, the first the one on the stage; each column is one set of conditions. "
        "What the stage holds stays."
    )
    _show(model, loaded, grid, "conditions", caption)


def _choose_factor(loaded: Checkpoint) -> Condition:
    known = {factor.name: factor for factor in conditions(loaded.latent, loaded.card.data)}
    first = next(iter(known))
    if len(known) == 1:
        return known[first]
    name = one_of(
        "Of",
        list(known),
        first,
        key="of",
        label_visibility="collapsed",
    )
    return known.get(name, known[first])


def _show(model: Model, loaded: Checkpoint, grid: Grid, name: str, caption: str) -> None:
    images = draw(model, loaded, grid)
    classifier = readings.classifier_of(loaded.card.data)
    if classifier is None:
        show_grid(model, loaded, grid, images, name=name, caption=caption)
        return
    judged = readings.judge_pictures(classifier, loaded.latent, grid.latents(loaded.latent), images)
    asked = "all that was asked for and can be seen" if any(judged.unjudged) else "all that was asked for"
    found = f"The classifier finds {asked} in {judged.share:.0%} of them, which are underlined."
    show_grid(
        model,
        loaded,
        grid,
        images,
        name=name,
        caption=f"{caption} {found}",
        readings=[
            f"reads {words}; {unjudged}" if unjudged else f"reads {words}"
            for words, unjudged in zip(judged.words, judged.unjudged, strict=True)
        ],
        marked=[i for i, right in enumerate(judged.right) if right],
    )
