"""What trainings have to do with datasets of a user's own."""

from pathlib import Path

from ganlab.data import adding, catalogue
from ganlab.data.adding import Added
from ganlab.jobs import classifying, work
from ganlab.jobs.calls import list_jobs
from ganlab.metrics import reference_files

NAMED = 3  # runs that a message names


def delete(dataset: Added) -> int:
    """Remove a dataset that was added, its classifier and what was measured of it; returns how many bytes they had.

    ValueError while runs wait or train on it, and while it is packed.
    """
    active = [job for job in list_jobs() if job.active and not job.problem]
    busy = [job.name for job in active if job.recipe and job.recipe.dataset == dataset.name]
    if busy:
        named = ", ".join(busy[:NAMED]) + (", ..." if len(busy) > NAMED else "")
        raise ValueError(f"{dataset.name} is being trained on ({named}); cancel that first, or wait until it is done")
    if classifying.is_active(dataset.name):
        raise ValueError(f"the classifier of {dataset.name} is being trained; cancel that first, or wait for it")
    made = files(dataset)
    freed = sum(path.stat().st_size for path in made)
    adding.remove(dataset)
    work.remove(classifying.training_of(dataset.name))
    for path in made:
        path.unlink(missing_ok=True)
    return freed


def files(dataset: Added) -> list[Path]:
    """All that takes room for it: its pack, its classifier, and what was measured of it."""
    return [*catalogue.files_of(dataset.name), *reference_files.files_of(dataset.name)]
