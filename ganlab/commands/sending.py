"""`sweep`, `cancel`, `log`: trainings that run in a queue, on this machine or elsewhere."""

from collections.abc import Sequence
from typing import Annotated, Any

import tyro

from ganlab import jobs, runs
from ganlab.commands import names
from ganlab.commands.tables import quoted
from ganlab.counting import counted
from ganlab.explore import ids, last_lines
from ganlab.recipes import Recipe
from ganlab.runs import RunFolder

Where = Annotated[
    str | None, tyro.conf.arg(metavar="|".join(jobs.BACKENDS), help_behavior_hint="(default: in this terminal)")
]
NAMED = 5  # runs that are named


def sweep(
    recipe: Annotated[str, tyro.conf.Positional],
    *,
    over: Annotated[tuple[str, ...], tyro.conf.arg(metavar="KEY=VALUE,VALUE", help_behavior_hint="")],
    settings: Annotated[tuple[str, ...], tyro.conf.arg(name="set", metavar="KEY=VALUE", help_behavior_hint="")] = (),
    device: names.Device = "auto",
    where: Annotated[str, tyro.conf.arg(metavar="|".join(jobs.BACKENDS))] = runs.LOCAL,
) -> int:
    """Queue a training for each value of a setting, or for each pair of values of two.

    Args:
        recipe: a recipe (`list` shows them) or a recipe.json file.
        over: one or two settings and their values, such as width=16,32 generator_lr=1e-3,5e-4.
        settings: change settings of the recipe that stay the same in all.
        device: where to train; auto takes an NVIDIA GPU when there is one, cuda:1 is the second of several, mps is that
            of an Apple processor.
        where: local is the queue of this machine, slurm and ray are clusters.
    """
    checked(where)
    same = names.pairs(settings, "--set")
    made = names.recipe(recipe).with_settings(same)
    grid: dict[str, list[Any]] = {key: text.split(",") for key, text in names.pairs(over, "--over").items()}
    names.refuse_twice(grid, "--over", same, "--set")
    return say_sent(jobs.submit_all(_readable(made, grid), device=device, where=where), where)


def cancel(run: Annotated[str, tyro.conf.Positional]) -> int:
    """Ask for the end of a run that waits or trains; it saves, and can go on.

    Args:
        run: a run (`list` shows them), or its folder.
    """
    folder = names.run(run)
    jobs.cancel(folder)
    print(f"{ids.escaped(folder.name)} is {runs.told_state(jobs.look_at(folder).status)}")
    return 0


def log(run: Annotated[str, tyro.conf.Positional]) -> int:
    """Show the end of a run's log, and how it stands.

    Args:
        run: a run (`list` shows them), or its folder.
    """
    folder = names.run(run)
    job = jobs.look_at(folder)
    if text := last_lines.log_tail(folder.log):
        print(text)
    status = job.status
    told = ". ".join(filter(None, [job.said, status.error]))
    at = f" at {jobs.backend(job.backend).title}" if job.backend != runs.LOCAL else ""
    stands = f"{runs.told_state(status)}{at}, step {status.step:,} of {status.steps:,}"
    print(f"{ids.escaped(folder.name)} is {stands}. {told}".rstrip(". "))
    return 0


def checked(where: str | None) -> None:
    """ValueError, before anything is done, for a place that is not known or cannot be used now."""
    if where is not None and (reason := jobs.against_sending(where)):
        raise ValueError(reason)


def say_sent(folders: Sequence[RunFolder], where: str) -> int:
    """Say what was sent where, and what can be done with it; the exit code."""
    shown = [ids.escaped(folder.name) for folder in folders]
    more = f" and {len(shown) - NAMED} more" if len(shown) > NAMED else ""
    print(f"{jobs.backend(where).title}: {counted(len(folders), 'run')} queued: {', '.join(shown[:NAMED])}{more}")
    for folder in folders[:NAMED]:
        if handle := runs.read_where(folder).handle:
            print(f"  {ids.escaped(folder.name)} is job {handle}")
    print(f"how they stand  python -m ganlab list\nthe log         python -m ganlab log {quoted(shown[0])}")
    print(f"end one         python -m ganlab cancel {quoted(shown[0])}")
    return 0


def _readable(recipe: Recipe, grid: dict[str, list[str]]) -> list[Recipe]:
    """The sweep's recipes; values are texts, which a recipe reads as it does those of --set."""
    for key, texts in grid.items():
        if not all(text.strip() for text in texts):
            raise ValueError(f"--over {key} has an empty value; write its values with commas between, as in {key}=1,2")
    return jobs.sweep(recipe, {key: [text.strip() for text in texts] for key, texts in grid.items()})
