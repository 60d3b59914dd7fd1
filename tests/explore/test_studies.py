"""Results of studies as the pages read them: a really trained one, damaged ones, and the tables made of them."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ganlab.explore import comparison, differences, studies, study_tables
from ganlab.explore.studies import StudyFile
from ganlab.studies import STUDIES
from ganlab.studies.results import read_results, write_results
from ganlab.studies.schema import Result
from tests.tiny import SMALL_STUDY

IDS = ["studies/small-3-4", "studies/small-3-8", "studies/small-5-4", "studies/small-5-8", "studies/small-mlp"]


def outcome(name: str, measured: dict[str, dict[str, float]] | None = None, **others: Any) -> dict[str, Any]:
    """A run of a file, as plain values."""
    recipe = {"dataset": "mnist", "image_size": 28}
    return {"name": name, "settings": {}, "measured": measured or {}, "recipe": recipe} | others


def file_of(*plain: dict[str, Any]) -> StudyFile:
    return StudyFile(name="x", runs={f"studies/{run['name']}": Result.model_validate(run) for run in plain})


def as_listed() -> StudyFile:
    """The listed study of 20 settings, as if digits had been drawn in all but the last, which collapsed."""
    good = {"confident": 0.9, "smallest_share": 0.5}
    *most, last = STUDIES["stability"].points
    runs = [
        outcome(p.recipe.name, {str(p.measured_at[-1]): good}, settings=p.settings, reported=p.reported) for p in most
    ]
    return file_of(
        *runs,
        outcome(
            last.recipe.name, settings=last.settings, reported=last.reported, state="collapsed", ended_by="not-learning"
        ),
    )


def test_every_run_of_a_study_is_a_source_like_others(listed_study: Path, checkpoints_folder: Path) -> None:
    known = comparison.sources()
    assert list(known) == ["tiny", *IDS]
    listed = read_results(listed_study)
    for point, written, name in zip(SMALL_STUDY.points, listed, IDS, strict=True):
        entry = comparison.read(known[name])
        assert entry.recipe == point.recipe
        columns = entry.curves.columns
        assert columns["step"].tolist() == [0, 1, 2, 3, 4, 5, 6]  # the first is a snapshot alone
        assert columns["generator/loss"][1:].tolist() == written.curves["generator/loss"]
        measured = columns["quality/frechet_pixels"]
        assert {int(columns["step"][place]) for place in np.flatnonzero(np.isfinite(measured))} == set(written.quality)
        assert measured[0] == written.quality[0]["frechet_pixels"]
        assert entry.curves.columns["epoch"][-1] == pytest.approx(6 * 16 / 1500, rel=0.2)
        assert (entry.state, list(entry.problems)) == ("done", [])
        assert entry.step == (written.best or {})["step"]
        assert entry.metrics["frechet_pixels"] == (written.best or {})["frechet_pixels"]
        assert list(entry.kinds) == written.findings
    entries = [comparison.read(known[name]) for name in IDS[:2]]
    assert differences.differing_settings(entries) == {"width": [4, 8]}
    assert differences.floor(entries)["frechet_pixels"] > 0


def test_a_grid_stands_beside_the_report_and_what_is_in_no_grid_below(study_file: Path) -> None:
    file = studies.read(study_file)
    rows = study_tables.rows(file)
    (grid,), others = study_tables.split(rows)
    assert (grid.down, grid.down_values, grid.across, grid.across_values) == ("latent", [3, 5], "hidden", [4, 8])
    assert [row.id for row in grid.rows] == IDS[:4]
    ((word, reported, (here,)),) = study_tables.pairs(grid.rows)
    assert (word, reported.values, reported.best) == ("fid", [7, 11, 9, 13], 7)
    measured = [written.measured[6]["frechet_pixels"] for written in read_results(study_file)[:4]]
    assert (here.values, here.best) == (measured, min(measured))
    assert here.title == "Frechet, main components of the pixels"
    names, *columns = study_tables.pivot(grid, reported)
    assert (names.title, names.values) == ("latent", [3, 5])
    assert [(column.title, column.values) for column in columns] == [("hidden 4", [7, 9]), ("hidden 8", [11, 13])]
    assert [(row.id, row.step, row.reported) for row in others] == [
        (IDS[4], 3, {"fid": 30.5}),
        (IDS[4], 6, {"fid": 20.5}),
    ]
    table = {column.title: column for column in study_tables.table(others, rows)}
    assert list(table)[:5] == ["net", "latent", "hidden", "step", "FID, the report"]
    assert table["FID, the report"].best is None, "two steps of one run are no competition"


def test_the_distance_names_whose_features_it_compares() -> None:
    runs = [
        outcome(name, {"6": {"frechet_classifier": 3.0, "frechet_pixels": 1.0}}, reported={"fid": 9}) for name in "ab"
    ]
    ((_, _, (here,)),) = study_tables.pairs(study_tables.rows(file_of(*runs)))
    assert here.title == "Frechet, features of our digit classifier"
    assert here.best is None, "of equals none is better"
    runs[0]["measured"]["6"]["frechet_classifier"] = 2.0
    ((_, _, (here,)),) = study_tables.pairs(study_tables.rows(file_of(*runs)))
    assert here.best == 2.0
    runs[0]["recipe"] = {"dataset": "avatars", "image_size": 64}
    ((_, _, (here,)),) = study_tables.pairs(study_tables.rows(file_of(*runs)))
    assert here.title == "Frechet, features of our classifier"
    assert here.best is None, "distances to other images are other distances"


def test_digits_are_counted_from_what_was_measured() -> None:
    rows = study_tables.rows(as_listed())
    grids, others = study_tables.split(rows)
    assert not grids
    assert others == rows
    assert study_tables.counts(rows) == ["digits in 19 of 20 (1 not measured); the report: 8 of 20"]
    table = {column.title: column.values for column in study_tables.table(rows, rows)}
    assert list(table) == [
        *("net", "latent", "epochs", "batch", "learning rate", "step"),
        *("digits, the report", "digits, here", "Recognisable", "Rarest class", "ended"),
    ]
    assert table["digits, the report"] == [p.reported["digits"] for p in STUDIES["stability"].points]
    assert table["digits, here"] == [True] * 19 + [None]
    assert table["ended"][-2:] == ["done", "ended early (not learning)"]


def test_without_a_report_the_measurements_stand_alone() -> None:
    rows = study_tables.rows(file_of(outcome("a", {"6": {"confident": 0.4}}), outcome("b", {"6": {"confident": 0.5}})))
    (pair,) = study_tables.pairs(rows)
    assert pair.reported is None
    assert [(column.title, column.best) for column in pair.here] == [("Recognisable", 0.5)]
    assert study_tables.counts(rows) == []


@pytest.mark.parametrize(
    "settings",
    [
        [{"a": 1, "b": 1}, {"a": 1, "b": 2}, {"a": 2, "b": 1}],  # a corner is missing
        [{"a": 1, "b": 1}, {"a": 1, "b": 2}],  # one varies
        [{"a": 1, "b": 1}, {"a": 1, "b": 2}, {"a": 2, "b": 1}, {"a": 2}],
        [{"a": a, "b": b} for a in (1, 2) for b in (1, 2)] + [{"a": 1, "b": 1}],  # twice the same
        [{"a": a, "b": b, "c": c} for a in (1, 2) for b in (1, 2) for c in (1, 2)],
    ],
)
def test_what_is_no_grid_is_a_plain_table(settings: list[dict[str, int]]) -> None:
    rows = study_tables.rows(file_of(*(outcome(f"r{i}", settings=each) for i, each in enumerate(settings))))
    assert study_tables.split(rows) == ([], rows)


def test_two_words_may_span_a_grid_too() -> None:
    pairs = [{"net": net, "loss": loss} for net in ("dcgan", "mlp") for loss in ("hinge", "bce")]
    rows = study_tables.rows(file_of(*(outcome(f"r{i}", settings=each) for i, each in enumerate(pairs))))
    (grid,), others = study_tables.split(rows)
    assert (grid.down_values, grid.across_values, others) == (["dcgan", "mlp"], ["hinge", "bce"], [])


def test_the_table_as_a_file(study_file: Path) -> None:
    lines = list(csv.DictReader(io.StringIO(study_tables.as_csv(studies.read(study_file)))))
    assert [line["run"] for line in lines] == [
        *("small-3-4", "small-3-8", "small-5-4", "small-5-8", "small-mlp", "small-mlp")
    ]
    assert [line["step"] for line in lines] == ["6", "6", "6", "6", "3", "6"]
    assert [line["FID, the report"] for line in lines] == ["7", "11", "9", "13", "30.5", "20.5"]
    assert float(lines[0]["Frechet, main components of the pixels"]) > 0
    digits = list(csv.DictReader(io.StringIO(study_tables.as_csv(as_listed()))))
    assert (digits[0]["digits, here"], digits[-1]["digits, here"]) == ("yes", "")
    assert digits[0]["learning rate"] == "0.0002"


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"runs": 3}', "[" * 100_000, '{"runs": [' + "1" * 5000 + "]}", "\0"]
)
def test_a_damaged_file_is_a_problem_in_words(listed_study: Path, content: str) -> None:
    listed_study.with_name("bad.json").write_text(content, encoding="utf-8")
    files = studies.study_files()
    assert list(files) == ["bad", "small"]
    (problem,) = files["bad"].problems
    assert problem.startswith(("bad.json does not hold the results of a study", "run 1 of bad.json is left out"))
    assert not files["bad"].runs
    assert list(comparison.sources()) == IDS


def test_bytes_that_are_no_text_names_and_sizes_are_refused(
    listed_study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed_study.with_name("bytes.json").write_bytes(b"\xff\xfe\x00")
    listed_study.with_name("a b.json").write_text('{"runs": []}', encoding="utf-8")
    listed_study.with_name("folder.json").mkdir()
    files = studies.study_files()
    assert "does not hold" in files["bytes"].problems[0]
    assert "cannot stand in an address" in files["a b"].problems[0]
    assert "is a folder where a file must be" in files["folder"].problems[0]
    monkeypatch.setattr(studies, "MAX_FILE_BYTES", 1000)
    assert "at most 1,000 are read" in studies.study_files()["small"].problems[0]


@pytest.mark.parametrize(
    "change",
    [
        {"name": "../x"},
        {"name": "a,b"},
        {"settings": {"latent": [1]}},
        {"settings": {"latent": 10**400}},
        {"measured": {"soon": {}}},
        {"measured": {"6": {"confident": "much"}}},
        {"curves": {"step": [1, float("nan")]}},
        {"state": "running"},
        {"best": 3},
    ],
)
def test_a_damaged_run_does_not_take_the_others_along(listed_study: Path, change: dict[str, Any]) -> None:
    content = json.loads(listed_study.read_text(encoding="utf-8"))
    content["runs"][1] |= change
    listed_study.write_text(json.dumps(content), encoding="utf-8")
    file = studies.read(listed_study)
    assert list(file.runs) == [IDS[0], *IDS[2:]]
    (problem,) = file.problems
    assert problem.startswith("run 2 of small.json is left out")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"recipe": {"family": "none"}}, "its recipe cannot be used"),
        ({"recipe": {"family": ["gan"], "config": 3, "dataset": {}}}, "its recipe cannot be used"),
        ({"recipe": {"config": {"adversarial": [], "architecture": {}, "width": "x"}}}, "its recipe cannot be used"),
        ({"curves": {"step": [1, 2], "generator/loss": [1.0]}}, "do not fit together"),
        ({"curves": {"step": [1, None]}}, "do not fit together"),
        ({"curves": {"generator/loss": [1.0]}}, "do not fit together"),
        ({"curves": {}}, "kept no curves"),
    ],
)
def test_what_is_wrong_in_a_run_is_a_problem_of_its_entry(
    listed_study: Path, change: dict[str, Any], problem: str
) -> None:
    content = json.loads(listed_study.read_text(encoding="utf-8"))
    content["runs"][0] |= change
    listed_study.write_text(json.dumps(content), encoding="utf-8")
    entry = comparison.read(comparison.sources()[IDS[0]])
    assert len(entry.problems) == 1
    assert problem in entry.problems[0]
    assert entry.metrics["frechet_pixels"] > 0


def test_a_byte_order_mark_is_passed_over(listed_study: Path) -> None:
    before = studies.read(listed_study)
    listed_study.write_bytes("\ufeff".encode() + listed_study.read_bytes())
    assert before.runs
    assert studies.read(listed_study) == before


def _results(*names: str) -> list[Result]:
    return [Result.model_validate(outcome(name)) for name in names]


def test_runs_of_one_name_are_told(listed_study: Path) -> None:
    write_results(listed_study, _results("a", "a"))
    assert "there are two of the name a" in studies.read(listed_study).problems[0]
    write_results(listed_study, _results("small-more-a"))
    write_results(listed_study.with_name("small-more.json"), _results("a", "small-more-b"))
    files = studies.study_files()
    assert list(files["small-more"].runs) == ["studies/small-more-a", "studies/small-more-b"]
    told = "small.json and small-more.json have runs of the same name; rename one of the files"
    assert files["small"].problems == [told]


def test_what_is_wrong_is_told_in_words_for_people(listed_study: Path) -> None:
    listed_study.write_text("[]", encoding="utf-8")
    [problem] = studies.read(listed_study).problems
    assert "small.json does not hold the results of a study" in problem
    assert "Content" not in problem


def test_a_new_file_is_read_and_an_old_one_kept(listed_study: Path) -> None:
    first = studies.read(listed_study)
    assert studies.read(listed_study).runs is first.runs
    write_results(listed_study, _results("a"), title="New")
    assert (studies.read(listed_study).title, list(studies.read(listed_study).runs)) == ("New", ["studies/small-a"])
