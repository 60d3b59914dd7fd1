"""Pictures and tables of models that only answers to reports show."""

from collections.abc import Sequence

import numpy as np
import torch

from ganlab.counting import number
from ganlab.data.object_sets import LABELS, condition_sets
from ganlab.explore import code_words
from ganlab.explore.grids import hold
from ganlab.explore.points import Point, latents
from ganlab.metrics.outcome import in_full
from ganlab.reports.answers import facts
from ganlab.reports.document import Block, Figure, Table
from ganlab.reports.drawings import Tiles
from ganlab.reports.subject import Subject, captioned

SCENE_COLUMNS = 8


def code_table(subjects: Sequence[Subject]) -> list[Block]:
    """Which digit each value of c1 stands for, in the report and here."""
    blocks: list[Block] = []
    for subject in subjects:
        if subject.model is None:
            continue
        table = code_words.category(subject.model.card.codes, "c1").table
        rows = (
            ("the report", *map(str, facts.CODE_TABLE)),
            ("here", *(table.get(str(code), "") for code in range(10))),
        )
        caption = (
            "The digit that each value of c1 stands for. Which one it is, is chance; that each has another is not. "
            "Ours: the class that real test images with this code mostly have, one to one."
        )
        heads = ("c1", *map(str, range(10)))
        blocks.append(Table(name=f"{subject.slug}-code-table", caption=caption, heads=heads, rows=rows))
    return blocks


def mixed_categories(subjects: Sequence[Subject]) -> list[Block]:
    """Two categories of an InfoGAN and half of each, from the same latents."""
    blocks: list[Block] = []
    for subject in subjects:
        model = subject.model
        if model is None:
            continue
        factor = next(factor for factor in code_words.categories(model.latent))
        words = code_words.label_words(model.latent, model.card.codes)[factor.name]
        first, second = factor.labels[:2]
        values = (first, f"{first}*0.5+{second}*0.5", second)
        points = [hold(Point(seed), factor.name, value) for value in values for seed in range(8)]
        images = model.images(latents(model.latent, points)).numpy()
        sides = (words[first], "half of each", words[second])
        caption = captioned(
            subjects, subject, "Two categories mixed: the same latents under one, half of each, the other."
        )
        drawing = Tiles(images=images, columns=8, sides=sides)
        blocks.append(Figure(name=f"{subject.slug}-mixed", caption=caption, drawing=drawing))
    return blocks


def side_by_side(subjects: Sequence[Subject]) -> list[Block]:
    """Samples of each model below each other."""
    drawn = [subject for subject in subjects if subject.model is not None]
    images = [
        subject.model.images(subject.model.latent.from_seeds(range(10))).numpy() for subject in drawn if subject.model
    ]
    if not images:
        return []
    drawing = Tiles(images=np.concatenate(images), columns=10, sides=[subject.name for subject in drawn])
    caption = "Samples of seeds 0 to 9 of each model, nothing chosen."
    return [Figure(name="side-by-side", caption=caption, drawing=drawing)]


def test_list(subjects: Sequence[Subject]) -> list[Block]:
    """One picture for each of the 32 sets of objects of the test list."""
    blocks: list[Block] = []
    sets = condition_sets("test")
    for subject in subjects:
        if subject.model is None:
            continue
        u = subject.model.latent.sample(len(sets), torch.Generator().manual_seed(0))
        u[:, subject.model.latent.columns("objects")] = sets.float()
        drawing = Tiles(images=subject.model.images(u).numpy(), columns=SCENE_COLUMNS)
        words = "; ".join(_objects(row.tolist()) for row in sets[:SCENE_COLUMNS])
        caption = f"The test list's {len(sets)} sets of objects, one latent each, row by row. The first row: {words}."
        caption = captioned(subjects, subject, caption)
        blocks.append(Figure(name=f"{subject.slug}-test-list", caption=caption, drawing=drawing))
    return blocks


def _objects(row: list[int]) -> str:
    return " and ".join(label for label, on in zip(LABELS, row, strict=True) if on)


def published(subjects: Sequence[Subject]) -> list[Block]:
    """What others published on the same list."""
    own = [
        (
            f"here, {subject.name}",
            in_full(subject.entry.metrics, "obeys_test", number),
            "50 latents a set, one seed, 95 % interval",
        )
        for subject in subjects
        if "obeys_test" in subject.entry.metrics
    ]
    rows = (*own, *((one.what, one.test, one.how) for one in facts.PUBLISHED_SCENES))
    caption = (
        "Share of the test list's objects that are found. The course's evaluator is not public: ours is another "
        "classifier, so that only the order compares. Others mostly tell the best of several epochs."
    )
    return [Table(name="published", caption=caption, heads=("model", "test list", "how"), rows=rows)]
