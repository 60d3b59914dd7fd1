"""Compare: curves, samples, settings and results of runs, checkpoints and studies, side by side."""

import streamlit as st

from ganlab.explore import comparison, curves, differences, seeds
from ganlab.explore.studies import study_files
from ganlab.runs import ACTIVE
from ganlab.ui.comparing.controls import choose_look, choose_sources, reset_button
from ganlab.ui.comparing.curves import chart, downloads, notes, nothing_yet, shown
from ganlab.ui.comparing.picking import pick
from ganlab.ui.comparing.sheets import sheets
from ganlab.ui.comparing.stage import show_stage
from ganlab.ui.comparing.studies import choose_study, show_problems, show_study
from ganlab.ui.comparing.tables import costs_table, results_table, seeds_table, settings_table
from ganlab.ui.examples_button import examples_button
from ganlab.ui.page_end import end_page
from ganlab.ui.report_button import report_button
from ganlab.ui.report_links import report_links
from ganlab.ui.shell import ensure_router, header

REFRESH = "3s"

ensure_router()
header(
    "Compare",
    "The discriminator D scores what it sees from 0 (generated) to 1 (real): D(x) is its mean score of real data, "
    "D(G(z)) that of generated ones. Near 0.5 it cannot tell them apart; when D(x) nears 1 and D(G(z)) 0, it has won, "
    "and the generator G learns little.",
)
report_links()

known, studies = comparison.sources(), study_files()
if not known:
    show_problems(studies)
    nothing_yet()
    end_page()
left, right = st.columns([2.4, 1], gap="medium") if studies else (st.container(), st.empty())
with left:
    chosen = choose_sources(known)
    pick(known, studies)
with right:
    study = choose_study(studies) if studies else None
show_problems(studies)
if study:
    show_study(study)
if not chosen:
    st.info("Choose one or more runs or checkpoints above.", icon=":material/stacked_line_chart:")
    end_page()

entries = [comparison.read(source) for source in chosen]
live = any(entry.state in ACTIVE for entry in entries)


@st.fragment(run_every=REFRESH if live else None)
def growing() -> None:
    """The chart and its notes, drawn again while a run goes on."""
    now = [comparison.read(source) for source in chosen] if live else entries
    if live and not any(entry.state in ACTIVE for entry in now):
        st.rerun()
    names = differences.labels(now, by=look.names)
    chart(shown(now, names, look), look)
    notes(now, names, look)


controls, picture = st.columns([1, 2.4], gap="medium")
with controls:
    panels = list(curves.panels([name for entry in entries for name in entry.curves.quantities]))
    together = seeds.groups(entries, [entry.source.name for entry in entries])
    of_seeds = [len(group.places) for group in together]
    look = choose_look(panels, seeds=of_seeds, noun=differences.noun_of(entries))
    names = differences.labels(entries, by=look.names)
    hues = seeds.own_places(together) if look.together else range(len(entries))
    with st.container(horizontal=True):
        downloads(shown(entries, names, look), look)
        report_button(chosen, "compare")
        examples_button("compare")
        reset_button()
with picture:
    growing()
show_stage(entries, names)
sheets(entries, names)
results_table(entries, names, hues)
if max(of_seeds) > 1:
    seeds_table(entries, names)
settings_table(entries, names, hues)
costs_table(entries, names, hues)
