"""Launching trainings that outlive the app, here or elsewhere: submit, cancel, resume, list."""

from ganlab.jobs.backends import BACKENDS, Backend, backend
from ganlab.jobs.calls import (
    against_sending,
    against_training,
    cancel,
    delete,
    list_jobs,
    look,
    look_at,
    resume,
    submit,
    submit_all,
)
from ganlab.jobs.job import Job
from ganlab.jobs.local import cards_and_runs
from ganlab.jobs.sweep import sweep

__all__ = [
    "BACKENDS",
    "Backend",
    "Job",
    "against_sending",
    "against_training",
    "backend",
    "cancel",
    "cards_and_runs",
    "delete",
    "list_jobs",
    "look",
    "look_at",
    "resume",
    "submit",
    "submit_all",
    "sweep",
]
