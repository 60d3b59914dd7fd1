import json

import pytest

from ganlab import runs
from ganlab.explore import last_lines


def test_the_time_and_the_images_of_a_training_are_those_of_its_last_report(finished_run) -> None:
    last = runs.read_metrics(finished_run)[-1]
    assert last_lines.trained(finished_run) == (last["images"], last["seconds"])


@pytest.mark.parametrize(
    "end",
    [
        '{"step": 61, "sec',
        "[]\n",
        "null\n",
        '{"step": 61}\n',
        '{"step": 61, "seconds": 3.0}\n',
        '{"images": Infinity, "seconds": 3.0}\n',
        '{"images": 640, "seconds": NaN}\n',
        '{"images": 640, "seconds": 0}\n',
    ],
)
def test_a_line_that_is_no_report_is_passed_over(run_folder, end: str) -> None:
    before = last_lines.trained(run_folder)
    with run_folder.metrics.open("a", encoding="utf-8") as file:
        file.write(end)
    assert last_lines.trained(run_folder) == before


def test_a_run_without_reports_has_no_time(run_folder) -> None:
    run_folder.metrics.write_text("", encoding="utf-8")
    assert last_lines.trained(run_folder) is None
    run_folder.metrics.unlink()
    assert last_lines.trained(run_folder) is None


def test_a_long_log_is_shown_by_its_last_lines(run_folder) -> None:
    run_folder.log.write_text("\n".join(json.dumps({"line": i}) for i in range(10_000)), encoding="utf-8")
    shown = last_lines.log_tail(run_folder.log).splitlines()
    assert len(shown) == last_lines.LOG_LINES
    assert shown[-1] == '{"line": 9999}'
