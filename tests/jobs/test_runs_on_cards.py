"""Real trainings on declared cards: each sees its own alone, what does not fit waits, and who looks is told."""

import json

import psutil
import pytest

from ganlab import cards, jobs, runs
from ganlab.jobs import local, memory
from ganlab.jobs.trainers import Child, living_trainers, start_trainer
from ganlab.recipes import Recipe
from ganlab.runs import RunFolder
from tests.jobs import on_train
from tests.jobs.processes import state, step, wait_until

GB = 10**9


def declare(monkeypatch: pytest.MonkeyPatch, *free_gigabytes: int) -> None:
    found = [{"name": "A card", "bytes": 24 * GB, "free_bytes": free * GB} for free in free_gigabytes]
    monkeypatch.setenv(cards.DECLARED, json.dumps(found))


def visible_to(folder: RunFolder) -> str:
    process = psutil.Process(runs.read_status(folder).pid or 0)
    return process.environ()["CUDA_VISIBLE_DEVICES"]


@pytest.mark.skipif(psutil.WINDOWS, reason="shows no environment of another process")
def test_each_has_a_card_of_its_own_until_it_ends(recipe: Recipe, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sweep of three real trainings, which take seconds to begin; one is killed, and resumed on Train."""
    declare(monkeypatch, 20, 20)
    monkeypatch.setenv("GANLAB_SLOTS", "4")  # of those without a card
    long = recipe.with_settings({"steps": 100_000})
    first, second, third = jobs.submit_all([long] * 3)
    wait_until(lambda: [state(folder) for folder in (first, second, third)] == ["running", "running", "queued"])
    assert [runs.read_status(folder).cards for folder in (first, second, third)] == [[0], [1], []]
    assert [visible_to(first), visible_to(second)] == ["0", "1"]
    root = runs.runs_folder()
    sitting = local.cards_and_runs(root, jobs.list_jobs())
    assert [(one.number, one.card.free_bytes, one.runs) for one in sitting] == [
        (0, 20 * GB, [first.name]),
        (1, 20 * GB, [second.name]),
    ]
    jobs.cancel(second)
    wait_until(lambda: state(third) == "running")
    assert runs.read_status(third).cards == [1]
    assert visible_to(third) == "1"
    wait_until(lambda: step(first) > 0)
    psutil.Process(killed_pid := runs.read_status(first).pid or 0).kill()
    wait_until(lambda: state(first) == "interrupted")
    on_train.resume(first, f"step {step(first):,} of 100,000")
    wait_until(lambda: state(first) == "running" and runs.read_status(first).pid != killed_pid)
    assert [runs.read_status(folder).cards for folder in (first, third)] == [[0], [1]]


def test_what_does_not_fit_waits_and_says_why(recipe: Recipe, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody has all of the first card, and all but 2 GB of the second; cards are asked again and again."""
    declare(monkeypatch, 0, 2)
    wide = recipe.with_settings({"architecture": "dcgan", "steps": 100_000, "width": 256, "batch_size": 1024})
    (large,) = jobs.submit_all([wide])
    needed = runs.read_status(large).card_bytes
    assert needed
    assert 2 * GB < needed < 24 * GB
    wait_until(lambda: any(job.said for job in jobs.list_jobs()))
    (job,) = jobs.list_jobs()
    assert job.said.startswith("It waits for memory: it takes about ")
    assert job.said.endswith("and there is 0 MB on card 0, 2.0 GB on card 1")
    assert (job.status.state, job.status.error) == ("queued", "")


def test_a_device_that_is_not_here_is_refused_before_there_is_a_run(
    recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(monkeypatch, 20, 20)
    with pytest.raises(ValueError, match=r"there is no device cuda:2 here; choose from auto, cpu, cuda, .*cuda:1$"):
        jobs.submit(recipe, device="cuda:2")
    assert not jobs.list_jobs()


def test_on_the_cpu_a_run_needs_no_card(recipe: Recipe, monkeypatch: pytest.MonkeyPatch) -> None:
    declare(monkeypatch, 20, 20)
    assert memory.on_card(recipe, "cpu") is None
    assert memory.on_card(recipe, "auto") == memory.on_card(recipe, "cuda:1") == memory.needed(recipe, "cuda").bytes


@pytest.mark.skipif(psutil.WINDOWS, reason="shows no environment of another process")
def test_a_new_scheduler_knows_the_trainers_that_are_just_beginning(
    recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By their processes: the run's files do not tell yet that one has begun."""
    declare(monkeypatch, 20, 20)
    folder = runs.create(runs.runs_folder() / "one", recipe.with_settings({"steps": 100_000}), card_bytes=GB)
    child = start_trainer(folder, runs.read_status(folder), (1, 0))
    assert isinstance(child, Child)
    try:
        assert state(folder) == "queued"
        found = living_trainers(runs.runs_folder())
        assert [(one.folder.name, one.cards, one.process.poll()) for one in found.values()] == [("one", (1, 0), None)]
        found["one"].process.kill()
        wait_until(lambda: child.process.poll() is not None)
        assert found["one"].process.poll() == 0
        assert not living_trainers(runs.runs_folder())
    finally:
        child.process.kill()
