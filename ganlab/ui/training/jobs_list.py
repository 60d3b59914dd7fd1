"""Which run is looked at: the picker, the table of all runs, and the buttons that start new ones."""

import itertools
import time
from collections.abc import Callable
from datetime import tzinfo
from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ganlab import cards, jobs, runs
from ganlab.access import actions
from ganlab.access.visitor import Visitor
from ganlab.choices import nearest
from ganlab.counting import counted
from ganlab.data.spec import noun
from ganlab.explore import last_lines
from ganlab.file_versions import FileVersion, version
from ganlab.jobs import Job
from ganlab.metrics import METRICS
from ganlab.recipes import Recipe
from ganlab.runs import RunFolder, told_state
from ganlab.take_snapshot import SAMPLES_WHILE_TRAINING
from ganlab.ui import access, address, clock
from ganlab.ui.clicks import clicked
from ganlab.ui.clock import moment
from ganlab.ui.login import current_visitor
from ganlab.ui.markdown import code, escaped
from ganlab.ui.page_scripts import show_started
from ganlab.ui.training.estimating import duration
from ganlab.ui.training.machines import Machine

RUN, PICKER = "run", "chosen_run"  # in the address; of the widget
STARTED, DOUBLE_CLICK_SECONDS = "train_started", 1.0
BEGUN = "train_begun"  # what a button started, in words

WHERE_SHOWN = "shown at the top of this page"
LONGEST_DISTANCE = "a few seconds ago"  # of a date in the table
BEST = f"Of the metric that the best snapshot goes by, of {counted(SAMPLES_WHILE_TRAINING, 'sample')}"
WIDEST = 320  # pixels of a column's letters; a run's name may have 67


def start_button(
    label: str,
    recipes: list[Recipe],
    machine: Machine,
    begin_with: str = "",
    *,
    key: str,
    ready: bool,
    barred: bool,
    **look: Any,
) -> None:
    """A button that starts what the form says when the click arrives, a number that was typed just before included.

    A click on a button that was drawn before the visitor was `barred` is refused in words.
    """
    if (moment := clicked(label, key=key, disabled=barred or not ready, **look)) and ready:
        start(recipes, machine, begin_with, clicked_at=moment)
        st.rerun()


def tell_started() -> None:
    """Say once what was started, and bring it into sight: the button stands at the end of a long form."""
    if told := st.session_state.pop(BEGUN, ""):
        st.toast(told, icon=":material/play_arrow:", duration="long")
        show_started()


def start(recipes: list[Recipe], machine: Machine, begin_with: str = "", *, clicked_at: float) -> None:
    """Queue trainings and look at the first of them; the second click of a double click is passed over.

    `begin_with` is the id of the model whose nets they begin with, if any.
    """
    if clicked_at - st.session_state.get(STARTED, float("-inf")) < DOUBLE_CLICK_SECONDS:
        return

    def submit(visitor: Visitor) -> None:
        made = actions.train(visitor, recipes, begin_with=begin_with, **machine._asdict())
        open_run(made[0].name)
        name = code(made[0].name)
        several = f"{counted(len(made), 'training')} have been started. The first, {name}, is"
        st.session_state[BEGUN] = f"{several if len(made) > 1 else f'{name} has been started. It is'} {WHERE_SHOWN}."

    access.act(submit)
    st.session_state[STARTED] = time.monotonic()  # after the work: a click that waited for it counts as double


def start_again(recipe: Recipe) -> None:
    """Queue a training of `recipe` with the first seed that no run of its name has had, so that no two are the same."""
    clicked_at = time.monotonic()  # it is called as the click comes
    earlier = [job.recipe for job in jobs.list_jobs()]
    taken = {other.seed for other in earlier if other and other.name == recipe.name}
    seed = next(seed for seed in itertools.count(recipe.seed) if seed not in taken)
    start([recipe.with_settings({"seed": seed})], Machine(runs.LOCAL, "auto", "continue"), clicked_at=clicked_at)


def looks_after(known: list[Job]) -> Callable[[], list[Job]]:
    """A look at all runs for a part of the page: `known` while the page is run, and a new one whenever the part is."""
    first = [known]
    return lambda: first.pop() if first else jobs.list_jobs()


def choose_run(known: list[Job]) -> Job:
    """The run to look at: the one in the address as `run`, else the newest that trains, else the newest.

    The address is written here rather than bound to the picker: buttons choose runs too.
    """
    names = [job.name for job in known]
    asked = address.read(RUN)
    if asked and asked not in names:
        meant = f" Did you mean {code(close)}?" if (close := nearest(asked, names)) else ""
        text = f"There is no run {code(asked)} here; it may have been deleted.{meant}"
        st.warning(text, icon=":material/link_off:")
    if asked not in names:
        asked = next((job.name for job in known if job.status.state == "running"), names[0])
    open_run(asked)
    st.session_state[PICKER] = asked
    name = st.selectbox(
        "Run", names, key=PICKER, label_visibility="collapsed", on_change=lambda: open_run(st.session_state[PICKER])
    )
    return known[names.index(name)]


def open_run(name: str) -> None:
    """Make `name` the chosen run, and the one that a reload finds."""
    address.write(RUN, name)


def show_table(known: list[Job]) -> None:
    """All runs, the newest first; a click on a line opens it above."""

    def opened() -> None:
        if chosen := st.session_state["runs_table"]["selection"]["rows"]:
            open_run(known[chosen[0]].name)
            st.session_state["run_opened"] = True

    _show_cards(known)
    zone = clock.zone()
    dates = st.column_config.DatetimeColumn(
        format="distance", width=_letters(len(LONGEST_DISTANCE)), help=f"Dates are of {zone.text}."
    )
    elsewhere = any(job.backend != runs.LOCAL for job in known)
    rows = [_row(job, zone.rules, elsewhere) for job in known]
    drawn = noun(max((job.recipe.image_size for job in known if job.recipe), default=0))
    st.dataframe(
        rows,
        key="runs_table",
        on_select=opened,
        selection_mode="single-row",
        hide_index=True,
        placeholder="",
        column_config={
            **{
                title: st.column_config.Column(width=_letters(max(len(str(row[title])) for row in rows)))
                for title in ("Run", "State")
            },
            "Progress": st.column_config.ProgressColumn(format="percent", min_value=0.0, max_value=1.0, width=120),
            "Steps": st.column_config.NumberColumn(format="localized"),
            "Speed": st.column_config.NumberColumn(f"{drawn}s/s".capitalize()),
            "Best": st.column_config.NumberColumn(help=BEST),
            "Created": dates,
            "Ended": dates,
            "Took": st.column_config.Column(help="Training alone, without waiting, pauses and the last measurement"),
        },
    )
    if st.session_state.pop("run_opened", False):
        st.rerun()  # the whole page: the table itself is drawn again by the clock


def nothing_yet() -> DeltaGenerator:
    """What to do when there is no run at all; the caller adds the button."""
    card = st.container(border=True)
    card.subheader("No trainings yet", anchor=False)
    card.markdown(
        "The quick start trains on 1,797 small handwritten digits that come with this program, and shows digits of "
        "its own in one to two minutes. Or choose a recipe, change what you like, and start it."
    )
    return card


def _show_cards(known: list[Job]) -> None:
    """The cards of this machine, the memory that is taken of each, whoever took it, and the runs that sit there."""
    for one in jobs.cards_and_runs(runs.runs_folder(), known):
        sitting = ", ".join(one.runs) or "no training"
        st.caption(f":material/memory: Card {one.number}, {escaped(f'{one.card.name}: {one.memory}; {sitting}')}")


def _row(job: Job, zone: tzinfo, elsewhere: bool) -> dict[str, object]:
    """A line of the table; `elsewhere` says whether some runs are, so that each says where it is."""
    status = job.status
    state = told_state(status) + (f" ({job.place})" if job.place else "")
    card = f" on {cards.in_words(status.cards)}" if job.active and status.cards else ""
    recipe = job.recipe
    by = {"By": access.owner_name(job.folder)} if current_visitor().person else {}
    trained = None if job.active else _trained(job.folder.path, version(job.folder.metrics))
    return {
        "Run": job.name,
        "State": "damaged" if job.problem else state + card,
        "Progress": status.step / status.steps if status.steps else None,
        "Steps": status.steps or None,
        "Data": recipe.dataset if recipe else "",
        **by,
        **({"Where": jobs.BACKENDS[job.backend].title} if elsewhere else {}),
        "Speed": round(trained.images_per_second if trained else status.images_per_second) or None,
        "Best": None if status.best_value is None else float(f"{status.best_value:.4g}"),
        "Measured by": METRICS[status.metric].title if status.metric in METRICS else status.metric,
        "Created": moment(status.created, zone),
        "Ended": None if job.active else moment(status.heartbeat, zone),
        "Took": duration(trained.seconds) if trained else "",
    }


@lru_cache(maxsize=4096)  # a file of each run that has ended, every second
def _trained(path: Path, _metrics: FileVersion) -> last_lines.Trained | None:
    return last_lines.trained(RunFolder(path))


def _letters(count: int) -> int:
    """Pixels that a column takes whose longest cell has so many letters."""
    return 22 + min(round(6.5 * count), WIDEST)
