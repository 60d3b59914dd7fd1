"""What a run's state is called where people read it: an early end by what the monitor found."""

from ganlab.runs.status import Finding, State, Status

ENDED_BY = {
    "mode-collapse": "collapsed",
    "nan": "overflowed",
    "not-learning": "ended early (not learning)",
    "discriminator-too-strong": "ended early (discriminator too strong)",
    "discriminator-diverged": "ended early (discriminator diverged)",
    "class-missing": "ended early (a class is missing)",
    "disobedient": "ended early (conditions not followed)",
    "not-converged": "ended early (not converged)",
}
"""By the kind of finding that ended a run."""

ENDED_EARLY = "ended early"  # by a finding of which the kind is not known: files of earlier versions do not say it


def state_in_words(state: State, ended_by: str = "") -> str:
    """What people read for a state; `ended_by` is the kind of finding that ended the run, where one did.

    In files the state of every run that the monitor ended is `collapsed`, whatever it had found.
    """
    return ENDED_BY.get(ended_by, ENDED_EARLY) if state == "collapsed" else state


def told_state(status: Status) -> str:
    """What people read for a run's state now."""
    return state_in_words(status.state, status.ended_by or _kind_of_reason(status.findings, status.error))


def _kind_of_reason(findings: list[Finding], error: str) -> str:
    """The kind of the finding whose message begins the reason that a run gives for its end; empty where none does."""
    return next((finding.kind for finding in findings if error.startswith(finding.message)), "")
