"""Trains the recipe of a run directory: reports, samples, snapshots, keep-best, monitor, resume, cancel."""

import signal
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from ganlab import causes, events, listings, monitor, out_of_memory, resume, runs, stopping
from ganlab.ending import finish
from ganlab.events import Events
from ganlab.extras import require_event_files
from ganlab.following import gathered
from ganlab.journal import Journal, Tell
from ganlab.loop import Report, train
from ganlab.runs import Finding, RunFolder
from ganlab.session import Session, prepare, take_in
from ganlab.stopping import Stopped
from ganlab.system_errors import in_words
from ganlab.take_snapshot import first_not_finite, take_snapshot
from ganlab.training_state import Run

SAVE_EVERY_SECONDS = 60.0
LESS_MEMORY = "lower batch_size or width, or choose another device"


def execute(
    folder: RunFolder,
    *,
    device: str = "",
    continue_run: bool = False,
    snapshots: int = 0,
    processes: int = 0,
    tell: Tell = lambda text: None,
) -> Iterator[Report]:
    """Train the run in `folder` to its end, yielding reports; `tell` hears what takes time besides the steps.

    `snapshots` are drawn and measured at equal distances; 0 stands for what the status says, or `session.SNAPSHOTS`.
    So many `processes` share each batch; 0: as many as before.

    Raises ValueError when the run cannot start (another trainer, a bad recipe, no data, nothing to resume), and when
    memory is too small for it.
    SIGTERM, Ctrl-C and the folder's `stop` file save the state and end the run as `cancelled`. A `stop` file from
    before the start counts too: whoever wants a cancelled run to go on removes it first. SIGUSR1 ends a run that was
    sent to another machine as `queued`: its time there is over, and whoever sent it has it go on.
    Once another trainer has taken the run over, nothing in its folder is touched any more: TakenOverError.
    """
    with runs.hold(folder):
        folder = runs.claim(folder)
        journal = Journal(folder, runs.read_status(folder), tell)
        journal.write(state="running", error="", signal=None, **runs.this_process())
        try:
            with out_of_memory.in_words(LESS_MEMORY):
                wanted = journal.status.tensorboard
                if wanted:
                    require_event_files()
                snapshots = snapshots or journal.status.snapshots
                with stopping.at_once():
                    session = prepare(journal, device=device, continue_run=continue_run, snapshots=snapshots)
                journal.write(processes=processes or journal.status.processes)
                with (
                    stopping.on_signals(journal.wish_to_stop),
                    gathered(session.run, session.stream, folder, journal.status.processes),
                    events.opened(folder, session.run.step, wanted=wanted, tell=journal.tell) as written,
                ):
                    yield from _train(session, journal, written)
        except Stopped as wish:
            _end(folder, **_stopped(folder, wish.number))
            folder.stop.unlink(missing_ok=True)
        except KeyboardInterrupt:  # while it got ready: the loop itself takes Ctrl-C as a wish
            _end(folder, state="cancelled", signal=int(signal.SIGINT))
            raise
        except runs.TakenOverError:
            raise
        except Exception as error:
            # Whatever it was, whoever looks at the run must see it; it then goes on to the caller, who shows where.
            told = isinstance(error, ValueError | OSError)
            with suppress(OSError):  # a disk too full for a status is the error itself
                _end(folder, state="failed", error=in_words(error) if told else f"{type(error).__name__}: {error}")
            raise


def adopt(
    folder: RunFolder, moments: Iterable[Run], reports: Iterable[Report], *, ended: str, tell: Tell = lambda text: None
) -> None:
    """Write the files of a run that was trained in memory: it is then as one that was cancelled at its last step.

    `moments` are the run at some steps in order, a snapshot each; the last one is how it stands, and what it will go on
    from. `ended` is what is to be said of its end. ValueError where there is no data, or weights are no numbers.
    """
    reports = list(reports)
    with runs.hold(folder):
        folder = runs.claim(folder)
        journal = Journal(folder, runs.read_status(folder), tell)
        journal.write(state="running", **runs.this_process())
        session = None
        for run in moments:
            session = replace(session, run=run) if session else take_in(journal, run)
            _note(session, journal, take_snapshot(session, journal, Events(None, tell)), reports)
        assert session is not None
        for report in reports:
            _append(folder, report)
        if lost := _save_state(session):
            raise ValueError(lost[0].message)
        journal.write(state="cancelled", step=session.run.step, eta_seconds=None, doing="", ended=ended)


def _train(session: Session, journal: Journal, written: Events) -> Iterator[Report]:
    run, steps = session.run, session.run.recipe.steps
    if run.step == 0:
        journal.busy("drawing and measuring the first samples")
        take_snapshot(session, journal, written)
    journal.busy("")
    began, begun_step, saved = time.monotonic(), run.step, time.monotonic()
    recent: list[Report] = []
    ending: Finding | None = None

    def stop() -> bool:  # all processes of the run leave the loop by what the first one says here
        return bool(ending) or journal.stop_wanted() or _patience_is_over(session, journal)

    for report in train(run, session.stream, report_every=session.report_every, stop=stop):
        recent = [*recent[-monitor.WINDOW :], report]
        _record(session, journal, report, (report.step - begun_step) / max(1e-9, time.monotonic() - began))
        written.report(report)
        yield report
        ending = _note(session, journal, monitor.inspect_reports(recent), recent)
        if not ending and (report.step % session.snapshot_every == 0 or report.step == steps):
            ending = _note(session, journal, take_snapshot(session, journal, written), recent)
        if not ending and time.monotonic() - saved > SAVE_EVERY_SECONDS:
            ending = _note(session, journal, _save_state(session), recent)
            saved = time.monotonic()
    if not ending or not ending.fatal:  # one that somebody may go on with in spite of the finding
        saving = _note(session, journal, _save_state(session), recent)
        ending = ending or saving
    if ending:
        finish(session, journal, ending)
    elif run.step < steps and not _patience_is_over(session, journal):
        journal.write(eta_seconds=None, step=run.step, **_stopped(journal.folder, journal.signal))
    else:
        finish(session, journal)
    journal.folder.stop.unlink(missing_ok=True)


def _patience_is_over(session: Session, journal: Journal) -> bool:
    """Whether the last snapshots were no better; told from the best step alone, so that a resumed run agrees."""
    patience, best = session.run.recipe.patience, journal.status.best_step
    return bool(patience) and best is not None and session.run.step - best >= patience * session.snapshot_every


def _record(session: Session, journal: Journal, report: Report, steps_per_second: float) -> None:
    _append(journal.folder, report)
    recipe = session.run.recipe
    journal.write(
        step=report.step,
        images_per_second=steps_per_second * recipe.batch_size,
        eta_seconds=(recipe.steps - report.step) / steps_per_second,
    )


def _append(folder: RunFolder, report: Report) -> None:
    line = {"step": report.step, "images": report.images, "seconds": round(report.seconds, 3)}
    runs.append_metrics(folder, line | {k: float(f"{v:.6g}") for k, v in report.values.items()})


def _note(session: Session, journal: Journal, found: Sequence[Finding], recent: Sequence[Report]) -> Finding | None:
    """Note new kinds of findings, with their likely cause; the one that ends the run here, if there is one."""
    run = session.run
    found = [causes.advised(finding, run.recipe, recent) for finding in found]
    known = {finding.kind for finding in journal.status.findings}
    new = [finding for finding in found if finding.kind not in known]
    if new:
        journal.write(findings=[*journal.status.findings, *new])
    stops = journal.status.on_collapse == "stop" and run.step < run.recipe.steps
    return next((finding for finding in found if finding.fatal or stops), None)


def _save_state(session: Session) -> list[Finding]:
    """Save what a resumed run needs; a state that could only fail again does not take the place of a good one."""
    if lost := first_not_finite(session.run.nets):
        return [monitor.not_finite(session.run.step, lost)]
    folder = session.folder
    folder.check()
    runs.sync_metrics(folder)
    resume.save_state(session.run, folder.resume, folder.resume_before, session.pack.fingerprint, check=folder.check)
    return []


def _stopped(folder: RunFolder, number: int | None) -> dict[str, Any]:
    """What the status says of a run that was asked to end, by a signal or otherwise."""
    over = number is not None and number == stopping.TIME_IS_OVER
    if over and not runs.is_here(folder) and not listings.is_file(folder.stop):
        return {"state": "queued", "signal": None}
    return {"state": "cancelled", "signal": number}


def _end(folder: RunFolder, **changes: Any) -> None:
    """Write how the run ended, unless its folder was removed under it."""
    if not folder.lock.exists():
        return
    update = {"eta_seconds": None, "doing": ""} | changes
    runs.write_status(folder, runs.read_status(folder).model_copy(update=update))
