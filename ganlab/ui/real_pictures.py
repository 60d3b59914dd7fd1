"""The few real pictures that a model carries, beside those that it draws."""

import streamlit as st

from ganlab import checkpoints
from ganlab.checkpoints import Card
from ganlab.data import catalogue
from ganlab.data.spec import said_of
from ganlab.explore import library, pictures, summary
from ganlab.explore.library import Model
from ganlab.explore.pictures import Pixels
from ganlab.file_versions import FileVersion, version
from ganlab.ui.markdown import escaped
from ganlab.ui.tiles import tiles

COLUMNS = 8
SCALE = 2  # more pixels than a card has, so that the browser only has to shrink


def show_on_card(model: Model, card: Card) -> None:
    """Nothing where the model carries none."""
    real = _carried(model)
    if real is None:
        return
    sheet = pictures.atlas(real, min(COLUMNS, len(real)), gap=1, transparent=True)
    st.caption(said_of("Real pictures, for comparison:", card.data.size))
    with st.container(key=f"pixels_real-{model.id}"):
        st.image(
            pictures.png(pictures.enlarge(sheet, SCALE)),
            width="stretch",
            alt=f"real {card.data.noun}s of {card.origin.title}",
        )


def show_beside(model: Model, card: Card) -> None:
    """Where the model's dataset is not here: those that it carries, or a line that says that it carries none."""
    missing = library.without_pictures(card)
    if not missing and catalogue.is_packed(card.data.name, card.data.size):
        return
    real, what = _carried(model), said_of("pictures", card.data.size)
    if real is not None:
        st.markdown(f"**Real {what} for comparison**, which the model carries. {escaped(summary.origin(card))}")
        labels = [f"real {said_of('picture', card.data.size)} {number}" for number in range(1, len(real) + 1)]
        tiles(real, labels, key="real", columns=pictures.columns_for(len(real)), selectable=False)
    elif missing:
        st.caption(
            f":material/info: Real {what} to compare with are not shown: {escaped(missing)}, and the model carries "
            "none. Only under a free licence it would."
        )


def _carried(model: Model) -> Pixels | None:
    return _read(model, version(model.path))


@st.cache_data(max_entries=64, show_spinner=False)
def _read(model: Model, version: FileVersion) -> Pixels | None:
    """Images [N, H, W, C]."""
    real = checkpoints.read_real(model.path)
    return None if real is None else real.permute(0, 2, 3, 1).numpy()
