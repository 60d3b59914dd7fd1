"""Small runs that one setting makes fail: the advice names that setting. A run as shipped has none."""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import pytest
import torch

from ganlab import causes, metrics, monitor
from ganlab.data import Pack, Stream, resized, to_uint8
from ganlab.loop import Report, train
from ganlab.metrics import Reference
from ganlab.recipes import RECIPES, Recipe, recipe
from ganlab.runs import Finding
from ganlab.training_state import averaged_generator, start

STEPS, LOOK_AT = 150, (50, 100, 150)
SMALL = {"dataset": "digits", "steps": STEPS, "width": 8}
CPU = torch.device("cpu")


class Course(NamedTuple):
    """What the monitor saw of a run, with advice."""

    findings: list[Finding]
    balance: causes.Balance


@pytest.fixture(scope="module")
def course(digits: Pack) -> Callable[..., Course]:
    """`course("digits-quick", discriminator_lr=1e-5)` trains the shipped recipe, small, with that setting."""
    pack = resized(digits, 28)
    real = metrics.reference(pack)

    @cache
    def run_it(name: str, **changed: Any) -> Course:
        return _trained(recipe(name).with_settings(SMALL | changed), pack, real)

    return run_it


def _trained(made: Recipe, pack: Pack, real: Reference) -> Course:
    run = start(made, pack.spec, CPU)
    stream = Stream(pack, batch_size=made.batch_size, seed=made.seed, device=CPU, mirror=made.mirror)
    reports: list[Report] = []
    findings: dict[str, Finding] = {}

    def measured() -> dict[str, float]:
        with torch.no_grad():
            images = to_uint8(averaged_generator(run)(run.latent.from_seeds(range(400))))
        return metrics.evaluate(images, real).values

    first = measured()
    for report in train(run, stream, report_every=5, stop=lambda: False):
        reports.append(report)
        seen = monitor.inspect_reports(reports)
        if report.step in LOOK_AT:
            seen += monitor.inspect_samples(report.step, made.steps, measured(), [first])
        for finding in seen:
            findings.setdefault(finding.kind, causes.advised(finding, made, reports))
        if any(finding.fatal for finding in seen):
            break
    return Course(list(findings.values()), causes.balance(reports))


def test_a_run_as_shipped_is_well_in_the_end_and_no_setting_is_blamed(course: Callable[..., Course]) -> None:
    found = course("digits-quick")
    assert found.balance == "even"
    for finding in found.findings:  # of a few steps, seen on an average that is still young
        assert finding.step < STEPS
        assert "back to" not in finding.suggestion


@pytest.mark.parametrize(
    ("name", "setting", "value", "balance"),
    [
        ("digits-quick", "discriminator_lr", 1e-5, "discriminator-weak"),
        ("digits-quick", "discriminator_lr", 0.05, "discriminator-strong"),
        ("digits-quick", "generator_lr", 1e-5, "discriminator-strong"),
        ("digits-quick", "beta1", 0.99, None),
        ("digits-quick", "batch_size", 2, None),
        ("mnist-mlp-28", "generator_lr", 0.1, None),
    ],
)
def test_the_advice_names_the_setting_that_made_the_run_fail(
    course: Callable[..., Course], name: str, setting: str, value: float, balance: str | None
) -> None:
    found = course(name, **{setting: value})
    findings = [one for one in found.findings if one.kind != "not-converged"]  # which blames how short these runs are
    assert findings
    usual = recipe(name).config.model_dump().get(setting, getattr(recipe(name), setting, None))
    for finding in findings:
        assert finding.suggestion.startswith(f"set {setting} ("), finding.message
        assert f"back to {usual:g}: it is {value:g} here" in finding.suggestion
        assert f"the recipe {name}" in finding.suggestion
    assert balance in (None, found.balance)


@pytest.mark.parametrize("kind", causes.SUSPECTS)
@pytest.mark.parametrize("name", RECIPES)
def test_no_setting_of_a_shipped_recipe_is_to_blame(name: str, kind: str) -> None:
    for seen in ("even", "discriminator-weak", "discriminator-strong"):
        assert causes.cause(kind, recipe(name), seen) is None  # type: ignore[arg-type]


@pytest.mark.parametrize("name", RECIPES)
def test_a_renamed_recipe_is_known_by_its_settings(name: str) -> None:
    mine = recipe(name).with_settings({"name": "mine", "seed": 7, "batch_size": 48})
    assert causes.shipped(mine).model_dump(exclude={"name"}) == recipe(name).model_dump(exclude={"name"})


def test_of_two_changes_the_curves_tell_which_one_it_was() -> None:
    both = recipe("digits-quick").with_settings({"discriminator_lr": 5e-5, "batch_size": 6})
    for seen, setting in (("discriminator-weak", "discriminator_lr"), ("discriminator-strong", "batch_size")):
        change = causes.cause("mode-collapse", both, seen)  # type: ignore[arg-type]
        assert change is not None
        assert change.setting == setting


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        (40, "it is 40 here, a 250th of that of the recipe tried"),
        (4_000, "it is 4,000 here, 40% of that of the recipe tried"),
        (1_000_000, "it is 1,000,000 here, 100 times that of the recipe tried"),
    ],
)
def test_how_far_a_setting_is_from_the_recipes_is_in_numbers_for_people(steps: int, told: str) -> None:
    usual = recipe("digits-quick").with_settings({"name": "tried", "steps": 10_000})
    assert causes.Change("steps", steps, 10_000, usual).advice().endswith(told)


def test_without_a_changed_setting_the_balance_of_the_players_tells_what_to_try() -> None:
    finding = Finding(kind="mode-collapse", step=10, message="all alike", suggestion="the kind's own")
    usual = recipe("digits-quick")

    def told(real: float, fake: float) -> str:
        reports = [Report(i, i, 0.0, {"discriminator/real": real, "discriminator/fake": fake}) for i in range(12)]
        return causes.advised(finding, usual, reports).suggestion

    assert told(0.5, 0.9).startswith("raise the discriminator's learning rate")
    assert told(0.99, 0.01).startswith("lower the discriminator's learning rate")
    assert told(0.6, 0.4) == causes.advised(finding, usual, []).suggestion == "the kind's own"


def test_every_kind_of_finding_has_suspects_whose_settings_exist() -> None:
    assert causes.SUSPECTS.keys() == monitor.SUGGESTIONS.keys()
    known = {name for made in RECIPES.values() for name in (*type(made).model_fields, *type(made.config).model_fields)}
    assert {suspect.setting for suspects in causes.SUSPECTS.values() for suspect in suspects} <= known
