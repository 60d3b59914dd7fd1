"""The commands that make all of it again, and the environment that made it."""

from collections.abc import Sequence

from ganlab.explore import ids
from ganlab.recipes import RECIPES
from ganlab.reports.document import Block, Code, Section, Table
from ganlab.reports.subject import Subject


def reproduction(subjects: Sequence[Subject]) -> Section | None:
    """Commands by model, their recipes where no name says them, and versions."""
    blocks: list[Block] = [Code(text="\n".join(_commands(subjects)), caption="Train, measure and draw again:")]
    for subject in subjects:
        recipe = subject.entry.recipe
        if recipe is not None and RECIPES.get(recipe.name) != recipe:
            caption = f"The recipe of {subject.name}, to be saved as {subject.slug}.json:"
            blocks.append(Code(text=recipe.model_dump_json(indent=1), caption=caption))
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
    return Section(title="How to get this again", blocks=tuple(blocks))


def _commands(subjects: Sequence[Subject]) -> list[str]:
    lines = []
    for subject in subjects:
        recipe, source = subject.entry.recipe, subject.entry.source
        if recipe is None:
            continue
        shipped = RECIPES.get(recipe.name) == recipe
        lines.append(f"python -m ganlab train {recipe.name if shipped else f'{subject.slug}.json'}")
        if subject.model is not None:
            lines.append(f"python -m ganlab evaluate {ids.shown(source.id)}")
            lines.append(f"python -m ganlab sample {ids.shown(source.id)} --n 64 --out {subject.slug}.png")
    return lines
