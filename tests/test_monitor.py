"""Each finding from hand-made reports, and the reports of a healthy run."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ganlab import monitor, runs
from ganlab.loop import Report
from ganlab.monitor import (
    LOSS_RULES,
    NOT_LEARNING,
    SAMPLE_RULES,
    SUGGESTIONS,
    WINDOW,
    inspect_reports,
    inspect_samples,
)
from ganlab.runs import RunFolder
from ganlab.runs.ends import ENDED_BY
from ganlab.snapshots import snapshots_measured

HEALTHY = {"discriminator/loss": 1.2, "discriminator/fake": 0.4, "discriminator/real": 0.6, "generator/loss": 0.9}
ILL = {  # what the losses look like when it happens
    "discriminator-too-strong": {"discriminator/loss": 1e-5, "discriminator/fake": 1e-5, "generator/loss": 11.0},
    "discriminator-diverged": {"discriminator/loss": 40.0, "discriminator/fake": 1.0, "generator/loss": 1e-6},
}


def reports(n: int, values: Callable[[int], dict[str, float]]) -> list[Report]:
    return [Report(10 * i, 640 * i, float(i), values(i)) for i in range(1, n + 1)]


def kinds(n: int, values: Callable[[int], dict[str, float]]) -> list[str]:
    return [finding.kind for finding in inspect_reports(reports(n, values))]


def test_a_healthy_run_has_no_findings(finished_run: RunFolder) -> None:
    assert inspect_reports([]) == []
    assert kinds(50, lambda i: HEALTHY) == []
    real = [Report(int(line["step"]), 0, 0.0, line) for line in runs.read_metrics(finished_run)]
    assert inspect_reports(real) == []


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_a_value_that_is_not_a_number_is_fatal_at_once(value: float) -> None:
    (finding,) = inspect_reports(reports(1, lambda i: HEALTHY | {"generator/loss": value}))
    assert (finding.kind, finding.fatal, finding.step) == ("nan", True, 10)
    assert finding.message == "generator/loss is not a number any more"
    assert "lower both learning rates" in finding.suggestion


@pytest.mark.parametrize("kind", LOSS_RULES)
def test_each_loss_rule_needs_a_whole_window(kind: str) -> None:
    ill = HEALTHY | ILL[kind]
    assert kinds(WINDOW - 1, lambda i: ill) == []
    assert kinds(WINDOW, lambda i: ill) == [kind]
    assert kinds(50, lambda i: ill if i != 45 else HEALTHY) == []  # one healthy report is enough
    assert kinds(50, lambda i: ill if i > 40 else HEALTHY) == [kind]
    assert not inspect_reports(reports(WINDOW, lambda i: ill))[0].fatal


def test_other_families_without_a_discriminator_have_no_findings() -> None:
    assert kinds(WINDOW, lambda i: {"autoencoder/loss": 1e-9}) == []


@pytest.mark.parametrize(
    ("kind", "metrics", "healthy", "text"),
    [
        ("mode-collapse", {"diversity": 0.1}, {"diversity": 0.9}, "samples differ only 10% as much"),
        ("disobedient", {"obeys": 0.2}, {"obeys": 0.8}, "only 20% of the labels"),
        ("mode-collapse", {"modes_lost": 0.75, "diversity": 0.1}, {"modes_lost": 0.0}, "75% of the data's clusters"),
        ("class-missing", {"modes_lost": 0.125}, {"modes_lost": 0.0}, "12% of the data's clusters hold no"),
        ("class-missing", {"smallest_share": 0.05}, {"smallest_share": 0.8}, "drawn 5% as often"),
    ],
)
def test_each_sample_rule_speaks_once_training_is_under_way(
    kind: str, metrics: dict[str, float], healthy: dict[str, float], text: str
) -> None:
    (finding,) = inspect_samples(90, 100, metrics, [])
    assert finding.kind == kind
    assert text in finding.message
    assert inspect_samples(90, 100, healthy, []) == []
    assert inspect_samples(5, 100, metrics, []) == []  # noise at the start is no collapse
    assert inspect_samples(90, 100, {}, []) == []
    assert (
        inspect_samples(8, 40, metrics, []) == inspect_samples(40, 40, metrics, []) == []
    )  # a net that is simply untrained
    assert inspect_samples(49, 49, metrics, []) == []
    assert inspect_samples(50, 50, metrics, []) != []


@pytest.mark.parametrize("measured", [{"frechet_classifier": 30.0}, {"pixel_share": 0.7}])
def test_far_from_real_images_is_told_at_the_end_with_or_without_a_classifier(measured: dict[str, float]) -> None:
    (finding,) = inspect_samples(100, 100, measured, [])
    assert (finding.kind, inspect_samples(90, 100, measured, [])) == ("not-converged", [])
    assert "still far from real images" in finding.message
    (finding,) = inspect_samples(100, 100, measured, [], noun="point")
    assert "real points" in finding.message
    assert "image" not in finding.message


NEW = {"diversity": 0.047, "frechet_pixels": 276.4, "frechet_classifier": 105.4, "smallest_share": 0.0}
"""What a small net's samples of digits measure before the first step."""
GOOD = {"diversity": 0.9, "frechet_pixels": 30.0, "frechet_classifier": 2.0, "smallest_share": 0.8}
COLLAPSED = ["mode-collapse", "class-missing"]


@pytest.mark.parametrize(
    ("now", "best", "kinds"),
    [
        ({"frechet_pixels": 275.7}, {}, ["not-learning"]),
        ({"frechet_pixels": 150.0, "frechet_classifier": 101.0, "diversity": 0.14}, {}, ["not-learning"]),
        ({"frechet_pixels": 207.2, "frechet_classifier": 92.7, "diversity": 0.36}, {}, COLLAPSED),
        ({"frechet_classifier": 150.0}, {}, COLLAPSED),  # one picture, and another one
        ({}, GOOD, COLLAPSED),  # it had learnt, and is back at one picture
        (GOOD, {}, []),
    ],
)
def test_a_net_that_has_learnt_nothing_has_not_collapsed(
    now: dict[str, float], best: dict[str, float], kinds: list[str]
) -> None:
    before = [NEW, NEW | best]
    assert [finding.kind for finding in inspect_samples(60, 100, NEW | now, before)] == kinds
    at_the_end = [finding.kind for finding in inspect_samples(100, 100, NEW | now, before)]
    assert at_the_end == [*kinds, *(["not-converged"] if (NEW | now)["frechet_classifier"] > 20 else [])]


def test_points_that_all_went_to_one_place_have_collapsed() -> None:
    """They may be farther from the data than the cloud in the middle that a new net draws."""
    new = {"modes_lost": 1.0, "sliced_wasserstein": 0.5, "frechet_pixels": 9.0}
    (told,) = inspect_samples(60, 100, new | {"modes_lost": 0.9, "sliced_wasserstein": 0.7}, [new])
    assert told.kind == "mode-collapse"
    assert [finding.kind for finding in inspect_samples(60, 100, new, [new])] == ["not-learning"]


def test_what_began_well_and_stays_as_it_was_is_well() -> None:
    trained = {"diversity": 1.0, "frechet_pixels": 20.0, "smallest_share": 0.9}
    assert inspect_samples(60, 100, trained, [trained]) == []


def test_without_the_first_samples_nothing_is_said_of_learning() -> None:
    assert [finding.kind for finding in inspect_samples(60, 100, NEW, [])] == COLLAPSED


def test_every_rule_has_a_suggestion_and_a_test() -> None:
    assert SUGGESTIONS.keys() == {"nan", NOT_LEARNING} | LOSS_RULES.keys() | SAMPLE_RULES.keys()
    assert ENDED_BY.keys() == SUGGESTIONS.keys()
    assert ILL.keys() == LOSS_RULES.keys()
    assert SAMPLE_RULES.keys() > monitor.OF_NEW_NETS
    assert monitor.SAMPLE_RULES_FROM.keys() == SAMPLE_RULES.keys()


@pytest.mark.parametrize(
    ("example", "kind"),
    [
        ("collapse", "mode-collapse"),
        ("dropped-digits", "class-missing"),
        ("strong-discriminator", "discriminator-too-strong"),
        ("slow", "not-learning"),
    ],
)
def test_each_example_of_a_failure_is_called_what_it_is(example: str, kind: str) -> None:
    """Both in the status that came along, and by the monitor as it is now, from the snapshots."""
    folder = RunFolder(Path(__file__).parents[1] / "failures" / f"failure-{example}")
    said = [finding.kind for finding in runs.read_status(folder).findings]
    assert said[0] == kind
    found = snapshots_measured(folder).metrics
    now = [one.kind for step, values in found.items() for one in inspect_samples(step, max(found), values, [found[0]])]
    assert set(now) <= set(said)
    if example != "collapse":
        assert "mode-collapse" not in said
    if example != "strong-discriminator":  # which its losses tell
        assert kind in now
