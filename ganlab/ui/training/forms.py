"""The training form: what to train and how long; every setting of a recipe as a widget with its bounds."""

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ganlab.data.spec import said_of
from ganlab.families import FAMILIES
from ganlab.recipes import RECIPES, Recipe
from ganlab.ui.markdown import escaped
from ganlab.ui.training import fields, proposing
from ganlab.ui.training.about_images import augmentation_line, dataset_line, quality_line
from ganlab.ui.training.fields import Field, Group
from ganlab.ui.training.proposing import RECIPE
from ganlab.ui.whole_numbers import whole_number

HALF_WIDTH = 11  # letters of a choice that half of the form has room for


def choose_recipe() -> Recipe:
    """The recipe that the form starts from; in the address as `recipe`."""
    name = st.selectbox(
        "Recipe",
        list(RECIPES),
        key=RECIPE,
        bind="query-params",
        help="Settings that work; each can be changed below.",
    )
    return RECIPES[name]


def how_it_learns(recipe: Recipe) -> str:
    """What the nets of the recipe's family do, in a sentence."""
    return said_of(FAMILIES[recipe.family].TEXT, recipe.image_size)


def settings_form(recipe: Recipe) -> Recipe | None:
    """The recipe as the visitor has changed it, or None while something is wrong, which is then told beside it."""
    settings = _widgets(recipe, recipe.name, "What")
    dataset_line(settings.get("dataset", recipe.dataset), settings.get("image_size", recipe.image_size))
    proposing.show(settings.get("dataset", recipe.dataset), key="form_fits")
    about_images = st.container()
    changed = fields.with_family(recipe, settings.get("family", recipe.family))
    settings |= _widgets(changed, recipe.name, "How long")
    with st.expander("Model", icon=":material/account_tree:"):
        settings |= _widgets(changed, recipe.name, "Model")
    with st.expander("Optimisation", icon=":material/tune:"):
        settings |= _widgets(changed, recipe.name, "Optimisation")
    if wrong := [field.title for field in fields.fields(changed) if field.name not in settings]:
        st.error(f"Not usable as it is: {', '.join(wrong)}. The reason stands below it in red.")
        return None
    try:
        made = changed.with_settings(settings)
    except ValueError as error:
        st.error(escaped(str(error).removeprefix("recipe: ").removeprefix("Value error, ")))
        return None
    with about_images:
        augmentation_line(made)
        quality_line(made)
    return made


def complain(text: str) -> None:
    """Say below a widget why its value cannot be used."""
    st.markdown(f":red[:small[{escaped(text)}]]")


def _widgets(recipe: Recipe, prefix: str, group: Group) -> dict[str, Any]:
    """Widgets for the settings of one group, two beside each other; the values that can be used."""
    of_group = [field for field in fields.fields(recipe) if field.group == group]
    shown = [field for field in of_group if len(field.choices) != 1]
    values = {field.name: field.value for field in of_group if field not in shown}
    free: list[DeltaGenerator] = []
    for field in shown:
        if _is_wide(field):
            free = [st.container()]
        elif not free:
            free = list(st.columns(2, vertical_alignment="bottom"))
        with free.pop(0):
            try:
                value = _widget(field, f"{prefix}.{field.name}")
            except ValueError as error:
                complain(str(error))
                continue
            if reason := fields.complaint(recipe, field.name, value):
                complain(reason)
            else:
                values[field.name] = value
    return values


def _is_wide(field: Field) -> bool:
    """Whether half of the form's width would cut off one of the choices."""
    return max((len(str(choice)) for choice in field.choices), default=0) > HALF_WIDTH


def _widget(field: Field, key: str) -> Any:
    """The widget that fits the field; ValueError when what was written is no value."""
    common: dict[str, Any] = {"key": key, "help": field.help or None}
    bound = common | {"bind": "query-params"}
    if field.kind == "choice":
        return st.selectbox(field.title, field.choices, field.choices.index(field.value), **bound)
    if field.kind == "switch":
        return st.toggle(field.title, field.value, **bound)
    if field.kind == "integer":
        # No bounds for the browser: it keeps what is beyond them to itself, and the last value would be trained with.
        return fields.check(field, whole_number(field.title, None, None, field.value, step=_step(field), **common))
    # A number field of the browser would round 0.0002 to its format; text takes 2e-4 as well.
    return fields.parse(field, st.text_input(field.title, fields.text_of(field.value), max_chars=200, **bound))


def _step(field: Field) -> int:
    """A click's worth: a tenth of the value, as one digit with zeros."""
    return 10 ** max(0, len(str(abs(field.value))) - 2)
