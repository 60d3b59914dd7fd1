"""What trainings have to do with datasets of a user's own."""

from ganlab import runs
from ganlab.data import adding
from ganlab.data.adding import Added
from ganlab.jobs.local import list_jobs

NAMED = 3  # runs that a message names


def delete(dataset: Added) -> None:
    """Remove a dataset that was added. ValueError while runs wait or train on it, and while it is packed."""
    active = [job for job in list_jobs() if job.active and not job.problem]
    busy = [job.name for job in active if runs.read_recipe(job.folder).dataset == dataset.name]
    if busy:
        named = ", ".join(busy[:NAMED]) + (", ..." if len(busy) > NAMED else "")
        raise ValueError(f"{dataset.name} is being trained on ({named}); cancel that first, or wait until it is done")
    adding.remove(dataset)
