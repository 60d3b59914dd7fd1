"""Directions in latent space that a slider can move along, and latents that are written down with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from ganlab.checkpoints import Checkpoint
from ganlab.explore import points
from ganlab.explore.points import Point
from ganlab.latents import Latent, Normal, Uniform
from ganlab.nets.folding import folded

REACH = 3.0  # standard deviations of a normal value that a slider covers, either way
FEW = 4  # normal factors of so few values are shown value by value
MOST_CODES = 8
DIRECTION = "Direction"  # begins the titles of principal directions


@dataclass(frozen=True, kw_only=True, eq=False)
class Axis:
    """A unit vector in latent space; a latent's coordinate on it is their dot product. Axes are orthogonal."""

    name: str  # in a `Point`, as a factor's: `z~1` the first principal direction of z, `z.1` its first value
    title: str
    low: float
    high: float
    direction: Tensor  # float32 [dim]


def axes(model: Checkpoint, count: int = 6) -> list[Axis]:
    """The model's continuous codes, then the directions of its normal factors that the first layer hears most.

    `count` directions, fewer when the latent has fewer; up to 8 codes come in addition.
    """
    codes = [factor for factor in model.latent.factors if isinstance(factor, Uniform)]
    found = [axis for factor in codes for axis in values(model.latent, factor.name)][:MOST_CODES]
    for factor in model.latent.factors:
        if isinstance(factor, Normal):
            left = count - sum(axis.name.startswith(factor.name) for axis in found)
            few = factor.size <= FEW
            found += values(model.latent, factor.name)[:left] if few else principal(model, factor.name, left)
    return found


def values(latent: Latent, factor_name: str) -> list[Axis]:
    """One axis for each value of a normal or uniform factor."""
    factor = latent.factor(factor_name)
    if not isinstance(factor, Normal | Uniform):
        raise ValueError(f"{factor_name} is a {factor.kind} factor; only normal and uniform ones have axes")
    low, high = (factor.low, factor.high) if isinstance(factor, Uniform) else (-REACH, REACH)
    start = latent.columns(factor_name).start
    return [
        Axis(
            name=f"{factor_name}.{i + 1}",
            title=factor_name if factor.size == 1 else f"{factor_name} {i + 1}",
            low=low,
            high=high,
            direction=torch.eye(latent.dim)[start + i],
        )
        for i in range(factor.size)
    ]


def principal(model: Checkpoint, factor_name: str, count: int) -> list[Axis]:
    """The directions of a normal factor that move the first layer most: principal axes of its weights (GANSpace).

    None where the generator does not hear the factor, or so loudly that the numbers overflow.
    """
    size, start = model.latent.factor(factor_name).dim, model.latent.columns(factor_name).start
    weight = _first_weight(model.nets["generator"], model.latent.dim, start, size)
    if weight is None:
        return []
    rows = torch.linalg.svd(weight.double(), full_matrices=False).Vh[:count]
    strongest = rows.gather(1, rows.abs().argmax(1, keepdim=True))
    directions = torch.zeros(len(rows), model.latent.dim)
    directions[:, start : start + size] = (rows * strongest.sign()).float()  # an axis and its opposite are one
    return [
        Axis(
            name=f"{factor_name}~{i + 1}", title=f"{DIRECTION} {i + 1}", low=-REACH, high=REACH, direction=directions[i]
        )
        for i in range(len(rows))
    ]


def place(latent: Latent, point: Point, known: Sequence[Axis]) -> Tensor:
    """The latent [dim] of a point whose fixed values may be coordinates on axes, too. ValueError for unknown names."""
    by_name = {axis.name: axis for axis in known}
    factors = tuple(pair for pair in point.fixed if pair[0] not in by_name)
    u = points.latents(latent, [replace(point, fixed=factors)])[0]
    for name, text in point.fixed:
        if axis := by_name.get(name):
            u = u + (_coordinate(axis, text) - u @ axis.direction) * axis.direction
    return u


def written_out(latent: Latent, point: Point, known: Sequence[Axis]) -> Point:
    """The same latent as a point that needs no axes: factors that were moved are held at their values."""
    moved = {name for name, _ in point.fixed} & {axis.name for axis in known}
    if not moved:
        return point
    kept = {name: text for name, text in point.fixed if name not in moved}
    parts = latent.split(place(latent, point, known).unsqueeze(0))
    for name, part in parts.items():
        if any(axis.direction[latent.columns(name)].any() for axis in known if axis.name in moved):
            kept[name] = ",".join(f"{value:.4g}" for value in part[0].tolist())
    return replace(point, fixed=tuple(kept.items()))


def checked(latent: Latent, point: Point, known: Sequence[Axis]) -> Point:
    """The point, when the model has every name in it and every value fits. ValueError says what does not."""
    place(latent, point, known)
    return point


def titled(known: Sequence[Axis], titles: Mapping[str, str]) -> list[Axis]:
    """The axes with some of their titles changed, by name."""
    return [replace(axis, title=titles.get(axis.name, axis.title)) for axis in known]


def _coordinate(axis: Axis, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"{axis.name} takes a number, not {text!r}") from None
    if not axis.low <= value <= axis.high:
        raise ValueError(f"{axis.name} is {value:g}; choose from {axis.low:g} to {axis.high:g}")
    return value


def _first_weight(net: nn.Module, dim: int, start: int, size: int) -> Tensor | None:
    """Weights [outputs, size] with which the first layer hears the latent's values from `start` on; None for no such.

    Found by listening, so that it does not matter what a net does with its other inputs before.
    """
    heard: list[Tensor] = []

    def listen(layer: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        response = (output[1:] - output[:1]).flatten(1)
        if not heard and response.any():
            heard.append(response)

    net = folded(net)
    for module in net.modules():
        if isinstance(module, nn.Linear | nn.ConvTranspose2d | nn.Conv2d):
            module.register_forward_hook(listen)
    inputs = torch.zeros(1 + size, dim)
    inputs[1:, start : start + size] = torch.eye(size)
    with torch.inference_mode():
        net(inputs)
    return heard[0].t().clone() if heard and heard[0].double().square().sum().isfinite() else None
