"""What one step of a training holds in memory, counted with tensors that have shapes but no numbers.

For the first such count of a process torch imports its compiler, which takes a second. So those of the recipes that
come along are in a table, which `python -m ganlab.jobs.step_memory` makes again and a test compares.
"""

import hashlib
import importlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import torch
from pydantic import BaseModel
from torch import Tensor
from torch.overrides import TorchFunctionMode

from ganlab.augmentation import changes_for
from ganlab.averaging import EMA_NETS
from ganlab.checkpoints.shapes import without_weights
from ganlab.data import Batch, DataSpec, catalogue, describe
from ganlab.families import FAMILIES
from ganlab.foreign import read_json
from ganlab.players import augment_setting
from ganlab.recipes import RECIPES, Recipe
from ganlab.step import seen_in
from ganlab.whole_files import replacing

FLOAT_BYTES = 4
RATES = {"generator_lr", "discriminator_lr", "beta1", "beta2"}
TABLE = Path(__file__).with_suffix(".json")


class Step(NamedTuple):
    """Bytes by what holds them, in float32."""

    weights: int  # all nets
    averaged: int  # those that are sampled
    drawn: int  # kept to walk back through the drawing of the images
    most_of_a_phase: int  # kept for the gradients of the phase that keeps most


class Case(NamedTuple):
    """All that the bytes of a step depend on."""

    family: str
    config: Any  # the family's, with its default rates
    images: int  # that go through the nets at a time
    spec: DataSpec
    augmentation: tuple[str, ...]

    @property
    def digest(self) -> str:
        """Equal for equal cases only."""
        parts = (self.family, self.config.model_dump_json(), self.images, self.spec, self.augmentation)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def of_a_step(recipe: Recipe) -> Step:
    """What one step of the recipe holds. ValueError where no such nets exist."""
    case = case_of(recipe)
    return _table().get(case.digest) or count(case)


def case_of(recipe: Recipe) -> Case:
    """What decides how much a step of the recipe holds."""
    spec = replace(describe(recipe.dataset).spec, size=recipe.image_size)
    images = catalogue.training_images(recipe.dataset, recipe.image_size)
    names = changes_for(augment_setting(recipe.config), images, recipe.images_seen)
    return Case(recipe.family, _without_rates(recipe.config), recipe.batch_size // recipe.accumulate, spec, names)


@lru_cache(maxsize=256)  # a hundredth of a second to a tenth, and a page asks at every click
def count(case: Case) -> Step:
    """Walk through a step with tensors that have shapes but no numbers."""
    family, rng, spec = FAMILIES[case.family], _OnMeta(), case.spec
    with without_weights(), _WithoutGenerators():
        nets = family.build(case.config, spec).train()
        batch = Batch(torch.empty(case.images, *spec.shape), torch.empty(case.images, spec.condition_dim))
        drawing = _Kept()
        with torch.autograd.graph.saved_tensors_hooks(drawing.keep, lambda tensor: tensor):
            drawn = family.draw(case.config, spec)(nets, batch, rng)
        phases = []
        for phase in family.phases(case.config, spec):
            for name, net in nets.items():
                net.requires_grad_(name in phase.trains)
            kept = _Kept()
            with torch.autograd.graph.saved_tensors_hooks(kept.keep, lambda tensor: tensor):
                phase.loss(nets, *seen_in(phase, batch, drawn, case.augmentation, rng), rng)
            phases.append(kept.bytes)
        sizes = {name: FLOAT_BYTES * sum(weight.numel() for weight in net.parameters()) for name, net in nets.items()}
    averaged = sum(size for name, size in sizes.items() if name in EMA_NETS)
    return Step(sum(sizes.values()), averaged, drawing.bytes, max(phases))


def get_ready() -> None:
    """Import what torch needs for a count, so that the first visitor who changes a recipe does not wait for it."""
    importlib.import_module("torch._dynamo")


def cases() -> dict[str, Case]:
    """Those of the recipes that come along, by the recipe's name."""
    return {name: case_of(recipe) for name, recipe in RECIPES.items()}


def main() -> None:
    """Count all recipes and write the table."""
    counted = {case.digest: count(case)._asdict() for case in cases().values()}
    with replacing(TABLE) as part:
        part.write_text(json.dumps(counted, indent=1) + "\n", encoding="utf-8")


@cache
def _table() -> dict[str, Step]:
    return {digest: Step(**values) for digest, values in read_json(TABLE).items()}


def _without_rates(config: BaseModel) -> BaseModel:
    """The config with the rates that it has by default: no shape depends on them, and a sweep over them is one case."""
    fields = type(config).model_fields
    return config.model_copy(update={name: fields[name].default for name in RATES & fields.keys()})


class _OnMeta(torch.Generator):
    """Stands for a generator on the meta device, which torch does not have."""

    device = torch.device("meta")


class _WithoutGenerators(TorchFunctionMode):
    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        given = {key: value for key, value in (kwargs or {}).items() if not isinstance(value, _OnMeta)}
        return func(*args, **given)


class _Kept:
    """The memory of all tensors that are kept for gradients, each counted once."""

    def __init__(self) -> None:
        self.storages: dict[int, torch.UntypedStorage] = {}

    def keep(self, tensor: Tensor) -> Tensor:
        if not isinstance(tensor, torch.nn.Parameter):
            storage = tensor.untyped_storage()
            self.storages[storage._cdata] = storage  # held, so that no other gets its number
        return tensor

    @property
    def bytes(self) -> int:
        return sum(storage.nbytes() for storage in self.storages.values())


if __name__ == "__main__":
    main()
