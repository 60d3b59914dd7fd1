"""Packing 5,000 JPEGs of 512 px against a plain Pillow loop on one core, and training from the mapped pack.

The plain loop opens each picture, converts and resizes it, and keeps the result; ours surveys the folder (every file is
checked, copies are found), splits, and writes the pack. One half of the plain loop runs before it and one after, so
that a machine that becomes busy slows both. Training draws its batches from the pack's file, which is mapped into
memory, and from a copy in memory, in turns. Prints one JSON object. Needs about 600 MB of disk.
"""

import json
import os
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
import tyro
from PIL import Image

from ganlab.data import Stream, adding, sources
from ganlab.data.packs import Pack, load_pack
from ganlab.families import gan
from ganlab.recipes import Recipe
from ganlab.step import train_step
from ganlab.training_state import start

SIDE, SIZE = 512, 64  # pixels: of the pictures, of the images
DIFFERENT = 100  # pictures, of which there are copies: a decoder does not know
RECIPE = Recipe(name="bench", image_size=64, batch_size=64, config=gan.Config(width=8, latent_size=64))
"""A small net: the less it has to do, the more a batch weighs."""


def measure(pictures: int = 5_000, rounds: int = 40) -> dict[str, object]:
    """Make the pictures, pack them both ways, and train `rounds` steps from each kind of memory."""
    with tempfile.TemporaryDirectory() as temporary:
        os.environ["GANLAB_DATA"] = str(Path(temporary) / "data")
        paths = _make(Path(temporary) / "pictures", pictures)
        half = len(paths) // 2
        before = _timed(lambda: [_plain(path) for path in paths[:half]])
        memory = _peak_megabytes()
        ours = _timed(lambda: _packed(paths[0].parent))
        grown = _peak_megabytes() - memory
        after = _timed(lambda: [_plain(path) for path in paths[half:]])
        plain = {name: before[name] + after[name] for name in before}
        pack = load_pack(Path(os.environ["GANLAB_DATA"]) / "packs" / "bench.v2.safetensors")
        return {
            "pictures": pictures,
            "cores": os.cpu_count(),
            "plain": _per_picture(plain, pictures),
            "ours": _per_picture(ours, pictures),
            "ratio": round(plain["seconds"] / ours["seconds"], 2),
            "ratio_of_work": round(plain["cpu_seconds"] / ours["cpu_seconds"], 2),
            "memory_grown_megabytes": grown,
            **_training(pack, rounds),
        }


def _make(folder: Path, count: int) -> list[Path]:
    """Smooth pictures with some grain, as photographs are: 95 KB each."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    paths = [folder / f"{number:05}.jpg" for number in range(count)]
    for number, path in enumerate(paths):
        if number >= DIFFERENT:
            shutil.copyfile(paths[number % DIFFERENT], path)
            continue
        coarse = Image.fromarray(rng.integers(0, 256, (24, 24, 3), np.uint8))
        smooth = np.asarray(coarse.resize((SIDE, SIDE), Image.Resampling.BICUBIC))
        grainy = smooth + rng.normal(0, 6, (SIDE, SIDE, 1))
        Image.fromarray(grainy.clip(0, 255).astype(np.uint8)).save(path, quality=90)
    return paths


def _plain(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB").resize((SIZE, SIZE), Image.Resampling.BICUBIC))


def _packed(folder: Path) -> None:
    collection, settings = sources.open_source(str(folder)), adding.Settings(size=SIZE)
    shape = adding.Shape(settings.size, settings.crop)
    survey = adding.survey(collection, adding.work_folder(), shape=shape)
    adding.add(adding.plan(survey, sources.labels_of(collection), settings, "bench"))


def _training(pack: Pack, rounds: int) -> dict[str, float]:
    """Images a second from the mapped file, and from a copy in memory; the file is in the page cache."""
    in_memory = replace(pack, images=pack.images.clone())
    kinds = {"mapped": _steps(pack), "in_memory": _steps(in_memory)}
    times: dict[str, list[float]] = {name: [] for name in kinds}
    for turn in range(rounds + 2):
        for name, steps in kinds.items():
            began = time.perf_counter()
            next(steps)
            if turn >= 2:  # the first two warm up
                times[name].append(time.perf_counter() - began)
    speed = {name: RECIPE.batch_size / statistics.median(values) for name, values in times.items()}
    return {
        "mapped_images_per_second": round(speed["mapped"], 1),
        "in_memory_images_per_second": round(speed["in_memory"], 1),
        "mapped_ratio": round(speed["mapped"] / speed["in_memory"], 3),
    }


def _steps(pack: Pack) -> Iterator[None]:
    device = torch.device("cpu")
    run, stream = start(RECIPE, pack.spec, device), Stream(pack, batch_size=RECIPE.batch_size, seed=0, device=device)
    while True:
        train_step(run, stream.batch(run.step))["generator/loss"].item()
        yield


def _timed(work: Callable[[], object]) -> dict[str, float]:
    start, worked = time.perf_counter(), time.process_time()
    work()
    return {"seconds": time.perf_counter() - start, "cpu_seconds": time.process_time() - worked}


def _per_picture(times: dict[str, float], pictures: int) -> dict[str, float]:
    milliseconds = {name.replace("seconds", "ms"): value * 1e3 / pictures for name, value in times.items()}
    return {name: round(value, 3) for name, value in milliseconds.items()}


def _peak_megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    print(json.dumps(tyro.cli(measure)))
