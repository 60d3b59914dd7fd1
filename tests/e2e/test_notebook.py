"""The live stage in a notebook: a real kernel makes it, and a browser draws it from what the kernel has sent."""

import base64
import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

import ganlab
from ganlab import browser_runtime, checkpoints, folders
from tests.ports import free_port

from .steps import pixels, press

nbclient = pytest.importorskip("nbclient", reason="the notebook's packages are not here: make check")
nbformat = pytest.importorskip("nbformat")
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(find_spec("anywidget") is None, reason="anywidget is not here: make app"),
    pytest.mark.skipif(not browser_runtime.is_here(), reason="the ONNX runtime is not here: make app, or npm ci"),
]
NAME = "mnist-cgan-28"
FILE = folders.root() / "checkpoints" / f"{NAME}.safetensors"
CODE = f"import ganlab\nstage = ganlab.load({str(FILE)!r}).explore(seed=3)\nstage"
VIEW = "application/vnd.jupyter.widget-view+json"
PYTHON = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
HOST = """async ({esm, state, buffers}) => {
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  for (const { path, data } of buffers) {
    const owner = path.slice(0, -1).reduce((one, name) => one[name], state);
    owner[path.at(-1)] = new DataView(bytes(data).buffer);
  }
  window.saved = 0;
  window.state = state;
  const model = {
    get: (name) => state[name],
    set: (name, value) => { state[name] = value; },
    save_changes: () => { window.saved += 1; },
  };
  const widget = (await import(URL.createObjectURL(new Blob([esm], { type: "text/javascript" })))).default;
  document.body.style.background = "rgb(17, 17, 17)";
  window.leave = await widget.render({ model, el: document.body });
}"""
"""What a notebook's front end does with a widget, by the interface of anywidget."""


def test_a_kernel_makes_the_stage_and_a_browser_draws_it(browser: Browser, data_folder: Path) -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CODE)])
    environment = os.environ | {"GANLAB_DATA": str(data_folder), "PYTHONPATH": str(folders.root())}
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute(env=environment)
    (output,) = [one for one in notebook.cells[0].outputs if VIEW in one.get("data", {})]
    states = notebook.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"]
    sent = states[output["data"][VIEW]["model_id"]]
    state = json.loads(json.dumps(sent["state"]))
    context = browser.new_context(reduced_motion="reduce", offline=True)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.evaluate(HOST, {"esm": state["_esm"], "state": state, "buffers": sent["buffers"]})
    page.locator(".speed", has_text="drawn in your browser").wait_for(timeout=60_000)
    model = checkpoints.load(FILE)
    expected = model.images(model.latent.from_seeds([3]))[0].numpy()
    canvas = page.locator(".stage canvas")
    assert np.abs(pixels(canvas).astype(int) - expected).max() <= 2
    assert page.evaluate("document.querySelector('div').style.colorScheme") == "dark"

    go = press(page.locator(".stage input[type=range]").last)
    go(0.9)
    page.mouse.up()
    page.wait_for_function("window.saved === 1")
    moved = pixels(canvas)
    point = _heard(page.evaluate("window.state._settled"))
    again = ganlab.load(FILE).decode(point)[0]
    assert np.abs(moved.astype(int) - again).max() <= 2
    page.evaluate("window.leave()")
    assert page.locator(".stage").count() == 0
    context.close()
    assert errors == []


def _heard(settled: dict[str, Any]) -> str:
    """What the widget in Python makes of what the browser says."""
    stage = ganlab.load(FILE).explore()
    stage._settled = settled
    assert re.fullmatch(r"3;z~\d=-?\d\.\d{3}", stage.point)
    return str(stage.point)


def test_what_a_browser_says_may_be_anything() -> None:
    stage = ganlab.load(FILE).explore(seed=5)
    for said in ({}, {"seed": "1", "fixed": []}, {"seed": 1}, {"seed": 2**70, "fixed": []}, {"seed": 1, "fixed": [1]}):
        stage._settled = said
        assert stage.point == "5"


@pytest.fixture
def lab(tmp_path: Path, data_folder: Path) -> Iterator[str]:
    """The address of a notebook in JupyterLab."""
    if find_spec("jupyterlab") is None:
        pytest.skip("JupyterLab is not here: pip install jupyterlab")
    (tmp_path / "stage.ipynb").write_text(
        nbformat.writes(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CODE)], metadata=PYTHON)),
        encoding="utf-8",
    )
    port, token = free_port(), base64.b16encode(os.urandom(8)).decode()
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}", "--ip=127.0.0.1"]
    options = [f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={tmp_path}"]
    shared = Path(nbclient.__file__).parents[4] / "share" / "jupyter"  # where widgets' own scripts were installed
    environment = os.environ | {
        "GANLAB_DATA": str(data_folder),
        "PYTHONPATH": str(folders.root()),
        "JUPYTER_PATH": str(shared),
        "HOME": str(tmp_path),
    }
    with (tmp_path / "lab.txt").open("wb") as log:
        process = subprocess.Popen([*command, *options], env=environment, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        end = time.monotonic() + 90
        while not _answers(f"{address}/api?token={token}"):
            assert time.monotonic() < end, (tmp_path / "lab.txt").read_text(encoding="utf-8")
            time.sleep(0.5)
        yield f"{address}/lab/tree/stage.ipynb?token={token}"
    finally:
        process.terminate()
        process.wait(30)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5):
            return True
    except OSError:
        return False


def test_jupyterlab_shows_the_stage(browser: Browser, lab: str, tmp_path: Path) -> None:
    context = browser.new_context(reduced_motion="reduce", viewport={"width": 1300, "height": 1000})
    page = context.new_page()
    page.goto(lab)
    cell = page.locator(".jp-Cell .cm-content").first
    cell.wait_for(timeout=60_000)
    page.add_locator_handler(
        page.locator(".jp-Dialog"), lambda: page.keyboard.press("Escape")
    )  # whether one wants news
    page.get_by_text("| Idle").wait_for(timeout=60_000)  # the kernel has come; before, nothing is run
    cell.click()
    page.keyboard.press("Shift+Enter")
    page.locator(".speed", has_text="drawn in your browser").wait_for(timeout=120_000)
    before = pixels(page.locator(".stage canvas"))
    page.get_by_role("button", name="7", exact=True).click()
    expect(page.get_by_role("button", name="7", exact=True)).to_have_attribute("aria-pressed", "true")
    page.wait_for_timeout(500)
    assert not np.array_equal(pixels(page.locator(".stage canvas")), before)
    if folder := os.environ.get("GANLAB_SHOTS"):
        page.screenshot(path=Path(folder) / "jupyterlab.png")
    context.close()
