"""`list` and `data`: what is here, and packing datasets."""

from pathlib import Path
from typing import Annotated

import tyro
from tqdm import tqdm

from ganlab import cards, jobs, listings, runs
from ganlab.checkpoints import Card
from ganlab.commands import names
from ganlab.commands.tables import duration, table
from ganlab.counting import counted, number
from ganlab.data import catalogue, data_folder
from ganlab.data.held_out import split_summary
from ganlab.data.spec import size_in_words
from ganlab.explore import ids, library
from ganlab.jobs import Job
from ganlab.metrics import METRICS
from ganlab.metrics.readers import accuracy
from ganlab.recipes import RECIPES

KEY_METRICS = ("frechet_classifier", "frechet_pixels", "confident", "sliced_wasserstein", "modes_found")


def list_all() -> int:
    """Show recipes, datasets, checkpoints with their key metrics, and runs with their states."""
    recipes = [
        [r.name, r.family, r.dataset, size_in_words(r.image_size), counted(r.steps, "step")] for r in RECIPES.values()
    ]
    models = [[model.id, *_checkpoint(library.try_card(model))] for model in library.models()]
    trained = jobs.list_jobs()
    for title, rows, otherwise in (
        ("Recipes", recipes, ""),
        ("Datasets", _datasets(), ""),
        ("Checkpoints", models, f"none in {library.checkpoints_folder()}; train one: python -m ganlab train NAME"),
        ("Runs", [_run(job) for job in trained], f"none in {runs.runs_folder()}"),
    ):
        print(title)
        print(table(rows) if rows else f"  {otherwise}")
    if sitting := jobs.cards_and_runs(runs.runs_folder(), trained):
        print("Cards")
        print(
            table([[str(one.number), one.card.name, one.memory, ids.escaped(", ".join(one.runs))] for one in sitting])
        )
    _tell_problems(library.checkpoints_folder(), library.uploads_folder(), runs.runs_folder(), data_folder())
    for problem in library.lone_owners():
        print(problem)
    return 0


def list_datasets() -> int:
    """Show the datasets, and which of them are packed."""
    print(table(_datasets()))
    _tell_problems(data_folder())
    return 0


def pack(
    name: Annotated[str, tyro.conf.Positional],
    *,
    size: Annotated[int | None, tyro.conf.arg(help_behavior_hint="(default: the dataset's own)")] = None,
) -> int:
    """Make a dataset ready for training, downloading it when its files are not here.

    Args:
        name: a dataset; `data list` shows them.
        size: pixels that images will have; a larger size than the dataset's own has a pack of its own.
    """
    name = names.dataset(name)
    _check_size(name, size)
    with tqdm(total=1.0, bar_format="{l_bar}{bar}| {elapsed} {desc}") as bar:

        def progress(share: float, text: str) -> None:
            bar.set_description_str(text, refresh=False)
            bar.update(share - bar.n)

        pack = catalogue.pack(name, size, progress)
    print(f"{name}, {size_in_words(pack.spec.size)}: {split_summary(pack)}; {pack.licence}")
    return 0


def _check_size(name: str, size: int | None) -> None:
    """ValueError where a dataset has no pack of that size."""
    sizes = catalogue.pack_sizes(name)
    if size is None or size in sizes:
        return
    if catalogue.describe(name).spec.points:
        raise ValueError(f"{name} has points, which have no size: leave out --size")
    larger = f"choose from {', '.join(map(str, sizes))}, or " if len(sizes) > 1 else ""
    raise ValueError(
        f"{name} is packed at {' and '.join(map(str, sizes))} px, not at {size}: {larger}leave out --size; "
        "a training makes images of other sizes of them"
    )


def _tell_problems(*folders: Path) -> None:
    for folder in folders:
        for problem in listings.problems(folder):
            print(problem)


def _datasets() -> list[list[str]]:
    return [[name, *_dataset(name)] for name in catalogue.names()]


def _dataset(name: str) -> list[str]:
    try:
        title = catalogue.describe(name).title
    except ValueError as error:
        return ["cannot be read", str(error), ""]
    share = accuracy(name)
    known = "" if share is None else f"classifier: {share:.1%} of the test images' labels"
    return ["packed" if catalogue.is_packed(name) else "not packed", title, known]


def _checkpoint(card: Card | str) -> list[str]:
    if isinstance(card, str):
        return ["cannot be opened", card]
    shown = [f"{METRICS[key].title} {number(card.metrics[key])}" for key in KEY_METRICS if key in card.metrics]
    if shown and "samples" in card.metrics:
        shown.append(f"of {counted(round(card.metrics['samples']), 'sample')}")
    return [f"step {card.step:,}", ", ".join(shown)]


def _run(job: Job) -> list[str]:
    if job.problem:
        return [ids.escaped(job.name), "damaged", "", job.problem]
    status = job.status
    left = f"{duration(status.eta_seconds)} left" if status.eta_seconds else ""
    place = "" if job.backend == runs.LOCAL else f" at {jobs.backend(job.backend).title}"
    state = runs.told_state(status) + place
    card = f" on {cards.in_words(status.cards)}" if job.active and status.cards else ""
    note = left or status.error or job.said
    return [ids.escaped(job.name), state + card, f"{status.step:,} of {status.steps:,}", note]
