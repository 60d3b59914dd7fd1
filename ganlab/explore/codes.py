"""What the codes of a model do: grids in which one code moves, and words for what was measured."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import torch

from ganlab.checkpoints import Checkpoint
from ganlab.data import Pack, resized
from ganlab.explore import axes, grids, points
from ganlab.explore.axes import Axis
from ganlab.explore.grids import Grid
from ganlab.explore.points import Point
from ganlab.latents import Category, Latent, Uniform
from ganlab.metrics.abilities import measure_abilities
from ganlab.metrics.codes import CLEAR_RHO

REACH = 2.0  # continuous codes are swept from minus to plus this, as in the InfoGAN paper
ROWS = 10
STEPS = 11  # of a sweep

Codes = Mapping[str, Any]
"""What a checkpoint's header says of its codes, by factor; empty when nothing was measured."""


def categories(latent: Latent) -> list[Category]:
    """The factors that take one of several values."""
    return [factor for factor in latent.factors if isinstance(factor, Category)]


def continuous(latent: Latent, reach: float = REACH) -> list[Axis]:
    """One axis for each value of the uniform factors, from `-reach` to `reach` around the middle of its range.

    A reach of 1 is the range that the training drew from.
    """
    found = []
    for factor in latent.factors:
        if isinstance(factor, Uniform):
            middle, half = (factor.low + factor.high) / 2, (factor.high - factor.low) / 2
            found += [
                Axis(
                    name=axis.name,
                    title=axis.title,
                    low=middle - half * reach,
                    high=middle + half * reach,
                    direction=axis.direction,
                )
                for axis in axes.values(latent, factor.name)
            ]
    return found


def measure(model: Checkpoint, pack: Pack) -> Codes:
    """What each code does, by the test images of the model's dataset at any size; seconds to a minute."""
    return measure_abilities(model, resized(pack.part("test"), model.card.data.size)).codes


def one_latent_a_row(latent: Latent, base: Point, name: str, rows: int = ROWS) -> Grid:
    """The category `name` over the columns; each row has the other numbers of one seed (Figure 2 (a) of InfoGAN)."""
    base = grids.without_normals(latent, base)
    return grids.crossed(grids.seeds_from(base, rows), name, _labels(latent, name))


def one_label_a_row(latent: Latent, base: Point, name: str, columns: int = ROWS) -> Grid:
    """Each row has one label of the category `name`; every picture has a seed of its own."""
    labels = _labels(latent, name)
    seeds = grids.seeds_from(grids.without_normals(latent, base), len(labels) * columns)
    return Grid(
        points=tuple(grids.hold(seed, name, labels[i // columns]) for i, seed in enumerate(seeds)),
        sides=tuple(labels),
        columns=columns,
    )


def sweep(latent: Latent, base: Point, axis: Axis, name: str = "", steps: int = STEPS) -> Grid:
    """The continuous code of `axis` over the columns; a row for each label of the category `name`, all else equal.

    Without a category each row has another seed (Figure 2 (c) and (d) of InfoGAN).
    """
    if name:
        rows = [grids.hold(base, name, label) for label in _labels(latent, name)]
        sides = _labels(latent, name)
    else:
        rows = grids.seeds_from(grids.without_normals(latent, base), ROWS)
        sides = tuple(f"seed {row.seed}" for row in rows)
    values = [round(value, 3) + 0.0 for value in torch.linspace(axis.low, axis.high, steps).tolist()]
    drawn = [_moved(latent, row, axis, value) for row in rows for value in values]
    return Grid(points=tuple(drawn), heads=tuple(f"{value:.3g}" for value in values), sides=sides, columns=steps)


def label_words(latent: Latent, codes: Codes) -> dict[str, dict[str, str]]:
    """For each category what its labels were measured to draw; labels of which nothing is known stay as they are.

    Two labels of one name get their label in brackets.
    """
    named = {}
    for factor in categories(latent):
        words = {label: _drawn(codes.get(factor.name, {}), label) or label for label in factor.labels}
        often = Counter(words.values())
        named[factor.name] = {label: word if often[word] == 1 else f"{word} ({label})" for label, word in words.items()}
    return named


def axis_words(codes: Codes, known: list[Axis]) -> dict[str, str]:
    """Better titles for the axes whose code was measured to move something, such as `c2: slant`."""
    moved = {axis.name: _moves(codes.get(axis.name.rpartition(".")[0], {})) for axis in known}
    return {axis.name: f"{axis.title}: {moved[axis.name]}" for axis in known if moved[axis.name]}


def label_rows(factor: Category, code: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A table with a line for each label: the class that real images with this code have, and what it draws."""
    table, drawn = code.get("table", {}), code.get("drawn", {})
    rows = []
    for label in factor.labels:
        row: dict[str, Any] = {factor.name: label}
        if table:
            row["real images are"] = table.get(label, "")
        if label in drawn:
            found = drawn[label]
            row["draws mostly"] = found.get("class") or _short(found.get("follows", ""))
            row["share"] = round(found.get("share", found.get("rate", 0)), 2)
            if "class" not in found:
                row["share under the others"] = found.get("rate_of_others")
        rows.append(row)
    return rows


def code_rows(codes: Codes) -> list[dict[str, Any]]:
    """A table with a line for each continuous code: what follows it, how closely, and how far."""
    return [
        {
            "code": name,
            "moves": _moves(code) or "nothing steadily",
            "rho": code.get("rho"),
            "effect, standard deviations": code.get("effect"),
            **{f"rho of {key}": value for key, value in code.get("correlations", {}).items()},
        }
        for name, code in codes.items()
        if isinstance(code, Mapping) and code.get("quality")
    ]


def _moved(latent: Latent, base: Point, axis: Axis, value: float) -> Point:
    """The point with one value of a uniform factor changed, and the factor's others as they are."""
    name = axis.name.rpartition(".")[0]
    values = latent.split(points.latents(latent, [base]))[name][0].clone()
    direction = latent.split(axis.direction.unsqueeze(0))[name][0]
    values += (value - values @ direction) * direction
    return grids.hold(base, name, ",".join(f"{round(x, 4):g}" for x in values.tolist()))


def _labels(latent: Latent, name: str) -> tuple[str, ...]:
    factor = latent.factor(name)
    if not isinstance(factor, Category):
        known = ", ".join(category.name for category in categories(latent)) or "none"
        raise ValueError(f"{name} is a {factor.kind} factor; the categories are {known}")
    return factor.labels


def _moves(code: Mapping[str, Any]) -> str:
    """The quality that follows a continuous code; the first two where neither leads clearly; else nothing."""
    rho = code.get("correlations", {})
    steady = sorted((name for name in rho if abs(rho[name]) >= CLEAR_RHO), key=lambda name: -abs(rho[name]))
    return ", ".join(steady[: 1 if code.get("clear") else 2])


def _drawn(code: Mapping[str, Any], label: str) -> str:
    """What pictures with the label show: the class of the one-to-one table, else what follows it most."""
    if label in code.get("table", {}):
        return str(code["table"][label])
    found = code.get("drawn", {}).get(label, {})
    return str(found.get("class") or _short(found.get("follows", "")))


def _short(follows: str) -> str:
    """`attributes: smile` as `smile`."""
    denied = "not " if follows.startswith("not ") else ""
    return denied + follows.removeprefix("not ").rpartition(": ")[2]
