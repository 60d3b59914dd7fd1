"""How many steps a game takes at a time."""

import io
import time
from pathlib import Path

import pytest

from ganlab.playground.__main__ import Player


@pytest.mark.parametrize(("steps_a_second", "taken"), [(1, 1), (25, 1), (200, 8), (0, 1)])
def test_the_steps_of_a_frame_are_taken_together(steps_a_second: int, taken: int) -> None:
    player = Player(io.BytesIO(), clock=lambda: 0.0)  # a step takes no time
    player.hear({"do": "speed", "value": steps_a_second})
    player.hear({"do": "play", "value": True})
    assert player.move_on() == taken
    assert player.game.run.step == taken


def test_a_game_whose_numbers_overflow_takes_no_more_of_them() -> None:
    player = Player(io.BytesIO())
    player.hear({"do": "set", "value": {"generator_lr": 0.1, "discriminator_lr": 0.1, "generator_optimizer": "sgd"}})
    for weight in player.game.run.nets["generator"].parameters():
        weight.data.fill_(float("nan"))
    player.hear({"do": "speed", "value": 200})
    player.hear({"do": "play", "value": True})
    assert player.move_on() < 8
    assert player.overflowed


def test_steps_that_take_too_long_leave_time_for_a_frame() -> None:
    player = Player(io.BytesIO())
    player.hear({"do": "speed", "value": 1e6})
    player.hear({"do": "play", "value": True})
    player.move_on()  # the first steps of a process import parts of torch
    began = time.monotonic()
    assert 1 <= player.move_on() < 10_000  # of 40,000
    assert time.monotonic() - began < 5


def test_a_run_that_could_not_be_written_is_told_to_who_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("GANLAB_RUNS", str(tmp_path / "file" / "runs"))
    out = io.BytesIO()
    player = Player(out)
    player.hear({"do": "become a run", "value": {"owner": None}})
    assert out.getvalue()[8:].startswith(b'{"kind": "no run", "text": "')
    assert player.problem == ""
