"""What goes wrong in a game, from where its points lie and how strongly the discriminator pulls at them."""

import itertools
import statistics
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ganlab.runs import Finding

LOOKS = 40  # that are judged together: with 25 a second, those of 1.6 seconds
MOST_LOST = 0.5  # share of the modes that may be missing
CROWD = 0.05  # of the points
HOPS = 3  # changes of the fullest mode among the looks
LEAST_PULL, MOST_PULL = 5e-3, 10.0  # mean length of the generator's gradient at a point
MOST_MARGIN = 0.75  # on average over the looks
EARLY = 300  # steps in which a game may look like anything


class Look(NamedTuple):
    """A game at some step."""

    step: int
    modes: int  # of the data
    found: int  # of them, with a good point
    crowded: int  # of them, nearest to at least `CROWD` of the points, good or not
    fullest: int  # the mode with the most points
    pull: float  # mean length of the gradient of the generator's loss at its points
    margin: float = 0.0  # by how much surer the discriminator is of real points than of generated ones, of 1


def inspect_looks(looks: Sequence[Look]) -> list[Finding]:
    """Findings from the last `LOOKS` looks; none as long as there are fewer, or early in the game."""
    if len(looks) < LOOKS or looks[-1].step < EARLY:
        return []
    last = looks[-1]
    words = last._asdict() | {"most": max(look.found for look in looks), "hops": hops(looks)}
    true = [kind for kind, rule in RULES.items() if rule.test(looks)]
    explained = {other for kind in true for other in RULES[kind].explains}
    return [
        Finding(
            kind=kind, step=last.step, message=RULES[kind].message.format(**words), suggestion=RULES[kind].suggestion
        )
        for kind in true
        if kind not in explained
    ]


def hops(looks: Sequence[Look]) -> int:
    """How often the fullest mode became another one."""
    return sum(one.fullest != other.fullest for one, other in itertools.pairwise(looks))


def _collapsed(looks: Sequence[Look]) -> bool:
    """Few modes hold a point, and the points crowd near few: those that lie all over the plane have not collapsed."""
    crowded = sum(look.crowded for look in looks) / len(looks)
    return all(look.modes > 1 and max(look.found, crowded) <= MOST_LOST * look.modes for look in looks)


class Rule(NamedTuple):
    """When something is said of a game."""

    test: Callable[[Sequence[Look]], bool]
    message: str
    suggestion: str
    explains: tuple[str, ...] = ()  # kinds that are then no news, and are not said


RULES: dict[str, Rule] = {
    "mode-collapse": Rule(
        _collapsed,
        "mode collapse: all points crowd together, and at most {most} of {modes} clusters held one of late",
        "set the loss to relativistic with penalty r1-r2, have two points judged together, or lower the generator's "
        "learning rate",
    ),
    "mode-hopping": Rule(
        lambda looks: _collapsed(looks) and hops(looks) >= HOPS,
        "the points hop from cluster to cluster: where most of them are changed {hops} times of late",  # noqa: RUF027 (a template)
        "have two points judged together, add the penalty r1-r2, or lower both learning rates",
    ),
    "discriminator-too-strong": Rule(
        lambda looks: sum(look.margin for look in looks) > MOST_MARGIN * len(looks),
        "the discriminator is too strong: it is surer of real points than of generated ones by {margin:.0%}",
        "lower the discriminator's learning rate, raise the generator's, or add a penalty",
        explains=("exploding-gradients",),
    ),
    "vanishing-gradients": Rule(
        lambda looks: statistics.median(look.pull for look in looks) < LEAST_PULL,
        "vanishing gradients: the discriminator pulls at points with {pull:.1g}, so that the generator stands still",
        "make a heavy penalty lighter; where there is none, lower the discriminator's learning rate",
    ),
    "exploding-gradients": Rule(
        lambda looks: statistics.median(look.pull for look in looks) > MOST_PULL,
        "exploding gradients: the discriminator pulls at points with {pull:,.0f}, and its surface is a cliff",
        "add a gradient penalty, or spectral norm",
    ),
}
