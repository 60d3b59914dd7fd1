"""Trainings on a Slurm cluster: `sbatch` starts them, `squeue` and the run directories tell how they stand."""

from ganlab.jobs.slurm.looking import look
from ganlab.jobs.slurm.sending import NAME, against, cancel, offered, submit

__all__ = ["NAME", "against", "cancel", "look", "offered", "submit"]
