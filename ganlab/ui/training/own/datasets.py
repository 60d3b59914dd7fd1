"""The datasets of users' own that are here: to look at, to train on, to delete."""

import numpy as np
import streamlit as st

from ganlab.access import actions
from ganlab.counting import counted
from ganlab.data import Pack, adding
from ganlab.data.adding import Added, Count, LabelCounts
from ganlab.explore import pictures
from ganlab.foreign import shortened
from ganlab.latents import side_by_side
from ganlab.ui import access, cache, messages
from ganlab.ui.login import current_visitor
from ganlab.ui.markdown import code, escaped
from ganlab.ui.training import proposing
from ganlab.ui.training.own import classifier, opened, report

SHOWN = 24  # pictures
COLUMNS = 12


def show() -> None:
    """One of them at a time; nothing where there are none."""
    known = adding.added()
    if not known:
        return
    st.subheader("Datasets", anchor=False)
    names = [dataset.name for dataset in known]
    if st.session_state.get(opened.OPENED) not in names:
        st.session_state[opened.OPENED] = names[0]
    name = st.selectbox("Dataset", names, key=opened.OPENED, label_visibility="collapsed", width=400)
    dataset = Added(name)
    try:
        _show(dataset, cache.pack(name))
    except (ValueError, OSError) as error:
        st.warning(messages.told(error), icon=":material/broken_image:")
    _offer_deletion(dataset)


def _show(dataset: Added, pack: Pack) -> None:
    spec, count = pack.spec, len(pack.images)
    whose = access.owner_name(dataset) if current_visitor().person else ""
    kind = "grey" if spec.channels == 1 else "colour"
    facts = [
        f"{counted(count, 'picture')} of {spec.size} x {spec.size} pixels, {kind}",
        f"{pack.train:,} to train on, {count - pack.train:,} held out",
        f"{dataset.size_bytes / 1e6:,.1f} MB on disk",
        f"from {shortened(pack.source, 120)}" if pack.source else "",
        f"added by {whose}" if whose else "",
        f"terms: {shortened(pack.licence, 120)}" if pack.licence else "",
    ]
    places = np.unique(np.linspace(0, count - 1, SHOWN).astype(int))
    images = pack.images[places].permute(0, 2, 3, 1).numpy()
    if pack.title not in ("", dataset.name):
        st.markdown(f"**{escaped(shortened(pack.title, 200))}**")
    st.caption(escaped("; ".join(filter(None, facts)) + "."))
    with st.container(key="pixels_dataset"):
        st.image(
            pictures.data_url(
                pictures.atlas(images, min(COLUMNS, len(images)), gap=max(1, spec.size // 32), transparent=True)
            ),
            width="stretch",
            alt=f"{counted(len(images), 'picture')} of {dataset.name}",
        )
    for condition, columns in side_by_side(spec.conditions):
        numbers = pack.conditions[:, columns].sum(0).tolist()
        counts = tuple(Count(label, int(n)) for label, n in zip(condition.labels, numbers, strict=True))
        report.label_table(LabelCounts(condition.name, counts), key="dataset")
    classifier.show(dataset, pack)
    proposing.show(dataset.name, key="own_fits")


def _offer_deletion(dataset: Added) -> None:
    if access.against_changing("delete", dataset):
        return
    with st.popover("Delete", icon=":material/delete:", type="tertiary", key=f"own_delete_{dataset.name}"):
        st.markdown(
            f"Delete the dataset {code(dataset.name)}? Models that were trained on it stay, and your own copy of the "
            "pictures, too."
        )
        st.button(
            "Delete it", key="delete_dataset", icon=":material/delete:", on_click=access.act,
            args=(actions.delete, dataset),
        )  # fmt: skip
