"""What a shared page says of models, and what its stages are told."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from torch import nn

from ganlab import checkpoints, export
from ganlab.checkpoints import Card, Checkpoint
from ganlab.counting import counted
from ganlab.explore import axes, capabilities, code_words, pictures, same_latent, stage
from ganlab.explore.points import Point
from ganlab.foreign import shortened
from ganlab.share.dot import Dot

MOST_MODELS = 12
SEEDS = 100_000  # what chance chooses from
POOL = 200  # seeds that a page can draw: without Python it makes no latent of a seed
KEYS = 6  # pictures that a walk goes through
WIDTH = 448  # pixels of the pictures on the page
MOST_TITLE = 120  # letters
INSTEAD = "The picture stands still"  # where the browser cannot draw


@dataclass(frozen=True, slots=True)
class Shown:
    """A model on a page."""

    name: str
    path: Path
    model: Checkpoint
    sha256: str  # of the file, which may have gone since it was read

    @property
    def card(self) -> Card:
        """What the file says of it."""
        return self.model.card

    @property
    def file(self) -> str:
        """The name of its net beside the page, whatever the model is called."""
        return f"nets/{self.sha256[:16]}.onnx"


@dataclass(frozen=True, slots=True)
class Page:
    """What is shared: models, in the order in which they stand on the page."""

    title: str
    models: tuple[Shown, ...]

    @property
    def stages(self) -> list[list[Shown]]:
        """Models that read the same latent, and draw it from the same, stand on one stage."""
        latents = [shown.model.latent for shown in self.models]
        groups = same_latent.groups([(latent.structure, latent.mixture) for latent in latents])
        return [[self.models[position] for position in group] for group in groups]


def gather(models: Sequence[tuple[str, Path]], title: str = "") -> Page:
    """A page of the models (name, file). ValueError for none, for too many, and what `checkpoints.load` raises."""
    if not 1 <= len(models) <= MOST_MODELS:
        raise ValueError(f"a page shows 1 to {MOST_MODELS} models, not {len(models)}")
    models = list(dict.fromkeys(models))
    shown = tuple(
        Shown(shortened(name, MOST_TITLE), path, checkpoints.load(path), export.digest(path)) for name, path in models
    )
    names = ", ".join(one.name for one in shown)
    usual = names if len(names) <= MOST_TITLE else counted(len(shown), "model")
    return Page(shortened(title, MOST_TITLE) or usual, shown)


def described(group: Sequence[Shown], seed: int = 0) -> dict[str, Any]:
    """What the stage of models with one latent is told; `runtimes` is left to who knows where they are."""
    leader = group[0].model
    latent = leader.latent
    known = axes.axes(leader)
    known = axes.titled(known, code_words.axis_words(leader.card.codes, known))
    words = code_words.button_words(latent, leader.card.codes)
    mixes = capabilities.has_conditions(leader.card)
    return {
        "models": [_model(shown, seed) for shown in group],
        "dim": latent.dim,
        "maxWidth": WIDTH,
        "columns": pictures.columns_for(len(group)),
        "unavailable": "",
        "instead": INSTEAD,
        **stage.exploring(latent, Point(seed), known, words, seeds(seed), mixes=mixes),
    }


def seeds(first: int) -> list[int]:
    """`first` and others that chance may choose."""
    others = random.Random(first).sample(range(SEEDS), POOL)
    return [first, *(seed for seed in others if seed != first)][:POOL]


def net(shown: Shown) -> bytes:
    """The generator for the browser, with float16 weights where the pictures allow it; of points, it draws the dot."""
    if shown.card.data.points:
        drawing = nn.Sequential(shown.model.nets["generator"], Dot())
        return export.to_onnx(replace(shown.model, nets={"generator": drawing}))
    return export.keep(shown.path, loaded=shown.model, sha256=shown.sha256).read_bytes()


def _model(shown: Shown, seed: int) -> dict[str, Any]:
    image = shown.model.images(shown.model.latent.from_seeds([seed])).numpy()[0]
    height, width = image.shape[:2]
    return {
        "title": shown.name,
        "address": shown.file,
        "width": width,
        "height": height,
        "picture": pictures.data_url(image),
    }
