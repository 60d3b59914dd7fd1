"""How a training ends: which snapshot becomes its checkpoint, and what is said of that."""

from ganlab import metrics
from ganlab.journal import Journal
from ganlab.runs import Finding
from ganlab.session import Session
from ganlab.snapshots import best_snapshot, export, measure_fully


def finish(session: Session, journal: Journal, ending: Finding | None = None) -> None:
    """Write the best snapshot as the run's checkpoint, with its metrics on many samples, and say how the run ended.

    `ending` is the finding that ended it early. What was not trained at all does not become a checkpoint then.
    """
    folder, run, status = session.folder, session.run, journal.status
    error = f"{ending.message}; {ending.suggestion}" if ending else ""
    best = best_snapshot(folder, status.best_step, after=0 if ending else -1)
    ended = "" if best else "no snapshot can be used"
    if best:
        journal.busy("measuring the result")
        measured = measure_fully(best, session.pack, session.reference)
        for problem in export(best, folder, folder.checkpoint, measured):
            journal.tell(problem)
        journal.leave_out(measured.left_out)
        ended = _how_it_ended(session, journal, best.card.step, ending)
    elif not ending:
        raise ValueError(f"{folder.snapshots} holds no snapshot that can be read; resume the run from its saved state")
    state, left = ("collapsed", None) if ending else ("done", 0.0)
    ended_by = ending.kind if ending else ""
    journal.write(
        state=state,
        step=run.step,
        eta_seconds=left,
        doing="",
        ended=ended,
        ended_by=ended_by,
        error=error,
        signal=journal.signal,
    )


def _how_it_ended(session: Session, journal: Journal, kept: int, ending: Finding | None) -> str:
    """What is to be said of the end, in words; empty where the best snapshot was kept after the last step."""
    run, best, patience = session.run, journal.status.best_step, session.run.recipe.patience
    if best is None:
        title = metrics.title(session.leading)
        return f"{title} was measured of no snapshot, so that none is the best: that of step {kept:,} is kept"
    if kept != best:
        return f"the best snapshot, of step {best:,}, cannot be read: that of step {kept:,} is kept"
    if ending:
        return f"the best snapshot, of step {kept:,}, is kept"
    if run.step < run.recipe.steps:
        return f"stopped early: no better snapshot since step {kept:,} ({patience} more were measured)"
    return ""
