"""Pictures: what the model draws, ways between its latents, and the same latents while it trained."""

import numpy as np
import torch

from ganlab.explore import comparison, paths, pictures
from ganlab.reports.document import Block, Figure
from ganlab.reports.drawings import Frames, Tiles
from ganlab.reports.subject import Subject

SEEDS, COLUMNS = 64, 16
WALKS, STEPS = 6, 9  # ways, and pictures from one end to the other
TILES = 16  # of each frame


def of_samples(subject: Subject) -> list[Block]:
    """The first seeds of a model: nothing was chosen. Beside them real images, where they are here."""
    if subject.model is None:
        return []
    images = subject.model.images(subject.model.latent.from_seeds(range(SEEDS))).numpy()
    source = " They are drawn from the mixture of Gaussians that was fitted to its encodings."
    words = f"Samples of seeds 0 to {SEEDS - 1}, row by row, without truncation or choice."
    words += source if subject.model.latent.mixture is not None else ""
    blocks: list[Block] = [Figure(name="samples", caption=words, drawing=Tiles(images=images, columns=COLUMNS))]
    if subject.pack is not None and len(subject.pack.split("test")[0]) >= SEEDS:
        real = subject.pack.split("test")[0][:SEEDS].permute(0, 2, 3, 1).contiguous().numpy()
        words = f"Real {subject.pack.spec.noun}s for comparison: the first {SEEDS} of the test split."
        blocks.append(Figure(name="real", caption=words, drawing=Tiles(images=real, columns=COLUMNS)))
    return blocks


def of_interpolation(subject: Subject) -> list[Block]:
    """Ways from seed to seed along arcs."""
    if subject.model is None:
        return []
    latent = subject.model.latent
    firsts = range(0, 2 * WALKS, 2)
    rows = [paths.walk(latent, latent.from_seeds((first, first + 1)), steps=STEPS - 1) for first in firsts]
    images = subject.model.images(torch.cat(rows)).numpy()
    words = (
        "Interpolation: each row goes from one seed to the next, along an arc in the normal part of the latent and "
        "straight in the rest."
    )
    sides = [f"{first} to {first + 1}" for first in firsts]
    return [Figure(name="interpolation", caption=words, drawing=Tiles(images=images, columns=STEPS, sides=sides))]


def of_training(subject: Subject) -> list[Block]:
    """The same latents at the steps of which there are sheets, as an animation."""
    steps = list(subject.entry.sheet_steps)
    if len(steps) < 2:
        return []
    frames = []
    for step in steps:
        tiles = comparison.sheet(subject.entry, step)[:TILES]
        frames.append(pictures.atlas(tiles, pictures.columns_for(len(tiles)), gap=1))
    words = f"The same latents from step {steps[0]:,} to step {steps[-1]:,}: those of the run's own sample sheets."
    drawing = Frames(frames=np.stack(frames), words=[f"{step:,}" for step in steps])
    return [Figure(name="over-training", caption=words, drawing=drawing)]
