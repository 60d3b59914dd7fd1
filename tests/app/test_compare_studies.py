"""Studies on the Compare page: nothing until asked for, tables, what is selected in the chart."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ganlab.explore import study_tables
from ganlab.runs import RunFolder
from tests.app.test_compare import drawn, texts

PAGE = "pages/compare.py"
IDS = ["studies/small-3-4", "studies/small-3-8", "studies/small-5-4", "studies/small-5-8", "studies/small-mlp"]


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_file("../../app.py", default_timeout=60).switch_page(PAGE)


def show_button(app: AppTest) -> object:
    return next(button for button in app.button if button.label.startswith("Show curves"))


def test_without_results_there_is_no_choice_of_studies(app: AppTest, run_folder: RunFolder) -> None:
    app.run()
    assert not app.exception
    assert "study" not in [pills.key for pills in app.pills]


def test_a_study_waits_until_it_is_asked_for(
    app: AppTest, run_folder: RunFolder, listed_study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(study_tables, "rows", lambda file: pytest.fail("a table is made unasked"))
    app.run()
    assert not app.exception
    assert app.query_params["curves"] == "tiny-001", "a study does not choose itself"
    assert app.pills(key="study").value is None
    assert app.multiselect(key="curves").options == ["tiny-001", *IDS]
    assert "Sizes of two nets" not in texts(app)


def test_with_a_study_alone_nothing_is_chosen(app: AppTest, listed_study: Path) -> None:
    app.run()
    assert not app.exception
    assert app.multiselect(key="curves").value == []
    assert "Choose one or more" in texts(app)


def test_a_study_in_the_address_shows_its_tables(app: AppTest, listed_study: Path) -> None:
    app.query_params["study"] = "small"
    app.run()
    assert not app.exception
    assert "**Sizes of two nets**" in texts(app)
    assert "Frechet, main components of the pixels, after 6 steps" in texts(app)
    here, report, below = (table.value for table in app.dataframe)
    assert report.iloc[:, 1:].to_numpy().tolist() == [[7, 11], [9, 13]]
    listed = json.loads(listed_study.read_text(encoding="utf-8"))["runs"]
    assert here.iloc[1, 2] == listed[3]["measured"]["6"]["frechet_pixels"]
    assert below.iloc[:, 3].tolist() == [3, 6]
    assert next(button.label for button in app.get("download_button")) == "Table (CSV)"


def test_the_runs_of_a_study_take_the_place_of_what_is_compared(
    app: AppTest, run_folder: RunFolder, listed_study: Path
) -> None:
    app.run()
    app.pills(key="study").set_value("small").run()
    assert show_button(app).label == "Show curves of all 5"
    show_button(app).click().run()
    assert not app.exception
    assert app.multiselect(key="curves").value == IDS
    assert app.query_params["curves"] == IDS
    assert drawn(app) == set(IDS)
    kind = next(iter(json.loads(listed_study.read_text(encoding="utf-8"))["runs"][0]["findings"]))
    assert f"{kind.replace('-', ' ').capitalize()}, says the monitor: **{IDS[0]}" in texts(app)
    app.toggle(key="stage").set_value(True).run()
    assert not app.exception
    assert "**studies/small-mlp** (a study keeps no weights)" in texts(app)


def test_what_is_selected_in_the_tables_is_shown(app: AppTest, listed_study: Path) -> None:
    app.query_params["study"] = "small"
    app.run()
    app.session_state["study small 0 0"] = {"selection": {"rows": [1], "columns": [], "cells": [[0, "2"], [1, "0"]]}}
    app.session_state["study small rows"] = {"selection": {"rows": [0, 1], "columns": [], "cells": []}}
    app.run()
    assert show_button(app).label == "Show curves of the 4 selected"
    show_button(app).click().run()
    assert app.multiselect(key="curves").value == IDS[1:]


def test_damaged_results_are_told_beside_the_others(app: AppTest, run_folder: RunFolder, listed_study: Path) -> None:
    listed_study.with_name("torn.json").write_text(listed_study.read_text(encoding="utf-8")[:300], encoding="utf-8")
    content = json.loads(listed_study.read_text(encoding="utf-8"))
    content["runs"][0]["curves"] = {"step": [1, None]}
    content["runs"][1]["name"] = "../x"
    listed_study.write_text(json.dumps(content), encoding="utf-8")
    app.query_params["study"] = "torn"
    app.query_params["curves"] = f"tiny-001,{IDS[0]},{IDS[1]}"
    app.run()
    assert not app.exception
    told = texts(app)
    assert "torn.json does not hold the results of a study" in told
    assert "run 2 of small.json is left out" in told
    assert f"**{IDS[0]}**: its curves do not fit together" in told
    assert f"no run or checkpoint `{IDS[1]}`" in told
    assert app.pills(key="study").options == ["small"]
    assert drawn(app) == {"tiny-001"}
    assert str(listed_study.parent) not in told


def test_only_damaged_results(app: AppTest, listed_study: Path) -> None:
    listed_study.write_text("{", encoding="utf-8")
    app.run()
    assert not app.exception
    assert "small.json does not hold" in texts(app)
    assert "Nothing to compare yet" in texts(app)
