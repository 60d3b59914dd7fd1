"""The playground in a real browser: a game by single steps, played, taken back, gone wrong, and left."""

import re
import time

import psutil
import pytest
from playwright.sync_api import Page, expect

from .conftest import Server

pytestmark = pytest.mark.e2e


SOON = "(canvas) => new Promise((done) => setTimeout(() => done(canvas.toDataURL()), 300))"


@pytest.fixture(scope="module")
def server(fresh_server: Server) -> Server:
    return fresh_server


def games() -> list[psutil.Process]:
    """The processes of games below this one: those of the server of this test."""
    found = []
    for process in psutil.Process().children(recursive=True):
        try:
            found += [process] if "ganlab.playground" in process.cmdline() else []
        except psutil.NoSuchProcess:
            continue
    return found


def test_a_game_is_played_changed_taken_back_and_left(server: Server, page: Page) -> None:
    page.goto(server.address("playground?failure=nope"))
    expect(page.locator(".problem")).to_contain_text("there is no failure 'nope'; choose from collapse,")
    page.goto(server.address("playground?generator_lr=1e6"))
    facts = page.locator(".facts")
    expect(facts).to_contain_text("step 0")
    expect(page.locator(".problem")).to_contain_text("less than or equal to 0.1")

    page.locator(".room").focus()
    page.keyboard.press("d")
    expect(facts).to_contain_text("step 1")
    page.keyboard.press("g")
    expect(facts).to_contain_text("step 2")
    page.keyboard.press("s")
    expect(facts).to_contain_text("step 3")

    picture = page.locator(".plane")
    still = picture.screenshot()
    page.keyboard.press("n")  # from noise to points, and there
    page.wait_for_timeout(100)
    assert picture.evaluate("(canvas) => canvas.toDataURL()") != picture.evaluate(SOON)
    page.wait_for_timeout(1500)
    assert picture.screenshot() == still
    page.get_by_label("Contours of the real points").check()
    page.wait_for_timeout(200)
    assert picture.screenshot() != still

    page.locator(".room").focus()
    page.keyboard.press("ArrowLeft")  # a look at what was, and back to it
    expect(facts).to_contain_text("step 2")
    page.get_by_role("button", name="Go on from here").click()
    page.get_by_role("button", name="Both step").click()
    expect(facts).to_contain_text("step 3")

    page.get_by_role("button", name="Play").click()
    expect(facts).to_contain_text(re.compile(r"step \d\d\d"))
    page.get_by_label("Loss", exact=True).select_option("least-squares")
    expect(page).to_have_url(re.compile("adversarial=least-squares"))
    page.get_by_label("Loss", exact=True).select_option("wasserstein")  # without a penalty
    expect(page.locator(".words")).to_contain_text("unbounded without a constraint")
    page.get_by_role("button", name="Pause").click()
    assert len(games()) == 1

    page.get_by_role("button", name="Draw points").click()
    page.get_by_role("button", name="Learn these points").click()
    expect(page.locator(".drawing-words")).to_have_text(re.compile("No points are drawn yet"))
    plane = page.locator("canvas.drawn")
    plane.focus()
    for key in ("Space", "ArrowUp", "Space"):
        page.keyboard.press(key)
    box = plane.bounding_box()
    assert box
    for share in (0.3, 0.7):  # two strokes, apart from each other
        page.mouse.move(box["x"] + share * box["width"], box["y"] + 0.2 * box["height"])
        page.mouse.down()
        page.mouse.move(box["x"] + share * box["width"], box["y"] + 0.8 * box["height"], steps=5)
        page.mouse.up()
    page.get_by_role("button", name="Learn these points").click()
    expect(facts).to_contain_text(re.compile(r"of 3 ?clusters found"))
    expect(page).to_have_url(re.compile("dataset=drawn.*drawing="))
    page.get_by_role("button", name="Make it a run").click()
    expect(page.locator(".as-run")).to_contain_text(re.compile(r"It is the run drawn-\w{8}-gan-played-001 now"))
    assert [path.name for path in server.runs.glob("drawn-*")] != []
    page.get_by_label("frame of the last minute").focus()
    for key in ("End", "ArrowLeft", "ArrowLeft"):  # a film of the last three frames
        page.keyboard.press(key)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as film").click()
        expect(page.locator(".offers")).to_contain_text("Filming frame")
    assert download.value.suggested_filename == "ganlab-playground-drawn.webm"

    (only,) = games()
    only.kill()  # as the server does when it goes
    expect(page.locator(".words")).to_contain_text("The game begins anew when it is back")
    expect(facts).to_contain_text("step 0")
    expect(facts).to_contain_text(re.compile("of 3 ?clusters found"))

    page.get_by_role("button", name="Mode collapse").click()
    expect(page.locator(".board")).to_have_count(2)
    expect(page).to_have_url(re.compile("failure=collapse"))
    expect(facts.nth(0)).to_contain_text(re.compile(r"step \d\d"))
    expect(facts.nth(1)).to_contain_text(re.compile(r"step \d\d"))
    assert len(games()) == 2
    page.get_by_role("link", name="Gallery").click()
    for _ in range(200):
        if not games():
            break
        time.sleep(0.1)
    assert games() == []


def test_who_comes_from_elsewhere_cannot_play(server: Server) -> None:
    from websockets.exceptions import InvalidStatus
    from websockets.sync.client import connect

    with pytest.raises(InvalidStatus, match="403"):
        connect(server.address("live/playground").replace("http", "ws"), origin="http://elsewhere.example")
    assert games() == []
