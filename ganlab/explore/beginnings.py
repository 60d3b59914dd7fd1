"""Models whose nets a training may begin with."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from torch import nn

from ganlab import warm_start
from ganlab.explore import library
from ganlab.explore.library import Model
from ganlab.file_versions import FileVersion, version
from ganlab.recipes import Recipe
from ganlab.runs import RunFolder, runs_folder
from ganlab.warm_start import Fit, Outline


@dataclass(frozen=True, slots=True)
class Beginning:
    """A model, and which layers of a recipe's nets it has."""

    model: Model
    step: int  # of that model's own training
    fit: Fit

    @property
    def taken(self) -> int:
        return sum(len(of_net.taken) for of_net in self.fit.values())

    @property
    def layers(self) -> int:
        return self.taken + sum(len(of_net.fresh) for of_net in self.fit.values())


def source(model: Model) -> Path:
    """What `ganlab.warm_start` reads of a model: the folder of a run, whose saved state has all of its nets."""
    return RunFolder(runs_folder() / model.name).path if model.origin == "run" else model.path


def beginnings(recipe: Recipe) -> list[Beginning]:
    """Models of which something fits the recipe's nets, those of which most does first."""
    nets = warm_start.nets_of(recipe)
    found = [one for model in library.models() if (one := _beginning(model, nets)) is not None]
    return sorted(found, key=lambda one: -one.taken)


def _beginning(model: Model, nets: nn.ModuleDict) -> Beginning | None:
    """None where nothing fits, or the model cannot be read."""
    path = source(model)
    try:
        outline = _outline(path, tuple(map(version, warm_start.files_of(path))))
        return Beginning(model, outline.step, warm_start.fit(outline, nets))
    except (ValueError, OSError):
        return None


@lru_cache(maxsize=512)
def _outline(path: Path, _versions: tuple[FileVersion, ...]) -> Outline:
    return warm_start.read_outline(path)
