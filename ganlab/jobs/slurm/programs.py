"""Slurm's own programs, run without a shell and never waited for without end."""

import os
import shutil
import subprocess
from collections.abc import Sequence

from ganlab.foreign import shortened

MOST_SECONDS = 30.0
MISSING = (
    "Slurm's {} is not on this machine: start ganlab on a machine of the cluster where sinfo answers, with the runs "
    "and data folders on a disk that all its machines share"
)


class SlurmError(ValueError):
    """A program of Slurm's refused, hung or is not there; the message says it in words."""


def is_here(program: str = "sbatch") -> bool:
    return shutil.which(program) is not None


def run(
    program: str, *arguments: str, typed: str = "", env: dict[str, str] | None = None, seconds: float | None = None
) -> str:
    """What the program prints, with `typed` as its input. SlurmError, in words, when it does not do its work.

    `seconds` is how long it may take; by default MOST_SECONDS.
    """
    seconds = seconds or MOST_SECONDS
    command: Sequence[str] = [program, *arguments]
    try:
        done = subprocess.run(
            command,
            input=typed,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=seconds,
            env={**(os.environ if env is None else env), "LC_ALL": "C.UTF-8"},
        )
    except FileNotFoundError:
        raise SlurmError(MISSING.format(program)) from None
    except subprocess.TimeoutExpired:
        raise SlurmError(f"Slurm's {program} did not answer within {seconds:.0f} s; try again later") from None
    except OSError as error:
        raise SlurmError(f"Slurm's {program} cannot be started ({error.strerror})") from error
    if done.returncode != 0:
        said = shortened(done.stderr.strip() or done.stdout.strip() or f"exit code {done.returncode}", 300)
        raise SlurmError(f"Slurm's {program} refused: {said}")
    return done.stdout
