"""A run as it goes on: its state, curves, samples, findings and log, and what can be done with it."""

from typing import Literal

import streamlit as st

from ganlab import cards
from ganlab.counting import counted, number
from ganlab.data.spec import noun
from ganlab.explore import curves, findings, last_lines, summary
from ganlab.jobs import BACKENDS, Job
from ganlab.metrics import METRICS
from ganlab.runs import LOCAL, Finding, State, read_where, told_state
from ganlab.take_snapshot import SAMPLES_WHILE_TRAINING
from ganlab.ui import access, charts, messages
from ganlab.ui.login import current_visitor
from ganlab.ui.markdown import escaped, in_chart
from ganlab.ui.shell import lesson_link
from ganlab.ui.training import run_buttons, run_samples
from ganlab.ui.training.estimating import duration

LEFT_OUT = "drawing and measuring"  # out of the time that a run that has ended trained for
CURVES_HEIGHT = 490  # pixels
TOOLBAR_WIDTH = 34  # pixels
FRAME_SECONDS = 0.8  # of a film of samples

Colour = Literal["primary", "gray", "green", "orange", "red"]
BADGES: dict[State, tuple[Colour, str]] = {  # colour, icon
    "queued": ("gray", "hourglass_empty"),
    "running": ("primary", "play_arrow"),
    "cancelling": ("orange", "pending"),
    "cancelled": ("gray", "stop_circle"),
    "done": ("green", "check"),
    "failed": ("red", "error"),
    "interrupted": ("orange", "power_off"),
    "collapsed": ("red", "trending_down"),
}
STATES: dict[State, str] = {
    "cancelling": "It saves its state, then stops.",
    "cancelled": "It was stopped on request, and can go on where it stopped.",
}


def show_run(job: Job) -> None:
    """Everything about one run. Buttons act at once and show it at the next look."""
    colour, icon = BADGES[job.status.state]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(told_state(job.status), icon=f":material/{icon}:", color=colour)
        if current_visitor().person and (name := access.owner_name(job.folder)):
            st.caption(f"by {escaped(name)}")
        st.space("stretch")
        run_buttons.show(job)
    # Each part has a place of its own: when one comes or goes, those below it stay where they are, and the browser
    # does not show them twice.
    with st.container():
        _told(job)
    with st.container():
        _numbers(job)
    playing = run_samples.choose_film(job)
    st.fragment(_samples_and_curves, run_every=FRAME_SECONDS if playing else None)(job, playing)
    with st.container():
        _findings(job)
        _beginning(job)
    with st.expander("Log", icon=":material/notes:"):
        st.code(last_lines.log_tail(job.folder.log) or "nothing yet", language=None)


def _samples_and_curves(job: Job, playing: bool) -> None:
    """Pictures of a step, and the curves with a line there; a film goes on each time."""
    picture, graph = st.columns([1.05, 1], gap="small")
    with picture:
        step = run_samples.show(job, playing=playing)
    with graph:
        _curves(job, step)


def show_line(job: Job) -> None:
    """What the run is doing, in a line: for where `show_run` is far from the button that started it."""
    status = job.status
    step = f" · step {status.step:,} of {status.steps:,}" if status.steps else ""
    icon = BADGES[status.state][1]
    st.caption(f":material/{icon}: **{escaped(job.name)}** is {told_state(status)}{step}")


def _told(job: Job) -> None:
    """Words for the state, where they help."""
    if job.problem:
        st.error(f"This run cannot be read as a whole: {messages.told(job.problem)}", icon=":material/broken_image:")
    elif _ended_by_finding(job):
        st.empty()  # `_findings` says why, with what to try
    elif job.status.state in ("failed", "collapsed"):
        st.error(messages.told(job.status.error + _how_it_ended(job)), icon=":material/error:")
    elif job.status.error:
        st.warning(messages.told(job.status.error), icon=":material/power_off:")
    elif job.said:
        st.caption(f":material/dns: {messages.told(job.said)}.")
    elif job.ahead:
        st.info(_waiting(job.ahead), icon=":material/hourglass_empty:")
    elif job.status.state == "queued":
        st.caption(":material/hourglass_empty: It is about to start.")
    elif job.status.state in ("done", "cancelled") and job.status.ended:
        st.caption(f":material/stop_circle: {escaped(job.status.ended[:1].upper() + job.status.ended[1:])}.")
    elif job.status.state in STATES:
        st.caption(STATES[job.status.state])
    else:
        st.empty()  # in place of earlier words, which the browser would keep until a look at the run has ended


def _place(job: Job) -> str:
    """Where the run was sent, and what it is called there."""
    handle = read_where(job.folder).handle
    return BACKENDS[job.backend].title + (f", job {handle}" if handle else "")


def _waiting(ahead: int) -> str:
    return f"In the queue: {counted(ahead, 'training is', 'trainings are')} before it."


def _numbers(job: Job) -> None:
    status = job.status
    if not status.steps:
        return
    called = noun(job.recipe.image_size) if job.recipe else "image"
    parts = [f"at {_place(job)}"] if job.backend != LOCAL else []
    parts.append(f"step {status.step:,} of {status.steps:,}")
    if job.active and status.processes > 1:
        parts.append(f"{status.processes} processes")
    if job.active and status.cards:
        parts.append(cards.in_words(status.cards))
    if job.active and status.images_per_second:
        parts.append(f"{status.images_per_second:,.0f} {called}s/s with {LEFT_OUT}")
    if status.state == "running" and status.doing:
        parts.append(status.doing)
    elif status.state == "running" and status.eta_seconds is not None:
        parts.append(f"{duration(status.eta_seconds)} left")
    if status.best_value is not None and status.metric in METRICS:
        title, samples = METRICS[status.metric].title, counted(SAMPLES_WHILE_TRAINING, "sample")
        parts.append(f"best {title}: {number(status.best_value)} at step {status.best_step:,}, of {samples}")
    if not job.active and (trained := last_lines.trained(job.folder)):
        rate = f"{trained.images_per_second:,.0f} {called}s/s"
        parts.append(f"trained for {duration(trained.seconds)}, {rate} without {LEFT_OUT}")
    st.progress(min(1.0, status.step / status.steps), escaped(" · ".join(parts)))


def _curves(job: Job, step: int | None) -> None:
    """The curves, with a line at the step whose samples are shown."""
    try:
        found = curves.of_run(job.folder)
    except ValueError as error:
        st.warning(messages.told(error), icon=":material/lock:")
        return
    if not len(found):
        st.caption("The curves begin with the first report.")
        return
    figure = charts.curve_figure(
        {job.name: found}, colour_by="quantity", dark=st.context.theme.type == "dark", height=CURVES_HEIGHT
    )
    figure.for_each_trace(lambda trace: trace.update(hovertemplate=_without_run(trace.hovertemplate, job.name)))
    if step is not None:
        figure.add_vline(step, line={"color": charts.GREY[st.context.theme.type == "dark"], "width": 1.5})
    # Plotly's buttons stand upright in the margin: lying, they would cover the key of the first panel.
    margin = {"t": 48, "b": 8, "r": TOOLBAR_WIDTH}
    figure.update_layout(
        legend={"visible": False}, margin=margin, modebar={"orientation": "v"}
    )  # one run needs no name
    config = charts.CONFIG | {"displayModeBar": "hover"}
    st.plotly_chart(figure, key=f"curves {job.name}", config=config, alt=f"Training curves of {job.name}")


def _without_run(text: str | None, name: str) -> str | None:
    return text.replace(f"{in_chart(name)} · ", "") if text else text


def _findings(job: Job) -> None:
    """What the monitor saw: with advice while it holds, as history once later measurements took it back."""
    told = findings.look_back(job.folder, job.status.findings)
    for one in findings.advice(told):
        text = f"{messages.told(one.said)}. **Try this:** {messages.told(one.suggestion)}."
        ended = _ended_by_finding(job) and any(_is_why(finding, job) for finding in one.findings)
        if ended:
            st.error(
                f"The training ended here. {text}{messages.told(_how_it_ended(job)[1:])}",
                icon=":material/trending_down:",
            )
        else:
            st.warning(text)
    for finding, over in told:
        if over is not None:
            st.caption(f":material/history: {escaped(findings.history(finding, over))}")
    lesson_link(*(finding.kind for finding, _ in told))
    if missing := summary.not_measured(job.status.left_out):
        st.caption(f":material/rule: {messages.told(missing)}")


def _beginning(job: Job) -> None:
    """What it began with, where its nets were not fresh, and what its images go through."""
    if job.status.began_from:
        st.caption(f":material/start: Began with nets of {messages.told(job.status.began_from)}")
    if job.status.augmented:
        st.caption(f":material/auto_fix_high: Augmentation: {messages.told(job.status.augmented)}")


def _how_it_ended(job: Job) -> str:
    """What the run says of its end, as a sentence behind another one; empty where it says nothing."""
    ended = job.status.ended
    return f". {ended[:1].upper()}{ended[1:]}." if ended else ""


def _ended_by_finding(job: Job) -> bool:
    """Whether the reason for the end is one of the findings, so that it need not be told twice."""
    return job.status.state == "collapsed" and any(_is_why(finding, job) for finding in job.status.findings)


def _is_why(finding: Finding, job: Job) -> bool:
    return job.status.error.startswith(finding.message)
