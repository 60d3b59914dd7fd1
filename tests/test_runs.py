"""The run directory: states, the lock, torn files, and names."""

import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ganlab import runs
from ganlab.foreign import MOST_KEPT
from ganlab.runs import Finding, RunFolder, Status
from tests.tiny import TINY

HOLD = """
import sys
from pathlib import Path
from ganlab import runs
with runs.hold(runs.open_run(Path(sys.argv[1]))):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return runs.create(tmp_path / "runs" / "tiny-001", TINY, device="cpu", on_collapse="stop")


@pytest.fixture
def trainer(folder: RunFolder):
    """Another process that holds the run, as its trainer does."""
    command = [sys.executable, "-c", HOLD, str(folder.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def set_state(folder: RunFolder, **changes: object) -> None:
    runs.write_status(folder, runs.read_status(folder).model_copy(update=changes))


def test_a_new_run_is_queued_and_remembers_its_recipe(folder: RunFolder) -> None:
    status = runs.read_status(folder)
    assert (status.state, status.steps, status.device, status.on_collapse) == ("queued", TINY.steps, "cpu", "stop")
    assert runs.read_recipe(folder) == TINY
    assert [run.name for run in runs.list_runs()] == ["tiny-001"]


def test_a_folder_with_other_files_is_not_taken(folder: RunFolder, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"tiny-001 is not empty; choose another folder, or .*--resume"):
        runs.create(folder.path, TINY)
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(ValueError, match="file goes through a file where a folder must be"):
        runs.create(file, TINY)


def test_new_paths_are_numbered(folder: RunFolder) -> None:
    assert runs.claim_path(TINY, runs.runs_folder()) == folder.path.with_name("tiny-002")
    assert runs.claim_path(TINY.with_settings({"name": "other"}), runs.runs_folder()).name == "other-001"


def test_a_folder_without_a_recipe_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"is not a run directory: it has no recipe\.json"):
        runs.open_run(tmp_path)
    assert runs.list_runs(tmp_path / "nowhere") == []


def test_a_recipe_that_was_changed_is_named(folder: RunFolder) -> None:
    folder.recipe.write_text(
        json.dumps(json.loads(folder.recipe.read_text(encoding="utf-8")) | {"steps": -1}), encoding="utf-8"
    )
    with pytest.raises(ValueError, match=r"recipe\.json cannot be used \(steps: .*greater than or equal to 1"):
        runs.read_recipe(folder)
    folder.recipe.write_text("{", encoding="utf-8")
    assert runs.read_recipe(folder) == TINY, "its copy"
    folder.recipe_copy.write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match=r"recipe\.json cannot be used"):
        runs.read_recipe(folder)


@pytest.mark.parametrize("state", ["running", "cancelling"])
def test_a_run_whose_trainer_is_gone_is_interrupted(folder: RunFolder, state: str) -> None:
    set_state(folder, state=state, pid=os.getpid(), eta_seconds=60.0)  # a living process of that number is not enough
    status = runs.read_status(folder)
    assert status.state == "interrupted"
    assert "can be resumed" in status.error
    assert status.eta_seconds is None


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"state": "done", "ended_by": ""}, "done"),
        ({"state": "collapsed", "ended_by": "mode-collapse"}, "collapsed"),
        ({"state": "collapsed", "ended_by": "not-learning"}, "ended early (not learning)"),
        ({"state": "collapsed", "ended_by": "nan"}, "overflowed"),
        ({"state": "collapsed", "ended_by": ""}, "ended early"),  # of an earlier version, which does not say why
        (
            {"state": "collapsed", "ended_by": "", "error": "the samples are far off; wait"},
            "ended early (not learning)",
        ),
        ({"state": "running", "ended_by": "nan"}, "running"),  # resumed
    ],
)
def test_an_early_end_is_called_after_what_was_found(told: dict[str, str], words: str) -> None:
    found = Finding(kind="not-learning", step=2, message="the samples are far off", suggestion="wait")
    assert runs.told_state(Status.model_validate({"steps": 9, "findings": [found]} | told)) == words


def test_no_text_shows_a_state_as_files_have_it() -> None:
    """`runs.told_state` has the words: in files a run that learnt nothing is `collapsed`, too."""
    root = Path(runs.__file__).parents[1]
    texts = {path: path.read_text(encoding="utf-8") for path in (*root.rglob("*.py"), *root.parent.glob("pages/*.py"))}
    shown = re.compile(
        r"\b(status|entry|result)\.state\}|escaped\([a-z.]*\.state\)|badge\([a-z.]*\.state|is \{[a-z.]*state\}"
    )
    assert [path.name for path, text in texts.items() if path.parent.name != "runs" and shown.search(text)] == []


@pytest.mark.parametrize("state", ["done", "cancelled", "failed", "collapsed"])
def test_states_that_have_ended_stay(folder: RunFolder, state: str) -> None:
    set_state(folder, state=state)
    assert runs.read_status(folder).state == state


def test_a_run_with_a_living_trainer_is_running_until_it_is_killed(
    folder: RunFolder, trainer: subprocess.Popen[bytes]
) -> None:
    set_state(folder, state="running")
    assert runs.is_locked(folder)
    assert runs.read_status(folder).state == "running"
    trainer.kill()
    trainer.wait()
    assert not runs.is_locked(folder)
    assert runs.read_status(folder).state == "interrupted"


def test_a_second_trainer_is_refused(folder: RunFolder, trainer: subprocess.Popen[bytes]) -> None:
    with pytest.raises(ValueError, match=r"another trainer is at work in .*tiny-001; wait for it"):  # noqa: SIM117
        with runs.hold(folder):
            pass


def test_readers_at_the_same_time_do_not_take_each_other_for_a_trainer(folder: RunFolder) -> None:
    set_state(folder, state="running")
    with runs.hold(folder):
        pass  # the lock's file is there, as a trainer leaves it
    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(lambda _: runs.is_locked(folder), range(2000)))
    assert not any(seen)


def test_a_trainer_can_begin_while_others_look(folder: RunFolder) -> None:
    with runs.hold(folder):
        pass
    with ThreadPoolExecutor(4) as pool:
        looks = [pool.submit(runs.is_locked, folder) for _ in range(2000)]
        with runs.hold(folder):
            assert runs.is_locked(folder)
    assert len(looks) == 2000


def test_files_that_are_named_by_a_step_come_in_the_order_of_the_steps(tmp_path: Path) -> None:
    for name in ("00000012.png", "100000000.png", "3.png", "best.png", "3.jpg", "-1.png", "1.5.png", "00000007.png"):
        (tmp_path / name).touch()
    found = runs.numbered(tmp_path, ".png")
    assert list(found) == [3, 7, 12, 100_000_000]
    assert found[7] == tmp_path / "00000007.png"
    assert runs.numbered(tmp_path / "nowhere", ".png") == {}


@pytest.mark.parametrize("text", ["", "{", '{"state": "flying", "steps": 3}', '{"state"'])
def test_a_damaged_status_is_an_interrupted_run(folder: RunFolder, text: str) -> None:
    before = runs.read_status(folder)
    folder.status.write_text(text, encoding="utf-8")
    assert runs.read_status(folder) == before, "its copy"
    folder.status_copy.write_text(text, encoding="utf-8")
    status = runs.read_status(folder)
    assert (status.state, status.steps) == ("interrupted", TINY.steps)
    assert "status.json cannot be read" in status.error


def test_metrics_come_back_in_order(folder: RunFolder) -> None:
    lines = [{"step": step, "loss": step / 3} for step in range(5)]
    assert runs.read_metrics(folder) == []
    for line in lines:
        runs.append_metrics(folder, line)
    assert runs.read_metrics(folder) == lines


@pytest.mark.parametrize("torn", ['{"step": 3, "los', "\0\0\0\0", "[3]", "3", '{"loss": 1}', "\xff\xfe", "\n\n"])
def test_a_torn_line_is_left_out_and_forgotten(folder: RunFolder, torn: str) -> None:
    for step in (1, 2):
        runs.append_metrics(folder, {"step": step})
    with folder.metrics.open("ab") as file:
        file.write(torn.encode("latin-1"))
    assert runs.read_metrics(folder) == [{"step": 1}, {"step": 2}]
    runs.forget_metrics_after(folder, 2)  # what a resumed trainer does first
    runs.append_metrics(folder, {"step": 3})
    assert runs.read_metrics(folder) == [{"step": 1}, {"step": 2}, {"step": 3}]


def test_lines_after_the_saved_step_are_forgotten(folder: RunFolder) -> None:
    for step in range(1, 6):
        runs.append_metrics(folder, {"step": step})
    runs.forget_metrics_after(folder, 3)
    assert [line["step"] for line in runs.read_metrics(folder)] == [1, 2, 3]
    left = ["metrics.jsonl", "recipe.copy.json", "recipe.json", "status.copy.json", "status.json"]
    assert sorted(p.name for p in folder.path.iterdir()) == left


def test_texts_of_a_status_without_end_lose_their_middle(folder: RunFolder) -> None:
    told = json.loads(folder.status.read_text(encoding="utf-8"))
    found = {"kind": "nan", "step": 1, "message": "m" * 100_000, "suggestion": "two\nlines"}
    told |= {"error": f"first {'x' * 100_000} last", "findings": [found], "left_out": {"fid": "y" * 100_000}}
    folder.status.write_text(json.dumps(told), encoding="utf-8")
    status = runs.read_status(folder)
    for text in (status.error, status.findings[0].message, status.left_out["fid"]):
        assert len(text) == MOST_KEPT
        assert " ... " in text
    assert status.error.startswith("first")
    assert status.error.endswith("last")
    assert status.findings[0].suggestion == "two\nlines"
    folder.status.write_text(json.dumps(told | {"findings": [found | {"message": ""}] * 2_000}), encoding="utf-8")
    assert not runs.read_status(folder).findings, "from the copy"


def test_status_survives_json() -> None:
    status = Status(state="running", steps=3, eta_seconds=float(5), pid=7)
    assert Status.model_validate_json(status.model_dump_json()) == status
