"""Links to the reports that came along: answers to five course reports."""

import streamlit as st

from ganlab import listings
from ganlab.counting import counted
from ganlab.reports.titles import TITLES
from ganlab.ui.assets import REPORTS_FOLDER
from ganlab.ui.markdown import escaped


def report_links() -> None:
    """Nothing where none came along."""
    there = {path.stem for path in listings.files(REPORTS_FOLDER, "*.html")}
    links = [f"[{escaped(title)}](reports/{name}.html)" for name, title in TITLES.items() if name in there]
    if links:
        answered = counted(len(links), "course report")
        st.caption(f":material/description: {answered}, answered figure by figure: {' · '.join(links)}")
