"""A report of runs and models, made on request and taken along as a ZIP."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from ganlab.access import actions
from ganlab.explore.comparison import Source
from ganlab.file_versions import FileVersion, version
from ganlab.reports.templates import TEMPLATES
from ganlab.ui import access, messages
from ganlab.ui.clicks import clicked
from ganlab.ui.login import current_visitor

MADE = "report_made"  # the last one, kept for the session
Asked = tuple[tuple[tuple[str, FileVersion | None], ...], str]  # what it is about, files as they were, and how full
WORDS = {"short": "Short", "full": "Full"}


def report_button(sources: Sequence[Source], key: str) -> None:
    """A popover that makes the report; it holds a page, figures (SVG, PNG, GIF), tables, Markdown and LaTeX."""
    with st.popover("Report", icon=":material/description:", key=f"report-{key}", on_change="rerun") as place:
        if not place.open:
            return
        template = st.radio(
            "What it has",
            list(TEMPLATES),
            index=1,
            format_func=lambda name: f"{WORDS[name]}: {TEMPLATES[name].title.lower()}",
            key=f"report-template-{key}",
        )
        asked = tuple((one.id, version(one.model.path) if one.model else None) for one in sources), template
        barred = access.against_making("report")
        look: dict[str, Any] = {"disabled": bool(barred), "help": barred or None, "type": "primary"}
        if clicked("Make the report", icon=":material/play_arrow:", key=f"report-make-{key}", **look):
            _make(sources, template, asked)
        made = st.session_state.get(MADE)
        if made is not None and made[0] == asked:
            st.download_button(
                "Download (ZIP)",
                made[1],
                file_name="ganlab-report.zip",
                mime="application/zip",
                key=f"report-download-{key}",
                icon=":material/download:",
                on_click="ignore",
            )
            st.caption(f"{len(made[1]) / 1e6:.1f} MB. Unpack it and open report.html; nothing else is needed.")
        else:
            st.caption("Takes ten seconds to a minute for each model.")


def _make(sources: Sequence[Source], template: str, asked: Asked) -> None:
    bar = st.progress(0.0, "reading")

    def tell(share: float, text: str) -> None:
        bar.progress(min(1.0, share), messages.told(text))

    try:
        st.session_state[MADE] = (asked, actions.make_report(current_visitor(), sources, template, tell))
    except (ValueError, OSError) as error:
        st.error(messages.told(error), icon=":material/error:")
    bar.empty()
