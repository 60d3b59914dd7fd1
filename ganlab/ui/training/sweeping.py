"""The form of a sweep: one or two settings and the values that they take."""

from typing import Any

import streamlit as st

from ganlab import jobs
from ganlab.recipes import Recipe
from ganlab.ui.training import fields
from ganlab.ui.training.fields import Field
from ganlab.ui.training.forms import complain


def sweep_form(recipe: Recipe) -> list[Recipe]:
    """The recipes of a grid over one or two settings; empty while it is incomplete, with the reason."""
    known = {field.name: field for field in fields.sweepable(recipe)}
    grid: dict[str, list[Any]] = {}
    for number, text in enumerate(("First setting", "Second setting")):
        name = st.selectbox(
            text,
            [name for name in known if name not in grid],
            index=None,
            key=f"sweep_{number}",
            bind="query-params",
            format_func=lambda name: known[name].title,
            placeholder="none",
        )
        if name is None:
            break
        try:
            grid[name] = _sweep_values(known[name], number)
        except ValueError as error:
            complain(str(error))
            return []
    if not grid:
        return []
    try:
        return jobs.sweep(recipe, grid)
    except ValueError as error:
        complain(str(error))
        return []


def _sweep_values(field: Field, number: int) -> list[Any]:
    key = f"sweep_{number}.{field.name}"  # each setting keeps its own values
    if field.choices:
        return st.pills(field.title, field.choices, selection_mode="multi", key=key, bind="query-params")
    text = st.text_input(
        f"{field.title}: values, with commas between",
        fields.text_of(field.value),
        max_chars=1_000,
        key=key,
        bind="query-params",
        help=field.help,
    )
    return fields.parse_list(field, text)
