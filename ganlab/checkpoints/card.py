"""What a checkpoint's header says, checked against the tensors that the file holds."""

import functools
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from safetensors import SafetensorError, safe_open
from torch import nn

from ganlab.checkpoints.codes import Codes, parse_codes
from ganlab.checkpoints.container import check_container
from ganlab.checkpoints.extras import EXTRAS, check_extras
from ganlab.checkpoints.shapes import without_weights
from ganlab.data import DataSpec, parse_spec
from ganlab.families import FAMILIES
from ganlab.latents import Latent
from ganlab.recipes import Recipe, parse_recipe

FORMAT = 1
MAX_CHANNELS = 4
MOST_COUNTED = 10**15  # steps, or images seen


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """What a checkpoint's header says, read without loading the nets."""

    path: Path
    recipe: Recipe
    data: DataSpec
    latent: Latent
    step: int
    images_seen: int
    metrics: dict[str, float]
    codes: Codes
    environment: dict[str, str]
    created: str  # ISO 8601, UTC
    parameters: dict[str, int]  # count of weights by net
    bytes: int

    @property
    def name(self) -> str:
        return self.path.stem


def read_card(path: Path) -> Card:
    """Read and check the header. Raises ValueError that names the file, the reason and the remedy."""
    check_container(path)
    try:
        with safe_open(path, "pt") as file:
            metadata = file.metadata() or {}
            shapes = {key: file.get_slice(key).get_shape() for key in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise ValueError(f"{path} is damaged or cut short ({error}); copy or download it again") from error
    header = _parse_header(path, metadata)
    card = _card(path, header, shapes)
    _check_nets(card, {key: shape for key, shape in shapes.items() if not key.startswith(EXTRAS)})
    check_extras(path, shapes, card.data.shape, card.latent.dim)
    return card


def skeleton(card: Card) -> nn.ModuleDict:
    """The recipe's nets without memory for their weights, shared by all callers: copy what you fill."""
    return _skeleton(card.recipe.family, card.recipe.config, card.data)


@functools.lru_cache(maxsize=64)  # up to a tenth of a second each, in spectral norm's first estimate
def _skeleton(family: str, config: BaseModel, data: DataSpec) -> nn.ModuleDict:
    with without_weights():
        return FAMILIES[family].build(config, data)


def _parse_header(path: Path, metadata: Mapping[str, str]) -> dict[str, Any]:
    if "format" not in metadata:
        raise ValueError(f"{path} is a safetensors file, but not a ganlab checkpoint: its header has no `format`")
    header: dict[str, Any] = {}
    for key, text in metadata.items():
        try:
            header[key] = json.loads(text)
        except (ValueError, RecursionError) as error:  # numbers of 5,000 digits, lists in lists in lists
            raise ValueError(f"{path}: header entry {key!r} is not JSON ({error})") from error
    if header["format"] != FORMAT:
        raise ValueError(
            f"{path} has checkpoint format {header['format']}; this ganlab reads {FORMAT}. Update ganlab, "
            "or export the model again"
        )
    wanted = ("recipe", "data", "latent", "step", "images_seen", "metrics", "codes", "environment", "created")
    if missing := [key for key in wanted if key not in header]:
        raise ValueError(f"{path}: the header has no {missing[0]!r}; export the model again")
    return header


def _card(path: Path, header: dict[str, Any], shapes: Mapping[str, list[int]]) -> Card:
    parameters: dict[str, int] = {}
    for key, shape in shapes.items():
        name = key.split(".")[0]
        if not key.startswith(EXTRAS):
            parameters[name] = parameters.get(name, 0) + math.prod(shape)
    try:
        recipe = parse_recipe(header["recipe"])
        return Card(
            path=path,
            recipe=recipe,
            data=_data(header["data"], recipe),
            latent=Latent(factors=header["latent"]),
            step=_count(header, "step"),
            images_seen=_count(header, "images_seen"),
            metrics={str(key): float(value) for key, value in header["metrics"].items()},
            codes=parse_codes(header["codes"]),
            environment={str(key): str(value) for key, value in header["environment"].items()},
            created=str(header["created"]),
            parameters=parameters,
            bytes=path.stat().st_size,
        )
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        raise ValueError(f"{path}: the header does not fit ({error}); export the model again") from error


def _count(header: Mapping[str, Any], key: str) -> int:
    value = header[key]
    if type(value) is not int or not 0 <= value <= MOST_COUNTED:
        raise ValueError(f"`{key}` is {str(value)[:40]}, not a whole number from 0 to {MOST_COUNTED:,}")
    return value


def _data(values: Any, recipe: Recipe) -> DataSpec:
    spec = parse_spec(values)
    if spec.size != recipe.image_size or not 1 <= spec.channels <= MAX_CHANNELS:
        raise ValueError(f"`data` has {spec.channels} channels of {spec.size} px, the recipe {recipe.image_size} px")
    return spec


def _check_nets(card: Card, found: Mapping[str, list[int]]) -> None:
    if card.latent != FAMILIES[card.recipe.family].latent(card.recipe.config, card.data):
        raise ValueError(f"{card.path}: `latent` does not fit the recipe; export the model again")
    nets = skeleton(card)
    if "generator" not in card.parameters:
        raise ValueError(f"{card.path} has no net called 'generator'; export the model again")
    if unknown := sorted(set(card.parameters) - set(nets)):
        raise ValueError(f"{card.path} has a net {unknown[0]!r} that {card.recipe.family} does not have")
    wanted = {
        f"{name}.{key}": list(value.shape) for name in card.parameters for key, value in nets[name].state_dict().items()
    }
    for key in sorted(wanted.keys() | found.keys()):
        if wanted.get(key) != found.get(key):
            raise ValueError(
                f"{card.path}: tensor {key!r} is {found.get(key, 'missing')}, its recipe needs "
                f"{wanted.get(key, 'none')}; the file was changed or belongs to another recipe"
            )
