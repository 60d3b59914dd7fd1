"""Words for what the codes of a model were measured to do."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from ganlab.checkpoints.codes import CLEAR_RHO, CategoryCode, Codes, ContinuousCode, DrawnLabel, code_of_kind
from ganlab.data import BUILT_IN
from ganlab.explore.axes import Axis
from ganlab.latents import Category, Latent

SURE = 0.9  # of the pictures with a label; below that buttons, and heads of grids, tell the share
DENIED = "not "  # begins what follows a code by its absence
SHARES = "A percentage in brackets: in how many of the pictures a classifier sees it, where those are under 90 %."


def categories(latent: Latent) -> list[Category]:
    """The factors that take one of several values."""
    return [factor for factor in latent.factors if isinstance(factor, Category)]


def label_words(latent: Latent, codes: Codes) -> dict[str, dict[str, str]]:
    """For each category what its labels were measured to draw; labels of which nothing is known stay as they are.

    Two labels of one name get their label in brackets.
    """
    named = {}
    for factor in categories(latent):
        words = {label: _drawn(category(codes, factor.name), label) or label for label in factor.labels}
        often = Counter(words.values())
        named[factor.name] = {label: word if often[word] == 1 else f"{word} ({label})" for label, word in words.items()}
    return named


def button_words(latent: Latent, codes: Codes) -> dict[str, dict[str, str]]:
    """As `label_words`, and what the pictures show, or how few of them, where a press may disappoint."""
    words = label_words(latent, codes)
    return {
        name: {label: word + _doubt(category(codes, name), label, word) for label, word in labels.items()}
        for name, labels in words.items()
    }


def label_heads(latent: Latent, codes: Codes, name: str) -> tuple[str, ...]:
    """What stands beside the labels of a category in a grid, such as `9 -> 5 (64%)` with an arrow.

    The share of pictures that show it comes along below 90 %; where the pictures mostly show another class than real
    images with this label, that class does.
    """
    words, code = label_words(latent, codes)[name], category(codes, name)
    if all(word == label for label, word in words.items()):
        return tuple(words)
    heads = []
    for label, word in words.items():
        plain = word.removesuffix(f" ({label})")
        heads.append(f"{label} \N{RIGHTWARDS ARROW} {plain}{_doubt(code, label, word)}")
    return tuple(heads)


def tells_share(words: str) -> bool:
    """Whether words of a button or a head end in a share of pictures, which `SHARES` explains."""
    return words.endswith("%)")


def axis_words(codes: Codes, known: Sequence[Axis]) -> dict[str, str]:
    """Better titles for the axes whose code was measured to move something, such as `c2: slant`."""
    moved = {axis.name: _moves(code_of_kind(codes, axis.name.rpartition(".")[0], ContinuousCode)) for axis in known}
    return {axis.name: f"{axis.title}: {moved[axis.name]}" for axis in known if moved[axis.name]}


def label_rows(factor: Category, code: CategoryCode) -> list[dict[str, Any]]:
    """A table with a line for each label: the class that real images with this code have, and what it draws."""
    rows = []
    for label in factor.labels:
        row: dict[str, Any] = {factor.name: label}
        if code.table:
            row["real data are"] = code.table.get(label, "")
        if found := code.drawn.get(label):
            share = _share(found)
            row["draws mostly"] = _shows(found)
            row["share"] = None if share is None else round(share, 2)
            if not found.class_name:
                others = _rate(found, found.rate_of_others)
                row["share under the others"] = None if others is None else round(others, 4)
        rows.append(row)
    return rows


def code_rows(codes: Codes) -> list[dict[str, Any]]:
    """A table with a line for each continuous code: what follows it, how closely, and how far."""
    return [
        {
            "code": name,
            "moves": _moves(code) or "nothing steadily",
            "rho": code.rho,
            "effect, standard deviations": code.effect,
            **{f"rho of {key}": value for key, value in code.correlations.items()},
        }
        for name, code in codes.items()
        if isinstance(code, ContinuousCode) and code.quality
    ]


def category(codes: Codes, name: str) -> CategoryCode:
    """What was measured of the category `name`: nothing, where nobody did."""
    return code_of_kind(codes, name, CategoryCode) or CategoryCode(kind="category")


def _moves(code: ContinuousCode | None) -> str:
    """The quality that follows a continuous code; the first two where neither leads clearly; else nothing."""
    if code is None:
        return ""
    rho = code.correlations
    steady = sorted((name for name in rho if abs(rho[name]) >= CLEAR_RHO), key=lambda name: -abs(rho[name]))
    return ", ".join(steady[: 1 if code.clear else 2])


def _drawn(code: CategoryCode, label: str) -> str:
    """What pictures with the label show: the class of the one-to-one table, else what follows it most."""
    if label in code.table:
        return code.table[label]
    return _shows(code.drawn.get(label, DrawnLabel()))


def _shows(found: DrawnLabel) -> str:
    return found.class_name or _short(found.follows)


def _share(found: DrawnLabel) -> float | None:
    """Of the pictures that show what `_shows` says."""
    return _rate(found, found.rate) if found.share is None else found.share


def _rate(found: DrawnLabel, rate: float | None) -> float | None:
    """A file has the rate of a label, also where it is the label's absence that follows the code."""
    return 1 - rate if rate is not None and found.follows.startswith(DENIED) else rate


def _doubt(code: CategoryCode, label: str, word: str) -> str:
    """What pictures with the label show instead of its word, or how many show it where those are too few."""
    found = code.drawn.get(label, DrawnLabel())
    share, plain = _share(found), word.removesuffix(f" ({label})")
    if found.class_name and found.class_name != plain:
        return f" (mostly {found.class_name})"
    return f" ({share:.0%})" if share is not None and share < SURE else ""


def _short(follows: str) -> str:
    """`attributes: smile` as `smile`, `not hair: grey` as `not grey hair`."""
    denied = DENIED if follows.startswith(DENIED) else ""
    factor, _, label = follows.removeprefix(DENIED).rpartition(": ")
    return denied + (f"{label} {factor}" if factor in NOUNS else label)


NOUNS = {noun for dataset in BUILT_IN.values() for noun in dataset.evaluation.nouns}
