"""From an answer to a report."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ganlab.data import catalogue
from ganlab.explore.pictures import Pixels
from ganlab.recipes import RECIPES, Recipe
from ganlab.reports.answers import figures
from ganlab.reports.answers.answer import Answer, Part
from ganlab.reports.answers.values import OfStudy, OverSeeds, find
from ganlab.reports.document import Block, Code, Figure, Report, Section, Table, Text
from ganlab.reports.drawings import Tiles
from ganlab.reports.subject import Subject, Tell
from ganlab.reports.writing import made_now

NOT_COMPARED = ("name", "seed", "precision", "patience", "architecture")
SETTINGS = ("latent_size", "batch_size", "steps", "epochs", "image_size", "lr", "generator_lr", "discriminator_lr")
"""Those of which a report usually speaks, first in the tables."""


def compose_answer(name: str, answer: Answer, subjects: Sequence[Subject], tell: Tell) -> Report:
    """The report of an answer; `subjects` are those of its models."""
    by_name = {subject.name: subject for subject in subjects}
    sections = [_settings(answer)]
    seen: list[Pixels] = []
    for place, part in enumerate(answer.parts):
        tell(place / len(answer.parts), part.title)
        blocks: list[Block] = [Text(text=f"{part.differs} (In the report: {part.source}.)")]
        if part.compared:
            blocks.append(_compared(part, by_name))
        mine = [by_name[name] for name in (*part.models, *part.runs)]
        for shown in part.shows:
            blocks += [block for block in figures.shown(shown, mine) if _is_new(block, seen)]
        sections.append(Section(title=part.title, blocks=tuple(_numbered(place + 1, block) for block in blocks)))
    sections.append(_again(name, answer))
    return Report(title=answer.title, lead=answer.report, sections=tuple(sections), made=made_now())


def _is_new(block: Block, seen: list[Pixels]) -> bool:
    """Whether no earlier figure has the same pictures: those of the data would come back with every model."""
    if not (isinstance(block, Figure) and isinstance(block.drawing, Tiles)):
        return True
    images = block.drawing.images
    if any(np.array_equal(images, other) for other in seen):
        return False
    seen.append(images)
    return True


def _numbered(place: int, block: Block) -> Block:
    """Names of files in the order of the report, so that two parts may show the same kind of figure."""
    return replace(block, name=f"{place:02}-{block.name}") if isinstance(block, Figure | Table) else block


def _compared(part: Part, subjects: dict[str, Subject]) -> Table:
    rows = []
    for one in part.compared:
        found = find(one.here, subjects)
        rows.append((one.what, one.reported, found.text, found.how, found.command))
    caption = "The report's values and ours; an empty cell was not measured."
    heads = ("what", "the report", "here", "how ours was measured", "command")
    return Table(name="compared", caption=caption, heads=heads, rows=tuple(rows))


def _settings(answer: Answer) -> Section:
    """Of each system: what the report says, as its recipe has it, beside ours."""
    blocks: list[Block] = [
        Text(
            text=(
                "The report's column is the recipe with its own settings (its name ends in -replica); where the report "
                "is silent, that recipe has the field's usual choice. Only what differs is listed; python -m ganlab "
                "train NAME trains either."
            )
        )
    ]
    for place, name in enumerate(answer.systems):
        ours, theirs = _flat(RECIPES[name]), _flat(RECIPES[f"{name}-replica"])
        names = [key for key in dict.fromkeys((*SETTINGS, *theirs, *ours)) if key in ours or key in theirs]
        rows = tuple(
            (key.replace("_", " "), _text(theirs.get(key)), _text(ours.get(key)))
            for key in names
            if key in SETTINGS or ours.get(key) != theirs.get(key)
        )
        caption = f"{name}: settings of the report's system and of ours."
        heads = ("setting", f"the report ({name}-replica)", f"ours ({name})")
        blocks.append(Table(name=f"00-settings-{place + 1}", caption=caption, heads=heads, rows=rows))
    return Section(title="Settings", blocks=tuple(blocks))


def _flat(recipe: Recipe) -> dict[str, Any]:
    values = recipe.model_dump(mode="json", exclude=set(NOT_COMPARED))
    flat = {key: value for key, value in values.items() if key != "config"} | values["config"]
    images = catalogue.describe(recipe.dataset).train
    return flat | {"epochs": round(recipe.steps * recipe.batch_size / images, 1)}


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return (
        f"{value:,}"
        if isinstance(value, int) and value >= 10_000
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )


def _studies(answer: Answer) -> list[str]:
    """Those that its numbers and figures are of."""
    values = [one.here for part in answer.parts for one in part.compared]
    named = [value.study for value in values if isinstance(value, OfStudy | OverSeeds)]
    shown = [study for part in answer.parts for name in part.shows for study in figures.STUDIES.get(name, ())]
    return list(dict.fromkeys([*named, *shown]))


def _again(name: str, answer: Answer) -> Section:
    lines = [f"python -m ganlab report --template {name} --out {name}"]
    lines += [f"python -m ganlab train {model}" for model in answer.models]
    lines += [f"python -m ganlab evaluate {model}" for model in answer.models]
    lines += [f"python -m ganlab study {study}" for study in _studies(answer)]
    return Section(
        title="How to get this again",
        blocks=(Code(text="\n".join(lines), caption="This report, and the models and numbers in it:"),),
    )
