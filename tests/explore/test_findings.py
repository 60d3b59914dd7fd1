"""Findings of the monitor against what was measured after them."""

import json
import shutil

import pytest

from ganlab import checkpoints, runs
from ganlab.explore import findings
from ganlab.monitor import WINDOW
from ganlab.runs import Finding, RunFolder

COLLAPSE = Finding(kind="mode-collapse", step=20, message="nearly one picture", suggestion="another loss")
NOT_LEARNING = Finding(kind="not-learning", step=20, message="as before", suggestion="a higher rate")
TOO_STRONG = Finding(kind="discriminator-too-strong", step=100, message="nothing to learn from", suggestion="slower")
ILL = {"discriminator/loss": 1e-5, "discriminator/fake": 1e-5}
HEALTHY = {"discriminator/loss": 1.2, "discriminator/fake": 0.4}


def snapshots(run: RunFolder, measured: dict[int, float], metric: str = "diversity") -> RunFolder:
    """The run with snapshots of these steps, which measured these values."""
    source = checkpoints.load(checkpoints.list_files(run.snapshots)[0])
    shutil.rmtree(run.snapshots)
    for step, value in measured.items():
        checkpoints.save(
            run.snapshots / f"{step:08}.safetensors",
            recipe=source.card.recipe,
            data=source.card.data,
            latent=source.latent,
            nets=source.nets,
            step=step,
            metrics={metric: value},
        )
    return run


@pytest.mark.parametrize(
    ("diversity", "over"),
    [
        ({10: 0.9, 20: 0.2, 30: 0.2, 40: 0.8, 50: 0.9}, 40),
        ({20: 0.2, 30: 0.8, 40: 0.1}, None),  # it came back
        ({20: 0.2, 30: 0.8, 40: 0.1, 50: 0.8}, 50),
        ({20: 0.2}, None),  # nothing was measured since
    ],
)
def test_what_samples_showed_is_over_when_later_ones_do_not(run_folder: RunFolder, diversity, over) -> None:
    [told] = findings.look_back(snapshots(run_folder, diversity), [COLLAPSE])
    assert told == (COLLAPSE, over)


@pytest.mark.parametrize(
    ("distance", "over"), [({0: 100.0, 20: 101.0, 30: 80.0, 40: 9.0}, 30), ({0: 100.0, 20: 99.0, 30: 95.0}, None)]
)
def test_that_nothing_is_learnt_is_over_when_samples_come_nearer(run_folder: RunFolder, distance, over) -> None:
    told = findings.look_back(snapshots(run_folder, distance, "frechet_classifier"), [NOT_LEARNING])
    assert told == [(NOT_LEARNING, over)]


@pytest.mark.parametrize(
    ("healthy_from", "ill_again", "over"), [(200, (), 200), (None, (), None), (200, range(290, 301), 200)]
)
def test_what_losses_showed_is_over_when_no_whole_window_shows_it(
    run_folder: RunFolder, healthy_from, ill_again, over
) -> None:
    steps = range(10, 301, 10)
    ill = [step for step in steps if healthy_from is None or step < healthy_from or step in ill_again]
    lines = [{"step": step} | (ILL if step in ill else HEALTHY) for step in steps]
    run_folder.metrics.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert len([step for step in ill if step < 200]) > WINDOW
    assert findings.look_back(run_folder, [TOO_STRONG]) == [(TOO_STRONG, over)]


def test_what_holds_comes_first_and_what_ended_the_run_holds(run_folder: RunFolder) -> None:
    ended = Finding(kind="nan", step=40, message="not a number", suggestion="lower rates", fatal=True)
    told = findings.look_back(snapshots(run_folder, {20: 0.2, 30: 0.9}), [COLLAPSE, ended])
    assert told == [(ended, None), (COLLAPSE, 30)]
    assert findings.history(COLLAPSE, 30) == "At step 20 the monitor noted: nearly one picture. Over by step 30."


def test_a_damaged_snapshot_is_passed_over(run_folder: RunFolder) -> None:
    snapshots(run_folder, {20: 0.2, 30: 0.9, 40: 0.9})
    (run_folder.snapshots / "00000030.safetensors").write_bytes(b"half a file")
    assert findings.look_back(run_folder, [COLLAPSE]) == [(COLLAPSE, 40)]
    assert runs.read_status(run_folder).state == "done"


def test_each_remedy_is_named_once() -> None:
    same = COLLAPSE.model_copy(update={"kind": "class-missing", "step": 40, "message": "no sevens"})
    told = [findings.Told(COLLAPSE, None), findings.Told(TOO_STRONG, None), findings.Told(same, None)]
    first, second = findings.advice([*told, findings.Told(TOO_STRONG, 200)])
    assert first.suggestion == "another loss"
    assert first.said == "Step 20: nearly one picture; step 40: no sevens"
    assert second.findings == (TOO_STRONG,)


def test_advice_that_runs_share_is_told_once() -> None:
    later = Finding(kind="not-learning", step=30, message="as before", suggestion="a higher rate")
    [same] = findings.advice([findings.Told(NOT_LEARNING, None)])
    [other] = findings.advice([findings.Told(later, None)])
    [collapsed] = findings.advice([findings.Told(COLLAPSE, None)])
    first, second = findings.shared([("a", same), ("b", collapsed), ("c", same)])
    assert first == findings.Shared(names=("a", "c"), first=same, alike=True)
    assert second == findings.Shared(names=("b",), first=collapsed, alike=True)
    [differ] = findings.shared([("a", same), ("b", other)])
    assert not differ.alike
