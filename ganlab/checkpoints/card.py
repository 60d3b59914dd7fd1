"""What a checkpoint's header says, checked against the tensors that the file holds."""

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from safetensors import safe_open
from torch import nn

from ganlab.beginning import Beginning
from ganlab.checkpoints.codes import Codes, parse_codes
from ganlab.checkpoints.container import check_container
from ganlab.checkpoints.extras import EXTRAS, MOST_COUNTED, check_extras
from ganlab.checkpoints.origin import Origin
from ganlab.checkpoints.refusals import refusals
from ganlab.checkpoints.shapes import without_weights
from ganlab.checkpoints.stored import Stored, kind_of, stored_tensors
from ganlab.data import DataSpec, parse_spec
from ganlab.data.spec import COORDINATES
from ganlab.families import FAMILIES
from ganlab.foreign import RealText, is_format, parse_json, reasons, shortened
from ganlab.latents import Latent
from ganlab.recipes import Recipe, parse_recipe
from ganlab.system_errors import about

FORMAT = 1
CHANNELS = (1, 3)  # of pictures that can be shown: grey, or red, green and blue
Word = Annotated[RealText, Field(max_length=200)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """What a checkpoint's header says, read without loading the nets."""

    path: Path
    recipe: Recipe
    data: DataSpec
    origin: Origin
    latent: Latent
    step: int
    images_seen: int
    metrics: dict[str, float]
    codes: Codes
    left_out: dict[str, str]  # why something was not measured, by its name
    augmentation: tuple[str, ...]  # changes that images went through before the discriminator, by name
    began_from: Beginning | None  # whose nets the training began with
    environment: dict[str, str]
    created: str  # ISO 8601, UTC
    parameters: dict[str, int]  # count of weights by net
    bytes: int

    @property
    def name(self) -> str:
        return self.path.stem


def read_card(path: Path) -> Card:
    """Read and check the header. Raises ValueError that names the file, the reason and the remedy."""
    with refusals(path):
        check_container(path)
        with about(path), safe_open(path, "pt") as file:
            metadata, stored = file.metadata() or {}, stored_tensors(file)
        card = _card(path, _parse_header(path, metadata), stored)
        _check_nets(card, {key: tensor for key, tensor in stored.items() if not key.startswith(EXTRAS)})
        check_extras(path, stored, card.data.shown_shape, card.latent.dim)
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
            header[key] = parse_json(text)
        except ValueError as error:
            raise ValueError(f"{path}: header entry {shortened(key, 60)!r} is not JSON ({error})") from error
    if not is_format(header["format"], FORMAT):
        raise ValueError(
            f"{path} has checkpoint format {shortened(str(header['format']), 40)}; this ganlab reads {FORMAT}. "
            "Update ganlab, or export the model again"
        )
    wanted = ("recipe", "data", "latent", "step", "images_seen", "metrics", "codes", "environment", "created")
    if missing := [key for key in wanted if key not in header]:
        raise ValueError(f"{path}: the header has no {missing[0]!r}; export the model again")
    return header


class _Facts(BaseModel):
    """What a header tells, whatever the recipe."""

    model_config = ConfigDict(strict=True)
    metrics: dict[Word, float] = Field(max_length=1000)  # what was measured of a failed run may not be finite
    left_out: dict[Word, Annotated[RealText, Field(max_length=1000)]] = Field({}, max_length=1000)  # older files: none
    augmentation: list[Word] = Field([], max_length=16)  # older files: none
    began_from: Beginning | None = None
    environment: dict[Word, Annotated[RealText, Field(max_length=1000)]] = Field(max_length=100)
    origin: Origin = Origin()  # older files: nothing
    created: Annotated[RealText, Field(max_length=64)]


def _card(path: Path, header: dict[str, Any], stored: Mapping[str, Stored]) -> Card:
    parameters: dict[str, int] = {}
    for key, tensor in stored.items():
        name = key.split(".")[0]
        if not key.startswith(EXTRAS):
            parameters[name] = parameters.get(name, 0) + math.prod(tensor.shape)
    try:
        recipe, facts = parse_recipe(header["recipe"]), _Facts.model_validate(header)
        return Card(
            path=path,
            recipe=recipe,
            data=_data(header["data"], recipe),
            origin=facts.origin,
            latent=Latent(factors=header["latent"]),
            step=_count(header, "step"),
            images_seen=_count(header, "images_seen"),
            metrics=facts.metrics,
            codes=parse_codes(header["codes"]),
            left_out=facts.left_out,
            augmentation=tuple(facts.augmentation),
            began_from=facts.began_from,
            environment=facts.environment,
            created=facts.created,
            parameters=parameters,
            bytes=path.stat().st_size,
        )
    except ValueError as error:
        told = reasons(error) if isinstance(error, ValidationError) else shortened(str(error))
        raise ValueError(f"{path}: the header does not fit ({told}); export the model again") from error


def _count(header: Mapping[str, Any], key: str) -> int:
    value = header[key]
    if type(value) is not int or not 0 <= value <= MOST_COUNTED:
        raise ValueError(f"`{key}` is {shortened(str(value), 40)}, not a whole number from 0 to {MOST_COUNTED:,}")
    return value


def _data(values: Any, recipe: Recipe) -> DataSpec:
    spec = parse_spec(values)
    allowed = (COORDINATES,) if spec.points else CHANNELS
    if spec.size != recipe.image_size or spec.channels not in allowed:
        wanted = " or ".join(map(str, allowed))
        raise ValueError(
            f"`data` has {spec.channels} channels of {spec.size} px, the recipe {wanted} of {recipe.image_size} px"
        )
    return spec


def _check_nets(card: Card, found: Mapping[str, Stored]) -> None:
    # Shares of a category may have been read off the training images.
    if card.latent.structure != FAMILIES[card.recipe.family].latent(card.recipe.config, card.data).structure:
        raise ValueError(f"{card.path}: `latent` does not fit the recipe; export the model again")
    nets = skeleton(card)
    if "generator" not in card.parameters:
        raise ValueError(f"{card.path} has no net called 'generator'; export the model again")
    if unknown := sorted(set(card.parameters) - set(nets)):
        name = shortened(unknown[0], 60)
        raise ValueError(f"{card.path} has a net {name!r} that {card.recipe.family} does not have")
    wanted = {
        f"{name}.{key}": Stored(list(value.shape), kind_of(value))
        for name in card.parameters
        for key, value in nets[name].state_dict().items()
    }
    for key in sorted(wanted.keys() | found.keys()):
        if wanted.get(key) != found.get(key):
            raise ValueError(
                f"{card.path}: tensor {shortened(key, 100)!r} is {found.get(key, 'missing')}, its recipe needs "
                f"{wanted.get(key, 'none')}; the file was changed or belongs to another recipe"
            )
