"""Looks at a run while it goes on and names what goes wrong, from reports and from measurements of samples.

The failures are those that the course reports describe: mode collapse, a discriminator that is too strong, a
discriminator that diverged, and a learning rate that is too small. New nets draw nearly one picture, too: while
samples are as far from the data as before the first step, that is no collapse, but a sign that nothing is learnt.
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ganlab.loop import Report
from ganlab.runs import Finding

WINDOW = 10  # reports that have to agree
MOST_LOST = 0.5  # share of the data's modes; from there on it is a collapse
UNLEARNT = 0.1  # share of its first value that a distance may change by while nothing has been learnt
DISTANCES = ("frechet_classifier", "sliced_wasserstein", "frechet_pixels")  # the first that was measured tells
NOT_LEARNING = "not-learning"

Values = dict[str, float]


def inspect_reports(reports: Sequence[Report]) -> list[Finding]:
    """Findings from the losses; looks at the last `WINDOW` reports only, so that its cost is bounded."""
    recent = reports[-WINDOW:]
    if not recent:
        return []
    bad = [key for key, value in recent[-1].values.items() if not math.isfinite(value)]
    if bad:
        return [not_finite(recent[-1].step, bad[0])]
    if len(recent) < WINDOW:
        return []
    return [
        _finding(kind, recent[-1].step, message)
        for kind, (test, message) in LOSS_RULES.items()
        if all(test(report.values) for report in recent)
    ]


def inspect_samples(
    step: int, steps: int, metrics: Values, before: Sequence[Values], *, noun: str = "image"
) -> list[Finding]:
    """Findings from the metrics of a snapshot's samples, once training is under way: at most one of a kind.

    `before` are the same metrics of other snapshots: before the first step, and of the best so far; empty where that
    first one is not known. `noun` is what people call a sample.
    """
    spoken = {
        kind: [rule for rule in rules if rule.metric in metrics and rule.test(metrics[rule.metric])]
        for kind, rules in SAMPLE_RULES.items()
        if step >= SAMPLE_RULES_FROM[kind].least_step(steps)
    }
    found = [
        _finding(kind, step, rules[0].message.format(**metrics, noun=noun)) for kind, rules in spoken.items() if rules
    ]
    early = [finding for finding in found if finding.kind in OF_NEW_NETS]
    if not early or not before or any(has_moved(before[0], later) for later in (*before[1:], metrics)):
        return found
    told = f"the samples are as far from real {noun}s as before training: the generator has hardly learnt"
    return [_finding(NOT_LEARNING, step, told), *(finding for finding in found if finding not in early)]


def has_moved(first: Values, later: Values) -> bool:
    """Whether samples have come nearer to the data, or farther from it; True where no distance was measured."""
    known = next((name for name in DISTANCES if name in first and name in later), None)
    return known is None or abs(later[known] - first[known]) > UNLEARNT * first[known]


def not_finite(step: int, name: str) -> Finding:
    """The finding for a loss, or weights, that overflowed."""
    return _finding("nan", step, f"{name} is not a number any more")


def _finding(kind: str, step: int, message: str) -> Finding:
    suggestion, fatal = SUGGESTIONS[kind]
    return Finding(kind=kind, step=step, message=message, suggestion=suggestion, fatal=fatal)


LOSS_RULES: dict[str, tuple[Callable[[Values], bool], str]] = {
    "discriminator-too-strong": (
        lambda v: abs(v.get("discriminator/loss", 1)) < 1e-3 and v.get("discriminator/fake", 0.5) < 0.5,
        "the discriminator's loss stays below 0.001: the generator has nothing to learn from",
    ),
    "discriminator-diverged": (
        lambda v: abs(v.get("generator/loss", 1)) < 1e-3 and v.get("discriminator/loss", 0) > 5,
        "the generator's loss is 0 while the discriminator's is large: the discriminator has diverged",
    ),
}


class SampleRule(NamedTuple):
    """What a measurement of samples says where it is beyond a bound."""

    metric: str
    test: Callable[[float], bool]
    message: str


SAMPLE_RULES: dict[str, tuple[SampleRule, ...]] = {
    "mode-collapse": (
        SampleRule(
            "modes_lost",
            lambda value: value > MOST_LOST,
            "{modes_lost:.0%} of the data's clusters hold no generated point: the generator has given them up",
        ),
        SampleRule(
            "diversity",
            lambda value: value < 0.4,
            "samples differ only {diversity:.0%} as much as real {noun}s do: the generator makes nearly one {noun}",
        ),
    ),
    "class-missing": (
        SampleRule(
            "modes_lost",
            lambda value: 0 < value <= MOST_LOST,
            "{modes_lost:.0%} of the data's clusters hold no generated point",
        ),
        SampleRule(
            "smallest_share",
            lambda value: value < 0.1,
            "one class is drawn {smallest_share:.0%} as often as in the data",
        ),
    ),
    "disobedient": (
        SampleRule(
            "obeys",
            lambda value: value < 0.5,
            "only {obeys:.0%} of the labels asked for are in the samples: the generator hardly follows its conditions",
        ),
    ),
    "not-converged": (
        SampleRule(
            "frechet_classifier",
            lambda value: value > 20,
            "at the end the samples are still far from real {noun}s (Frechet distance {frechet_classifier:.0f})",
        ),
        SampleRule(  # trained models of faces and digits have 0.01 to 0.2
            "pixel_share",
            lambda value: value > 0.5,
            "at the end the samples are still far from real {noun}s: their distance value by value is "
            "{pixel_share:.0%} of that of the mean {noun} alone",
        ),
    ),
}
"""Of rules of one kind, the first that finds something speaks."""


class From(NamedTuple):
    """When rules of a kind begin to speak: at a share of the steps, and not before so many of them."""

    share: float
    steps: int = 0

    def least_step(self, steps: int) -> float:
        """The first step of a run of `steps` at which they speak; it may be beyond the last."""
        return max(self.share * steps, self.steps)


TRAINED_STEPS = 50  # before, a net draws nearly one picture because it is new, not because it fails
SAMPLE_RULES_FROM = {
    "mode-collapse": From(0.2, TRAINED_STEPS),
    "class-missing": From(0.5, TRAINED_STEPS),
    "disobedient": From(0.75, TRAINED_STEPS),
    "not-converged": From(1.0),  # true of a net that hardly trained, too
}

OF_NEW_NETS = {"mode-collapse", "class-missing", "disobedient"}  # kinds of which samples of new nets are, too

SUGGESTIONS: dict[str, tuple[str, bool]] = {
    "nan": (
        "lower both learning rates, or set precision to float32; the best checkpoint so far is kept",
        True,
    ),
    "discriminator-too-strong": (
        "lower the discriminator's learning rate, or set discriminator_norm to spectral",
        False,
    ),
    "discriminator-diverged": (
        "lower the discriminator's learning rate, or set discriminator_norm to spectral",
        False,
    ),
    "mode-collapse": (
        "set adversarial to relativistic with penalty r1-r2, or lower the generator's learning rate",
        False,
    ),
    NOT_LEARNING: (
        "raise the generator's learning rate, or lower the discriminator's where it tells all samples apart",
        False,
    ),
    "disobedient": ("raise classifier_weight, set conditioning to projection, or train longer", False),
    "not-converged": ("raise both learning rates, or train longer", False),
    "class-missing": ("train longer, or set adversarial to relativistic with penalty r1-r2", False),
}
