"""Which other models draw the same latent beside the chosen one."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from ganlab.checkpoints import Card
from ganlab.explore import library, training
from ganlab.explore.library import Model
from ganlab.ui import cache
from ganlab.ui.choose import cannot_be_read
from ganlab.ui.page_end import end_page

MOST = 7  # others
SNAPSHOTS = 5


class Row(NamedTuple):
    """Models that read the same latents, and what stands below their pictures."""

    models: Sequence[Model]
    captions: Sequence[str]


def choose_beside(model: Model) -> Row:
    """Let the visitor add models of the same latent space, and snapshots of the run that the model came from.

    Ends the page, which then says why, where none of them can be loaded any more.
    """
    latent = cache.checkpoint(model.path).latent.structure
    others = {
        other.id: other
        for other in library.models()
        if other.id != model.id
        and isinstance(card := cache.card(other), Card)
        and card.latent.structure == latent
        and not card.data.points
    }
    names = library.shown_names([model.id, *others])
    row = Row([model], [names[model.id]])
    if others:
        chosen = st.multiselect(
            "Beside it",
            list(others),
            format_func=lambda name: names[name],
            max_selections=MOST,
            key="other-models",
            bind="query-params",
            placeholder="other models",
            help="Models that start from the same numbers draw the same latent side by side.",
        )
        row = Row([*row.models, *(others[name] for name in chosen)], [*row.captions, *(names[name] for name in chosen)])
    if training.has_snapshots(model) and st.toggle("Its training beside it", key="snapshots", bind="query-params"):
        before = early(model)
        row = Row([*before.models, *row.models], [*before.captions, *row.captions])
    left = drawable(row)
    if not left.models:  # the chosen one, too, has gone or was damaged since it was chosen
        end_page()
    return left


def drawable(row: Row) -> Row:
    """Those of the row that can be loaded; of each other one the page says why not, for a good card proves little."""
    left = Row([], [])
    for model, caption in zip(row.models, row.captions, strict=True):
        try:
            cache.checkpoint(model.path)
        except ValueError as error:
            cannot_be_read(str(error))
        else:
            left = Row([*left.models, model], [*left.captions, caption])
    return left


def early(model: Model) -> Row:
    """A few other snapshots of the run that the model came from, evenly over its steps; none for other models."""
    if not training.has_snapshots(model):
        return Row([], [])
    paths = _spread([path for path in training.files(model) if path != model.path], SNAPSHOTS)
    return Row([replace(model, path=path) for path in paths], [f"step {int(path.stem):,}" for path in paths])


def _spread(items: Sequence[Path], count: int) -> list[Path]:
    """At most `count` of them, evenly over their order, the first one included."""
    return [items[i * len(items) // count] for i in range(count)] if len(items) > count else list(items)
