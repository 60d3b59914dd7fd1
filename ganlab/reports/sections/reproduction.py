"""The commands that make all of it again, and the environment that made it."""

import os
import platform
import shlex
from collections.abc import Sequence
from importlib import metadata

from ganlab.explore import ids
from ganlab.recipes import RECIPES
from ganlab.reports.document import Block, Code, Section, Table, Text
from ganlab.reports.subject import Subject

PACKAGES = ("torch", "numpy", "scipy", "scikit-learn")


def reproduction(subjects: Sequence[Subject]) -> Section | None:
    """Commands by model, their recipes where no name says them, and versions."""
    blocks: list[Block] = [Code(text="\n".join(_commands(subjects)), caption="Train, measure and draw again:")]
    for subject in subjects:
        recipe = subject.entry.recipe
        if recipe is not None and RECIPES.get(recipe.name) != recipe:
            file = _recipe_file(subject)
            caption = f"The recipe of {subject.name}, which is {file} in this report's folder:"
            blocks.append(Code(text=recipe.model_dump_json(indent=1), caption=caption, file=file))
    rows = tuple(
        (subject.name, *(subject.model.card.environment.get(key, "") for key in ("torch", "python")), card.created)
        for subject in subjects
        if subject.model is not None and (card := subject.model.card)
    )
    if rows:
        caption = "What the files say of how they were made."
        blocks.append(
            Table(name="environments", caption=caption, heads=("model", "torch", "Python", "written"), rows=rows)
        )
    names = " ".join(ids.in_shell(subject.entry.source.id) for subject in subjects)
    again = f"python -m ganlab report {names} --out report"
    blocks.append(Code(text=again, caption="This report, with everything in it:"))
    blocks.append(
        Text(
            text="The second command of each model gives its metrics; all else is drawn and counted anew by the last "
            f"one, from the seeds that captions name. It was made with {_here()}."
        )
    )
    return Section(title="How to get this again", blocks=tuple(blocks))


def _recipe_file(subject: Subject) -> str:
    """In the report's folder, in which the commands are meant to be typed."""
    return f"recipes/{subject.slug}.json"


def _here() -> str:
    """The machine and the versions that drew and measured what this report shows."""
    packages = ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES)
    system = f"{platform.system()} on {platform.machine()}, {os.cpu_count()} processors"
    return f"Python {platform.python_version()}, {packages}; {system}"


def _commands(subjects: Sequence[Subject]) -> list[str]:
    lines = []
    for subject in subjects:
        recipe, source = subject.entry.recipe, subject.entry.source
        if recipe is None:
            continue
        shipped = RECIPES.get(recipe.name) == recipe
        train = f"python -m ganlab train {recipe.name if shipped else _recipe_file(subject)}"
        if subject.model is not None and (beginning := subject.model.card.began_from):
            train += f" --init-from {shlex.quote(beginning.name)}"
        lines.append(train)
        if subject.model is not None:
            lines.append(f"python -m ganlab evaluate {ids.in_shell(source.id)}")
            lines.append(f"python -m ganlab sample {ids.in_shell(source.id)} --n 64 --out {subject.slug}.png")
    return lines
