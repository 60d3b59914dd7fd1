"""The training form: what to train, how long, on what; every setting of a recipe as a widget with its bounds."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ganlab import jobs, metrics
from ganlab.augmentation import in_words
from ganlab.data import catalogue
from ganlab.data.spec import said_of
from ganlab.devices import is_name, names_here
from ganlab.extras import why_no_event_files
from ganlab.families import FAMILIES
from ganlab.metrics.obedience import is_conditional
from ganlab.players import augment_setting
from ganlab.recipes import RECIPES, Recipe
from ganlab.runs import LOCAL
from ganlab.ui import address, address_check
from ganlab.ui.markdown import code, escaped
from ganlab.ui.one_of import one_of
from ganlab.ui.packing import at_its_size, opens, pack_button, pack_if_asked
from ganlab.ui.training import fields, proposing
from ganlab.ui.training.fields import Field, Group
from ganlab.ui.training.proposing import RECIPE
from ganlab.ui.whole_numbers import whole_number

DEVICE, ON_COLLAPSE, TENSORBOARD, WHERE = "device", "on_collapse", "tensorboard", "where"  # in the address
DEVICES_ELSEWHERE = ("auto", "cpu", "cuda")  # whether a machine of a cluster has them only it knows

AUGMENTATION = (
    "Real and drawn pictures are changed at random before the discriminator sees them, so that it cannot learn a small "
    "dataset by heart. The setting Augment, under Optimisation, turns it off."
)

QUALITY = (
    "The snapshots of a run are compared by it, and the best one becomes the model. Where a classifier reads the "
    "dataset, it is what that sees; a dataset of your own with labels gets one by a button, under Your own "
    "pictures. Else it is the distance of pixels, which knows nothing of what they mean."
)

HALF_WIDTH = 11  # letters of a choice that half of the form has room for

DATASET_STATES: dict[catalogue.State, tuple[str, str]] = {  # icon, what is so
    "packed": ("check_circle", "ready"),
    "offline": ("check_circle", "comes with this program; no download"),
    "drawn": ("palette", "drawn by this program in a minute or two; no download"),
    "files": ("folder_open", "files found; packing takes some seconds"),
    "download": ("cloud_download", "not here yet; has to be downloaded"),
    "missing": ("folder_off", "not here; bring your own copy"),
}
DAMAGED = ("broken_image", "its pack cannot be read")


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


def dataset_line(name: str, size: int | None = None) -> None:
    """What is there of a dataset at a size in pixels, and a button that packs it where that takes time."""
    state = catalogue.state(name, size)
    is_damaged = state == "packed" and not opens(name, size)
    icon, text = DAMAGED if is_damaged else DATASET_STATES[state]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f":material/{icon}: {escaped(name)}{at_its_size(name, size)}: {text}")
        if is_damaged or state in ("drawn", "files", "download"):
            pack_button(name, size)
    pack_if_asked(name, size)


def augmentation_line(recipe: Recipe) -> None:
    """Which random changes images go through before the discriminator, and why; nothing where there are none."""
    with suppress(ValueError):  # a damaged pack is told where the training would start
        images = catalogue.training_images(recipe.dataset, recipe.image_size)
        if told := in_words(augment_setting(recipe.config), images, recipe.images_seen):
            st.caption(f":material/auto_fix_high: Augmentation: {escaped(told)}", help=AUGMENTATION)


def quality_line(recipe: Recipe) -> None:
    """The metric that the best snapshot is chosen by, and what it reads."""
    known = catalogue.find(recipe.dataset)
    if known is None:
        return
    latent = FAMILIES[recipe.family].latent(recipe.config, known.spec)
    name = metrics.leading_of(recipe.dataset, conditional=is_conditional(latent, known.spec))
    metric = metrics.METRICS[name]
    st.caption(f":material/straighten: Quality: {metric.title}, {escaped(metric.text)}", help=QUALITY)


class Machine(NamedTuple):
    """What a training is to run on, and when it ends there."""

    where: str  # the name of a place to train at
    device: str
    on_collapse: str  # what to do when the monitor sees it fail
    tensorboard: bool = False  # whether event files are written


def choose_machine() -> Machine:
    """Where to train, where there is a choice, on which device, and what to do when the training fails."""
    where = _choose_where()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        device = one_of(
            "Device",
            _devices() if where == LOCAL else list(DEVICES_ELSEWHERE),
            "auto",
            key=DEVICE,
            help="auto takes a GPU when there is one, the one with most room where there are several",
        )
        stop = st.toggle(
            "Stop when it fails",
            key=ON_COLLAPSE,
            bind="query-params",
            help="A monitor watches every training and names what goes wrong. It can also end the training there.",
        )
        missing = why_no_event_files() if where == LOCAL else ""
        written = st.toggle(
            "TensorBoard",
            key=TENSORBOARD,
            bind="query-params",
            disabled=bool(missing),
            help=escaped(missing) or "The run writes event files, too: `tensorboard --logdir` shows them.",
        )
    return Machine(where, device, "stop" if stop else "continue", written and not missing)


def _choose_where() -> str:
    """One of the places that are here, or that the address asks for: why it cannot be used is told beside the start.

    In the address a place has its title, as Streamlit writes there what people read.
    """
    asked, title = st.session_state.get(WHERE), address.read(WHERE)
    offered = [
        name for name, place in jobs.BACKENDS.items() if asked == name or title == place.title or place.offered()
    ]
    if len(offered) == 1:
        if title and title != jobs.BACKENDS[LOCAL].title:
            address_check.refuse(WHERE, f"{code(jobs.BACKENDS[LOCAL].title)}, the only place to train at here")
        return LOCAL
    return one_of(
        "Where",
        offered,
        LOCAL,
        key=WHERE,
        titles={name: place.title for name, place in jobs.BACKENDS.items()},
        help="Wherever a training runs, it is watched, cancelled and resumed here.",
    )


def can_start(recipes: Sequence[Recipe], machine: Machine) -> bool:
    """Whether there are trainings, and nothing stands in the way of any; else the reason and the remedy are shown."""
    reasons = (jobs.against_training(recipe, machine.device, machine.where) for recipe in recipes)
    told = dict.fromkeys(filter(None, reasons))
    for text in told:
        st.warning(f":small[This cannot start here: {escaped(text)}.]", icon=":material/block:")
    return bool(recipes) and not told


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
            _complain(str(error))
            return []
    if not grid:
        return []
    try:
        return jobs.sweep(recipe, grid)
    except ValueError as error:
        _complain(str(error))
        return []


def _sweep_values(field: Field, number: int) -> list[Any]:
    key = f"sweep_{number}.{field.name}"  # each setting keeps its own values
    if field.choices:
        return st.pills(field.title, field.choices, selection_mode="multi", key=key, bind="query-params")
    text = st.text_input(
        f"{field.title}: values, with commas between", _text(field.value), key=key, bind="query-params", help=field.help
    )
    return fields.parse_list(field, text)


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
                _complain(str(error))
                continue
            if reason := fields.complaint(recipe, field.name, value):
                _complain(reason)
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
    return fields.parse(field, st.text_input(field.title, _text(field.value), **bound))


def _complain(text: str) -> None:
    st.markdown(f":red[:small[{escaped(text)}]]")


def _step(field: Field) -> int:
    """A click's worth: a tenth of the value, as one digit with zeros."""
    return 10 ** max(0, len(str(abs(field.value))) - 2)


def _text(value: Any) -> str:
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def _devices() -> list[str]:
    """Those that are here, and the one that the address asks for: why it cannot be used is told beside the start."""
    asked = {str(place[DEVICE]) for place in (st.session_state, st.query_params) if DEVICE in place}
    here = names_here()
    return [*here, *sorted(name for name in asked if is_name(name) and name not in here)]
