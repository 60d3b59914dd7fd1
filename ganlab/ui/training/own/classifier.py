"""The classifier of a dataset: a button that trains it, the training's progress, and how good it is."""

import streamlit as st

from ganlab.access import actions
from ganlab.data import Pack
from ganlab.data.adding import Added
from ganlab.jobs import classifying
from ganlab.metrics import classifier_training, readers
from ganlab.ui import access, messages, refusals
from ganlab.ui.markdown import escaped

REFRESH = "1s"


def show(dataset: Added, pack: Pack) -> None:
    """What quality is measured by, and the button where there can be a classifier."""
    status = classifying.status_of(dataset.name)
    if status and status.active:
        _watch(dataset)
        return
    if status and status.state == "failed":
        st.error(f"The classifier could not be trained: {messages.told(status.error)}", icon=":material/block:")
    accuracy = readers.accuracy(dataset.name)
    why = classifier_training.why_none(dataset.name, len(pack.images)) if pack.spec.conditions else "it has no labels"
    with st.container(horizontal=True, vertical_alignment="center", key="own_classifier"):
        st.caption(f":material/straighten: {escaped(_words(accuracy, why))}", width="content")
        if why:
            return
        barred = access.against_making("train") or access.against_changing("change", dataset)
        st.button(
            "Train its classifier" if accuracy is None else "Train it again",
            key="train_classifier",
            type="tertiary",
            icon=":material/fact_check:",
            disabled=bool(barred),
            help=barred
            or "It learns to read the labels off pictures. Then quality is measured by what it sees, models are asked "
            "whether they obey, and codes get names.",
            on_click=access.act,
            args=(actions.train_classifier, dataset),
        )


def _words(accuracy: float | None, why: str) -> str:
    if accuracy is not None:
        return f"Quality is measured by its classifier, which finds {accuracy:.1%} of the held-out pictures' labels."
    return f"Quality is measured by pixels, without a classifier{f': {why}' if why else ''}."


@st.fragment(run_every=REFRESH)
def _watch(dataset: Added) -> None:
    """The training's progress, looked at every second; the page runs again when it has ended."""
    refusals.show()
    status = classifying.status_of(dataset.name)
    if status is None or not status.active:
        st.rerun()
    words = f"Training the classifier: {status.text}" if status.text else "Training the classifier"
    st.progress(min(max(status.share, 0.0), 1.0), escaped(words))
    st.button(
        "Cancel",
        key="cancel_classifier",
        icon=":material/stop_circle:",
        disabled=bool(barred := access.against_changing("change", dataset)),
        help=barred or None,
        on_click=access.act,
        args=(actions.cancel_classifier, dataset),
    )
