"""A run remembers where it was sent; whether it lives is asked there, never of a lock."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from ganlab import jobs, runs
from ganlab.jobs import BACKENDS, Backend, Job, scheduler
from ganlab.jobs.calls import submit_all
from ganlab.jobs.states import read_states
from ganlab.recipes import Recipe
from ganlab.runs import RunFolder, Where


def refuse(*_: object) -> None:
    raise ValueError("no room")


@pytest.fixture
def attic(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Opens a place that trains nothing, with calls of its own where a test gives some."""

    def opened(**calls: Callable[..., object]) -> None:
        place = Backend(
            title="Attic",
            offered=lambda: True,
            against=lambda: "",
            submit=lambda folders: None,
            cancel=lambda folder: None,
            look=lambda root, jobs: list(jobs),
        )
        monkeypatch.setitem(BACKENDS, "attic", replace(place, **calls))

    opened()
    return opened


@pytest.fixture
def folder(recipe: Recipe, attic: Callable[..., None]) -> RunFolder:
    return jobs.submit(recipe, where="attic")


def test_a_run_of_this_machine_has_no_such_file(recipe: Recipe) -> None:
    folder = runs.create(runs.runs_folder() / "here", recipe)
    assert not folder.where.exists()
    assert runs.read_where(folder) == Where(backend="local", handle="")


@pytest.mark.parametrize("lost", ["where", "where_copy"])
@pytest.mark.parametrize(
    "content", [None, "", "{", "[]", "{}", '{"backend": "../x"}', '{"backend": "attic", "handle": "; rm"}']
)
def test_one_of_two_copies_may_be_lost_or_damaged(folder: RunFolder, lost: str, content: str | None) -> None:
    runs.write_where(folder, sent := Where(backend="attic", handle="17_3"))
    path: Path = getattr(folder, lost)
    path.unlink()
    if content is not None:
        path.write_text(content, encoding="utf-8")
    assert runs.read_where(folder) == sent


@pytest.mark.parametrize("content", ['{"backend": 3}', "{}", '{"handle": "17_3"}'])
def test_with_both_damaged_it_is_not_taken_for_a_run_of_this_machine(folder: RunFolder, content: str) -> None:
    for path in (folder.where, folder.where_copy):
        path.write_text(content, encoding="utf-8")
    (job,) = jobs.list_jobs()
    assert job.problem.startswith(f"{folder.where} cannot be used (backend: ")
    assert read_states(folder.path.parent) == []


def test_a_free_lock_says_nothing_of_a_run_elsewhere(folder: RunFolder) -> None:
    runs.write_status(folder, runs.read_status(folder).model_copy(update={"state": "running", "step": 7}))
    assert not runs.is_locked(folder)
    assert runs.read_status(folder).state == "running"
    folder.stop.touch()
    assert runs.read_status(folder).state == "cancelling"


def test_the_queue_of_this_machine_leaves_it_alone(folder: RunFolder) -> None:
    assert runs.read_status(folder).queued > 0
    scheduler.run_queue(folder.path.parent, slots=1)  # ends: nothing waits here
    assert runs.read_status(folder).state == "queued"


def test_what_the_backend_knows_is_shown(folder: RunFolder, attic: Callable[..., None]) -> None:
    def look(root: Path, found: Sequence[Job]) -> list[Job]:
        return [replace(job, status=job.status.model_copy(update={"state": "interrupted"})) for job in found]

    attic(look=look)
    assert [(job.backend, job.status.state) for job in jobs.list_jobs()] == [("attic", "interrupted")]
    with pytest.raises(ValueError, match="is interrupted: there is nothing to cancel"):
        jobs.cancel(folder)
    jobs.delete(folder)
    assert not folder.path.exists()


def test_a_refusal_leaves_no_run(recipe: Recipe, attic: Callable[..., None]) -> None:
    attic(submit=refuse)
    with pytest.raises(ValueError, match="no room"):
        submit_all([recipe, recipe], where="attic")
    assert runs.list_runs() == []
    assert list(runs.runs_folder().iterdir()) == []


def test_a_refused_resume_leaves_the_run_as_it_was(recipe: Recipe, attic: Callable[..., None]) -> None:
    folder = runs.create(runs.runs_folder() / "here", recipe)
    runs.write_status(folder, runs.read_status(folder).model_copy(update={"state": "failed", "error": "why"}))
    attic(submit=refuse)
    with pytest.raises(ValueError, match="no room"):
        jobs.resume(folder, where="attic")
    assert (runs.read_status(folder).state, runs.read_status(folder).error) == ("failed", "why")
    assert runs.is_here(folder)
    attic()
    jobs.resume(folder, where="attic")
    assert (runs.read_status(folder).state, runs.read_where(folder)) == ("queued", Where(backend="attic"))


def test_a_place_that_is_not_known_is_told_with_those_that_are(recipe: Recipe, folder: RunFolder) -> None:
    with pytest.raises(ValueError, match="no place 'moon' to train at; choose from local, slurm, ray, attic"):
        jobs.submit(recipe, where="moon")
    runs.write_where(folder, Where(backend="moon"))
    (job,) = jobs.list_jobs()
    assert "no place 'moon'" in job.problem
