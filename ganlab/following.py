"""How the processes that train one run are started and meet, and what all but the first one do."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psutil
import torch
import torch.distributed as dist
from torch.distributed import FileStore, Store, rendezvous  # type: ignore[attr-defined]

from ganlab import cards, resume, runs, stopping
from ganlab.counting import is_whole
from ganlab.data import Stream
from ganlab.data.dataset import silent
from ganlab.devices import make_current
from ganlab.distributed import Processes, lost_in_words
from ganlab.foreign import TrueIsNoNumber, shortened
from ganlab.loop import train
from ganlab.runs import RunFolder
from ganlab.session import fresh, load, new_stream, rhythm
from ganlab.system_errors import in_words
from ganlab.training_state import Run, share

MEETING = "GANLAB_MEETING"
"""Variable with the file by which the processes of one machine meet, where no launcher has started them."""
LIMIT = "GANLAB_PROCESS_LIMIT"
"""Variable with the seconds after which a process that does not answer is lost."""
INTERFACE = "GLOO_SOCKET_IFNAME"  # the network interface that processes on CPUs talk by
LIMIT_SECONDS = 600.0  # the first one measures samples between two steps, which may take a minute or two
FOR_THE_FIRST = timedelta(days=7)  # which may have a dataset to download and pack
STARTING_SECONDS = 600.0  # for the others to load what they train on
ENDING_SECONDS = 10.0
POLL_SECONDS = 0.05
LAUNCHERS = (
    ("RANK", "WORLD_SIZE", "LOCAL_RANK"),
    ("SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_LOCALID"),
)
"""Variables by which torchrun, and Slurm's srun, say which of how many a process is, and which on its machine."""
READY = "ready"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a process stands among those that a launcher has started."""

    rank: int
    count: int
    on_machine: int  # among those of the same machine


class Order(TrueIsNoNumber):
    """What the first process tells the others."""

    folder: str
    device: str
    step: int


def place() -> Place:
    """Of this process; alone where no launcher says otherwise. ValueError for variables that are no numbers."""
    for names in LAUNCHERS:
        if all(name in os.environ for name in names):
            texts = [os.environ[name] for name in names]
            if not all(map(is_whole, texts)):
                raise ValueError(
                    f"{', '.join(names)} are {shortened(', '.join(texts))}; a launcher sets them to whole numbers"
                )
            return Place(*map(int, texts))
    return Place(0, 1, 0)


@contextmanager
def gathered(run: Run, stream: Stream, folder: RunFolder, wanted: int) -> Iterator[None]:
    """A run with its other processes: those of a launcher, or so many as are `wanted` in all, started here.

    ValueError where they cannot train together, or one of them cannot begin.
    """
    here = place() if place().count > 1 else Place(0, wanted, 0)
    if here.count == 1:
        yield
        return
    with _met(here) as (store, started):
        order = Order(folder=str(folder.path.absolute()), device=run.device.type, step=run.step)
        store.set("order", order.model_dump_json())
        _wait_for_all(store, here.count, started)
        with _joined(store, here, run, stream):
            yield


def follow() -> None:
    """Train as one of the others: at the same steps as the first one, which decides and writes.

    ValueError when it cannot begin, or the first one is lost.
    """
    here = place()
    with _met(here) as (store, _):
        with lost_in_words():
            store.wait(["order"], FOR_THE_FIRST)
            order = Order.model_validate_json(store.get("order"))
        try:
            run, stream = _loaded(order, here)
        except (ValueError, OSError) as error:
            store.set(str(here.rank), in_words(error))
            raise
        store.set(str(here.rank), READY)
        wishes: list[int] = []
        with stopping.on_signals(wishes.append), _joined(store, here, run, stream):
            every, _ = rhythm(run.recipe)
            for _ in train(run, stream, report_every=every, stop=lambda: bool(wishes)):
                pass


def own_device(first: torch.device, on_machine: int) -> torch.device:
    """That of a process which has so many on its machine before it: of the cards that it sees, the one of that number.

    `first` is the device that was asked for. ValueError where there is none of its own.
    """
    if first.type == "mps":
        raise ValueError("several processes train on CPUs or on NVIDIA cards; choose --processes 1, or --device cpu")
    if first.type != "cuda":
        return first
    if first.index is not None:
        raise ValueError(f"several processes take a card each; choose --device cuda in place of {first}")
    if on_machine >= (count := len(cards.here())):
        raise ValueError(
            f"a process needs a card of its own, and this machine has {count}; choose --processes {count} or fewer"
        )
    return torch.device("cuda", on_machine)


def _loaded(order: Order, here: Place) -> tuple[Run, Stream]:
    """The run as the first process has it, but for what `share` brings."""
    device = own_device(torch.device(order.device), here.on_machine)
    make_current(device)
    folder = runs.open_run(Path(order.folder))
    recipe = runs.read_recipe(folder)
    pack = load(recipe, silent)
    run = fresh(recipe, pack, device)
    if order.step:
        resume.restore_newest(run, runs.saved_states(folder), pack.fingerprint)
    if run.step != order.step:
        raise ValueError(
            f"process {here.rank} finds {folder.path} at step {run.step:,}, the first one at {order.step:,}; processes "
            "on several machines need a folder that all of them share"
        )
    return run, new_stream(recipe, pack, device)


@contextmanager
def _met(here: Place) -> Iterator[tuple[Store, Sequence[subprocess.Popen[bytes]]]]:
    """Where the processes leave notes for each other, and those that were started here."""
    if here.rank == 0 and place().count == 1:
        with tempfile.TemporaryDirectory(prefix="ganlab-") as folder:
            meeting = Path(folder, "meeting")
            store = FileStore(str(meeting), here.count)
            with _started(here.count, meeting) as started:
                yield store, started
    elif MEETING in os.environ:
        yield FileStore(os.environ[MEETING], here.count), []
    else:
        with lost_in_words():
            store, _, _ = next(rendezvous("env://", here.rank, here.count, timeout=timedelta(seconds=_limit())))
        yield store, []


@contextmanager
def _started(count: int, meeting: Path) -> Iterator[Sequence[subprocess.Popen[bytes]]]:
    """The others of `count` processes; those that do not end by themselves are ended."""
    before, interface = torch.get_num_threads(), os.environ.get(INTERFACE)
    threads = max(1, before // count)
    known = os.environ | {MEETING: str(meeting), "OMP_NUM_THREADS": str(threads), "WORLD_SIZE": str(count)}
    if os.name == "posix":
        known[INTERFACE] = os.environ[INTERFACE] = _loopback()  # no other machine has a part in it
    command = [sys.executable, "-m", "ganlab.following"]
    torch.set_num_threads(threads)
    started: list[subprocess.Popen[bytes]] = []
    try:
        for rank in range(1, count):
            place_of_it = {"RANK": str(rank), "LOCAL_RANK": str(rank)}
            started.append(subprocess.Popen(command, env=known | place_of_it, stdin=subprocess.DEVNULL))
        yield started
    finally:
        torch.set_num_threads(before)
        os.environ.pop(INTERFACE, None)
        os.environ |= {INTERFACE: interface} if interface else {}
        _end(started)


def _end(started: Sequence[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + ENDING_SECONDS
    for process in started:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for_all(store: Store, count: int, started: Sequence[subprocess.Popen[bytes]]) -> None:
    """Until all have loaded what they train on. ValueError, with their own words, where one cannot."""
    deadline = time.monotonic() + STARTING_SECONDS
    for rank in range(1, count):
        while not store.check([str(rank)]):
            if started and started[rank - 1].poll() is not None and not store.check([str(rank)]):
                raise ValueError(f"process {rank} of {count} ended before it began; its own words are above")
            if time.monotonic() > deadline:
                raise ValueError(
                    f"process {rank} of {count} is not there after {STARTING_SECONDS:.0f} s; are all started?"
                )
            time.sleep(POLL_SECONDS)
        if (said := store.get(str(rank)).decode(errors="replace")) != READY:
            raise ValueError(f"process {rank} of {count} cannot begin: {said}")


@contextmanager
def _joined(store: Store, here: Place, run: Run, stream: Stream) -> Iterator[None]:
    """Train the run with the others, each on its part of what the stream gives."""
    processes = Processes(here.rank, here.count)
    backend = "cpu:gloo,cuda:nccl" if run.device.type == "cuda" else "gloo"  # what is agreed on waits for no card
    with lost_in_words():
        dist.init_process_group(
            backend, store=store, rank=here.rank, world_size=here.count, timeout=timedelta(seconds=_limit())
        )
    try:
        share(run, processes)
        stream.part = processes.part
        yield
    finally:
        dist.destroy_process_group()


def _limit() -> float:
    """Seconds. ValueError when the variable is not a number above 0."""
    text = os.environ.get(LIMIT) or str(LIMIT_SECONDS)
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 1e7:
        raise ValueError(f"{LIMIT} is {shortened(text)!r}; set it to seconds above 0")
    return seconds


def _loopback() -> str:
    """Name of the network interface that ends on this machine."""
    interfaces = psutil.net_if_addrs().items()
    return next(name for name, addresses in interfaces if any(a.address == "127.0.0.1" for a in addresses))


def main() -> int:
    """What a process that was started here does; 1 when it cannot begin, or the first one is lost."""
    try:
        follow()
    except (ValueError, OSError) as error:
        print(f"ganlab: process {place().rank}: {in_words(error)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
