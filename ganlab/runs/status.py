"""What a run is doing, as its trainer and others write it down."""

from pathlib import Path
from typing import Annotated, Any, Literal

import psutil
from pydantic import ConfigDict, Field, ValidationError

from ganlab import cards, listings
from ganlab.foreign import MAX_JSON_BYTES, CutText, TrueIsNoNumber, decoded, read_all, reasons
from ganlab.runs.locking import is_locked
from ganlab.runs.paths import RunFolder
from ganlab.runs.recipe import read_recipe
from ganlab.runs.reports import read_metrics
from ganlab.runs.where import is_here
from ganlab.whole_files import replacing

State = Literal["queued", "running", "cancelling", "cancelled", "done", "failed", "interrupted", "collapsed"]
ACTIVE: tuple[State, ...] = ("queued", "running", "cancelling")
RESUMABLE: tuple[State, ...] = ("cancelled", "failed", "interrupted", "collapsed")

Count = Annotated[int, Field(ge=0, le=10**15)]
Seconds = Annotated[float, Field(ge=0, le=2**33, allow_inf_nan=False)]
Moment = Seconds
"""Seconds since the epoch; 0 where there is none."""

MOST_ENTRIES = 1_000  # findings, and metrics that were left out
PROGRESS = {"step", "images_per_second", "eta_seconds", "heartbeat", "doing"}
"""Fields that change with every report, and can be told from other files or are told again at the next one."""


class Finding(TrueIsNoNumber):
    """Something that the monitor saw going wrong, and what to try."""

    model_config = ConfigDict(frozen=True)
    kind: CutText
    step: Count
    message: CutText
    suggestion: CutText
    fatal: bool = False


class Status(TrueIsNoNumber):
    """What a run is doing. Written by its trainer, by `submit` and by `cancel`, always as a whole."""

    state: State
    step: Count = 0
    steps: Count
    images_per_second: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    eta_seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    pid: Annotated[int, Field(ge=0, lt=2**31)] | None = None
    process_started: Moment | None = None
    process_uptime: float | None = None  # seconds from the machine's start to the process's; no clock changes it
    heartbeat: Moment = 0.0
    created: Moment = 0.0
    queued: Moment = 0.0  # when it was put into the scheduler's queue; 0: never
    sweep: CutText = ""  # the name of the first run of the sweep that it was queued with; empty: of none
    device: CutText = "auto"
    card_bytes: Annotated[int, Field(ge=0)] | None = None  # of each card's memory, by estimate; None: it needs none
    cards: list[Annotated[int, Field(ge=0)]] = Field([])  # numbers of those that its trainer was given, one a process
    on_collapse: Literal["stop", "continue"] = "continue"
    snapshots: Count = 0  # that are drawn, at equal distances; 0: as many as most runs have
    processes: Annotated[int, Field(ge=1, le=4096)] = 1  # that train it together
    tensorboard: bool = False  # whether it writes event files beside metrics.jsonl
    best_step: Count | None = None
    best_value: float | None = None  # of the metric that keep-best goes by; lower is better
    metric: CutText = ""  # its name
    doing: CutText = ""  # what a running trainer is busy with beside its steps: getting ready, the last measurement
    ended_by: CutText = ""  # the kind of finding that ended it early, where one did
    ended: CutText = ""  # what is to be said of the end: why it came before the last step, which snapshot was kept
    # Why something was not measured lately, by its name:
    left_out: dict[CutText, CutText] = Field({}, max_length=MOST_ENTRIES)
    augmented: CutText = ""  # which changes images go through before the discriminator, and why; empty: none
    began_from: CutText = ""  # the model whose nets it began with
    error: CutText = ""
    signal: int | None = None  # that asked for the end, when one did; it may have come after the last step
    findings: list[Finding] = Field([], max_length=MOST_ENTRIES)


def read_status(folder: RunFolder) -> Status:
    """What the run is doing now, whatever its file says.

    A run whose trainer has died is `interrupted`; one with a `stop` file is `cancelling` until its trainer is gone.
    Whether the trainer of a run elsewhere lives only its backend knows (`jobs.look`): it is as it said last.
    A file that is damaged or lost is told from its copy and from the run's other files.
    """
    status = _load_status(folder)
    if status.state not in ACTIVE:
        return status
    stopping, alive = listings.is_file(folder.stop), not is_here(folder) or is_locked(folder)
    if alive:
        return status.model_copy(update={"state": "cancelling"}) if stopping else status
    now = _load_status(folder)
    if now.state not in ACTIVE:
        return now  # it ended between the first look at its file and the look at its lock
    if stopping:
        return status.model_copy(update={"state": "cancelled", "eta_seconds": None})
    if status.state == "queued":
        return status
    message = status.error or "the trainer ended without a word (killed, or the machine went down); it can be resumed"
    return status.model_copy(update={"state": "interrupted", "error": message, "eta_seconds": None})


def write_status(folder: RunFolder, status: Status) -> None:
    """Write the status, and its copy, to the disk itself, when more than the progress has changed."""
    text = status.model_dump_json(indent=2)
    known = _parsed(folder.status_copy)
    if isinstance(known, str) or known.model_dump(exclude=PROGRESS) != status.model_dump(exclude=PROGRESS):
        with replacing(folder.status_copy, durable=True, check=folder.check) as part:
            part.write_text(text, encoding="utf-8")
    with replacing(folder.status, check=folder.check) as part:
        part.write_text(text, encoding="utf-8")


def this_process() -> dict[str, Any]:
    """The fields of a status that name the current process."""
    process = psutil.Process()
    return {
        "pid": process.pid,
        "process_started": process.create_time(),
        "process_uptime": uptime_at_start(process),
        "cards": list(cards.given()),
    }


def uptime_at_start(process: psutil.Process) -> float:
    """Seconds that the machine had run when the process began; `create_time` moves when the clock is set."""
    return process.create_time() - psutil.boot_time()


def _load_status(folder: RunFolder) -> Status:
    status = _parsed(folder.status)
    if isinstance(status, Status):
        return status
    copy = _parsed(folder.status_copy)
    if isinstance(copy, Status):
        return copy.model_copy(update={"step": _last_step(folder, copy.step)})
    return _told_from_other_files(folder, f"{folder.status} cannot be read ({status})")


def _told_from_other_files(folder: RunFolder, problem: str) -> Status:
    """Where the status and its copy are lost; the next trainer finds the best snapshot again by itself."""
    steps = read_recipe(folder).steps
    if listings.is_file(folder.checkpoint):  # written last of all
        error = f"{problem}; the run's result is there, what the monitor found is lost"
        return Status(state="done", steps=steps, step=_last_step(folder, steps), eta_seconds=0.0, error=error)
    error = f"{problem}; resume the run: it goes on from its last saved state, and whatever the monitor finds"
    return Status(state="running", steps=steps, step=_last_step(folder, 0), error=error)


def _last_step(folder: RunFolder, otherwise: int) -> int:
    try:
        lines = read_metrics(folder)
    except OSError:  # the curves say so
        return otherwise
    return max(otherwise, int(lines[-1]["step"])) if lines else otherwise


def _parsed(path: Path) -> Status | str:
    """The status in a file, or why there is none."""
    try:
        return Status.model_validate_json(decoded(read_all(path, MAX_JSON_BYTES)))
    except OSError as error:
        return error.strerror or str(error)
    except ValidationError as error:
        return reasons(error)
    except ValueError as error:
        return str(error)
