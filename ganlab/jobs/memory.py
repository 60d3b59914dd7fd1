"""How much memory a training takes at most, told from shapes before anything is made, and how much there is.

The estimate adds what is there all the time (the program, the pack, weights with their gradients, moments and
averages) and the largest of what comes and goes: what a step keeps for its gradients, a copy of the state that is
saved, the samples that are measured, the measurement of the training images where none is kept. Mixed precision saves
nothing in the sum: it keeps copies in both formats. On a CPU, told and taken (peak resident memory, GB), as long as
trainings imported torch's compiler, which took 0.07 of each: digits-quick 0.44 and 0.44, mnist-dcgan-28 0.89 and 0.89,
iclevr-cgan-64 1.76 and 1.67, mnist-vae-28 0.98 and 1.16, mnist-infogan-64 1.49 and 1.37; digits-quick of width 96 and
batch 1,000 1.02 and 1.08, with an mlp of 4,096 hidden units 1.64 and 1.64.
"""

import math
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import psutil

from ganlab import caches, cards, listings
from ganlab.counting import bytes_in_words
from ganlab.data import DataSpec, catalogue, describe
from ganlab.data.stream import at_once
from ganlab.devices import choose_device
from ganlab.families import FAMILIES
from ganlab.jobs.step_memory import FLOAT_BYTES, of_a_step
from ganlab.metrics.readers import weights
from ganlab.metrics.real_data import MEASURED_IMAGES
from ganlab.metrics.reference_files import reference_path
from ganlab.recipes import Recipe

PROGRAM_BYTES = 300 * 2**20  # torch and what it needs, without its compiler
SCIENCE_BYTES = 130 * 2**20  # SciPy and scikit-learn, which measure what encoders and recognizers do
CARD_BYTES = 512 * 2**20  # CUDA's own, with its libraries, of each process; assumed, and not measured here
CHUNK = 4096  # images that are floats at a time while pixels are measured
READER_BYTES = 330 * 2**20  # a classifier's, while it reads 1,000 images
GROUPS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
"""Where Linux says how much a container may have."""


class Need(NamedTuple):
    """Bytes of memory that a training takes at its peak, and what takes most of what comes and goes."""

    bytes: int
    mostly: str


def needed(recipe: Recipe, device: str) -> Need:
    """What a training of `recipe` takes, on the GPU where it trains there. ValueError where no such nets exist."""
    where = choose_device(device)
    spec = replace(describe(recipe.dataset).spec, size=recipe.image_size)
    step = of_a_step(recipe)
    kept = step.drawn + step.most_of_a_phase
    held = 4 * step.weights + step.averaged  # with gradients and two moments
    pack = _pack_bytes(recipe, spec)
    if where.type == "cuda":
        return Need(CARD_BYTES + held + (pack.resized or pack.source) + kept, "the steps")
    pixels = math.prod(spec.shape)
    stages = {
        "the steps": kept,
        "saving the state": 3 * step.weights + step.averaged,
        "measuring samples": pixels
        * (3 * catalogue.evaluation(recipe.dataset).samples + 2 * FLOAT_BYTES * at_once(spec.shape, CHUNK))
        + (READER_BYTES if weights(recipe.dataset) else 0),
    }
    if not listings.is_file(caches.find(reference_path(recipe.dataset, recipe.image_size))):
        stages["measuring the training images"] = (
            2 * FLOAT_BYTES * pixels * min(at_once(spec.shape, MEASURED_IMAGES), pack.images)
        )
    mostly = max(stages, key=lambda name: stages[name])
    reads_images = {"encoder", "recognizer"} & set(FAMILIES[recipe.family].KEPT)
    program = PROGRAM_BYTES + (SCIENCE_BYTES if reads_images else 0)
    return Need(program + held + pack.source + pack.resized + stages[mostly], mostly)


def share_of(recipe: Recipe, processes: int) -> Recipe:
    """What each of so many processes trains: all nets, and its part of every batch."""
    return recipe.with_settings({"batch_size": recipe.batch_size // processes}) if processes > 1 else recipe


def on_card(recipe: Recipe, device: str) -> int | None:
    """Bytes that a training of `recipe` takes of a card's memory; None where it takes no card. ValueError as above."""
    return needed(recipe, device).bytes if choose_device(device).type == "cuda" else None


def available(device: str) -> int:
    """Bytes of memory that this machine, its container, or the GPU where it can train has in all."""
    if choose_device(device).type == "cuda":
        number = cards.number_in(device)
        return max(card.bytes for place, card in enumerate(cards.here()) if number in (None, place))
    limits = [
        int(text)
        for path in GROUPS
        if listings.is_file(path) and (text := path.read_text(encoding="ascii").strip()).isdecimal()
    ]
    return min([psutil.virtual_memory().total, *limits])


def warning(recipe: Recipe, device: str) -> str:
    """Words for a training that takes more memory than there is; empty where it fits."""
    need, there = needed(recipe, device), available(device)
    if need.bytes <= there:
        return ""
    return (
        f"it would take about {bytes_in_words(need.bytes)} of memory, most of it for {need.mostly}, and there are "
        f"{bytes_in_words(there)}: lower batch_size or width"
    )


class _PackBytes(NamedTuple):
    images: int  # number of training images
    source: int
    resized: int  # 0 where it has the recipe's size already and no second copy is made


def _pack_bytes(recipe: Recipe, spec: DataSpec) -> _PackBytes:
    """By the pack where it is there, else by the published dataset, whose test images are left out."""
    dataset = describe(recipe.dataset)
    images = test = 0
    if catalogue.is_packed(recipe.dataset, spec.size):
        pack = catalogue.packed(recipe.dataset, spec.size)
        images, test = pack.train, len(pack.images) - pack.train
    else:
        images = dataset.train
    size = catalogue.pack_size(recipe.dataset, spec.size)
    source = (images + test) * math.prod(replace(dataset.spec, size=size).shape)
    if size == spec.size:
        return _PackBytes(images, source, 0)
    return _PackBytes(images, source, (images + test) * math.prod(spec.shape))
