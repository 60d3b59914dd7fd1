"""What goes wrong in a game, from where its points lie and how strongly the discriminator pulls at them."""

import itertools
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ganlab.runs import Finding

LOOKS = 40  # that are judged together: with 25 a second, those of 1.6 seconds
MOST_LOST = 0.5  # share of the modes that may be missing
HOPS = 3  # changes of the fullest mode among the looks
LEAST_PULL, MOST_PULL = 5e-3, 10.0  # mean length of the generator's gradient at a point
MOST_MARGIN = 0.75  # on average over the looks
EARLY = 300  # steps in which a game may look like anything


class Look(NamedTuple):
    """A game at some step."""

    step: int
    modes: int  # of the data
    found: int  # of them, with a good point
    fullest: int  # the mode with the most points
    pull: float  # mean length of the gradient of the generator's loss at its points
    margin: float = 0.0  # by how much surer the discriminator is of real points than of generated ones, of 1


def inspect_looks(looks: Sequence[Look]) -> list[Finding]:
    """Findings from the last `LOOKS` looks; none as long as there are fewer, or early in the game."""
    if len(looks) < LOOKS or looks[-1].step < EARLY:
        return []
    last = looks[-1]
    return [
        Finding(kind=kind, step=last.step, message=message.format(**last._asdict()), suggestion=suggestion)
        for kind, (test, message, suggestion) in RULES.items()
        if test(looks)
    ]


def hops(looks: Sequence[Look]) -> int:
    """How often the fullest mode became another one."""
    return sum(one.fullest != other.fullest for one, other in itertools.pairwise(looks))


def _collapsed(looks: Sequence[Look]) -> bool:
    return all(look.modes > 0 and look.modes > 1 and look.found <= MOST_LOST * look.modes for look in looks)


RULES: dict[str, tuple[Callable[[Sequence[Look]], bool], str, str]] = {
    "mode-collapse": (
        _collapsed,
        "mode collapse: only {found} of {modes} clusters hold a point",
        "set the loss to relativistic with penalty r1-r2, or lower the generator's learning rate",
    ),
    "mode-hopping": (
        lambda looks: _collapsed(looks) and hops(looks) >= HOPS,
        "the points hop from cluster to cluster: {found} of {modes} hold any now, and others did a moment ago",
        "add the penalty r1-r2, or lower both learning rates",
    ),
    "discriminator-too-strong": (
        lambda looks: sum(look.margin for look in looks) > MOST_MARGIN * len(looks),
        "the discriminator is too strong: it is surer of real points than of generated ones by {margin:.0%}",
        "lower the discriminator's learning rate, raise the generator's, or add a penalty",
    ),
    "vanishing-gradients": (
        lambda looks: all(look.pull < LEAST_PULL for look in looks),
        "vanishing gradients: the discriminator pulls at points with {pull:.1g}, so that the generator stands still",
        "lower the discriminator's learning rate, add a penalty, or take another loss",
    ),
    "exploding-gradients": (
        lambda looks: all(look.pull > MOST_PULL for look in looks),
        "exploding gradients: the discriminator pulls at points with {pull:,.0f}, and its surface is a cliff",
        "add a gradient penalty, or spectral norm",
    ),
}
