"""The queue's own scheduling code with trainers that only pretend: thousands of runs, many cards, machines that fail.

    python -m bench.simulated_queue                     2,000 runs on 64 cards, and what a look costs by their number
    python -m bench.simulated_queue --runs 60 --machines 2

Runs, their files, locks and claims are real, and so is every decision; a trainer is an object of this process that
takes the lock, counts steps in the status, and dies when its machine does. Half of the machines that fail are cut off
only: their trainers lose their locks, and go on when they are back. Figures go to standard output as JSON.
"""

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from ganlab import jobs, locks, runs
from ganlab.cards import DECLARED, Card, Cards
from ganlab.jobs import scheduler
from ganlab.jobs.local import scheduler_lock
from ganlab.jobs.placing import Room
from ganlab.jobs.scheduler import Queue
from ganlab.jobs.trainers import Child
from ganlab.recipes import RECIPES, Recipe
from ganlab.runs import RunFolder, Status

GB = 10**9
CARDS_A_MACHINE = 8
LOOKS_TO_BEGIN = 2  # of a trainer, while it imports
STEPS_A_LOOK = 20
LOOKS_OF_REPAIR = 8
TRAINED_STEPS = (40, 80, 120)
WIDTHS = (8, 32)
SIZES = (10, 100, 1_000, 2_000)


@dataclass
class Machine:
    """Eight cards that come and go together."""

    cards: range
    bytes: int
    down_for: int = 0  # looks


@dataclass
class World:
    """What happened to the runs, as nobody in the queue knows it."""

    rng: random.Random
    machines: list[Machine]
    trainers: dict[str, "Trainer"] = field(default_factory=dict)
    cut_off: list["Trainer"] = field(default_factory=list)  # that the queue has lost, and that may come back
    times_cut_off: int = 0
    came_back: int = 0
    turned_away: int = 0  # of those, because their runs were others' by then
    finished: dict[str, int] = field(default_factory=dict)  # how often each came to its end
    refused: int = 0  # trainers that found another one at work
    overlaps: int = 0  # runs with two trainers at a time, cards with two trainings
    too_full: int = 0  # trainings whose memory did not fit
    deaths: int = 0

    def machine_of(self, card: int) -> Machine:
        return next(machine for machine in self.machines if card in machine.cards)

    def ask_cards(self) -> list[Card]:
        """All cards with what is free; a machine that is down has nothing free."""
        taken = {trainer.card: trainer.needed for trainer in self.trainers.values() if trainer.holds}
        return [
            Card(name="pretended", bytes=machine.bytes, free_bytes=self._free(machine, taken.get(card, 0)))
            for machine in self.machines
            for card in machine.cards
        ]

    def start(self, folder: RunFolder, status: Status, numbers: tuple[int, ...]) -> Child:
        (card,) = numbers
        trainer = Trainer(self, folder, card, status)
        if any(other.card == card and other.poll() is None for other in self.trainers.values()):
            self.overlaps += 1
        if trainer.needed > self.machine_of(card).bytes:
            self.too_full += 1
        if (before := self.trainers.get(folder.name)) and before.poll() is None:
            self.overlaps += 1
        self.trainers[folder.name] = trainer
        return Child(trainer, folder, status.queued, numbers)

    def _free(self, machine: Machine, taken: int) -> int:
        return 0 if machine.down_for else max(0, machine.bytes - taken)


class Trainer:
    """Stands for a trainer's process."""

    def __init__(self, world: World, folder: RunFolder, card: int, status: Status) -> None:
        self.world, self.folder, self.card = world, folder, card
        self.needed, self.queued = status.card_bytes or 0, status.queued
        self._looks, self._code = 0, None if not world.machine_of(card).down_for else -9
        self._held: ExitStack | None = None
        self._status: Status | None = None
        self._away = 0  # looks until its machine is back

    @property
    def holds(self) -> bool:
        """Whether it has its run, and its memory."""
        return self._held is not None

    def poll(self) -> int | None:
        return self._code

    def kill(self) -> None:
        """It dies without a word; the lock goes with it."""
        if self._code is None:
            self._end(-9)
            self.world.deaths += 1

    terminate = kill

    def be_cut_off(self, looks: int) -> None:
        """It loses its lock, and for so many looks it neither does anything nor is seen."""
        if self._code is None:
            self._end(-9)
            self._away = looks
            self.world.cut_off.append(self)
            self.world.times_cut_off += 1

    def come_back(self) -> bool:
        """Go on where it was; whether it does."""
        self._away -= 1
        if self._away > 0 or self._status is None:
            return self._away > 0
        self.world.came_back += self._away == 0
        try:
            self._train()
        except runs.TakenOverError:
            self.world.turned_away += 1
            return False
        return self._status.state != "done"

    def go_on(self) -> None:
        """What a trainer does between two looks of the queue."""
        self._looks += 1
        if self._code is not None or self._looks < LOOKS_TO_BEGIN:
            return
        if self._status is None:
            self._begin()
        else:
            self._train()

    def _train(self) -> None:
        assert self._status is not None
        if (step := self._status.step + STEPS_A_LOOK) < self._status.steps:
            self._write(step=step)
        else:
            self._write(step=self._status.steps, state="done")
            self.world.finished[self.folder.name] = self.world.finished.get(self.folder.name, 0) + 1
            self._end(0)

    def _begin(self) -> None:
        status = runs.read_status(self.folder)
        if status.state != "queued":
            self._end(0)
            return
        held = ExitStack()
        try:
            held.enter_context(locks.hold(self.folder.lock))
        except locks.Held:
            self.world.refused += 1
            self._end(1)
            return
        self._held, self._status, self.folder = held, status, runs.claim(self.folder)
        self._write(state="running", cards=[self.card], heartbeat=time.time())

    def _write(self, **changes: Any) -> None:
        assert self._status is not None
        self._status = self._status.model_copy(update=changes)
        runs.write_status(self.folder, self._status)

    def _end(self, code: int) -> None:
        self._code = code
        if self._held:
            self._held.close()
            self._held = None


@dataclass(frozen=True)
class Outcome:
    """What a simulation came to."""

    runs: int
    cards: int
    lost: list[str]  # that did not come to their end
    trained_twice: list[str]
    overlaps: int
    too_full: int
    trainers_refused: int
    trainers_died: int
    trainers_cut_off: int
    came_back: int
    turned_away: int
    schedulers_died: int
    looks: int
    look_seconds_median: float
    look_seconds_longest: float
    submit_seconds: float


def simulate(
    root: Path, *, count: int, machines: int, seed: int = 0, most_looks: int = 20_000, failures: float = 1.0
) -> Outcome:
    """Train `count` runs on machines of eight cards; now and then one fails, or the scheduler does, `failures` times as
    often as by default."""
    rng = random.Random(seed)
    memory = [24 * GB, 80 * GB]
    made = [Machine(range(i * CARDS_A_MACHINE, (i + 1) * CARDS_A_MACHINE), memory[i % 2]) for i in range(machines)]
    world, durations, schedulers_died = World(rng, made), [], 0
    with _declared(world, root):
        began = time.perf_counter()
        with locks.hold(scheduler_lock(root)):  # as if one was at work: none is started
            folders = jobs.submit_all(_recipes(count, rng))
        submitted = time.perf_counter() - began
        queue, left = _queue(root, world), True
        for _ in range(most_looks):
            with locks.hold(scheduler_lock(root)):
                _resume_some(folders, world)
                began = time.perf_counter()
                left = scheduler.look(queue)
                durations.append(time.perf_counter() - began)
            for trainer in list(world.trainers.values()):
                trainer.go_on()
            world.cut_off = [trainer for trainer in world.cut_off if trainer.come_back()]
            _fail(world, failures)
            if rng.random() < 0.03 * failures:
                queue, schedulers_died = _queue(root, world), schedulers_died + 1
            if not left and len(world.finished) == count:
                break
    return Outcome(
        runs=count,
        cards=machines * CARDS_A_MACHINE,
        lost=[folder.name for folder in folders if runs.read_status(folder).state != "done"],
        trained_twice=[name for name, times in world.finished.items() if times > 1],
        overlaps=world.overlaps,
        too_full=world.too_full,
        trainers_refused=world.refused,
        trainers_died=world.deaths,
        trainers_cut_off=world.times_cut_off,
        came_back=world.came_back,
        turned_away=world.turned_away,
        schedulers_died=schedulers_died,
        looks=len(durations),
        look_seconds_median=round(statistics.median(durations), 5),
        look_seconds_longest=round(max(durations), 5),
        submit_seconds=round(submitted, 2),
    )


def seconds_a_look(root: Path, *, count: int, looks: int = 15) -> dict[str, Any]:
    """What a look of the scheduler, and one of the app at all runs, takes with `count` runs on 64 cards."""
    world = World(random.Random(0), [Machine(range(64), 80 * GB)])
    with _declared(world, root), locks.hold(scheduler_lock(root)):
        jobs.submit_all(_recipes(count, world.rng, steps=(10**6,)))
        queue = _queue(root, world)
        first, listed = _seconds(lambda: scheduler.look(queue)), _seconds(jobs.list_jobs)
        for _ in range(6):  # until all that fit train, and their files have settled
            scheduler.look(queue)
            for trainer in world.trainers.values():
                trainer.go_on()
            time.sleep(0.5)
        again = [_seconds(lambda: scheduler.look(queue)) for _ in range(looks)]
        listing = [_seconds(jobs.list_jobs) for _ in range(looks)]
        training = sum(trainer.holds for trainer in world.trainers.values())
        for trainer in world.trainers.values():
            trainer.kill()
    return {
        "runs": count,
        "training": training,
        "first_look": first,
        "look": _median(again),
        "first_list": listed,
        "list": _median(listing),
    }


@contextmanager
def _declared(world: World, root: Path) -> Iterator[None]:
    text = Cards.dump_json(world.ask_cards()).decode()
    with mock.patch.dict(os.environ, {DECLARED: text, "GANLAB_RUNS": str(root)}):
        yield


def _queue(root: Path, world: World) -> Queue:
    """A scheduler that has just begun: the processes of an earlier one are there."""
    alive = {name: trainer for name, trainer in world.trainers.items() if trainer.poll() is None}
    children = {name: Child(one, one.folder, one.queued, (one.card,)) for name, one in alive.items()}
    return Queue(root, Room(slots=1), world.start, world.ask_cards, cards_seconds=0.0, children=children)


def _recipes(count: int, rng: random.Random, steps: tuple[int, ...] = TRAINED_STEPS) -> list[Recipe]:
    shipped = RECIPES["digits-quick"]
    return [
        shipped.with_settings(
            {"seed": seed, "steps": rng.choice(steps), "width": rng.choice(WIDTHS), "name": f"r{seed}"}
        )
        for seed in range(count)
    ]


def _resume_some(folders: list[RunFolder], world: World) -> None:
    """Somebody looks now and then, and resumes what was interrupted."""
    if world.rng.random() < 0.2:
        for folder in folders:
            dead = (trainer := world.trainers.get(folder.name)) and trainer.poll() not in (None, 0)
            if dead and runs.read_status(folder).state in ("interrupted", "failed"):
                jobs.resume(folder)


def _fail(world: World, failures: float) -> None:
    for machine in world.machines:
        machine.down_for = max(0, machine.down_for - 1)
        if not machine.down_for and world.rng.random() < 0.01 * failures:
            machine.down_for = LOOKS_OF_REPAIR
            cut_off = world.rng.random() < 0.5
            for trainer in world.trainers.values():
                if trainer.card in machine.cards and trainer.poll() is None:
                    if cut_off:
                        trainer.be_cut_off(LOOKS_OF_REPAIR)
                    else:
                        trainer.kill()
    for trainer in world.trainers.values():
        if world.rng.random() < 0.002 * failures:
            trainer.kill()  # a process alone, for want of memory


class Seconds(NamedTuple):
    """By the clock, and of this process on a processor: on a busy machine only the second says something."""

    clock: float
    processor: float


def _seconds(work: Callable[[], object]) -> Seconds:
    began, used = time.perf_counter(), time.process_time()
    work()
    return Seconds(round(time.perf_counter() - began, 4), round(time.process_time() - used, 4))


def _median(taken: Sequence[Seconds]) -> Seconds:
    return Seconds(statistics.median(one.clock for one in taken), statistics.median(one.processor for one in taken))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2_000)
    parser.add_argument("--machines", type=int, default=8, help="of eight cards each")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=["simulate", "looks"])
    options = parser.parse_args()
    if options.only != "looks":
        with tempfile.TemporaryDirectory() as folder:
            done = simulate(Path(folder), count=options.runs, machines=options.machines, seed=options.seed)
        print(json.dumps(done.__dict__), flush=True)
        if done.lost or done.trained_twice or done.overlaps or done.too_full:
            print("the queue has failed", file=sys.stderr)
            return 1
    if options.only != "simulate":
        for count in SIZES:
            with tempfile.TemporaryDirectory() as folder:
                print(json.dumps(seconds_a_look(Path(folder), count=count)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
