"""Several processes, and parts that follow each other, equal one process with the whole batch."""

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from ganlab.losses import ADVERSARIAL
from ganlab.recipes import Recipe
from ganlab.session import of_parts
from ganlab.training_state import start
from tests.ranks import COUNTS, CPU, LEGS, SHORT_LIMIT
from tests.tiny import TINY
from tests.variants import SMALL, SPEC, VARIANTS

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")

STILL = {"generator_lr": 1e-12, "discriminator_lr": 1e-12}  # every turn's gradients are those of the first weights
WITHOUT_BATCH_NORM = {"architecture": "mlp", **SMALL}
PENALTIES = ("none", "wasserstein", "r1-r2")
PLAYING = ("gan", "cgan", "acgan", "infogan")
MOST = 1e-6
"""Difference between gradients of a turn, or states of a run: their length as a share of the length of either."""

Cases = dict[str, tuple[dict[str, Any], str, int, int]]
"""Settings of a recipe, its data, a number of steps, and the largest number of processes, by a name."""

IN_PARTS: dict[str, tuple[str, dict[str, Any]]] = {
    "relativistic": ("gan", {"adversarial": "relativistic", "penalty": "r1-r2", "discriminator_norm": "none"}),
    "changed at random": ("gan", {"penalty": "wasserstein", "augment": "colour,translation,cutout"}),
    "packs": ("gan", {"judged_together": 2, "penalty": "wasserstein"}),
    "dropout": ("cgan", {"discriminator_dropout": 0.5, "mismatched_weight": 1.0, "classifier_weight": 1.0}),
    "three turns": ("acgan", {"classifier_lr": 1e-12, "discriminator_optimizer": "rmsprop"}),
    "an encoder": ("vae", {"encoder_norm": "spectral"}),
}
"""Families and settings of nets without batch norm."""


def cases() -> Cases:
    found: Cases = {}
    for family, adversarial, penalty in itertools.product(PLAYING, ADVERSARIAL, PENALTIES):
        config = {"adversarial": adversarial, "penalty": penalty, **WITHOUT_BATCH_NORM, **STILL}
        found[f"{family} {adversarial} {penalty}"] = ({"family": family, "config": config}, "digits", 1, 4)
    for name, (family, settings) in VARIANTS.items():
        config = {**SMALL, **_still(family), **settings}
        found[name] = ({"family": family, "config": config}, "scenes", 1, 2)
    for name, (family, settings) in IN_PARTS.items():
        recipe = {"family": family, "config": {**WITHOUT_BATCH_NORM, **_still(family), **settings}}
        found[name] = (recipe, "scenes", 1, 2)
        found[f"{name}, in parts"] = ({**recipe, "accumulate": 2}, "scenes", 1, 2)
    batch_norm = {"architecture": "mlp-funnel", "discriminator_norm": "batch", **SMALL}
    found["batch norm in parts"] = ({"config": {**batch_norm, **STILL}, "accumulate": 2}, "digits", 1, 2)
    found["batch norm"] = ({"config": {**batch_norm, **STILL}}, "digits", 1, 4)
    found["20 steps"] = ({"config": batch_norm, "ema_halflife": 50}, "digits", 20, 4)
    codes = {"consistency_weight": 1.0, "generator_every": 2}
    found["20 steps of codes"] = ({"family": "infogan", "config": {**batch_norm, **codes}}, "digits", 20, 4)
    return found


def _still(family: str) -> dict[str, Any]:
    return {"lr": 1e-12} if family == "vae" else STILL


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the processes of `tests.ranks` have left."""
    folder = tmp_path_factory.mktemp("ranks")
    (folder / "cases.json").write_text(json.dumps(cases()), encoding="utf-8")
    command = [sys.executable, "-m", "tests.ranks", str(folder)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=280)
    assert done.returncode == 0, done.stderr
    return folder


def noted(folder: Path, count: int, rank: int = 0) -> dict[str, dict[str, Tensor]]:
    """What a process has found in each case."""
    found: dict[str, dict[str, Tensor]] = {}
    for name, value in load_file(folder / f"{count}-{rank}").items():
        case, key = name.split(": ")
        found.setdefault(case, {})[key] = value.double()
    return found


def far_apart(one: dict[str, Tensor], other: dict[str, Tensor]) -> list[str]:
    """The turns whose gradients differ, nets that do, and values that were logged."""
    assert one.keys() == other.keys()
    lengths: dict[str, list[float]] = {}
    for key, value in one.items():
        of = lengths.setdefault(key if key.startswith("log ") else key.split()[0], [0.0, 0.0])
        of[0] += (other[key] - value).square().sum().item()
        of[1] += value.square().sum().item()
    return [name for name, (difference, length) in lengths.items() if not difference <= MOST**2 * length]


@pytest.mark.parametrize("count", COUNTS[1:])
def test_the_gradients_of_processes_are_those_of_one_with_the_whole_batch(folder: Path, count: int) -> None:
    """Of every family, loss and penalty, and of all that looks at more than one image: norms, pairs, tables, noise."""
    whole, shared = noted(folder, 1), noted(folder, count)
    compared = {case for case, (*_, most) in cases().items() if most >= count and "in parts" not in case}
    assert len(compared) >= 4 * 5 * 3 + (len(VARIANTS) if count == 2 else 0)
    assert {case: wrong for case in compared if (wrong := far_apart(whole[case], shared[case]))} == {}


@pytest.mark.parametrize("count", COUNTS[:2])
def test_parts_one_after_the_other_are_the_whole_batch(folder: Path, count: int) -> None:
    whole, parted = noted(folder, 1), noted(folder, count)
    assert {case: wrong for case in IN_PARTS if (wrong := far_apart(whole[case], parted[f"{case}, in parts"]))} == {}
    assert far_apart(whole["batch norm"], parted["batch norm in parts"]), "its statistics are those of a part"


@pytest.mark.parametrize("count", COUNTS[1:])
def test_all_processes_have_the_same_weights_after_twenty_steps(folder: Path, count: int) -> None:
    of_each = [noted(folder, count, rank) for rank in range(count)]
    for case in ("20 steps", "20 steps of codes"):
        for other in of_each[1:]:
            assert [key for key, value in other[case].items() if not torch.equal(value, of_each[0][case][key])] == []


def test_a_run_is_handed_on_from_two_processes_to_four_to_one_and_to_two(folder: Path) -> None:
    """Weights, averages, moments, noise and the report that was half done; the legs end in the middle of one."""
    straight, handed_on = load_file(folder / "straight"), load_file(folder / f"leg-{LEGS[-1][1]}")
    assert straight.keys() == handed_on.keys()
    assert any(key.startswith("pending.") for key in straight)
    for key, value in straight.items():
        torch.testing.assert_close(handed_on[key], value, rtol=MOST, atol=MOST, msg=key)


@pytest.mark.parametrize(
    ("settings", "remedy"),
    [
        ({"accumulate": 3}, "multiple of it"),
        ({"accumulate": 16, "batch_size": 16}, "32 or more"),
        ({"config": {"judged_together": 3}}, "a multiple of 3, 6 or more"),
        ({"accumulate": 4, "batch_size": 12, "config": {"judged_together": 2}}, "a multiple of 8, 8 or more"),
        ({"accumulate": 2, "family": "infogan", "config": {"consistency_weight": 1.0}}, "set accumulate to 1"),
    ],
)
def test_what_parts_cannot_equal_is_refused(settings: dict[str, Any], remedy: str) -> None:
    with pytest.raises(ValueError, match=remedy):
        Recipe.model_validate(settings)


def test_a_process_that_does_not_answer_is_lost_after_the_limit_in_words(folder: Path) -> None:
    given_up = json.loads((folder / "given up").read_text(encoding="utf-8"))
    assert given_up["said"].startswith("another process of this run has ended or does not answer")
    assert SHORT_LIMIT.total_seconds() <= given_up["seconds"] < 60


def test_weights_that_drift_apart_end_the_run_and_those_that_overflow_alike_do_not(folder: Path) -> None:
    for rank in range(2):
        said = json.loads((folder / f"drift-{rank}").read_text(encoding="utf-8"))
        assert said == ["", "no longer have the same weights"]


def test_a_run_in_parts_says_what_is_not_as_with_the_whole_batch() -> None:
    def told(architecture: str, accumulate: int) -> str:
        settings = {"architecture": architecture, "accumulate": accumulate, "batch_size": 32, "width": 4}
        return of_parts(start(TINY.with_settings(settings), SPEC, CPU))

    assert "batch norm takes its statistics of each part" in told("dcgan", 4)
    assert told("mlp", 4) == told("dcgan", 1) == ""
