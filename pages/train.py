"""Train: start trainings that outlive this page, and watch them."""

import streamlit as st

from ganlab import jobs
from ganlab.counting import counted
from ganlab.recipes import RECIPES
from ganlab.runs import LOCAL
from ganlab.ui import access, refusals, views
from ganlab.ui.markdown import escaped
from ganlab.ui.page_end import end_page
from ganlab.ui.shell import ensure_router, header
from ganlab.ui.training import (
    beginning,
    estimating,
    forms,
    jobs_list,
    jobs_panel,
    machines,
    own,
    proposing,
    sweeping,
)

QUICK_START = "digits-quick"
REFRESH = "1s"
MANY_RUNS, REFRESH_OF_MANY = 300, "5s"  # a table of 2,000 is 0.3 MB

ensure_router()
about = st.container()
if views.choose((proposing.TRAININGS, proposing.OWN)) == proposing.OWN:
    with about:
        header(proposing.OWN, "A zip or a folder of pictures becomes a dataset, and a model of them opens anywhere.")
    own.show()
    end_page()
barred = access.against_making("train")


def quick_start() -> None:
    st.button(
        "Quick start: digits",
        key="quick_start",
        icon=":material/bolt:",
        help="Trains digits-quick: no download, and digits in one to two minutes.",
        type="secondary" if known else "primary",
        width="stretch" if known else "content",
        disabled=bool(barred),
        on_click=jobs_list.start_again,
        args=(RECIPES[QUICK_START],),
    )


jobs_list.tell_started()
known = jobs.list_jobs()
controls, picture = st.columns([1, 2.9], gap="medium")
with controls:
    if known:
        quick_start()
    chosen = forms.choose_recipe()
    recipe = forms.settings_form(chosen)
    begin_with = beginning.choose(recipe) if recipe else ""
    machine = machines.choose_machine()
    here = machine.where == LOCAL  # nothing is known of the speed and memory of others
    ready = machines.can_start([recipe] if recipe else [], machine)
    estimate_place = st.container()
    jobs_list.start_button(
        "Start training",
        [recipe] if recipe else [],
        machine,
        begin_with,
        key="start",
        ready=ready,
        barred=bool(barred),
        icon=":material/play_arrow:",
        type="primary" if known else "secondary",
        width="stretch",
    )
    status_line = st.container(key="status_line")
    with st.expander("Sweep: try several values", icon=":material/grid_on:"):
        st.caption("One training for each value, or for each pair of values: as many at a time as there is room for.")
        grid = sweeping.sweep_form(recipe) if recipe else []
        grid_ready = machines.can_start(grid, machine)
        if grid:
            st.caption(escaped(", ".join(made.name for made in grid)))
        if grid_ready and here:
            estimating.estimate_line(grid[0], machine.device, known, key="time_sweep", runs=len(grid))
        jobs_list.start_button(
            f"Queue {counted(len(grid), 'training')}" if grid else "Queue trainings",
            grid,
            machine,
            key="start_sweep",
            ready=grid_ready,
            barred=bool(barred),
            icon=":material/playlist_add:",
        )


with about:
    header("Train", f"{forms.how_it_learns(recipe or chosen)} A training goes on when you close this page.")
    if barred:
        st.caption(f":material/lock: {barred}")


def any_active(found: list[jobs.Job]) -> bool:
    return any(job.active for job in found)


live = any_active(known)
run_now, line_now, table_now = (jobs_list.looks_after(known) for _ in range(3))


@st.fragment(run_every=REFRESH if live else None)
def watch(name: str) -> None:
    """The chosen run, looked at again every second while any is active."""
    refusals.show()
    now = run_now()
    chosen = [job for job in now if job.name == name]
    if live != any_active(now) or not chosen:
        st.rerun()  # with or without the clock
    jobs_panel.show_run(chosen[0])


@st.fragment(run_every=REFRESH if live else None)
def watch_line(name: str) -> None:
    """The chosen run in a line below the buttons, on a phone: a screen away from all that `watch` shows."""
    for job in line_now():
        if job.name == name:
            jobs_panel.show_line(job)


@st.fragment(run_every=(REFRESH if len(known) < MANY_RUNS else REFRESH_OF_MANY) if live else None)
def overview() -> None:
    jobs_list.show_table(table_now())


with picture:
    if known:
        with st.container(key="run_shown"):
            watched = jobs_list.choose_run(known).name
            watch(watched)
    else:
        with jobs_list.nothing_yet():
            quick_start()
if known:
    with status_line:
        watch_line(watched)
    st.subheader("All runs", anchor=False)
    overview()
if recipe and ready and here:
    with estimate_place:  # last, since the page waits where steps are timed at once
        estimating.estimate_line(recipe, machine.device, known, key="time", at_once=proposing.was_just_filled())
