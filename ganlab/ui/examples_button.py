"""A button that puts the failures that came along among the runs."""

import streamlit as st

from ganlab.access import actions
from ganlab.jobs import examples
from ganlab.ui.access import act, against_making


def examples_button(key: str) -> None:
    """Nothing where they are there already, or where the visitor may not make runs."""
    count = len(examples.missing())
    if not count or against_making("train"):
        return
    st.button(
        f"Add {count} example{'s' * (count > 1)} of failures",
        icon=":material/report:",
        key=f"examples-{key}",
        on_click=act,
        args=(actions.add_examples,),
        help="Small runs that came along: collapse, dropped digits, a discriminator that is too strong, and a "
        "learning rate that is too small, each with curves, snapshots and what the monitor said.",
    )
