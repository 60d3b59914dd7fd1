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

CHANGES = {  # a zone => when its clocks are changed; Kolkata's never are, and New York's are the server's
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
    context = browser.new_context(
        reduced_motion="reduce", viewport={"width": 3000, "height": 1000}, timezone_id=request.param
    )
    yield context.new_page(), request.param
    context.close()


def test_a_run_across_the_change_has_both_times_right(
    visitor: tuple[Page, str], server: Server, settle: Settle
) -> None:
    """Whoever reads the table by ear, or copies it, hears both times by the clock of that hour."""
    (page, zone), name = visitor, f"run-{visitor[1].split('/')[1].lower().replace('_', '-')}"
    before, after = CHANGES[zone] - HALF, CHANGES[zone] + HALF
    assert zone == "Asia/Kolkata" or _local(before, zone).utcoffset() != _local(after, zone).utcoffset()
    run = runs.create(server.runs / name, TINY, device="cpu")
    times = {"created": before.timestamp(), "heartbeat": after.timestamp()}
    runs.write_status(run, runs.read_status(run).model_copy(update={"state": "done", **times}))
    page.goto(server.address("train"))
    cells = _row(page, settle, name)
    assert cells[8:10] == [_local(moment, zone).isoformat(" ") for moment in (before, after)], " | ".join(cells)


def test_the_date_of_a_model_is_that_of_the_visitors_calendar(
    visitor: tuple[Page, str], server: Server, settle: Settle
) -> None:
    page, zone = visitor
    created = datetime.fromisoformat(checkpoints.read_card(server.checkpoints / f"{MODEL}.safetensors").created)
    page.goto(server.address(f"?find={MODEL}"))
    settle_and_draw(page, settle)
    date = _local(created, zone).date().isoformat()
    numbers = page.locator(f".st-key-numbers-{MODEL}")
    numbers.get_by_text("All numbers").click()
    numbers.get_by_text(date).wait_for()


def _local(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone))


def _row(page: Page, settle: Settle, name: str) -> list[str]:
    """The texts of that run's line in the table."""
    settle_and_draw(page, settle)
    table = page.get_by_test_id("stDataFrame")
    table.scroll_into_view_if_needed()
    line = table.locator("canvas tr").filter(has_text=name)
    line.wait_for(state="attached")
    return [" ".join(text.split()) for text in line.locator("[role=gridcell]").all_text_contents()]
