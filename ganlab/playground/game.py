"""A game: a run of points that goes on by single steps, changes its settings on the way, and can go back."""

import bisect
import math
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import torch
from torch import Tensor, nn

from ganlab.data import Stream
from ganlab.families import FAMILIES
from ganlab.loop import Report
from ganlab.monitor import WINDOW, inspect_reports
from ganlab.nets.points import PointGenerator, PointTrunk
from ganlab.optimizers import optimizer_of
from ganlab.playground.material import Material, material
from ganlab.playground.settings import drawing_of, recipe_of, starts_anew
from ganlab.playground.watching import LOOKS, Look, inspect_looks
from ganlab.recipes import Recipe
from ganlab.runs import Finding
from ganlab.step import train_step
from ganlab.training_state import Run, start

Player = Literal["discriminator", "generator"]
STATES = 60  # that a game can go back to; half a megabyte each, with nets of width 64
REPORT_EVERY = 25  # steps
CPU = torch.device("cpu")
UNCHANGING = (
    *(PointGenerator, PointTrunk, nn.ModuleDict, nn.Sequential),
    *(nn.Linear, nn.ReLU, nn.LeakyReLU, nn.Flatten, nn.Unflatten),
)
"""Modules that do the same whether they train or not; of kinds that derive from these, none knows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """What a game is at some step."""

    recipe: Recipe
    material: Material
    step: int
    nets: dict[str, Any]
    ema: dict[str, Any]
    optimizers: dict[str, dict[int, dict[str, Tensor]]]
    rng: Tensor
    pending: dict[str, list[Tensor]]  # of the run
    apart: bool  # from what its recipe alone trains
    begins: bool  # a stretch that is not trained again from a state before it: new settings, or a step of one player


@dataclass(kw_only=True, slots=True)
class Game:
    """A run in memory, and the states that it has been in."""

    run: Run
    material: Material
    stream: Stream
    states: list[State] = field(default_factory=list)  # in order of their steps
    spacing: int = 8  # steps between two states
    reports: list[Report] = field(default_factory=list)
    apart: bool = False  # whether its recipe alone would not lead here: it was changed, or one player moved alone
    judged: int = 0  # step from which on reports say what goes wrong: no earlier one is of what is played now
    looks: deque[Look] = field(default_factory=lambda: deque(maxlen=LOOKS))
    log: dict[str, Tensor] = field(default_factory=dict)  # of the last step
    changing: list[nn.Module] = field(init=False, repr=False)  # modules that act otherwise while they train

    def __post_init__(self) -> None:
        self.changing = [module for module in self.run.nets.modules() if type(module) not in UNCHANGING]

    @property
    def recipe(self) -> Recipe:
        return self.run.recipe

    @property
    def findings(self) -> list[Finding]:
        """What goes wrong, in words."""
        recent = [report for report in self.reports[-WINDOW:] if report.step > self.judged]
        return [*inspect_reports(recent), *inspect_looks(list(self.looks))]


def new_game(recipe: Recipe, drawing: str = "") -> Game:
    """A game at step 0; `drawing` are the points to learn, where the program does not make them."""
    points = material(recipe.dataset, drawing)
    torch.set_num_threads(1)
    game = Game(run=start(recipe, points.pack.spec, CPU), material=points, stream=_stream(recipe, points))
    _keep(game, begins=True)
    return game


def step(game: Game, only: Player | None = None) -> bool:
    """One step of both players, or of one while the other waits; whether all losses are numbers.

    Where they are not, the game stands where they were lost.
    """
    if only is None and game.run.step % game.spacing == 0:
        _keep(game)
    _move(game, only)
    if only is not None:
        game.apart = True
        _keep(game, begins=True)
    return all(math.isfinite(value.item()) for value in game.log.values())


def change(game: Game, settings: Mapping[str, Any]) -> Game:
    """The game with other settings: the same one where its nets still fit, else a new one.

    ValueError says what cannot be set; the game is then as it was.
    """
    recipe, drawing = recipe_of(settings, game.recipe), drawing_of(settings, game.material.drawing)
    if recipe == game.recipe:
        return game
    if starts_anew(game.recipe, recipe):
        return new_game(recipe, drawing)
    _set_recipe(game, recipe, material(recipe.dataset, drawing))
    game.apart = game.apart or game.run.step > 0
    _keep(game, begins=True)
    return game


def back(game: Game, wanted: int) -> None:
    """To step `wanted`, or to the nearest one that the game has been at; what came after it is forgotten.

    The steps from the last state before it are trained again, which gives the same numbers.
    """
    wanted = min(max(wanted, game.states[0].step), game.run.step)
    place = bisect.bisect_right([state.step for state in game.states], wanted) - 1
    del game.states[place + 1 :]
    _restore(game, game.states[place])
    game.reports = [report for report in game.reports if report.step <= game.run.step]
    while game.run.step < wanted:
        _move(game, None)
    game.judged = wanted
    game.looks.clear()


@contextmanager
def at_rest(game: Game) -> Iterator[None]:
    """A block in which the nets can be looked at: no average, no estimate and no weight moves."""
    for weights in game.run.weights.values():
        for weight in weights:
            weight.requires_grad = False  # the next step says again which ones learn
    for module in game.changing:
        module.training = False
    yield
    for module in game.changing:
        module.training = True


def moments(game: Game, most: int) -> Iterator[Run]:
    """The run in at most so many of its states on the points that it learns now, the last of them as it stands.

    One run takes on all of them, and stands in the end where it stood. ValueError where it has no numbers any more.
    """
    if last_good(game) != game.run.step:
        _keep(game)
    if last_good(game) != game.run.step:
        raise ValueError(f"the numbers have overflowed; go back to step {last_good(game):,}, the last good one")
    log, apart = game.log, game.apart
    states = [state for state in game.states if state.recipe.dataset == game.recipe.dataset]
    for place in sorted({round(share * (len(states) - 1) / max(1, most - 1)) for share in range(most)}):
        _restore(game, states[place])
        yield game.run
    game.log, game.apart = log, apart


def last_good(game: Game) -> int:
    """The step of the last state of the game: all states are of numbers."""
    return game.states[-1].step


def _stream(recipe: Recipe, points: Material) -> Stream:
    return Stream(points.pack, batch_size=recipe.batch_size, seed=recipe.seed, device=CPU)


def _move(game: Game, only: Player | None) -> None:
    """The only turns that a game takes: what is due of them is reported as the loop does it."""
    run, every, began = game.run, game.run.phases, time.perf_counter()
    run.phases = tuple(phase for phase in every if only in (None, phase.name))
    try:
        game.log = train_step(run, game.stream.batch(run.step))
    finally:
        run.phases = every
    for key, value in game.log.items():
        run.pending.setdefault(key, []).append(value)
    run.seconds += time.perf_counter() - began
    if run.step % REPORT_EVERY == 0:
        values = {key: torch.stack(log).mean().item() for key, log in run.pending.items()}
        game.reports.append(Report(run.step, run.images, run.seconds, values))
        run.pending = {}


def _set_recipe(game: Game, recipe: Recipe, points: Material) -> None:
    """Change what the steps go by; nets stay, and so does what optimisers remember, unless they become others."""
    run, family, before = game.run, FAMILIES[recipe.family], {phase.name: phase.optimizer for phase in game.run.phases}
    if recipe.dataset != run.recipe.dataset or recipe.batch_size != run.recipe.batch_size:
        game.stream = _stream(recipe, points)
    game.material, run.recipe, run.data = points, recipe, points.pack.spec
    run.phases, run.draw = family.phases(recipe.config, run.data), family.draw(recipe.config, run.data)
    for phase in run.phases:
        if phase.optimizer.kind != before[phase.name].kind:
            run.optimizers[phase.name] = optimizer_of(phase, run.nets)
        run.optimizers[phase.name].betas = phase.optimizer.betas


def _keep(game: Game, *, begins: bool = False) -> None:
    """Remember the state, unless it is no numbers. Where there are many, every second one is forgotten."""
    run, states = game.run, game.states
    if not all(bool(value.isfinite().all()) for value in run.nets.state_dict().values()):
        return
    if states and states[-1].step == run.step:
        begins = states.pop().begins or begins
    states.append(
        State(
            recipe=run.recipe,
            material=game.material,
            step=run.step,
            nets=_copied(run.nets.state_dict()),
            ema=_copied(run.ema.state_dict()),
            optimizers={name: _copied(one.states) for name, one in run.optimizers.items()},
            rng=run.rng.get_state(),
            pending={key: list(values) for key, values in run.pending.items()},
            apart=game.apart,
            begins=begins,
        )
    )
    if len(states) > STATES:
        game.spacing *= 2
        kept = [state for state in states if state.begins or state.step % game.spacing == 0]
        game.states = kept if len(kept) <= STATES else kept[-STATES // 2 :]  # of many stretches the first go


def _copied(state: Any) -> Any:
    """The same dicts and lists with tensors of their own; `copy.deepcopy` takes four times as long."""
    if isinstance(state, Tensor):
        return state.detach().clone()
    if isinstance(state, dict):
        return {key: _copied(value) for key, value in state.items()}
    return [_copied(value) for value in state] if isinstance(state, list) else state


def _restore(game: Game, state: State) -> None:
    run = game.run
    _set_recipe(game, state.recipe, state.material)
    run.nets.load_state_dict(state.nets)
    run.ema.load_state_dict(state.ema)
    for name, optimizer in run.optimizers.items():
        optimizer.states = _copied(state.optimizers[name])
    run.rng.set_state(state.rng)
    run.step, run.pending = state.step, {key: list(values) for key, values in state.pending.items()}
    game.apart, game.log = state.apart, {}
