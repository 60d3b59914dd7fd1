"""A game: a run of points that goes on by single steps, changes its settings on the way, and can go back."""

import bisect
import copy
import functools
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import torch
from torch import Tensor

from ganlab.data import BUILT_IN, Pack, Stream
from ganlab.data.dataset import silent
from ganlab.data.making import collected
from ganlab.families import FAMILIES
from ganlab.loop import Report, Run, start, train_step
from ganlab.monitor import WINDOW, inspect_reports
from ganlab.playground.settings import recipe_of, starts_anew
from ganlab.playground.watching import LOOKS, Look, inspect_looks
from ganlab.recipes import Recipe
from ganlab.runs import Finding

Player = Literal["discriminator", "generator"]
STATES = 60  # that a game can go back to; half a megabyte each, with nets of width 64
REPORT_EVERY = 25  # steps
CPU = torch.device("cpu")


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """What a game is at some step."""

    recipe: Recipe
    step: int
    nets: dict[str, Any]
    ema: dict[str, Any]
    optimizers: dict[str, dict[str, Any]]
    rng: Tensor
    begins: bool  # a stretch that is not trained again from a state before it: new settings, or a step of one player


@dataclass(kw_only=True, slots=True)
class Game:
    """A run in memory, and the states that it has been in."""

    run: Run
    stream: Stream
    states: list[State] = field(default_factory=list)  # in order of their steps
    spacing: int = 8  # steps between two states
    reports: deque[Report] = field(default_factory=lambda: deque(maxlen=WINDOW))
    looks: deque[Look] = field(default_factory=lambda: deque(maxlen=LOOKS))
    log: dict[str, Tensor] = field(default_factory=dict)  # of the last step
    sums: dict[str, Tensor] = field(default_factory=dict)  # of the logs since the last report
    summed: int = 0  # steps

    @property
    def recipe(self) -> Recipe:
        return self.run.recipe

    @property
    def findings(self) -> list[Finding]:
        """What goes wrong, in words."""
        return [*inspect_reports(list(self.reports)), *inspect_looks(list(self.looks))]


def new_game(recipe: Recipe) -> Game:
    """A game at step 0."""
    pack = pack_of(recipe.dataset)
    torch.set_num_threads(1)
    game = Game(run=start(recipe, pack.spec, CPU), stream=_stream(recipe))
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
        _keep(game, begins=True)
    if game.run.step % REPORT_EVERY == 0:
        _report(game)
    return all(bool(value.isfinite()) for value in game.log.values())


def change(game: Game, settings: Mapping[str, Any]) -> Game:
    """The game with other settings: the same one where its nets still fit, else a new one.

    ValueError says what cannot be set; the game is then as it was.
    """
    recipe = recipe_of(settings, game.recipe)
    if recipe == game.recipe:
        return game
    if starts_anew(game.recipe, recipe):
        return new_game(recipe)
    _set_recipe(game, recipe)
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
    while game.run.step < wanted:
        _move(game, None)
    game.reports.clear()
    game.looks.clear()


def last_good(game: Game) -> int:
    """The step of the last state of the game: all states are of numbers."""
    return game.states[-1].step


@functools.cache
def pack_of(name: str) -> Pack:
    """The points of a dataset, made in memory."""
    return collected(BUILT_IN[name].build(silent))


def _stream(recipe: Recipe) -> Stream:
    return Stream(pack_of(recipe.dataset), batch_size=recipe.batch_size, seed=recipe.seed, device=CPU)


def _move(game: Game, only: Player | None) -> None:
    run, every = game.run, game.run.phases
    run.phases = tuple(phase for phase in every if only in (None, phase.name))
    try:
        game.log = train_step(run, game.stream.batch(run.step))
    finally:
        run.phases = every
    game.sums = {key: game.sums.get(key, 0) + value for key, value in game.log.items()}
    game.summed += 1


def _report(game: Game) -> None:
    values = {key: float(value) / game.summed for key, value in game.sums.items()}
    game.reports.append(Report(game.run.step, game.run.images, 0.0, values))
    game.sums, game.summed = {}, 0


def _set_recipe(game: Game, recipe: Recipe) -> None:
    """Change what the steps go by; nets and what the optimisers remember stay."""
    run, family = game.run, FAMILIES[recipe.family]
    if recipe.dataset != run.recipe.dataset or recipe.batch_size != run.recipe.batch_size:
        game.stream = _stream(recipe)
    run.recipe, run.data = recipe, pack_of(recipe.dataset).spec
    run.phases, run.draw = family.phases(recipe.config, run.data), family.draw(recipe.config, run.data)
    for phase in run.phases:
        for group in run.optimizers[phase.name].param_groups:
            group["betas"] = phase.optimizer.betas


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
            step=run.step,
            nets=copy.deepcopy(run.nets.state_dict()),
            ema=copy.deepcopy(run.ema.state_dict()),
            optimizers=copy.deepcopy({name: one.state_dict() for name, one in run.optimizers.items()}),
            rng=run.rng.get_state(),
            begins=begins,
        )
    )
    if len(states) > STATES:
        game.spacing *= 2
        kept = [state for state in states if state.begins or state.step % game.spacing == 0]
        game.states = kept if len(kept) <= STATES else kept[-STATES // 2 :]  # of many stretches the first go


def _restore(game: Game, state: State) -> None:
    run = game.run
    _set_recipe(game, state.recipe)
    run.nets.load_state_dict(state.nets)
    run.ema.load_state_dict(state.ema)
    for name, optimizer in run.optimizers.items():
        optimizer.load_state_dict(copy.deepcopy(state.optimizers[name]))
    run.rng.set_state(state.rng)
    run.step = state.step
    game.log, game.sums, game.summed = {}, {}, 0
