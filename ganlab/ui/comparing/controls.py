"""The controls of the Compare page: what to compare and how to look at it, all of it in the address."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from ganlab import listings, runs
from ganlab.checkpoints import Card
from ganlab.choices import nearest
from ganlab.counting import counted
from ganlab.explore import comparison, curves, same_latent, sweeps
from ganlab.explore.comparison import Source
from ganlab.foreign import shortened
from ganlab.metrics import LEADING, METRICS
from ganlab.runs import RunFolder
from ganlab.ui import address, address_check, cache
from ganlab.ui.markdown import code
from ganlab.ui.one_of import one_of

SOURCES, PANELS, AXIS, LOG, SMOOTHING, NAMES, STEP = "curves", "panels", "axis", "log", "smoothing", "names", "at"
SEEDS, EACH, TOGETHER = "seeds", "Each", "Together"
AXES = {"Step": "step", "Epoch": "epoch", "Images": "images", "Time": "seconds"}
SMOOTHING_PERCENT = 2.0
BEGUN, FIRST, RESETS = (f"compare_{name}" for name in ("begun", "first", "resets"))  # kept for the session only
MOST_LINES = 20  # of more runs those that differ in their seed alone are drawn as one
MOST_UNKNOWN, MOST_LETTERS = 5, 80  # names of the address that are told, and letters of each
FIRST_CHOICE = 3  # entries that a visitor without a choice of his own sees


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the visitor chose to see of the curves."""

    panels: Sequence[str]
    axis: str
    log: Sequence[str]
    smoothing: float  # half-life, share of the longest run
    names: str  # `run` or `settings`
    noun: str = "image"  # what people call one of what the runs learn from
    together: bool = False  # whether runs that differ in their seed alone are one mean with its band


def choose_sources(known: Mapping[str, Source]) -> list[Source]:
    """The entries to compare; in the address as `curves`, once an entry or separated by commas."""
    names = {source.id: source.name for source in known.values()}
    spelled = comparison.spellings(known)
    values = address.read_all(SOURCES)
    parts = [part for value in values for part in ([value] if value in spelled else value.split(",")) if part]
    # The address has names; links from other pages have ids.
    asked = [names[spelled[part]] if part in spelled else part for part in parts]
    bound = SOURCES in st.session_state  # Back may bring commas again, and what is bound is not ours to set
    if asked != values and not bound:
        st.query_params[SOURCES] = asked
        st.rerun()
    first = _first_choice(known)
    if first and not asked and SOURCES not in st.session_state and BEGUN not in st.session_state:
        st.session_state[BEGUN] = True
        st.session_state[SOURCES] = first
        st.query_params[SOURCES] = [names[source_id] for source_id in first]  # which the control does not do at first
    chosen = st.multiselect(
        "Runs and checkpoints",
        list(known),
        format_func=lambda source_id: names[source_id],
        key=SOURCES,
        bind="query-params",
        placeholder="Choose what to compare",
    )
    if unknown := [name for name in dict.fromkeys(asked) if name not in names.values()]:
        address_check.tell(SOURCES, _unknown(unknown, names.values()))
    return [known[name] for name in chosen]


def _unknown(asked: Sequence[str], known: Collection[str]) -> str:
    """What is told of names in the address that nothing here has, in Markdown."""
    shown = [code(shortened(name, MOST_LETTERS)) for name in asked[:MOST_UNKNOWN]]
    more = [counted(len(asked) - MOST_UNKNOWN, "more name")] if len(asked) > MOST_UNKNOWN else []
    listed = " or ".join(filter(None, [", ".join(shown), *more]))
    gone = "it" if len(asked) == 1 else "they"
    near = dict.fromkeys(close for name in asked[:MOST_UNKNOWN] if (close := nearest(name, known)))
    meant = f" Did you mean {' or '.join(code(shortened(name, MOST_LETTERS)) for name in near)}?" if near else ""
    return f"There is no run or checkpoint {listed} here; {gone} may have been deleted.{meant}"


def _first_choice(known: Mapping[str, Source]) -> list[str]:
    """The sweep of the newest run, else the newest runs; without runs, checkpoints that can follow one latent.

    Runs that ended before their first report have nothing to compare.
    """
    offered = [(name, source) for name, source in known.items() if source.result is None]
    able = [name for name, source in offered if not (source.run and _stays_empty(source.run))]
    if newest := next((run for name in able if (run := known[name].run)), None):
        names = {folder.name for folder in sweeps.of_run(newest)}
        together = [name for name in able if (run := known[name].run) and run.name in names]
        return sorted(together) if len(together) > 1 else able[:FIRST_CHOICE]
    cards = {name: cache.card(model) for name in able if (model := known[name].model)}
    alike = {name: (card.latent.structure, card.data.name) for name, card in cards.items() if isinstance(card, Card)}
    together = [list(alike)[i] for i in same_latent.largest(list(alike.values()))]
    return list(dict.fromkeys([*together, *able]))[:FIRST_CHOICE]


def _stays_empty(run: RunFolder) -> bool:
    """Whether nothing was logged and the run has ended; a run that cannot be read says so where it is shown."""
    try:
        return not (listings.is_file(run.metrics) and run.metrics.stat().st_size) and (
            runs.read_status(run).state not in runs.ACTIVE
        )
    except (ValueError, OSError):
        return False


def choose_look(panels: Sequence[str], *, seeds: Sequence[int], noun: str) -> Look:
    """The controls beside the chart; each is in the address.

    `seeds`: how many runs each group has that differ in their seed alone. `noun` as in `Look`.
    """
    leading = next((panel for name in LEADING if (panel := METRICS[name].title) in panels), None)
    default = [panel for panel in (curves.LOSSES, curves.OUTPUTS, leading) if panel and panel in panels]
    shown = st.pills("Panels", panels, selection_mode="multi", default=default, key=PANELS, bind="query-params")
    axis = one_of("Along", list(AXES), "Step", key=AXIS, titles={"Images": f"{noun}s".capitalize()})
    log = st.pills("Logarithmic", ["x", "y"], selection_mode="multi", key=LOG, bind="query-params")
    smoothing = st.slider(
        "Smoothing",
        0.0,
        20.0,
        SMOOTHING_PERCENT,
        0.5,
        format="%.1f %%",
        key=SMOOTHING,
        bind="query-params",
        help="Half-life of the moving average, as a share of the longest run. The faint lines are the raw values.",
    )
    names = one_of(
        "Legend",
        ["Run", "Settings"],
        "Run",
        key=NAMES,
        help="Name each curve by its run, or by the settings that set it apart.",
    )
    first_seeds = TOGETHER if sum(seeds) > MOST_LINES else EACH
    together = max(seeds, default=0) > 1 and _seeds(first_seeds) == TOGETHER
    for key, value in {PANELS: default, AXIS: "Step", LOG: [], SMOOTHING: SMOOTHING_PERCENT, NAMES: "Run"}.items():
        first_value(key, value)
    return Look(
        panels=shown,
        axis=AXES[axis],
        log=log,
        smoothing=smoothing / 100,
        names=names.lower(),
        noun=noun,
        together=together,
    )


def _seeds(first: str) -> str:
    first_value(SEEDS, first)
    return one_of(
        "Seeds",
        [EACH, TOGETHER],
        first,
        key=SEEDS,
        help="Runs that differ in nothing but their seed: each by itself, or their mean and one standard deviation.",
    )


def first_value(key: str, value: object) -> None:
    """Note what a control shows before anyone has touched it, for `reset_button`."""
    st.session_state.setdefault(FIRST, {})[key] = value


def reset_button() -> None:
    """Set the noted controls back; a forgotten value would be read from the address again, so each is given one."""

    def reset() -> None:
        st.session_state.update(st.session_state.get(FIRST, {}))
        st.session_state[RESETS] = st.session_state.get(RESETS, 0) + 1

    st.button("Reset", icon=":material/restart_alt:", on_click=reset, help="All controls and the zoom as at first")
