"""The process of one game: commands as lines of JSON come in, frames go out with their length before them.

It ends when nobody writes to it any more, so that nothing runs on when the visitor has gone, and when nobody has
touched the game for long.
"""

import argparse
import contextlib
import gc
import io
import math
import os
import queue
import struct
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, BinaryIO

from ganlab.counting import counted
from ganlab.foreign import parse_json
from ganlab.owners import Person
from ganlab.playground.as_run import make_run
from ganlab.playground.frames import first_frame, frame, packed
from ganlab.playground.game import Game, back, change, last_good, new_game, step
from ganlab.playground.settings import BASE, drawing_of, recipe_of
from ganlab.system_errors import in_words

FRAMES_A_SECOND = 25
MOST_UNSEEN = 2  # frames on their way
PATIENCE_SECONDS = 5.0  # for which a game goes on though its frames are not looked at
LEAST_WAIT_SECONDS = 60.0  # without a look at what there is to do
WATCHED = 4  # times as long as at rest an untouched game goes on that plays, and whose frames are looked at
CATCH_UP_SECONDS = 0.2  # of steps that are late are made up for, where others had the processors
RATE_SECONDS = 1.0  # over which steps a second are counted
GONE = None


class Player:
    """A game, and whether it goes on by itself."""

    def __init__(self, out: BinaryIO, clock: Callable[[], float] = time.monotonic) -> None:
        self.game: Game = new_game(BASE)
        self.playing = False
        self.problem = ""
        self.overflowed = False  # whether that is the problem
        self.steps_a_second = 0.0  # at most; 0: as many as can be
        self.unseen = 0
        self._out = out
        self._clock = clock  # seconds
        self._times: deque[tuple[float, int]] = deque()  # of the last frames, with their steps

    def hear(self, command: dict[str, Any]) -> None:
        """Do what a page asks for; what cannot be done is told with the next frame."""
        if command.get("do") != "seen":  # a problem stays until the page asks for something else
            self.problem, self.overflowed = "", False
        try:
            COMMANDS[str(command.get("do"))](self, command.get("value"))
        except (ValueError, OSError) as error:
            self.problem = in_words(error)
        except (TypeError, KeyError, OverflowError) as error:
            self.problem = f"this is no command: {error}"

    def move(self, only: Any = None) -> None:
        """One step; a game whose numbers have overflowed stands still, and says so."""
        if not step(self.game, only):
            self.playing, self.overflowed = False, True
            self.problem = (
                f"the numbers overflowed at step {self.game.run.step:,}: the surface is none any more. "
                f"Go back to step {last_good(self.game):,}, the last good one, and lower the learning rates"
            )

    def move_on(self) -> int:
        """The steps that belong to one frame, and how many were taken: each takes half as long as one waited for.

        Steps that take longer than a frame leave the rest to the next.
        """
        most, end = max(1, round(self.steps_a_second / FRAMES_A_SECOND)), self._clock() + 1 / FRAMES_A_SECOND
        taken = 0
        while self.playing and taken < most and (taken == 0 or self._clock() < end):
            self.move()
            taken += 1
        return taken

    def show(self) -> None:
        """Write a frame."""
        told = {"playing": self.playing, "problem": self.problem, "overflowed": self.overflowed}
        self.write(frame(self.game, told | {"speed": self._steps_a_second(), "sound": last_good(self.game)}))

    def introduce(self) -> None:
        """Write what stays."""
        self.write(first_frame(self.game))

    def write(self, content: bytes) -> None:
        """Write the bytes with their length before them."""
        self.unseen += 1
        self._out.write(struct.pack("<I", len(content)) + content)
        self._out.flush()

    def _steps_a_second(self) -> float:
        now, at = self._clock(), self.game.run.step
        if self._times and at < self._times[-1][1]:
            self._times.clear()
        self._times.append((now, at))
        while self._times[0][0] < now - RATE_SECONDS:
            self._times.popleft()
        began, first = self._times[0]
        return round((at - first) / (now - began), 1) if now > began and self.playing else 0.0


def _set(player: Player, settings: Any) -> None:
    player.game = change(player.game, dict(settings))
    player.introduce()


def _begin(player: Player, settings: Any) -> None:
    wanted = dict(settings or {})
    player.game = new_game(recipe_of(wanted), drawing_of(wanted))
    player.introduce()


def _play(player: Player, value: Any) -> None:
    player.playing = bool(value)


def _speed(player: Player, value: Any) -> None:
    speed = float(value)
    if not math.isfinite(speed):
        raise ValueError(f"a speed of {speed} is none; choose a number of steps a second")
    player.steps_a_second = max(0.0, speed)


def _step(player: Player, only: Any) -> None:
    player.playing = False
    player.move({"both": None, "discriminator": "discriminator", "generator": "generator"}[only])


def _back(player: Player, value: Any) -> None:
    player.playing = False
    back(player.game, int(value))
    player.introduce()


def _seen(player: Player, value: Any) -> None:
    player.unseen = max(0, player.unseen - 1)


def _become(player: Player, value: Any) -> None:
    owner = value["owner"]
    try:
        folder = make_run(player.game, Person.model_validate(owner) if owner else None)
    except (ValueError, OSError) as error:
        player.write(packed({"kind": "no run", "text": in_words(error)}, {}))  # the server counts those on their way
        return
    player.write(packed({"kind": "run", "name": folder.name}, {}))


COMMANDS = {
    "set": _set,
    "begin": _begin,
    "play": _play,
    "speed": _speed,
    "step": _step,
    "back": _back,
    "seen": _seen,
    "become a run": _become,  # which the server asks for, and no page
}


def listen(commands: "queue.SimpleQueue[dict[str, Any] | None]") -> None:
    """Put what comes in into the queue, and at its end `GONE`."""
    for line in io.FileIO(sys.stdin.fileno(), closefd=False):  # without a buffer, whose lock would outlive an error
        with contextlib.suppress(ValueError):
            found = parse_json(line.decode(errors="replace"))
            if isinstance(found, dict):
                commands.put(found)
    commands.put(GONE)


def main() -> None:
    """Play until the page has gone, or nobody cares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--idle-seconds", type=float, default=900.0)
    idle_seconds = parser.parse_args().idle_seconds
    commands: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
    threading.Thread(target=listen, args=(commands,), daemon=True).start()
    player = Player(os.fdopen(os.dup(sys.stdout.fileno()), "wb"))
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no frame
    player.introduce()
    gc.freeze()  # torch's own objects, which would be looked through again and again while the game makes none to free
    next_step = next_frame = last_seen = touched = time.monotonic()
    changed = True  # since the last frame
    while True:
        patience = idle_seconds * (WATCHED if player.playing else 1)
        wait = min(_wait(player, changed, next_step, next_frame), touched + patience - time.monotonic())
        try:
            command = commands.get(timeout=wait) if wait > 0 else commands.get_nowait()
        except queue.Empty:
            pass
        else:
            if command is GONE:
                return
            player.hear(command)
            if command.get("do") == "seen":
                last_seen = time.monotonic()
            else:
                changed, next_step = True, time.monotonic()
                last_seen = touched = time.monotonic()
            continue
        now = time.monotonic()
        if now >= touched + patience:
            minutes = counted(max(1, round(patience / 60)), "minute")
            text = f"Nobody has touched this game for {minutes}, and others may wait for its place: it has ended."
            player.write(packed({"kind": "ended", "text": text}, {}))
            return
        if player.playing and now >= next_step:
            taken, rate = player.move_on(), player.steps_a_second
            changed = True
            next_step = max(next_step + taken / rate, now - CATCH_UP_SECONDS) if rate else now
        if changed and now >= next_frame and player.unseen < MOST_UNSEEN:
            player.show()
            changed, next_frame = False, max(next_frame + 1 / FRAMES_A_SECOND, now)
        if player.unseen >= MOST_UNSEEN and now - last_seen > PATIENCE_SECONDS:
            player.playing = False  # nobody looks


def _wait(player: Player, changed: bool, next_step: float, next_frame: float) -> float:
    """Seconds in which there is nothing to do unless a command comes."""
    due = [next_step] if player.playing else []
    if changed and player.unseen < MOST_UNSEEN:
        due.append(next_frame)
    return min(due, default=time.monotonic() + LEAST_WAIT_SECONDS) - time.monotonic()


if __name__ == "__main__":
    main()
