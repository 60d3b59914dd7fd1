"""Launching trainings that outlive the app, here or elsewhere: submit, cancel, resume, list."""

from ganlab.jobs.backends import BACKENDS, Backend
from ganlab.jobs.calls import cancel, delete, list_jobs, look, look_at, resume, submit, submit_all
from ganlab.jobs.job import Job
from ganlab.jobs.sweep import sweep

__all__ = [
    "BACKENDS",
    "Backend",
    "Job",
    "cancel",
    "delete",
    "list_jobs",
    "look",
    "look_at",
    "resume",
    "submit",
    "submit_all",
    "sweep",
]
