"""A sheet of pictures with the keyboard: one stop of the tab key, arrows between its pictures, K to keep one."""

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import Server
from .steps import Settle

pytestmark = pytest.mark.e2e


def test_a_sheet_is_one_tab_stop_and_says_what_is_kept(server: Server, page: Page, settle: Settle) -> None:
    page.goto(server.address("sample?model=mnist-mlp-28&count=16&seed=5"))
    settle(page)
    stop = page.locator(".tile[tabindex='0'][aria-label^='seed']")  # not those of real pictures
    expect(stop).to_have_count(1)
    stop.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(stop).to_have_count(1)
    expect(stop).to_be_focused()
    seed = stop.get_attribute("aria-label")
    assert seed not in ("seed 5", "seed 6", None)  # another row
    page.keyboard.press("k")
    kept = page.get_by_role("button", name=f"{seed}, kept", exact=True)
    expect(kept).to_be_focused()
    expect(kept).to_have_attribute("tabindex", "0")


def test_pictures_that_lead_to_the_stage_are_plain_buttons(server: Server, page: Page, settle: Settle) -> None:
    page.goto(server.address("interpolate?model=mnist-mlp-28&keys=1%202&time=0"))
    settle(page)
    expect(page.locator(".tile[aria-pressed]")).to_have_count(0)
    expect(page.locator(".tile[aria-current='true']")).to_have_count(1)
    expect(page.get_by_role("button", name=re.compile(", marked$")).first).to_be_visible()
