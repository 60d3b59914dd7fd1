"""All lessons in a real browser: each task is done as a visitor does it, and the check and the browser notice."""

import json
import re

import pytest
from playwright.sync_api import Page, Route, expect

from ganlab.lessons import LESSONS

from .conftest import Server
from .steps import Settle, installed

pytestmark = [pytest.mark.e2e, installed]


@pytest.fixture(scope="module")
def server(fresh_server: Server) -> Server:
    return fresh_server


def without_network(page: Page, server: Server) -> list[str]:
    """Nothing but the server can be reached; returns a list that fills with what the pages ask elsewhere."""
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.abort("internetdisconnected")

    own = re.escape(server.url)
    page.context.route(re.compile(f"^(?!{own}|data:|blob:)"), refuse)
    return asked


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def move_the_dot(page: Page) -> None:
    press(page, "Randomise")
    expect(page.get_by_text("The dice put the dot there. Now drag it yourself.")).to_be_visible()
    pad = page.locator(".pad")
    pad.click(position={"x": 10, "y": 12})


def play(page: Page) -> None:
    expect(page.locator(".facts")).to_contain_text("step 0")
    press(page, "Discriminator steps")
    expect(page.get_by_text("Step 1: not all clusters are found yet")).to_be_visible()
    press(page, "▶ Play")


def drag_through_the_steps(page: Page) -> None:
    slider = page.get_by_role("slider").first
    slider.press("ArrowRight")
    expect(page.get_by_text("Looked at so far: 2 of 7 steps.")).to_be_visible()
    slider.press("End")
    page.get_by_text("They fall as the pictures get better").click()
    expect(page.get_by_text("Look again: after the first moments")).to_be_visible()
    page.get_by_text("They hardly move").click()


def collapse_and_cure(page: Page) -> None:
    press(page, "▶ Play")
    expect(page.get_by_text("It has collapsed: the monitor says so")).to_be_visible()
    press(page, "Cure it")


def find_the_seven(page: Page) -> None:
    press(page, "3")
    expect(page.get_by_text("c1 is 3 now. Try another one.")).to_be_visible()
    press(page, "2")


def put_sunglasses_on(page: Page) -> None:
    press(page, "red")
    press(page, "sunglasses")
    expect(page.get_by_text("You have also set hair.")).to_be_visible()
    press(page, "Reset")
    press(page, "sunglasses")
    page.get_by_text("Change that label alone in many pictures").click()


def tell_the_vae(page: Page) -> None:
    press(page, "Randomise")
    page.get_by_role("radiogroup", name="Which of the two is the VAE?").get_by_text("A", exact=True).click()


def measure(page: Page) -> None:
    page.get_by_role("slider").first.press("End")
    page.get_by_text("Rarest digit", exact=True).last.click()


DOING = {
    "numbers": move_the_dot,
    "game": play,
    "curves": drag_through_the_steps,
    "collapse": collapse_and_cure,
    "codes": find_the_seven,
    "labels": put_sunglasses_on,
    "encoders": tell_the_vae,
    "measurement": measure,
}


def test_every_lesson_can_be_done_and_is_remembered(server: Server, page: Page, settle: Settle) -> None:
    page.set_default_timeout(120_000)
    expect.set_options(timeout=120_000)
    asked = without_network(page, server)
    assert list(DOING) == list(LESSONS)
    page.goto(server.address("learn"))
    page.get_by_role("link", name="Begin with the first lesson").click()
    for name, lesson in LESSONS.items():
        expect(page.get_by_role("heading", name=lesson.title)).to_be_visible()
        expect(page).to_have_url(re.compile(rf"lesson={name}(&|$)"))
        expect(page.get_by_text("Done.", exact=True)).to_have_count(0)
        DOING[name](page)
        expect(page.get_by_text("Done.", exact=True)).to_be_visible()
        page.get_by_role("link", name="Next lesson" if name != "measurement" else "All lessons").click()
        settle(page)
    expect(page).to_have_url(re.compile("/learn$"))
    page.reload()
    expect(page.get_by_text("All lessons are done.")).to_be_visible()
    assert json.loads(page.evaluate("localStorage.getItem('ganlab-lessons')"))["done"] == sorted(LESSONS)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(server.address("learn?lesson=labels"))
    expect(page.get_by_role("heading", name="Labels")).to_be_visible()
    expect(page.get_by_text("You have done this lesson before.")).to_be_visible()
    page.get_by_role("link", name="What to do, below the text").click()
    expect(page.get_by_role("button", name="sunglasses", exact=True)).to_be_in_viewport()
    settle(page)
    main = page.get_by_test_id("stMain")
    assert main.evaluate("(main) => main.scrollWidth <= main.clientWidth")
    page.goto(server.address("learn"))
    page.get_by_role("button", name="Start again").click()
    expect(page.get_by_role("link", name="Begin with the first lesson")).to_be_visible()
    page.wait_for_function("JSON.parse(localStorage.getItem('ganlab-lessons')).done.length === 0")
    assert asked == []  # all that lessons need comes from the server
