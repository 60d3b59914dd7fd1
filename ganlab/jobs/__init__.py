"""Launching trainings that outlive the app: submit, cancel, resume, list."""

from ganlab.jobs.local import Job, cancel, delete, list_jobs, resume, submit, submit_all
from ganlab.jobs.sweep import sweep

__all__ = ["Job", "cancel", "delete", "list_jobs", "resume", "submit", "submit_all", "sweep"]
