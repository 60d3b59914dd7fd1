"""The process that starts queued runs, oldest first: `python -m ganlab.jobs.scheduler RUNS_FOLDER`.

One a runs folder, held by a lock. It ends when nothing waits or trains; the trainers do not need it to live.
"""

import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from ganlab import cards, listings, runs
from ganlab.cards import Card
from ganlab.jobs import seen_cards
from ganlab.jobs.job import is_waiting
from ganlab.jobs.local import scheduler_lock, slots, slots_a_card
from ganlab.jobs.placing import Room, Seated, place, seat_of
from ganlab.jobs.processes import due_force, end, environment, stay_alone
from ganlab.jobs.seen_cards import NOTHING, SeenCards
from ganlab.jobs.states import State, lasting, read_state, read_states
from ganlab.jobs.trainers import Child, end_trainer, last_words, living_trainers, may_train, start_trainer
from ganlab.runs import RunFolder, Status
from ganlab.runs.looks import Looks
from ganlab.system_errors import in_words

POLL_SECONDS = 0.5
CARDS_WHILE_WAITING_SECONDS = 5.0  # a question to the cards takes seconds, and a process
CARDS_SECONDS = 30.0
FOREIGN = (
    "It waits until the queue of another user has ended, who may not write into its folder; a folder of runs of your "
    "own (GANLAB_RUNS) has a queue of its own"
)


class NotBegun(NamedTuple):
    """A run whose trainer never began, as long as its own files do not say so."""

    folder: RunFolder
    queued: float  # when it was put into the queue
    why: str


@dataclass
class Queue:
    """What a scheduler of the runs folder `root` knows between two looks."""

    root: Path
    room: Room
    start: "Callable[[RunFolder, Status, tuple[int, ...]], Child | str]"  # or why it cannot be started
    ask_cards: Callable[[], list[Card]]
    cards_seconds: float = CARDS_WHILE_WAITING_SECONDS  # before they are asked again, where a run waits for one
    children: dict[str, Child] = field(default_factory=dict)  # by the run's name
    not_begun: dict[str, NotBegun] = field(default_factory=dict)  # the same
    asked: dict[str, float] = field(default_factory=dict)
    """When it first saw that a run is asked to stop, or that its folder is gone, by its name: `time.monotonic()`, for
    the clock and the times of files may be set to anything."""
    looks: "Looks[State | str]" = field(default_factory=lambda: Looks(read_state, lasting))
    seen: SeenCards = NOTHING
    told: SeenCards = NOTHING  # to the readers of the file
    cards_asked: float = float("-inf")  # when; `time.monotonic()`
    stepping: frozenset[str] = frozenset()  # the runs that had taken their memory then


def main() -> int:
    root = Path(sys.argv[1])
    return stay_alone(
        scheduler_lock(root),
        lambda: run_queue(root, slots=slots(), slots_a_card=slots_a_card()),
        waits=lambda: any(is_waiting(state.status) and may_train(state.folder) for state in read_states(root)),
    )


def run_queue(root: Path, *, slots: int, slots_a_card: int = 1) -> None:
    """Keep as many trainings going as there is room for, until none waits or trains, whoever started them."""
    room = Room(slots=slots, slots_a_card=slots_a_card)
    found = living_trainers(root)
    queue = Queue(root, room, start_trainer, lambda: cards.with_free_memory(environment()), children=found)
    while look(queue):
        time.sleep(POLL_SECONDS)
    with suppress(OSError):
        seen_cards.write(root, NOTHING)


def look(queue: Queue) -> bool:
    """Start what has room, force what does not stop; whether anything waits or trains."""
    children = queue.children
    _reap(queue)
    _fail(queue)
    states = {state.folder.name: state for state in read_states(queue.root, queue.looks)}
    training = {name for name, state in states.items() if state.status.state in ("running", "cancelling")}
    busy = training | children.keys()
    out = busy | queue.not_begun.keys()
    line = [(name, state.status) for name, state in states.items() if is_waiting(state.status) and name not in out]
    foreign = {name: FOREIGN for name, _ in line if not may_train(states[name].folder)}
    waiting = sorted((run for run in line if run[0] not in foreign), key=lambda run: run[1].queued)
    seated = [_seat(queue, name, states.get(name), name in training) for name in busy]
    found = _cards(queue, waiting, seated)
    seated = [replace(one, steps_taken=one.steps_taken and one.name in queue.stepping) for one in seated]
    placed = place(waiting, seated, found, queue.room)
    for name, numbers in placed.begin.items():
        folder, status = states[name].folder, states[name].status
        started = queue.start(folder, status, numbers)
        if isinstance(started, str):
            queue.not_begun[name] = NotBegun(folder, status.queued, started)
        else:
            children[name] = started
    _fail(queue)
    held_back = foreign | placed.held_back | _without_cards(queue, waiting, found)
    held_back |= {name: run.why for name, run in queue.not_begun.items()}
    _tell(queue, queue.seen.model_copy(update={"held_back": held_back}))
    _force(queue, states)
    return bool(busy or waiting or queue.not_begun)


def _seat(queue: Queue, name: str, state: State | None, is_training: bool) -> Seated:
    if state and is_training:
        return seat_of(name, state.status)
    child = queue.children[name]  # its trainer has not begun yet, or its folder is gone
    if state is None:
        return Seated(name, child.cards)
    return Seated(name, child.cards, state.status.card_bytes or 0, processes=state.status.processes)


def _cards(queue: Queue, waiting: Sequence[tuple[str, Status]], seated: Sequence[Seated]) -> list[Card] | None:
    """The cards with their free memory, asked not too often; none where nobody needs any, None where none answers."""
    on_cards = [number for one in seated if one.bytes for number in one.cards]
    wanted = any(status.card_bytes is not None for _, status in waiting)
    if not wanted and not on_cards:
        return []
    slots = queue.room.slots_a_card * len(queue.seen.cards)
    soon = wanted and (not slots or len(on_cards) < slots)
    if time.monotonic() - queue.cards_asked > (queue.cards_seconds if soon else CARDS_SECONDS):
        try:
            queue.seen = SeenCards(cards=queue.ask_cards())
        except (ValueError, OSError) as error:
            queue.seen = SeenCards(problem=in_words(error))
        queue.cards_asked = time.monotonic()
        queue.stepping = frozenset(one.name for one in seated if one.steps_taken)
    return None if queue.seen.problem else queue.seen.cards


def _without_cards(queue: Queue, waiting: Sequence[tuple[str, Status]], found: list[Card] | None) -> dict[str, str]:
    if found is not None:
        return {}
    told = f"It waits for a card: {queue.seen.problem}"
    return {name: told for name, status in waiting if status.card_bytes is not None}


def _tell(queue: Queue, seen: SeenCards) -> None:
    if seen != queue.told:
        with suppress(OSError):  # on a full disk pages show what was, and the queue goes on
            seen_cards.write(queue.root, seen)
        queue.told = seen


def _force(queue: Queue, states: dict[str, State]) -> None:
    """Send signals to trainers that do not stop by themselves."""
    children = queue.children
    gone = {name for name, child in children.items() if not listings.is_folder(child.folder.path)}
    stopping = gone | {name for name, state in states.items() if state.is_asked_to_stop}
    queue.asked = {name: queue.asked.get(name, time.monotonic()) for name in stopping}
    due = {name: force for name in queue.asked if (force := due_force(time.monotonic() - queue.asked[name]))}
    for name, force in due.items():
        if name in gone:
            end(children[name].process, force)
        if name in states:
            end_trainer(states[name].folder, states[name].status, force)


def _reap(queue: Queue) -> None:
    """Collect trainers that have ended."""
    ended = [name for name, child in queue.children.items() if child.process.poll() is not None]
    for child in map(queue.children.pop, ended):
        if child.cards:
            queue.cards_asked = float("-inf")  # there is more room now
        queue.not_begun[child.folder.name] = NotBegun(child.folder, child.queued, last_words(child.folder))


def _fail(queue: Queue) -> None:
    """Runs whose trainers never began have failed, or they would wait for ever.

    Where that cannot be written (the disk is full, the folder closed) it is tried at each look, and others have room.
    """
    for name, run in list(queue.not_begun.items()):
        with suppress(OSError, ValueError):
            state = read_state(run.folder)
            status = state.status if isinstance(state, State) else None
            waits = status and (status.state, status.queued) == ("queued", run.queued)
            if status and waits and not runs.is_locked(run.folder):  # by another trainer, which is just beginning
                runs.write_status(run.folder, status.model_copy(update={"state": "failed", "error": run.why}))
            del queue.not_begun[name]


if __name__ == "__main__":
    sys.exit(main())
