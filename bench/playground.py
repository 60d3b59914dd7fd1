"""Games in Chromium: frames a second on the screen and steps a second of each, with one person and with two at once.

Each person has a window of their own and plays the same game at 200 steps a second, or as fast as it can. A frame
counts when the game's picture was painted. The load of the machine before is told, too, and the processor time of each
side, which other programs disturb less: of all games, of the server, and of the browser. Needs Chromium.
"""

import argparse
import itertools
import json
import os
import re
import shutil
import statistics
from collections import Counter
from typing import Any

import psutil
from playwright.sync_api import Browser, Page, sync_playwright

from app import FLAGS, serve

PEOPLE = (1, 2)
SPEEDS = ("200", "0")  # steps a second as the page has them; 0: as fast as it can
WARM_UP_MS = 4_000
RECORD = """
window.painted = [];
const small = OffscreenCanvasRenderingContext2D.prototype;
const original = small.putImageData;
small.putImageData = function (...values) { painted.push(performance.now()); return original.apply(this, values); };
"""
"""Notes each painting of the discriminator's surface, which every frame of a game has once."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8)
    options = parser.parse_args()
    results: dict[str, Any] = {"load_before": round(os.getloadavg()[0], 2)}
    with serve() as url, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for people in PEOPLE:
            for speed in SPEEDS:
                name = f"{people}_at_{speed if speed != '0' else 'most'}"
                results[name] = _play(chromium, url, people, speed, options.seconds)
        chromium.close()
    print(json.dumps(results))


def _play(chromium: Browser, url: str, people: int, speed: str, seconds: float) -> dict[str, Any]:
    """What each of so many people sees, who play at once."""
    contexts = [chromium.new_context(viewport={"width": 1280, "height": 900}) for _ in range(people)]
    pages = []
    for context in contexts:
        context.add_init_script(RECORD)
        pages.append(context.new_page())
    for page in pages:
        page.goto(f"{url}/playground")
        page.locator(".facts b").first.wait_for(timeout=120_000)
        page.get_by_label("speed").select_option(speed)
        page.get_by_role("button", name="Play").click()
    pages[0].wait_for_timeout(WARM_UP_MS)
    before, spent = [_at(page) for page in pages], _processor_seconds()
    pages[0].wait_for_timeout(seconds * 1000)
    after, spent_after = [_at(page) for page in pages], _processor_seconds()
    gaps = [_gaps_ms(page, start[0]) for page, start in zip(pages, before, strict=True)]
    for context in contexts:
        context.close()
    return {
        "frames_per_second": [_rate(start, end, 1) for start, end in zip(before, after, strict=True)],
        "steps_per_second": [_rate(start, end, 2) for start, end in zip(before, after, strict=True)],
        "cores_used": {side: round((spent_after[side] - spent[side]) / seconds, 2) for side in SIDES},
        "gap_ms_p95": [round(statistics.quantiles(gap, n=20)[-1], 1) if len(gap) > 20 else 0.0 for gap in gaps],
    }


SIDES = {"games": "ganlab.playground", "server": "streamlit", "browser": "chromium"}
"""What the command line of a process of each side has in it."""


def _processor_seconds() -> Counter[str]:
    """What the processes below this one have taken so far, by side."""
    spent: Counter[str] = Counter()
    for process in psutil.Process().children(recursive=True):
        try:
            command = " ".join(process.cmdline())
            side = next((side for side, part in SIDES.items() if part in command), "")
            spent[side] += sum(process.cpu_times()[:2])
        except psutil.NoSuchProcess:
            continue
    return spent


FACTS = """() => {
  const roots = [...document.querySelectorAll('*')].map((one) => one.shadowRoot).filter(Boolean).concat(document);
  const text = roots.map((root) => root.querySelector('.facts b')?.textContent).find(Boolean);
  return [performance.now(), painted.length, text];
}"""


def _at(page: Page) -> tuple[float, float, float]:
    """The page's time in ms, frames painted so far, and the game's step."""
    now, painted, text = page.evaluate(FACTS)
    found = re.fullmatch(r"step ([\d,]+)", text)
    assert found
    return float(now), float(painted), float(found[1].replace(",", ""))


def _rate(start: tuple[float, float, float], end: tuple[float, float, float], which: int) -> float:
    return round((end[which] - start[which]) / (end[0] - start[0]) * 1000, 1)


def _gaps_ms(page: Page, since: float) -> list[float]:
    times = [time for time in page.evaluate("painted") if time >= since]
    return [later - earlier for earlier, later in itertools.pairwise(times)]


if __name__ == "__main__":
    main()
