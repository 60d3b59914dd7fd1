"""Each page as its first visitor sees it who follows a link to it right after the server's start, and as the next does.

Every visitor is a browser of its own that has nothing in its cache. A picture counts when its pixels are on the screen:
an image, a drawn canvas, a line of a chart. The least of several starts is told, and beside the pages that of an app
which shows one picture and nothing else. Needs Chromium, and tells more with datasets packed. Where other work is going
on, `chrt --rr 1 make bench` has the measurement go first.
"""

import argparse
import json
import os
import shutil
import time
from collections.abc import Sequence

from playwright.sync_api import Browser, sync_playwright

from app import FLAGS, serve

PAINTED = """(selector) => {
  const isDrawn = (canvas) => {
    const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    return pixels.some((value, i) => i % 4 === 3 && value > 0);
  };
  const isShown = (element) => {
    if (element.getBoundingClientRect().width < 20) return false;
    if (element.tagName === 'IMG') return element.complete && element.naturalWidth > 20;
    return element.tagName === 'CANVAS' ? isDrawn(element) : true;
  };
  const find = (root) => [...root.querySelectorAll('*')].some((element) =>
    (element.matches(selector) && isShown(element)) || (element.shadowRoot && find(element.shadowRoot)));
  const page = document.querySelector('.stMain');
  return Boolean(page && find(page));
}"""
"""Whether something of that selector is on the page, also inside components."""

CHART = ".stPlotlyChart .scatterlayer path.js-line"
PICTURES = {  # page => what counts as its picture
    "gallery": "img",
    "sample": ".tile",
    "interpolate": "canvas",
    "codes": ".pictures canvas",
    "attributes": ".pictures canvas",
    "reconstruct": ".tile, .board canvas",
    "map": ".map canvas",
    "train": f"{CHART}, img, .st-key-quick_start button",
    "compare": f"{CHART}, .st-key-first_look img",
}
ADDRESSES = {"gallery": ""}  # where it is not the page's name
ALONE = "one_picture"  # the app that shows what no page could be faster than
RESTS = "[data-testid=stApp][data-test-connection-state=CONNECTED][data-test-script-state=notRunning]"
NEXT_SECONDS = 2  # after the first visitor's page has come to rest
PATIENCE_MS = 60_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", nargs="+", choices=PICTURES, default=list(PICTURES))
    parser.add_argument("--starts", type=int, default=3)
    options = parser.parse_args()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        alone = {ALONE: _least([_start(chromium, "", "img", f"bench/{ALONE}.py") for _ in range(options.starts)])}
        pages = {page: _least([_page(chromium, page) for _ in range(options.starts)]) for page in options.pages}
        chromium.close()
    print(json.dumps(alone | pages | {"load": round(os.getloadavg()[0], 1)}))


def _page(chromium: Browser, page: str) -> dict[str, float]:
    return _start(chromium, ADDRESSES.get(page, page), PICTURES[page])


def _start(chromium: Browser, path: str, picture: str, script: str = "app.py") -> dict[str, float]:
    """Seconds from the opening of the address in a new browser, once by the first visitor of a new server."""
    with serve(script) as url:
        address = f"{url}/{path}"
        first = _visit(chromium, address, picture)
        time.sleep(NEXT_SECONDS)
        following = _visit(chromium, address, picture)
    return {"first_picture_s": first[0], "first_rests_s": first[1], "next_picture_s": following[0]}


def _visit(chromium: Browser, address: str, picture: str) -> tuple[float, float]:
    """Seconds to the first picture, and until the page's script rests."""
    context = chromium.new_context(viewport={"width": 1400, "height": 1000})
    page = context.new_page()
    began = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_function(PAINTED, arg=picture, timeout=PATIENCE_MS)
    shown = time.perf_counter() - began
    page.wait_for_timeout(50)  # the script of a page that goes on growing stops for moments
    page.locator(RESTS).wait_for(timeout=PATIENCE_MS)
    rested = time.perf_counter() - began
    context.close()
    return shown, rested


def _least(measured: Sequence[dict[str, float]]) -> dict[str, float]:
    return {name: round(min(one[name] for one in measured), 2) for name in measured[0]}


if __name__ == "__main__":
    main()
