"""How long a training will take: from earlier runs, or from a short timing in a process of its own."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import NamedTuple

import torch

from ganlab.augmentation import changes_for
from ganlab.data import Batch, catalogue, describe
from ganlab.devices import choose_device, make_current, synchronize, to_device
from ganlab.foreign import parse_json
from ganlab.jobs.job import Job
from ganlab.jobs.processes import environment
from ganlab.players import augment_setting
from ganlab.recipes import Recipe, parse_recipe
from ganlab.session import SNAPSHOTS
from ganlab.step import train_step
from ganlab.take_snapshot import SAMPLES_WHILE_TRAINING
from ganlab.training_state import start

WITHOUT_EFFECT = {"name", "dataset", "steps", "seed", "lr_end", "ema_halflife", "config"}
WITHOUT_EFFECT_IN_CONFIG = {"generator_lr", "discriminator_lr", "beta1", "beta2", "penalty_weight"}
"""Settings that change what is learnt, but hardly the time that a step takes."""

ENOUGH_STEPS = 100  # of an earlier run, so that its beginning does not count much
TIMING_SECONDS = 4.0
TIMEOUT_SECONDS = 120.0


class Estimate(NamedTuple):
    """Seconds that a training will take, and where the number comes from."""

    seconds: float
    source: str


def from_earlier_runs(recipe: Recipe, device: str, jobs: Iterable[Job]) -> Estimate | None:
    """By the speed of the newest run of the same nets and batches on the same device; None when there is none."""
    for job in jobs:
        if not job.recipe or job.status.device != device or job.status.step < ENOUGH_STEPS:
            continue
        if not job.status.images_per_second > 0:  # it was made of a game, or its status was lost
            continue
        if _what_costs(job.recipe) == _what_costs(recipe):
            seconds = recipe.steps * recipe.batch_size / job.status.images_per_second
            return Estimate(seconds, f"the speed of {job.name}")
    return None


def from_timing(recipe: Recipe, device: str) -> Estimate:
    """By some steps on noise, in a process of its own. ValueError when they fail."""
    command = [sys.executable, "-m", "ganlab.jobs.estimate", device]
    try:
        done = subprocess.run(
            command,
            input=recipe.model_dump_json(),
            capture_output=True,
            encoding="utf-8",
            timeout=TIMEOUT_SECONDS,
            env=environment(),
        )
    except subprocess.TimeoutExpired:
        raise ValueError(
            f"a few steps took more than {TIMEOUT_SECONDS:.0f} s; choose a smaller width or batch"
        ) from None
    if done.returncode != 0:
        raise ValueError((done.stderr.strip().splitlines() or ["the timing ended without a word"])[-1])
    return Estimate(float(done.stdout), "a timing of some steps just now")


def time_training(recipe: Recipe, device: torch.device) -> float:
    """Seconds for the whole training, its snapshots and its last measurement included."""
    make_current(device)
    spec = replace(describe(recipe.dataset).spec, size=recipe.image_size)
    images = catalogue.training_images(recipe.dataset, recipe.image_size)
    names = changes_for(augment_setting(recipe.config), images, recipe.images_seen)
    run = start(recipe, spec, device, augmentation=names)
    batch = Batch(
        torch.rand(recipe.batch_size, *spec.shape, device=device) * 2 - 1,
        torch.zeros(recipe.batch_size, spec.condition_dim, device=device),
    )
    step_seconds = _seconds_each(lambda: train_step(run, batch), device)
    latents = to_device(run.latent.sample(256, torch.Generator().manual_seed(0)), device)
    with torch.inference_mode():
        image_seconds = _seconds_each(lambda: run.ema["generator"](latents), device) / len(latents)
    images = (SNAPSHOTS + 1) * SAMPLES_WHILE_TRAINING + catalogue.evaluation(recipe.dataset).samples
    return recipe.steps * step_seconds + images * image_seconds


def _seconds_each(work: Callable[[], object], device: torch.device) -> float:
    for _ in range(2):
        work()  # the first ones choose kernels
    done, began = 0, time.perf_counter()
    while time.perf_counter() - began < TIMING_SECONDS / 2 or done < 3:
        work()
        synchronize(device)
        done += 1
    return (time.perf_counter() - began) / done


def _what_costs(recipe: Recipe) -> tuple[dict[str, object], dict[str, object]]:
    values = recipe.model_dump()
    config = {key: value for key, value in values["config"].items() if key not in WITHOUT_EFFECT_IN_CONFIG}
    return {key: value for key, value in values.items() if key not in WITHOUT_EFFECT}, config


if __name__ == "__main__":
    print(time_training(parse_recipe(parse_json(sys.stdin.read())), choose_device(sys.argv[1])))
