"""A film of the stage by the browser's own recorder, read back by FFmpeg; and a browser that has none."""

from pathlib import Path

import av
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from .conftest import Server
from .steps import Settle, installed, open_live

pytestmark = [pytest.mark.e2e, installed]


def test_what_moves_on_the_stage_is_in_the_film(server: Server, page: Page, settle: Settle, tmp_path: Path) -> None:
    open_live(page, server.address("sample?model=mnist-dcgan-28&seed=10"), settle)
    stage = page.locator(".stage")
    side = page.locator(".pictures").evaluate("(part) => part.getBoundingClientRect().width")
    stage.get_by_role("button", name="Record").click()
    expect(stage.get_by_text("Recording: move the stage")).to_be_visible()
    page.locator(".pictures").focus()
    for _ in range(12):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(60)
    with page.expect_download() as download:
        stage.get_by_role("button", name="Stop and save").click()
    assert download.value.suggested_filename == "ganlab-mnist-dcgan-28.webm"
    download.value.save_as(tmp_path / "film.webm")
    expect(stage.get_by_text("Saved as ganlab-mnist-dcgan-28.webm")).to_be_visible()
    with av.open(str(tmp_path / "film.webm")) as film:
        frames = [frame.to_ndarray(format="gray") for frame in film.decode(video=0)]
    assert abs(frames[0].shape[1] - side) <= 2
    assert len(frames) > 8
    assert np.abs(frames[-1].astype(int) - frames[0]).mean() > 1, "the picture has moved"
    page.evaluate("delete window.MediaRecorder")
    stage.get_by_role("button", name="Record").click()
    expect(stage.get_by_text("This browser has no recorder")).to_be_visible()
