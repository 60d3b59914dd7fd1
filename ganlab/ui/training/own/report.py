"""The report before packing, in words and small tables."""

import streamlit as st

from ganlab.counting import counted
from ganlab.data.adding import LabelCounts, Report, Settings
from ganlab.foreign import shortened
from ganlab.ui.markdown import escaped

SHOWN = 200  # rows of a table
CUT = {
    "centre": "{share:.0%} of a picture is cut away on average",
    "squeeze": "nothing is cut away",
    "pad": "{share:.0%} of an image is white beside the picture on average",
}


def show_obstacles(told: Report) -> None:
    """Why the pictures cannot become a dataset like this, and what to do."""
    for text in told.obstacles:
        st.error(escaped(text[:1].upper() + text[1:]), icon=":material/block:")


def show(told: Report, settings: Settings, *, labelled: bool) -> None:
    """What will be packed, and what will not and why."""
    show_obstacles(told)
    st.markdown(
        f"**{told.usable:,} of {counted(told.files, 'picture')} can be used:** {told.train:,} to train on, "
        f"{told.test:,} held out for measurements. {_formats(told)}"
    )
    st.caption(escaped("; ".join(_facts(told, settings)) + "."))
    for note in told.notes:
        st.caption(f":material/info: {escaped(note[:1].upper() + note[1:])}.")
    if told.labels and labelled:
        for labels in told.labels:
            label_table(labels, key="report", origin=told.origin)
    if told.unusable:
        with st.expander(
            f"{counted(len(told.unusable), 'file')} that cannot be used",
            icon=":material/block:",
            key="own_unusable",
        ):
            st.dataframe([{"Why": one.why} for one in told.unusable[:SHOWN]], hide_index=True)
            if len(told.unusable) > SHOWN:
                st.caption(f"These are the first {SHOWN}.")


def label_table(labels: LabelCounts, *, key: str, origin: str = "") -> None:
    """How many pictures each label has, the most first; `key` tells tables of one name on one page apart."""
    most = max((count.number for count in labels.counts), default=1)
    with st.expander(
        f"Labels: {escaped(shortened(labels.name, 60))}, {len(labels.counts):,} of them",
        icon=":material/label:",
        expanded=len(labels.counts) <= 12,
        key=f"own_labels_{key}_{labels.name}",
    ):
        if origin:
            st.caption(f"From {escaped(origin)}")
        st.dataframe(
            [
                {"Label": count.name, "Pictures": count.number}
                for count in sorted(labels.counts, key=lambda count: -count.number)[:SHOWN]
            ],
            hide_index=True,
            column_config={
                "Pictures": st.column_config.ProgressColumn(format="localized", min_value=0, max_value=max(most, 1))
            },
        )
        if len(labels.counts) > SHOWN:
            st.caption(f"These are the {SHOWN} with the most pictures.")


def _formats(told: Report) -> str:
    return escaped(", ".join(f"{count.number:,} {count.name}" for count in told.formats)) + "."


def _facts(told: Report, settings: Settings) -> list[str]:
    sizes = {f"{sides.width:,} x {sides.height:,}": 0 for sides in (told.smallest, told.median, told.largest)}
    facts = [
        f"{' to '.join(sizes)} pixels" if len(sizes) < 3 else f"{' / '.join(sizes)} pixels (smallest, median, largest)"
    ]
    facts.append("grey" if told.channels == 1 else "colour")
    facts.append(CUT[settings.crop].format(share=told.cut))
    if told.copies:
        facts.append(counted(told.copies, "is a copy of another", "are copies of others"))
    if told.unlabelled:
        facts.append(counted(told.unlabelled, "has no label and is left out", "have no labels and are left out"))
    facts += [f"passed over: {over.counted}, such as {shortened(over.first, 80)}" for over in told.passed_over]
    return facts
