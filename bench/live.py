"""The live stage in Chromium: frames a second while a slider is dragged for 5 s, from the hand to the picture, memory.

A frame counts when its picture is on the canvas; the time from the hand starts with the event's own time stamp. Random
weights draw as fast as trained ones, so that nets which do not ship are measured, too. Needs Chromium and npm's files.
"""

import argparse
import json
import os
import shutil
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import torch
from playwright.sync_api import Page, sync_playwright

from app import FLAGS, serve
from ganlab import checkpoints
from ganlab.data import catalogue
from ganlab.families import FAMILIES
from ganlab.recipes import RECIPES

RECORD = """
window.frames_log = [];
window.sent = 0;
document.addEventListener('ganlab-frame', (event) => frames_log.push([performance.now(), event.detail.waitedMs]));
const Plain = window.WebSocket;
window.WebSocket = class extends Plain { send(data) { sent += 1; super.send(data); } };
"""
MANY = """async (frames) => {
  const range = window.stage_range;
  for (let i = 0; i < frames; i++) {
    const drawn = new Promise((done) => document.addEventListener('ganlab-frame', done, { once: true }));
    range.value = 3 * Math.sin(i / 50);
    range.dispatchEvent(new Event('input'));
    await drawn;
    if (i % 50 === 0) await new Promise((done) => setTimeout(done));
  }
}"""
"""Draws that many frames, one after the other."""

MODELS = {
    "dcgan_28": ("mnist-dcgan-28", {}),
    "dcgan_32": ("mnist-dcgan-32", {}),
    "dcgan_64_width_32": ("mnist-dcgan-64", {"width": 32, "smallest_map": 4}),
    "dcgan_64_width_64": ("mnist-dcgan-64", {"width": 64, "smallest_map": 4}),
    "faces_64": ("faces-gan-64", {}),
    "faces_128": ("faces-gan-128", {}),
    "faces_128_width_32": ("faces-gan-128", {"width": 32}),
}
"""What is measured: a recipe, and settings that make it another size."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--only", nargs="*", choices=list(MODELS), default=list(MODELS))
    parser.add_argument("--frames", type=int, default=10_000)
    options = parser.parse_args()
    results: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GANLAB_CHECKPOINTS"] = folder
        for name in options.only:
            _save_untrained(name, Path(folder))
        with serve() as url, sync_playwright() as playwright:
            chromium = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=[*FLAGS, "--js-flags=--expose-gc"]
            )
            for name in options.only:
                context = chromium.new_context(viewport={"width": 1400, "height": 1000})
                context.add_init_script(RECORD)
                page = context.new_page()
                results[name] = _open(page, f"{url}/sample?model={name}&count=1") | _drag(page, options.seconds)
                if name == "dcgan_28":
                    results["memory"] = _memory(page, options.frames)
                context.close()
            chromium.close()
    print(json.dumps(results))


def _save_untrained(name: str, folder: Path) -> None:
    recipe_name, settings = MODELS[name]
    recipe = RECIPES[recipe_name].with_settings(settings)
    data = replace(catalogue.describe(recipe.dataset).spec, size=recipe.image_size)
    family = FAMILIES[recipe.family]
    torch.manual_seed(0)
    nets = family.build(recipe.config, data)
    checkpoints.save(
        folder / f"{name}.safetensors",
        recipe=recipe,
        data=data,
        latent=family.latent(recipe.config, data),
        nets={"generator": nets["generator"].eval()},
        step=0,
        metrics={},
    )


def _open(page: Page, address: str) -> dict[str, float]:
    began = time.perf_counter()
    page.goto(address)
    page.wait_for_function("frames_log.length > 0", timeout=60_000)
    opened = time.perf_counter() - began
    page.wait_for_timeout(1500)
    return {"open_to_live_picture_s": round(opened, 2)}


def _drag(page: Page, seconds: float) -> dict[str, float]:
    """Drag the first slider to and fro; a rerun sends one message."""
    box = page.locator(".stage input[type=range]").first.bounding_box()
    assert box is not None
    middle, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(middle, y)
    page.mouse.down()
    page.wait_for_timeout(300)
    page.evaluate("frames_log.length = 0; sent = 0")
    began = time.perf_counter()
    while (passed := time.perf_counter() - began) < seconds:
        swing = abs((passed / 1.3) % 2 - 1) * 2 - 1  # a triangle: the hand never rests
        page.mouse.move(middle + swing * box["width"] * 0.45, y)
    log, sent_while_dragging = page.evaluate("[frames_log, sent]")
    page.mouse.up()
    page.wait_for_timeout(1500)
    waits = [waited for _, waited in log]
    return {
        "frames_per_second": round((len(log) - 1) / (log[-1][0] - log[0][0]) * 1000, 1),
        "hand_to_picture_ms_median": round(statistics.median(waits), 1),
        "hand_to_picture_ms_p95": round(statistics.quantiles(waits, n=20)[-1], 1),
        "script_runs_while_dragging": sent_while_dragging,
        "script_runs_after_release": page.evaluate("sent") - sent_while_dragging,
    }


def _memory(page: Page, frames: int) -> dict[str, float]:
    """What 10,000 frames leave behind, after as many as settle the caches."""
    page.locator(".stage input[type=range]").first.evaluate("(range) => { window.stage_range = range; }")
    page.evaluate(MANY, 1000)
    heap, resident = _heap_mb(page), _renderers_mb()
    page.evaluate(MANY, frames)
    return {
        "frames": frames,
        "heap_grew_mb": round(_heap_mb(page) - heap, 2),
        "process_grew_mb": round(_renderers_mb() - resident, 1),
    }


def _heap_mb(page: Page) -> float:
    return float(page.evaluate("gc(), performance.memory.usedJSHeapSize / 2**20"))


def _renderers_mb() -> float:
    processes = psutil.Process().children(recursive=True)
    renderers = [process for process in processes if "--type=renderer" in process.cmdline()]
    return sum(process.memory_info().rss for process in renderers) / 2**20


if __name__ == "__main__":
    main()
