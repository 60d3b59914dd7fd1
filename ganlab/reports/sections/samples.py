"""Pictures: what the model draws, ways between its latents, and the same latents while it trained."""

from collections.abc import Sequence

import numpy as np
import torch

from ganlab.explore import comparison, paths, pictures
from ganlab.reports.document import Block, Figure, Section
from ganlab.reports.drawings import Frames, Tiles
from ganlab.reports.subject import Subject, captioned

SEEDS, COLUMNS = 64, 16
WALKS, STEPS = 6, 9  # ways, and pictures from one end to the other
TILES = 16  # of each frame


def samples(subjects: Sequence[Subject]) -> Section | None:
    """The first seeds of each model: nothing was chosen."""
    blocks: list[Block] = []
    for subject in subjects:
        if subject.model is None:
            continue
        images = subject.model.images(subject.model.latent.from_seeds(range(SEEDS))).numpy()
        words = f"Samples of seeds 0 to {SEEDS - 1}, row by row, without truncation or choice."
        drawing = Tiles(images=images, columns=COLUMNS)
        blocks.append(
            Figure(name=f"{subject.slug}-samples", caption=captioned(subjects, subject, words), drawing=drawing)
        )
        if subject.pack is not None and len(subject.pack.split("test")[0]) >= SEEDS:
            real = subject.pack.split("test")[0][:SEEDS].permute(0, 2, 3, 1).contiguous().numpy()
            words = f"Real images for comparison: the first {SEEDS} of the test split."
            drawing = Tiles(images=real, columns=COLUMNS)
            caption = captioned(subjects, subject, words)
            blocks.append(Figure(name=f"{subject.slug}-real", caption=caption, drawing=drawing))
    return Section(title="Samples", blocks=tuple(blocks)) if blocks else None


def interpolation(subjects: Sequence[Subject]) -> Section | None:
    """Ways from seed to seed along arcs."""
    blocks: list[Block] = []
    for subject in subjects:
        if subject.model is None:
            continue
        latent = subject.model.latent
        rows = []
        for first in range(0, 2 * WALKS, 2):
            keys = latent.from_seeds((first, first + 1))
            rows.append(paths.walk(latent, keys, steps=STEPS - 1))
        images = subject.model.images(torch.cat(rows)).numpy()
        words = (
            "Interpolation: each row goes from one seed to the next, along an arc in the normal part of the latent and "
            "straight in the rest."
        )
        sides = [f"{first} to {first + 1}" for first in range(0, 2 * WALKS, 2)]
        drawing = Tiles(images=images, columns=STEPS, sides=sides)
        caption = captioned(subjects, subject, words)
        blocks.append(Figure(name=f"{subject.slug}-interpolation", caption=caption, drawing=drawing))
    return Section(title="Interpolation", blocks=tuple(blocks)) if blocks else None


def over_training(subjects: Sequence[Subject]) -> Section | None:
    """The same latents at the steps of which there are sheets, as an animation."""
    blocks: list[Block] = []
    for subject in subjects:
        steps = list(subject.entry.sheet_steps)
        if len(steps) < 2:
            continue
        frames = []
        for step in steps:
            tiles = comparison.sheet(subject.entry, step)[:TILES]
            frames.append(pictures.atlas(tiles, pictures.columns_for(len(tiles)), gap=1))
        words = f"The same latents from step {steps[0]:,} to step {steps[-1]:,}."
        drawing = Frames(frames=np.stack(frames), words=[f"{step:,}" for step in steps])
        caption = captioned(subjects, subject, words)
        blocks.append(Figure(name=f"{subject.slug}-over-training", caption=caption, drawing=drawing))
    return Section(title="The same latents over training", blocks=tuple(blocks)) if blocks else None
