"""Times on pages where server and visitor stand in different zones, in the hours around a change of summer time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page

from ganlab import checkpoints, runs
from tests.tiny import TINY

from .conftest import Server, serve
from .steps import Settle, settle_and_draw

pytestmark = pytest.mark.e2e

CHANGES = {  # a zone => when its clocks were changed: forward, back, and those of the server
    "America/New_York": datetime(2026, 3, 8, 7, tzinfo=UTC),
    "Pacific/Auckland": datetime(2026, 4, 4, 14, tzinfo=UTC),
    "Asia/Kolkata": datetime(2026, 3, 8, 7, tzinfo=UTC),
}
HALF = timedelta(minutes=30)
MODEL = "mnist-dcgan-28"


@pytest.fixture(scope="module")
def server(data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serve(tmp_path_factory.mktemp("app"), data_folder, settings={"TZ": "America/New_York"}) as started:
        yield started


@pytest.fixture(params=CHANGES)
def visitor(request, browser: Browser) -> Iterator[tuple[Page, str]]:
    context = browser.new_context(viewport={"width": 3000, "height": 1000}, timezone_id=request.param)
    yield context.new_page(), request.param
    context.close()


def test_a_run_across_the_change_is_as_long_ago_as_it_is(
    visitor: tuple[Page, str], server: Server, settle: Settle
) -> None:
    """It was created half an hour before, ended half an hour after, and is looked at two hours after the change."""
    (page, zone), name = visitor, f"run-{visitor[1].split('/')[1].lower().replace('_', '-')}"
    change = CHANGES[zone]
    assert zone == "Asia/Kolkata" or _offset(zone, change - HALF) != _offset(zone, change + HALF)
    run = runs.create(server.runs / name, TINY, device="cpu")
    times = {"created": (change - HALF).timestamp(), "heartbeat": (change + HALF).timestamp()}
    runs.write_status(run, runs.read_status(run).model_copy(update={"state": "done", **times}))
    page.clock.install(time=change + 4 * HALF + timedelta(minutes=5))
    page.goto(server.address("train"))
    cells = _row(page, settle, name)
    assert "3 hours ago" in cells, cells  # 2 h 35 min; an hour of difference would make it 2 or 4
    assert "2 hours ago" in cells, cells  # 1 h 35 min


def test_the_date_of_a_model_is_that_of_the_visitors_calendar(
    visitor: tuple[Page, str], server: Server, settle: Settle
) -> None:
    page, zone = visitor
    created = datetime.fromisoformat(checkpoints.read_card(server.checkpoints / f"{MODEL}.safetensors").created)
    page.goto(server.address(f"?find={MODEL}"))
    settle_and_draw(page, settle)
    page.get_by_text("All numbers").first.click()
    date = created.astimezone(ZoneInfo(zone)).date().isoformat()
    page.locator(f".st-key-numbers-{MODEL}").get_by_text(date).wait_for()


def _offset(zone: str, moment: datetime) -> timedelta | None:
    return moment.astimezone(ZoneInfo(zone)).utcoffset()


def _row(page: Page, settle: Settle, name: str) -> list[str]:
    """The texts of that run's line in the table."""
    settle_and_draw(page, settle)
    table = page.get_by_test_id("stDataFrame")
    table.scroll_into_view_if_needed()
    line = table.locator("canvas tr").filter(has_text=name)
    line.wait_for(state="attached")
    return [" ".join(text.split()) for text in line.locator("[role=gridcell]").all_text_contents()]
