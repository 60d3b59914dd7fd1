"""Trainings in this process."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from ganlab import runs
from ganlab.api import arguments
from ganlab.api.model import Model, load
from ganlab.api.refusals import as_values
from ganlab.execute import execute
from ganlab.extras import require_event_files
from ganlab.loop import Report
from ganlab.obstacles import obstacle
from ganlab.recipes import Recipe, read_recipe_file
from ganlab.recipes import recipe as shipped
from ganlab.runs import RunFolder, Status


class Training:
    """A training, from `ganlab.train`: iterating over it trains, and gives a report of every few steps.

    A report has `step`, `images`, `seconds` and `values`, the mean losses since the last one by name.
    """

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder

    @property
    def folder(self) -> Path:
        """Where the run is kept; the app shows it while it trains."""
        return self._folder.path

    @property
    def status(self) -> Status:
        """How it stands: `state`, `step` of `steps`, `findings` of the monitor."""
        return runs.read_status(self._folder)

    def __iter__(self) -> Iterator[Report]:
        with as_values(self.folder):
            if self.status.state == "done":
                return iter(())
            runs.withdraw_stop(self._folder)
        return self._reports()

    def stop(self) -> None:
        """Have it save its state and end after the current step; iterating again then goes on as if it had not."""
        with as_values(self.folder):
            self._folder.stop.touch()

    def run(self) -> Model:
        """Train to the end, and load the best snapshot."""
        for _ in self:
            pass
        return self.model()

    def model(self) -> Model:
        """The result, or the newest snapshot while there is none. ValueError before the first."""
        if self._folder.checkpoint.is_file():
            return load(self._folder.checkpoint)
        snapshots = runs.numbered(self._folder.snapshots, ".safetensors")
        if not snapshots:
            raise ValueError(f"{self.folder} has no snapshot yet; train it first")
        return load(snapshots[max(snapshots)])

    def _reports(self) -> Iterator[Report]:
        with as_values(self.folder):
            yield from execute(self._folder, continue_run=bool(runs.saved_states(self._folder)))

    def __repr__(self) -> str:
        status = self.status
        return f"Training({self.folder.name!r}, {runs.told_state(status)} at step {status.step:,} of {status.steps:,})"


@as_values()
def train(
    recipe: str | os.PathLike[str] | Recipe,
    *,
    out: str | os.PathLike[str] | None = None,
    device: str = "auto",
    on_collapse: Literal["continue", "stop"] = "continue",
    tensorboard: bool = False,
    **settings: object,
) -> Training:
    """A new run of a recipe that ships, of a recipe's JSON file, or of one of your own; nothing is trained yet.

    out: the folder of the run; by default a new one among the others.
    device: where to train: auto (a card where there is one, else the CPU), cpu, cuda, cuda:1 (the second card) or mps.
    on_collapse: what it does when the monitor sees it failing.
    tensorboard: whether it writes event files beside its metrics.jsonl (the extra `tensorboard`).
    settings: changes of the recipe, such as `steps=500, width=16`.

    ValueError for an unknown recipe or setting, and when something is in the way of the training.
    """
    folder = None if out is None else arguments.file_path("out", out)
    device, tensorboard = arguments.text("device", device), arguments.switch("tensorboard", tensorboard)
    made = recipe if isinstance(recipe, Recipe) else _named(arguments.path_text("recipe", recipe))
    made = made.with_settings(settings)
    if tensorboard:
        require_event_files()
    if reason := obstacle(made, device, folder):
        raise ValueError(reason)
    path = folder or runs.claim_path(made, runs.runs_folder())
    return Training(runs.create(path, made, device=device, on_collapse=on_collapse, tensorboard=tensorboard))


def _named(recipe: str) -> Recipe:
    return read_recipe_file(arguments.file_path("recipe", recipe)) if recipe.endswith(".json") else shipped(recipe)
