"""What the files of the runs say that the queue of this machine trains."""

from pathlib import Path
from typing import NamedTuple

from ganlab import listings, runs
from ganlab.runs import RunFolder, Status
from ganlab.runs.looks import READ_AGAIN_SECONDS, Looks
from ganlab.system_errors import in_words


class State(NamedTuple):
    """What the files of a run of this machine say."""

    folder: RunFolder
    status: Status
    is_asked_to_stop: bool


def read_states(root: Path, looks: "Looks[State | str] | None" = None) -> list[State]:
    """Every run of this machine whose status can be read; through earlier `looks`, where there are any."""
    found = map(read_state, runs.list_runs(root)) if looks is None else looks.over(root)
    return [state for state in found if isinstance(state, State)]


def read_state(folder: RunFolder) -> State | str:
    """What its files say, or why the queue leaves it alone."""
    try:
        if not runs.is_here(folder):
            return "elsewhere"
        return State(folder, runs.read_status(folder), listings.is_file(folder.stop))
    except (ValueError, OSError) as error:
        return in_words(error)  # damaged: the app shows it; the queue goes on


def lasting(state: State | str) -> float:
    """Seconds for which a state may be believed; whether a trainer lives is no matter of files."""
    active = isinstance(state, State) and state.status.state in ("running", "cancelling")
    return 0.0 if active else READ_AGAIN_SECONDS
