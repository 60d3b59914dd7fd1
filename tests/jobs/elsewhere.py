"""What tests ask of runs that other machines may train."""

from ganlab import jobs, runs
from ganlab.jobs import Job
from ganlab.runs import RunFolder
from tests.jobs.processes import SHORT

SENT = SHORT.with_settings({"architecture": "dcgan"})
"""Slow enough to be still at work when a cluster has been asked a few times."""


def seen(folder: RunFolder) -> Job:
    """The run as everyone sees it."""
    return jobs.look_at(folder)


def state(folder: RunFolder) -> str:
    return seen(folder).status.state


def losses(folder: RunFolder) -> list[dict[str, float]]:
    """The curves, without how long it took."""
    return [{key: value for key, value in line.items() if key != "seconds"} for line in runs.read_metrics(folder)]
