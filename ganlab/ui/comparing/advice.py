"""What the monitor said of the compared runs, each finding once for all runs that share it."""

from collections.abc import Sequence

import streamlit as st

from ganlab.counting import named
from ganlab.explore import findings
from ganlab.explore.comparison import Entry
from ganlab.explore.findings import Told
from ganlab.ui.markdown import escaped

MOST_NAMED = 3  # runs in a sentence


def advice(entries: Sequence[Entry], names: Sequence[str]) -> None:
    """With advice while findings hold, as history once later measurements took them back."""
    told = [
        (name, findings.look_back(entry.source.run, entry.findings))
        for entry, name in zip(entries, names, strict=True)
        if entry.source.run
    ]
    for shared in findings.shared([(name, one) for name, several in told for one in findings.advice(several)]):
        said = shared.first.said
        whose = "" if shared.alike else f" {escaped(shared.names[0])}:"
        text = f"{in_bold(shared.names)},{whose} {escaped(said[:1].lower() + said[1:])}"
        st.markdown(f":orange[:material/warning:] {text}. To try: {escaped(shared.first.suggestion)}.")
    _history(told)
    _kinds(entries, names)


def in_bold(names: Sequence[str]) -> str:
    """Names of runs as Markdown, of many the first ones."""
    return f"**{escaped(named(names, MOST_NAMED))}**"


def _history(told: Sequence[tuple[str, Sequence[Told]]]) -> None:
    """A line for each kind of finding that is over; of several runs it tells the first one's steps."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name, several in told:
        for finding, over in several:
            if over is not None:
                found.setdefault(finding.kind, []).append((name, findings.history(finding, over)))
    for pairs in found.values():
        those = list(dict.fromkeys(name for name, _ in pairs))
        sentences = list(dict.fromkeys(sentence for _, sentence in pairs))
        if len(those) == 1:
            said = " ".join(sentences)
        else:
            said = sentences[0] if len(sentences) == 1 else f"{those[0]}: {sentences[0]}"
        st.caption(f":material/history: {in_bold(those)}: {escaped(said)}")


def _kinds(entries: Sequence[Entry], names: Sequence[str]) -> None:
    """A line for each kind of finding of which only the kind is known."""
    kinds = dict.fromkeys(kind for entry in entries for kind in entry.kinds)
    for kind in kinds:
        those = [name for entry, name in zip(entries, names, strict=True) if kind in entry.kinds]
        title = kind.replace("-", " ").capitalize()
        st.markdown(f":orange[:material/warning:] {escaped(title)}, says the monitor: {in_bold(those)}.")
