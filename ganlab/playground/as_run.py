"""A game that becomes an ordinary run, with the very files that training writes."""

import hashlib
import shutil
from collections.abc import Iterator

from ganlab import runs
from ganlab.beginning import Beginning
from ganlab.data import catalogue
from ganlab.data.adding import Added
from ganlab.data.packs import pack_path, save_pack
from ganlab.execute import adopt
from ganlab.owners import Person, write_owner
from ganlab.playground.game import Game, last_good, moments
from ganlab.recipes import Recipe
from ganlab.runs import RunFolder
from ganlab.training_state import Run

SNAPSHOTS = 8  # of the states that the game remembers, the last among them
LEAST_STEPS = 10_000  # of the run as a whole, if it is resumed


def recipe_of_run(game: Game) -> Recipe:
    """The game's recipe as it is set now, for a run that can go on at least as long as the game was played."""
    steps = max(LEAST_STEPS, 2 * -(-game.run.step // 1_000) * 1_000)
    name = f"{game.recipe.dataset}-{game.recipe.family}-played"
    return game.recipe.with_settings({"name": name, "steps": min(steps, game.recipe.steps)})


def make_run(game: Game, owner: Person | None = None) -> RunFolder:
    """A run directory with the game's recipe, curves, snapshots and state, as one that was cancelled at its step.

    Points that were drawn become a dataset first, of the same owner. The game can go on afterwards. ValueError where
    it has no numbers any more, or there is nothing to write to.
    """
    if not all(bool(value.isfinite().all()) for value in game.run.nets.state_dict().values()):
        raise ValueError(f"the numbers have overflowed; go back to step {last_good(game):,}, the last good one, first")
    runs.require_writable()
    recipe = recipe_of_run(game)
    _add_drawn(game, owner)
    folder = runs.create(runs.claim_path(recipe, runs.runs_folder()), recipe, device="cpu", owner=owner)
    played = game.run.recipe
    try:
        adopt(folder, _named(game, recipe), game.reports, ended=_told(game))
    except (ValueError, OSError):
        shutil.rmtree(folder.path)
        raise
    finally:
        game.run.recipe, game.run.began_from = played, None
    return folder


def _named(game: Game, recipe: Recipe) -> Iterator[Run]:
    """The moments of the game with the run's name and length; those that its recipe does not lead to say so."""
    for run in moments(game, SNAPSHOTS):
        run.recipe = run.recipe.with_settings({"name": recipe.name, "steps": recipe.steps})
        if game.apart:
            run.began_from = Beginning(name="a game that was changed while it ran", step=run.step, digest=_digest(run))
        yield run


def _digest(run: Run) -> str:
    found = hashlib.sha256()
    for value in run.nets.state_dict().values():
        found.update(value.numpy().tobytes())
    return found.hexdigest()


def _told(game: Game) -> str:
    changed = "; it was changed while it ran, so that its recipe alone does not lead there" if game.apart else ""
    return f"made of a game in the Playground at step {game.run.step:,}{changed}"


def _add_drawn(game: Game, owner: Person | None) -> None:
    pack = game.material.pack
    name = pack.spec.name
    if catalogue.is_known(name):
        return
    save_pack(pack, pack_path(name))
    if owner:
        write_owner(Added(name).owner, owner)
