"""Whose a run directory is: only the trainer that took it over last may write there.

A lock tells who trains on one machine. A trainer on a machine that was cut off (its network, a virtual machine that was
suspended, a cluster that gave the run to another machine) may come back in the middle of a step, when its run has long
been given to another, and no lock says so. A claim does: a file with a token of its own, written by whoever takes a run
over. It is written first; then files that were not finished are removed. Who writes makes such a file first, then looks
at the claim, then moves the file to its place: so either the claim is seen, or the file is gone, at whatever moment a
trainer was stopped.
"""

import os
import platform
import secrets
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import Annotated

from pydantic import ConfigDict, Field

from ganlab import listings
from ganlab.foreign import TrueIsNoNumber, read_json
from ganlab.runs.paths import RunFolder
from ganlab.whole_files import remove_unfinished, replacing


class TakenOverError(ValueError):
    """The run was given to another trainer, so that nothing in its folder may be changed any more."""


class Claim(TrueIsNoNumber):
    """A trainer's, or that of whoever gave the run away."""

    model_config = ConfigDict(frozen=True)

    token: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    machine: Annotated[str, Field(max_length=300)] = ""
    pid: Annotated[int, Field(ge=0, lt=2**31)] = 0


def claim(folder: RunFolder) -> RunFolder:
    """Take the run over: the folder as its only writer has it, until another takes it over.

    Whoever had it before writes nothing more, and what was not finished there is removed.
    """
    mine = Claim(token=secrets.token_hex(16), machine=platform.node()[:300], pid=os.getpid())
    for path in (folder.claim_copy, folder.claim):
        with replacing(path, durable=True) as part:
            part.write_text(mine.model_dump_json(indent=2), encoding="utf-8")
    for place in (folder.path, folder.samples, folder.snapshots, folder.resume.parent):
        remove_unfinished(place)
    return RunFolder(folder.path, partial(_require, folder, mine))


def require_there(folder: RunFolder) -> None:
    """ValueError once the folder was removed: the lock goes with it, and is not in another run of the same name."""
    if not listings.is_there(folder.lock):
        raise ValueError(f"{folder.lock} was removed while the run trained, so it ends here, and saves nothing more")


def _require(folder: RunFolder, mine: Claim) -> None:
    """ValueError once the folder was removed, and TakenOverError once another has taken the run over.

    A claim that is damaged or lost is no reason to end a run: then its copy counts, and with both lost it goes on.
    """
    require_there(folder)
    theirs: Claim | None = None
    for theirs in _readable(folder):
        if theirs.token == mine.token:
            return
    if theirs:
        raise TakenOverError(
            f"the run in {folder.path} was given to another trainer while this one was away (by process {theirs.pid} "
            f"of {theirs.machine or 'another machine'}), so this one ends here, and writes nothing more"
        )


def _readable(folder: RunFolder) -> Iterator[Claim]:
    for path in (folder.claim, folder.claim_copy):
        with suppress(OSError, ValueError):
            yield Claim.model_validate(read_json(path))
