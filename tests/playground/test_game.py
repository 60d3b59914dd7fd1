"""Games: that they train as runs do, can go back, and say what goes wrong."""

import copy
import io
import json
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
import torch

from ganlab import metrics, runs
from ganlab.data import Stream
from ganlab.data.dots import RANGE
from ganlab.losses import ADVERSARIAL, wasserstein_penalty, zero_centred_penalty
from ganlab.monitor import inspect_samples
from ganlab.playground import game as games
from ganlab.playground.__main__ import WATCHED, Player
from ganlab.playground.failures import FAILURES, Failure
from ganlab.playground.frames import (
    LINES,
    REACH,
    SHOWN,
    SHOWN_REAL,
    SIDE,
    density_in_cells,
    first_frame,
    frame,
    mass_in_cells,
)
from ganlab.playground.game import Game, back, change, last_good, new_game, step
from ganlab.playground.material import material
from ganlab.playground.settings import BASE, DRAWING, SETTINGS, recipe_of, values_of
from ganlab.playground.watching import LOOKS, Look, inspect_looks
from ganlab.step import train_step
from ganlab.training_state import start

SMALL = {"width": 8, "batch_size": 16}


def played(steps: int, **settings: object) -> Game:
    game = new_game(recipe_of(SMALL | settings))
    for _ in range(steps):
        step(game)
    return game


def weights(game: Game) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in game.run.nets.state_dict().items()}


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return all(torch.equal(one[name], other[name]) for name in one)


def test_a_game_trains_as_a_run_of_its_recipe_does() -> None:
    game = played(20)
    pack = material("ring-8").pack
    run = start(game.recipe, pack.spec, torch.device("cpu"))
    stream = Stream(pack, batch_size=16, seed=0, device=torch.device("cpu"))
    for number in range(20):
        train_step(run, stream.batch(number))
    assert same(weights(game), dict(run.nets.state_dict()))


@pytest.mark.parametrize("norm", ["none", "spectral", "batch"])
def test_looking_changes_nothing(norm: str) -> None:
    seen, unseen = played(0, discriminator_norm=norm), played(6, discriminator_norm=norm)
    for _ in range(6):
        frame(seen, {})
        step(seen)
    assert same(weights(seen), weights(unseen))


def test_back_leads_to_the_same_numbers_also_across_other_settings_and_single_turns() -> None:
    game = played(13)
    game = change(game, {"generator_lr": 0.01, "adversarial": "least-squares"})
    for _ in range(6):
        step(game)
    step(game, "discriminator")
    step(game, "generator")
    known = {game.run.step: weights(game)}
    for _ in range(20):
        step(game)
        known[game.run.step] = weights(game)
    for wanted in (35, 24, 21):
        back(game, wanted)
        assert game.run.step == wanted
        assert same(weights(game), known[wanted])
    assert game.recipe.config.adversarial == "least-squares"
    back(game, 5)
    assert game.recipe.config.adversarial == BASE.config.adversarial
    assert same(weights(game), weights(played(5)))


def test_a_long_game_keeps_a_bounded_number_of_states(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(games, "STATES", 6)
    game = played(150)
    assert len(game.states) <= 6
    assert game.states[0].step == 0
    for _ in range(20):
        step(game, "generator")
    assert len(game.states) <= 7
    oldest = game.states[0].step
    back(game, 0)  # that far it cannot go any more
    assert game.run.step == oldest > 0


def test_one_player_moves_while_the_other_waits() -> None:
    game = played(3)
    before = weights(game)
    step(game, "discriminator")
    moved = {name.split(".")[0] for name, value in weights(game).items() if not torch.equal(value, before[name])}
    assert moved == {"trunk", "discriminator"}
    before = weights(game)
    step(game, "generator")
    moved = {name.split(".")[0] for name, value in weights(game).items() if not torch.equal(value, before[name])}
    assert moved == {"generator"}


@pytest.mark.parametrize("kind", ["sgd", "rmsprop"])
def test_another_optimiser_begins_with_nothing_and_back_has_the_old_one_with_what_it_remembers(kind: str) -> None:
    game, unchanged = played(13), played(16)
    game = change(game, {"generator_optimizer": kind})
    before = weights(game)
    own = {name: game.run.nets.get_parameter(name) for name in before if name.startswith("generator.")}
    step(game)
    for name, weight in own.items():
        assert weight.grad is not None
        down = weight.grad if kind == "sgd" else weight.grad / (0.01 * weight.grad.square()).sqrt().add(1e-8)
        assert torch.allclose(weight, before[name] - BASE.config.generator_lr * down, atol=1e-6)  # type: ignore[attr-defined]
    back(game, 13)
    assert same(weights(game), before)
    back(game, 12)
    for _ in range(4):
        step(game)
    assert game.recipe == unchanged.recipe
    assert same(weights(game), weights(unchanged))


def test_new_nets_begin_anew_and_other_points_do_not() -> None:
    game = played(4)
    assert change(game, {"dataset": "moons"}) is game
    assert (game.run.step, game.run.data.name) == (4, "moons")
    assert change(game, {"width": 16}).run.step == 0


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"generator_lr": 1e6}, "generator_lr: Input should be less than or equal to 0.1"),
        ({"dataset": "mnist"}, "choose a dataset from ring-8"),
        ({"steps": 3}, "a game has no setting 'steps'"),
        ({"adversarial": "wasserstein"}, "unbounded without a constraint"),
    ],
)
def test_what_cannot_be_set_is_told_and_changes_nothing(settings: dict[str, object], told: str) -> None:
    game = played(2)
    with pytest.raises(ValueError, match=told):
        change(game, settings)
    assert game.recipe == recipe_of(SMALL)


def test_numbers_that_overflow_are_noticed_and_the_last_good_state_is_there() -> None:
    game = played(9)
    with torch.no_grad():
        game.run.nets["generator"][0].weight.fill_(torch.inf)
    assert not step(game)
    assert json.loads(_text(frame(game, {})))["losses"]["generator/loss"] is None
    back(game, last_good(game))
    assert all(value.isfinite().all() for value in weights(game).values())
    assert step(game)


def test_a_page_is_told_of_an_overflow_and_led_back_to_the_last_good_step() -> None:
    out = io.BytesIO()
    player = Player(out)

    def shown() -> dict[str, Any]:
        out.seek(0)
        out.truncate()
        player.show()
        return dict(json.loads(_text(out.getvalue()[4:])))

    player.hear({"do": "begin", "value": SMALL})
    for _ in range(20):
        player.move()
    player.hear({"do": "play", "value": True})
    with torch.no_grad():
        player.game.run.nets["generator"][0].weight.fill_(torch.inf)
    player.move()
    told = shown()
    assert "the numbers overflowed at step 21" in told["problem"]
    assert "Go back to step 16" in told["problem"]
    assert not told["playing"]
    assert told["sound"] == 16
    player.hear({"do": "back", "value": told["sound"]})
    player.move()
    told = shown()
    assert told["step"] == 17
    assert told["problem"] == ""
    assert all(value is not None for value in told["losses"].values())


@pytest.mark.parametrize("together", [1, 3])
def test_a_frame_says_where_points_lie_and_how_the_discriminator_pulls_at_them(together: int) -> None:
    game = played(5, judged_together=together, batch_size=18)
    told = json.loads(_text(frame(game, {})))
    arrays = _arrays(frame(game, {}))
    assert told["step"] == 5
    assert [len(arrays[name]) for name in ("fakes", "arrows", "plane")] == [2 * SHOWN, 2 * SHOWN, 2 * LINES**2]
    latents = game.run.latent.sample(SHOWN, torch.Generator().manual_seed(0))
    nets = game.run.nets.eval()

    def verdict_on(packs: torch.Tensor) -> torch.Tensor:
        verdict: torch.Tensor = nets["discriminator"](nets["trunk"](packs[:, :, None, None]))[:, 0].double()
        return verdict

    def loss(at: torch.Tensor) -> torch.Tensor:  # mean -log sigmoid of the verdict on the packs that a point is in
        there = [
            torch.cat([at if where == place else fakes.roll(place - where, 0) for where in range(together)], 1)
            for place in range(together)
        ]
        return torch.stack([torch.nn.functional.softplus(-verdict_on(packs)) for packs in there]).mean(0)

    with torch.no_grad():
        fakes = nets["generator"](latents).flatten(1)
        step_right = torch.tensor([1e-2, 0.0])
        slope = (loss(fakes + step_right) - loss(fakes - step_right)) / 2e-2  # by differences
    assert np.allclose(arrays["fakes"], fakes.flatten())
    assert np.median(np.abs(arrays["arrows"][::2] + slope.numpy())) < 1e-3 * np.abs(slope.numpy()).mean() + 1e-5
    begun = json.loads(_text(first_frame(game)))
    assert begun["arrays"] == {"real": 2 * SHOWN_REAL, "noise": 2 * SHOWN, "density": SIDE**2, "mass": (LINES - 1) ** 2}
    assert np.array_equal(_arrays(first_frame(game))["noise"], latents[:, :2].flatten())
    assert 0 < begun["floor"] < 0.1 < told["divergence"] <= 1  # real points lie as real points do, those of step 5 not
    with torch.no_grad():  # packs of points in the middles of cells, row by row from the left above
        at = (torch.arange(SIDE).double() + 0.5) / SIDE * 2 * RANGE - RANGE
        cells = torch.cartesian_prod(-at, at).flip(1).float()
        believed = verdict_on(cells.repeat(1, together)).sigmoid()
    assert np.abs(arrays["surface"] - 255 * believed.numpy()).max() <= 0.51


@pytest.mark.parametrize("dataset", ["ring-8", "grid-25-narrow", "moons", "spiral"])
def test_contours_are_of_the_density_that_points_come_from(dataset: str) -> None:
    known = material(dataset)
    x, y = known.pack.images.flatten(1).double().numpy().T
    counted, _, _ = np.histogram2d(-y, x, bins=SIDE, range=[[-RANGE, RANGE]] * 2)
    cell = (2 * RANGE / SIDE) ** 2
    exact = density_in_cells(known.modes).numpy()
    expected = exact * cell * len(x)
    assert exact.sum() * cell == pytest.approx(1, abs=1e-4)
    squared = (counted.flatten() - expected) ** 2 / np.maximum(expected, 1e-9)
    assert 0.5 < squared[expected > 5].mean() < 1.3  # chi squared a cell; below 1 where clusters have equal shares


def test_cells_of_the_plane_hold_the_share_of_noise_that_is_drawn_there() -> None:
    latent = new_game(recipe_of(SMALL)).run.latent
    drawn = latent.sample(200_000, torch.Generator().manual_seed(0)).numpy()
    counted, _, _ = np.histogram2d(*drawn.T, bins=LINES - 1, range=[[-REACH, REACH]] * 2)
    exact = mass_in_cells(latent).numpy()
    squared = (counted.flatten() - exact * len(drawn)) ** 2 / (exact * len(drawn))
    assert 0.75 < squared.mean() < 1.25  # chi squared a cell, of 256
    assert len(mass_in_cells(new_game(recipe_of(SMALL | {"latent_size": 3})).run.latent)) == 0  # a cut


PENALTIES = {
    "none": lambda judge, real, fake, rng: torch.zeros(()),
    "wasserstein": lambda judge, real, fake, rng: wasserstein_penalty(judge, real, fake, rng).mean(),
    "r1-r2": lambda judge, real, fake, rng: 2 * zero_centred_penalty(judge, torch.cat([real, fake])).mean(),
}


@pytest.mark.parametrize("penalty", PENALTIES)
@pytest.mark.parametrize("adversarial", ADVERSARIAL)
def test_a_step_is_that_of_a_plain_loop_bit_for_bit(adversarial: str, penalty: str) -> None:
    if (adversarial, penalty) == ("wasserstein", "none"):
        pytest.skip("a recipe has no such pair")
    game = played(0, adversarial=adversarial, penalty=penalty, penalty_weight=0.1)
    nets, rng = copy.deepcopy(game.run.nets), torch.Generator().manual_seed(game.recipe.seed)
    players = {"discriminator": [*nets["trunk"].parameters(), *nets["discriminator"].parameters()]}
    players |= {"generator": [*nets["generator"].parameters()]}
    config, loss = game.recipe.config, ADVERSARIAL[adversarial]
    rates = {name: getattr(config, f"{name}_lr") for name in players}
    betas = (config.beta1, config.beta2)  # type: ignore[attr-defined]
    adams = {name: torch.optim.Adam(players[name], rates[name], betas, fused=True) for name in players}

    def judge(images: torch.Tensor) -> torch.Tensor:
        verdict: torch.Tensor = nets["discriminator"](nets["trunk"](images)).squeeze(1)
        return verdict

    def move(player: str, total: torch.Tensor) -> None:
        for weight in players[player]:
            weight.grad = None
        total.backward(inputs=players[player])
        adams[player].step()

    for number in range(5):
        step(game)
        real = game.stream.batch(number).images
        fake = nets["generator"](game.run.latent.sample(len(real), rng))
        verdict = judge(torch.cat([real, fake.detach()])).split(len(real))
        cost = PENALTIES[penalty](judge, real, fake.detach(), rng)
        move("discriminator", loss.discriminator(*verdict).mean() + 0.1 * cost)
        verdict = judge(torch.cat([real, fake]) if loss.paired else fake).split(len(real))
        move("generator", loss.generator(verdict[0], verdict[-1]).mean())
    assert same(weights(game), dict(nets.state_dict()))


def test_every_failure_and_cure_is_a_game() -> None:
    for failure in FAILURES.values():
        for settings in (failure.settings, *map(failure.cured, failure.cures)):
            values = values_of(recipe_of(settings))
            assert values["seed"] == 0
            assert set(values) == {*SETTINGS, DRAWING}


@pytest.mark.parametrize("failure", FAILURES.values(), ids=list(FAILURES))
def test_a_failure_says_what_it_is_named_after(failure: Failure) -> None:
    """Some seconds of processor time each: it goes wrong over some hundred steps."""
    game = new_game(recipe_of(failure.settings))
    said: list[str] = []
    real = metrics.reference(game.material.pack, limit=2_000)

    def measured() -> dict[str, float]:
        drawn = game.run.nets["generator"](game.run.latent.sample(1_000, torch.Generator().manual_seed(1))).detach()
        return metrics.evaluate(drawn, real).values

    first = measured()
    while game.run.step < 1_000 and failure.finding not in said:
        step(game)
        if game.run.step % 8 == 0:
            frame(game, {})
            said = [finding.kind for finding in game.findings]
    assert failure.finding in said
    if failure.finding in ("mode-collapse", "mode-hopping"):  # the monitor of trainings names it, too
        assert "mode-collapse" in [finding.kind for finding in inspect_samples(1_000, 1_000, measured(), [first])]


@pytest.mark.parametrize(("failure", "cure"), [(name, cure) for name, one in FAILURES.items() for cure in one.cures])
def test_a_cure_cures(failure: str, cure: str) -> None:
    """As long as the failures themselves."""
    cured = new_game(recipe_of(FAILURES[failure].cured(cure)))
    while cured.run.step < 500:
        step(cured)
        if cured.run.step > 500 - 3 * LOOKS and cured.run.step % 3 == 0:
            frame(cured, {})
    assert cured.findings == []
    assert sum(look.found for look in cured.looks) > 4 * LOOKS  # half of 8 clusters


@pytest.mark.parametrize(
    ("looks", "kinds"),
    [
        ([Look(900, 8, 2, 2, 3, 0.5)] * LOOKS, ["mode-collapse"]),
        ([Look(900, 8, 2, 2, place % 8, 0.5) for place in range(LOOKS)], ["mode-collapse", "mode-hopping"]),
        ([Look(900, 8, 8, 8, 3, 1e-5)] * LOOKS, ["vanishing-gradients"]),
        ([Look(900, 8, 8, 8, 3, 1e3)] * LOOKS, ["exploding-gradients"]),
        ([Look(900, 8, 8, 8, 3, 0.5, 0.9)] * LOOKS, ["discriminator-too-strong"]),
        ([Look(900, 8, 0, 8, place % 8, 20, 0.9) for place in range(LOOKS)], ["discriminator-too-strong"]),
        ([Look(900, 8, 1, 8, 3, 0.5)] * LOOKS, []),  # all over the plane
        ([Look(900, 8, 8, 8, 3, 0.5)] * LOOKS, []),
        ([Look(900, 1, 1, 1, 0, 0.5)] * LOOKS, []),  # one mode is all there is
        ([Look(9, 8, 1, 1, 3, 0.5)] * LOOKS, []),  # early
        ([Look(900, 8, 2, 2, 3, 0.5)] * (LOOKS - 1), []),  # too few
    ],
)
def test_what_goes_wrong_is_named(looks: list[Look], kinds: list[str]) -> None:
    assert [finding.kind for finding in inspect_looks(looks)] == kinds


class Process:
    """A game's own process, as the server speaks with it."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdin
        assert process.stdout
        self.id = process.pid
        self.lines, self.frames = process.stdin, process.stdout
        self.wait = process.wait

    def tell(self, what: str, value: object = None) -> None:
        self.lines.write(json.dumps({"do": what, "value": value}).encode() + b"\n")
        self.lines.flush()

    def hear(self) -> dict[str, object]:
        """The next frame, which is confirmed."""
        (size,) = struct.unpack("<I", self.frames.read(4))
        told = json.loads(_text(self.frames.read(size)))
        self.tell("seen")
        return told

    def hear_until(self, key: str) -> dict[str, object]:
        """The next frame that says something under `key`."""
        while not (found := self.hear()).get(key):
            pass
        return found


@contextmanager
def process(*arguments: str) -> Iterator[Process]:
    command = [sys.executable, "-m", "ganlab.playground", *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as started:
        yield Process(started)


def test_the_process_of_a_game_ends_when_its_page_has_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANLAB_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path / "data"))
    with process() as one:
        assert one.hear()["kind"] == "game"
        one.lines.write(b"no JSON\n[1]\n")
        one.tell("set", {"generator_lr": 1e6})
        assert "generator_lr" in str(one.hear_until("problem")["problem"])
        one.tell("play", True)
        one.tell("set", {"generator_lr": 1e6})
        for _ in range(6):  # while it plays, too, and however often its frames were seen
            found = one.hear()
        assert "generator_lr" in str(found["problem"])
        one.tell("begin", SMALL)
        one.tell("play", True)
        while int(str(one.hear().get("step", 0))) < 20:
            pass
        one.tell("set", {"dataset": "drawn"})
        assert "no points are drawn yet" in str(one.hear_until("problem")["problem"])
        for command, value in (("speed", float("inf")), ("speed", 10**400), ("back", float("inf")), ("back", [1])):
            one.tell(command, value)
            assert one.hear_until("problem")["problem"], command
        one.tell("become a run", {"owner": None})
        name = one.hear_until("name")["name"]
        assert [run.name for run in runs.list_runs()] == [name]
        one.lines.close()
        one.frames.close()
        one.wait(20)
        assert not psutil.pid_exists(one.id)


def test_the_process_ends_when_nobody_touches_the_game() -> None:
    with process("--idle-seconds", "0.5") as one:
        one.tell("begin", SMALL)
        one.tell("play", True)  # a game that plays, and is looked at, goes on for longer
        began = time.monotonic()
        while (found := one.hear())["kind"] != "ended":
            pass
        assert time.monotonic() - began > 0.5 * WATCHED
        assert "others may wait for its place" in str(found["text"])
        one.wait(20)


def _text(content: bytes) -> bytes:
    (length,) = struct.unpack("<I", content[:4])
    return content[4 : 4 + length]


def _arrays(content: bytes) -> dict[str, np.ndarray]:
    found, place = {}, 4 + len(_text(content))
    for name, count in json.loads(_text(content))["arrays"].items():
        kind = np.dtype(np.uint8 if name == "surface" else "<f4")
        found[name] = np.frombuffer(content, kind, count, place)
        place += count * kind.itemsize
    assert place == len(content)
    return found
