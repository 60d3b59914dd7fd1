"""What the training form says of the images: whether they are here, how they are changed, what judges them."""

from contextlib import suppress

import streamlit as st

from ganlab import metrics
from ganlab.augmentation import in_words
from ganlab.data import catalogue
from ganlab.families import FAMILIES
from ganlab.metrics.obedience import is_conditional
from ganlab.players import augment_setting
from ganlab.recipes import Recipe
from ganlab.ui.markdown import escaped
from ganlab.ui.packing import at_its_size, opens, pack_button, pack_if_asked

AUGMENTATION = (
    "Real and drawn pictures are changed at random before the discriminator sees them, so that it cannot learn a small "
    "dataset by heart. The setting Augment, under Optimisation, turns it off."
)

QUALITY = (
    "The snapshots of a run are compared by it, and the best one becomes the model. Where a classifier reads the "
    "dataset, it is what that sees; a dataset of your own with labels gets one by a button, under Your own "
    "pictures. Else it is the distance of pixels, which knows nothing of what they mean."
)

DATASET_STATES: dict[catalogue.State, tuple[str, str]] = {  # icon, what is so
    "packed": ("check_circle", "ready"),
    "offline": ("check_circle", "comes with this program; no download"),
    "drawn": ("palette", "drawn by this program in a minute or two; no download"),
    "files": ("folder_open", "files found; packing takes some seconds"),
    "download": ("cloud_download", "not here yet; has to be downloaded"),
    "missing": ("folder_off", "not here; bring your own copy"),
}
DAMAGED = ("broken_image", "its pack cannot be read")


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
