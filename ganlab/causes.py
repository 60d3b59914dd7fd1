"""Which setting most likely made a run fail: what its recipe changed of a shipped one, and what its curves show."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from ganlab.counting import times_in_words
from ganlab.loop import Report
from ganlab.recipes import RECIPES, Recipe
from ganlab.runs import Finding

Way = Literal["lower", "higher", "other"]
Balance = Literal["discriminator-weak", "discriminator-strong", "even"]

LOOKED_AT = 10  # reports from which the balance is told
WEAK, STRONG = 0.1, 0.85
"""Of D(x) and D(G(z)), both 0 to 1: how far the second is above the first, or below, until one player has lost."""

IRRELEVANT = {"name", "seed", "precision"}  # settings that make no two recipes different in kind
APART = {"dataset": 100, "image_size": 10}  # how many settings such a difference counts for


class Suspect(NamedTuple):
    """A way in which a setting can make a run fail."""

    setting: str
    way: Way
    balance: Balance = "even"  # what the curves then show; even where they show nothing of it
    ratio: float = 4.0  # from which on it counts

    def strength(self, value: Any, usual: Any, seen: Balance) -> float:
        """How much speaks for it: 0 nothing, 1 just enough; twice as much where the curves agree, half if not."""
        agrees = 1.0 if "even" in (seen, self.balance) else 2.0 if seen == self.balance else 0.5
        if self.way == "other":
            return agrees if value != usual and isinstance(value, str) else 0.0
        if isinstance(value, str | bool) or isinstance(usual, str | bool):
            return 0.0
        return agrees * max(0.0, _times(value, usual, self) / math.log(self.ratio))


class Change(NamedTuple):
    """A setting that is not what a shipped recipe has."""

    setting: str
    value: Any
    usual: Any
    of: Recipe  # the shipped one

    def advice(self) -> str:
        """What to try, in words."""
        told = _description(self.of, self.setting)
        found = f"set {self.setting}{f' ({told})' if told else ''} back to {_written(self.usual)}"
        return f"{found}: it is {_written(self.value)} here, {self._compared()} the recipe {self.of.name}"

    def _compared(self) -> str:
        try:
            times = float(self.value) / float(self.usual)
        except (ValueError, ZeroDivisionError):
            return "unlike in"
        return f"{times_in_words(times)} that of" if times > 0 and math.isfinite(times) else "unlike in"


_TOO_WEAK = (
    Suspect("discriminator_lr", "lower", "discriminator-weak"),
    Suspect("generator_lr", "higher", "discriminator-weak"),
    Suspect("discriminator_every", "higher", "discriminator-weak"),
    Suspect("discriminator_width", "lower", "discriminator-weak"),
    Suspect("discriminator_dropout", "higher", "discriminator-weak"),
    Suspect("penalty_weight", "higher", "discriminator-weak", 10),
)
_TOO_STRONG = (
    Suspect("discriminator_lr", "higher", "discriminator-strong"),
    Suspect("generator_lr", "lower", "discriminator-strong"),
    Suspect("generator_every", "higher", "discriminator-strong"),
    Suspect("discriminator_norm", "other", "discriminator-strong"),
    Suspect("penalty", "other", "discriminator-strong"),
)
_ANY = (
    Suspect("batch_size", "lower"),
    Suspect("beta1", "higher"),
    Suspect("adversarial", "other"),
    Suspect("generator_optimizer", "other"),
    Suspect("discriminator_optimizer", "other"),
    Suspect("latent_size", "lower", ratio=8),
)
_TOO_SHORT = (
    Suspect("steps", "lower", ratio=2),
    Suspect("width", "lower"),
    Suspect("lr", "lower"),
    Suspect("lr_decay", "lower", ratio=1.5),
    Suspect("ema_halflife", "higher", ratio=8),
)
SUSPECTS: Mapping[str, Sequence[Suspect]] = {
    "nan": (
        Suspect("generator_lr", "higher"),
        Suspect("discriminator_lr", "higher"),
        Suspect("classifier_lr", "higher"),
        Suspect("recognizer_lr", "higher"),
        Suspect("lr", "higher"),
        Suspect("penalty_weight", "higher", ratio=10),
    ),
    "discriminator-too-strong": _TOO_STRONG,
    "discriminator-diverged": (Suspect("discriminator_lr", "higher"), *_TOO_STRONG[3:]),
    "mode-collapse": (*_TOO_WEAK, *_TOO_STRONG, *_ANY),
    "class-missing": (*_TOO_WEAK, *_TOO_STRONG, *_ANY, *_TOO_SHORT),
    "not-learning": (
        *_TOO_WEAK,
        *_TOO_STRONG,
        Suspect("generator_lr", "lower", ratio=2),
        Suspect("lr", "lower", ratio=2),
        Suspect("ema_halflife", "higher", ratio=8),
    ),
    "disobedient": (
        Suspect("classifier_weight", "lower"),
        Suspect("classifier_lr", "lower"),
        Suspect("conditioning", "other"),
        *_TOO_WEAK,
        *_TOO_STRONG,
        *_TOO_SHORT,
    ),
    "not-converged": (*_TOO_WEAK, *_TOO_STRONG, *_ANY, *_TOO_SHORT, Suspect("kl_weight", "higher", ratio=10)),
}
"""What can be behind each kind of finding."""

BY_BALANCE: Mapping[Balance, str] = {
    "discriminator-weak": "raise the discriminator's learning rate (discriminator_lr), or lower the generator's: "
    "the discriminator takes generated images for real ones",
    "discriminator-strong": "lower the discriminator's learning rate (discriminator_lr), or set discriminator_norm to "
    "spectral: the discriminator tells all images apart",
}
"""Advice where no setting is to blame; where there is none, that of the finding's kind stays."""

OF_PLAYERS = {"mode-collapse", "class-missing", "not-converged"}  # kinds for which the balance of the players tells


def advised(finding: Finding, recipe: Recipe, reports: Sequence[Report]) -> Finding:
    """The finding with advice that names what most likely caused it; as it is where nothing tells more."""
    seen = balance(reports)
    if change := cause(finding.kind, recipe, seen):
        return finding.model_copy(update={"suggestion": change.advice()})
    if finding.kind in OF_PLAYERS and seen in BY_BALANCE:
        return finding.model_copy(update={"suggestion": BY_BALANCE[seen]})
    return finding


def cause(kind: str, recipe: Recipe, seen: Balance = "even") -> Change | None:
    """The changed setting for which most speaks; None where none is far enough from the shipped recipe's."""
    usual = shipped(recipe)
    mine, theirs = _flat(recipe), _flat(usual)
    found = [
        (suspect.strength(mine[suspect.setting], theirs[suspect.setting], seen), suspect.setting)
        for suspect in SUSPECTS.get(kind, ())
        if suspect.setting in mine and suspect.setting in theirs
    ]
    strength, setting = max(found, key=lambda one: one[0], default=(0.0, ""))
    return Change(setting, mine[setting], theirs[setting], usual) if strength >= 1 else None


def shipped(recipe: Recipe) -> Recipe:
    """The shipped recipe that this one was made from: that of its name, else the one with the fewest differences."""
    of_family = [known for known in RECIPES.values() if known.family == recipe.family]
    return min(of_family, key=lambda known: (known.name != recipe.name, _differences(known, recipe)))


def balance(reports: Sequence[Report]) -> Balance:
    """Which player has lost, by the discriminator's mean outputs of the last reports; even without a discriminator."""
    recent = [report.values for report in reports[-LOOKED_AT:]]
    gaps = [v["discriminator/real"] - v["discriminator/fake"] for v in recent if "discriminator/real" in v]
    gap = sum(gaps) / len(gaps) if gaps else 0.0
    if gap < -WEAK:
        return "discriminator-weak"
    return "discriminator-strong" if gap > STRONG else "even"


def _times(value: float, usual: float, suspect: Suspect) -> float:
    """The logarithm of the ratio, positive when it is on the suspect's side."""
    if suspect.setting in ("beta1", "beta2"):  # memory of 0.9 and 0.99 steps differs tenfold
        value, usual = 1 / (1 - value), 1 / (1 - usual)
    if value <= 0 or usual <= 0:
        far = (value > usual) - (value < usual)
        return math.log(suspect.ratio) * far * (1 if suspect.way == "higher" else -1)
    return math.log(value / usual) * (1 if suspect.way == "higher" else -1)


def _differences(known: Recipe, recipe: Recipe) -> int:
    mine, theirs = _flat(recipe), _flat(known)
    return sum(APART.get(name, 1) for name, value in mine.items() if name not in IRRELEVANT and theirs[name] != value)


def _flat(recipe: Recipe) -> dict[str, Any]:
    values = recipe.model_dump(exclude={"config", "family"})
    return values | recipe.model_dump()["config"]


def _description(recipe: Recipe, setting: str) -> str:
    fields = type(recipe).model_fields | type(recipe.config).model_fields
    return re.split("[;:]", fields[setting].description or "")[0]


def _written(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:g}" if isinstance(value, float) else str(value)
