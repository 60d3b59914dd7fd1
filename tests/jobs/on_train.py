"""Train, as a visitor has it who looks at a run, wherever that is."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

from ganlab import jobs
from ganlab.runs import RunFolder

APP = Path(__file__).parents[2] / "app.py"


def open_train(**address: str) -> AppTest:
    """The page with that address, run once."""
    page = AppTest.from_file(APP, default_timeout=120)
    for key, value in address.items():
        page.query_params[key] = value
    page.switch_page("pages/train.py").run()
    assert not page.exception
    return page


def resume(folder: RunFolder, place: str) -> None:
    """Look at a run whose trainer was killed, and press Resume; `place` is how the line of its progress begins."""
    page = open_train(run=folder.name)
    said = " ".join(element.value for kind in (page.markdown, page.warning) for element in kind)
    assert "interrupted" in said
    assert "It can be resumed" in said or "it can be resumed" in said
    told = page.get("progress")[0].proto.text.replace("\\", "")
    assert told.startswith(place), told
    assert page.get("plotly_chart")
    assert folder.name in page.code[0].value  # its log
    table = page.dataframe[0].value
    assert set(table["Run"]) == {job.name for job in jobs.list_jobs(folder.path.parent)}
    page.button(key=f"resume {folder.name}").click().run()
    assert not page.exception
    assert jobs.look_at(folder).active
