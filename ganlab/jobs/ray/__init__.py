"""Trainings on a Ray cluster, by the HTTP interface of Ray Jobs, so that no Ray is needed here.

Ray fails a job that it cannot start within 15 minutes, and forgets all jobs when its head ends. So runs wait in their
own directories until there is room for them, and how a run stands is read there, too.
"""

from ganlab.jobs.ray.looking import look
from ganlab.jobs.ray.sending import NAME, against, cancel, offered, submit

__all__ = ["NAME", "against", "cancel", "look", "offered", "submit"]
