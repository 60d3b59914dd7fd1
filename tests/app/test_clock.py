"""Times that pages show are those of the visitor's clock, wherever the server stands."""

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from streamlit.testing.v1 import AppTest

from ganlab import runs
from ganlab.ui import clock

from .conftest import ROOT

ZONES = ["America/New_York", "Asia/Kolkata", "Pacific/Auckland", "UTC"]
BEFORE = datetime(2026, 3, 8, 6, 30, tzinfo=UTC)  # 1:30 in New York, whose summer time begins at 2:00
AFTER = datetime(2026, 3, 8, 7, 30, tzinfo=UTC)  # 3:30 there


@pytest.fixture(params=ZONES)
def server_zone(request, monkeypatch):
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def open_train(visitor: str | None) -> AppTest:
    app = AppTest.from_file(ROOT / "app.py", default_timeout=60)
    if visitor:
        app.context = {"timezone": visitor}
    return app.switch_page("pages/train.py").run()


@pytest.mark.parametrize("visitor", [*ZONES, None, "Nowhere/Land", "../../etc/passwd", "America"])
def test_the_table_of_runs_tells_the_visitors_time(server_zone, visitor, run_folder):
    times = {"created": BEFORE.timestamp(), "heartbeat": AFTER.timestamp()}
    runs.write_status(run_folder, runs.read_status(run_folder).model_copy(update=times))
    app = open_train(visitor)
    assert not app.exception
    table = app.dataframe[0].value
    zone = ZoneInfo(visitor if visitor in ZONES else server_zone)
    for column, expected in {"Created": BEFORE, "Ended": AFTER}.items():
        shown = table[column][0].to_pydatetime()
        assert shown == expected
        assert shown.replace(tzinfo=None) == expected.astimezone(zone).replace(tzinfo=None)


def test_summer_time_makes_no_run_longer(monkeypatch):
    rules = ZoneInfo("America/New_York")
    before, after = (clock.moment(moment.timestamp(), rules) for moment in (BEFORE, AFTER))
    assert [before.hour, after.hour] == [1, 3]
    assert after.timestamp() - before.timestamp() == 3600


@pytest.mark.parametrize("seconds", [0, float("nan"), float("inf"), 1e300, -1e300])
def test_what_is_no_time_is_left_out(seconds):
    assert clock.moment(seconds, UTC) is None


def test_where_no_zone_is_known_it_is_utc(monkeypatch, tmp_path):
    monkeypatch.delenv("TZ", raising=False)
    monkeypatch.setattr(clock, "LOCAL", tmp_path / "localtime")
    assert clock.zone() == (UTC, "UTC")
