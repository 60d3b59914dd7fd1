"""Words for what the codes of a model were measured to do."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ganlab.checkpoints.codes import CLEAR_RHO
from ganlab.explore.axes import Axis
from ganlab.latents import Category, Latent

SURE = 0.9  # of the pictures with a label; below that the heads of grids tell the share
LIKELY = 0.75  # below that buttons do, too
SHARES = "In brackets: in how many of the pictures a classifier sees it, where those are under 90 %."

Codes = Mapping[str, Any]
"""What a checkpoint's header says of its codes, by factor; empty when nothing was measured."""


def categories(latent: Latent) -> list[Category]:
    """The factors that take one of several values."""
    return [factor for factor in latent.factors if isinstance(factor, Category)]


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


def button_words(latent: Latent, codes: Codes) -> dict[str, dict[str, str]]:
    """As `label_words`, and what the pictures show, or how few of them, where a press may disappoint."""
    words = label_words(latent, codes)
    return {
        name: {label: word + _doubt(codes.get(name, {}), label, word, LIKELY) for label, word in labels.items()}
        for name, labels in words.items()
    }


def label_heads(latent: Latent, codes: Codes, name: str) -> tuple[str, ...]:
    """What stands beside the labels of a category in a grid, such as `9 -> 5 (64%)` with an arrow.

    The share of pictures that show it comes along below 90 %; where the pictures mostly show another class than real
    images with this label, that class does.
    """
    words, code = label_words(latent, codes)[name], codes.get(name, {})
    if all(word == label for label, word in words.items()):
        return tuple(words)
    heads = []
    for label, word in words.items():
        plain = word.removesuffix(f" ({label})")
        heads.append(f"{label} \N{RIGHTWARDS ARROW} {plain}{_doubt(code, label, word, SURE)}")
    return tuple(heads)


def axis_words(codes: Codes, known: Sequence[Axis]) -> dict[str, str]:
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


def _doubt(code: Mapping[str, Any], label: str, word: str, enough: float) -> str:
    """What pictures with the label show instead of its word, or how many show it when that is not enough."""
    found = code.get("drawn", {}).get(label, {})
    share, plain = found.get("share", found.get("rate", 1.0)), word.removesuffix(f" ({label})")
    if (shows := found.get("class", plain)) != plain:
        return f" (mostly {shows})"
    return f" ({share:.0%})" if share < enough else ""


def _short(follows: str) -> str:
    """`attributes: smile` as `smile`, `not hair: grey` as `not grey hair`."""
    denied = "not " if follows.startswith("not ") else ""
    factor, _, label = follows.removeprefix("not ").rpartition(": ")
    return denied + (f"{label} {factor}" if factor in NOUNS else label)


NOUNS = ("hair", "skin", "clothes", "background")
"""Factors whose labels say nothing without them."""
