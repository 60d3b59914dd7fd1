"""What augmentation and a start from another model bring where there are 300 pictures: three seeds of each of four.

The pictures are the first 300 test images of `avatars`; the Frechet distance is that of the classifier's features to
the 18,000 training images, which none of the runs sees. The recipe is `faces-gan-64` with fewer steps and
smaller batches. `python bench/few_pictures.py --out FILE` goes on where it stopped. Needs the pack of `avatars`.
"""

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import torch

from ganlab import data, metrics, warm_start
from ganlab.augmentation import Augment, changes_for
from ganlab.data import Pack, Stream, to_uint8
from ganlab.devices import choose_device
from ganlab.loop import train
from ganlab.metrics import Reference, reference_files
from ganlab.nets.clusters import most_clusters
from ganlab.recipes import RECIPES
from ganlab.session import sort_into_clusters
from ganlab.training_state import averaged_generator, start
from ganlab.whole_files import replacing

ROOT = Path(__file__).parents[1]
BASE = "faces-gan-64"
PICTURES = 300
SAMPLES = 2_000


class Way(NamedTuple):
    """One way to train on few pictures."""

    augment: Augment
    init_from: str  # a shipped checkpoint; empty: fresh nets


ALL: Augment = "colour,translation,cutout"
WAYS = tuple(Way(augment, init_from) for init_from in ("", BASE) for augment in ("none", ALL))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=1_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--measure-every", type=int, default=500, help="steps")
    options = parser.parse_args()
    torch.set_num_threads(1)
    pack = data.load("avatars")
    others = reference_files.reference(pack)
    images, conditions = (part[:PICTURES].clone() for part in pack.split("test"))
    few = replace(pack, images=images, conditions=conditions, train=PICTURES)
    recipe = RECIPES[BASE].model_dump(mode="json")
    before = json.loads(options.out.read_text(encoding="utf-8")) if options.out.is_file() else {"settings": recipe}
    if before.get("settings") != recipe:  # runs of two recipes cannot stand in one table
        raise ValueError(f"{options.out} was measured with other settings of {BASE}; choose another --out")
    done = before.get("runs", [])
    for seed in options.seeds:
        for way in WAYS:
            if any((run["augment"], run["init_from"], run["seed"]) == (*way, seed) for run in done):
                continue
            done.append(_run(way, seed, few, others, options))
            content = {"pictures": PICTURES, "recipe": BASE, "steps": options.steps, "batch_size": options.batch_size}
            with replacing(options.out) as part:
                found = content | {"samples": SAMPLES, "settings": recipe, "runs": done}
                part.write_text(json.dumps(found, indent=1), encoding="utf-8")

    _print_table(done)


def _print_table(runs: list[dict[str, Any]]) -> None:
    """The Frechet distance of each way's seeds at each measured step, as rows of Markdown."""
    steps = sorted({int(step) for run in runs for step in run["measured"]})
    print("| augmentation | began with |", *(f"step {step:,} |" for step in steps))
    print("| --- | --- |", *("--- |" for _ in steps))
    for way in WAYS:
        mine = [run["measured"] for run in runs if (run["augment"], run["init_from"]) == way]
        cells = (
            ", ".join(f"{seed[str(step)]['frechet_classifier']:.1f}" for seed in mine if str(step) in seed) or "-"
            for step in steps
        )
        print(f"| {way.augment} | {way.init_from or 'fresh nets'} |", *(f"{cell} |" for cell in cells))


def _run(way: Way, seed: int, few: Pack, others: Reference, options: argparse.Namespace) -> dict[str, Any]:
    settings = {"steps": options.steps, "batch_size": options.batch_size, "seed": seed, "augment": way.augment}
    settings["clusters"] = most_clusters(few.train)
    recipe = RECIPES[BASE].with_settings(settings)
    device = choose_device("cpu")
    run = start(recipe, few.spec, device, augmentation=changes_for(way.augment, few.train, recipe.images_seen))
    if way.init_from:
        warm_start.begin(run, warm_start.read_start(ROOT / "checkpoints" / f"{way.init_from}.safetensors"))
    sort_into_clusters(run, few)
    stream = Stream(few, batch_size=recipe.batch_size, seed=seed, device=device)
    measured: dict[str, dict[str, float]] = {"0": _measure(run, others)} if way.init_from else {}
    began = time.process_time()
    for report in train(run, stream, report_every=options.measure_every):
        told = {key: round(report.values[f"discriminator/{key}"], 4) for key in ("real", "fake", "loss")}
        measured[str(report.step)] = _measure(run, others) | told
        print(seed, *way, report.step, measured[str(report.step)], flush=True)
    spent = round(time.process_time() - began)
    return {**way._asdict(), "seed": seed, "cpu_seconds": spent, "measured": measured}


def _measure(run: Any, others: Reference) -> dict[str, float]:
    latents = run.latent.sample(SAMPLES, torch.Generator().manual_seed(run.recipe.seed + 1))
    generator = averaged_generator(run)
    with torch.inference_mode():
        images = torch.cat([to_uint8(generator(part)) for part in latents.split(250)])
    found = metrics.evaluate(images, others).values
    return {name: round(found[name], 4) for name in ("frechet_classifier", "frechet_pixels", "diversity")}


if __name__ == "__main__":
    main()
