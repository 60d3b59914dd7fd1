"""Handing runs to Slurm, and taking them back from it."""

import os
import re
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from ganlab import cards, runs
from ganlab.jobs.processes import environment
from ganlab.jobs.slurm import programs
from ganlab.jobs.slurm.settings import SETTINGS, is_asked_for, settings
from ganlab.runs import RunFolder, Where

NAME = "slurm"
TRAINER = "ganlab.jobs.slurm.trainer"
JOB = re.compile(
    r"([0-9]+)(;.*)?"
)  # what `sbatch --parsable` prints: the number, and a cluster where there are several


def offered() -> bool:
    """Whether Slurm is here, or a setting says that it should be."""
    return programs.is_here() or is_asked_for()


def against() -> str:
    """Why nothing can be handed to Slurm; empty when it can."""
    try:
        settings()
    except ValueError as error:
        return str(error)
    return "" if programs.is_here() else programs.MISSING.format("sbatch")


def submit(folders: Sequence[RunFolder]) -> None:
    """Hand the runs over as one job, of which a setting says how many tasks run at a time.

    ValueError when Slurm refuses, is missing or does not answer; then it has none of them.
    """
    chosen = settings()
    options = [f"{setting.option}={chosen[name]}" for name, setting in SETTINGS.items() if setting.option]
    options = [option for option in options if not option.endswith("=")]
    if len(folders) > 1:
        options.append(f"--array=0-{len(folders) - 1}%{chosen['AT_ONCE']}")
    printed = programs.run(
        "sbatch",
        "--parsable",
        "--job-name=ganlab",
        "--ntasks=1",
        "--requeue",
        f"--signal=B:USR1@{chosen['WARNING_SECONDS']}",
        "--output=/dev/null",  # the script writes into the run's own log
        *options,
        typed=script([folder.path for folder in folders]),
        env=_environment(chosen["CPUS"]),
    )
    found = JOB.fullmatch((printed.strip().splitlines() or [""])[-1])
    if not found:
        raise programs.SlurmError(f"Slurm's sbatch printed no number of a job but {printed.strip()[:200]!r}")
    for task, folder in enumerate(folders):
        handle = f"{found[1]}_{task}" if len(folders) > 1 else found[1]
        runs.write_where(folder, Where(backend=NAME, handle=handle))


def _environment(cpus: str) -> dict[str, str]:
    """What the job inherits: nothing of a job of Slurm's that this process may be part of, no card of this machine."""
    stays = {cards.DECLARED, cards.GIVEN}
    own = {
        name: value
        for name, value in environment().items()
        if name == "SLURM_CONF" or not (name.startswith("SLURM_") or name in stays)
    }
    return {"OMP_NUM_THREADS": cpus} | own | {"PYTHONUNBUFFERED": "1"}


def cancel(folder: RunFolder) -> None:
    """End its job: a trainer gets SIGTERM and saves, and is killed after the cluster's KillWait seconds.

    ValueError when Slurm does not answer; the trainer then still finds the `stop` file.
    """
    if handle := runs.read_where(folder).handle:
        programs.run("scancel", "--quiet", handle)


def script(paths: Sequence[Path]) -> str:
    """The job: each task becomes the trainer of its run, so that signals reach it and not a shell."""
    places = "\n".join(shlex.quote(os.path.abspath(path)) for path in paths)
    return f"""#!/bin/bash
RUNS=(
{places}
)
RUN=${{RUNS[${{SLURM_ARRAY_TASK_ID:-0}}]}}
exec >>"$RUN/log.txt" 2>&1 </dev/null || exit 1
exec {shlex.quote(sys.executable)} -m {TRAINER} "$RUN"
"""
