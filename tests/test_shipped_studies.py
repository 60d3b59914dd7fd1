"""The results of studies that come along: of the studies as they are now, and what README says of them."""

import json
from pathlib import Path
from statistics import mean

import pytest

from ganlab.recipes import parse_recipe
from ganlab.studies import STUDIES, digits_appear, read_results
from ganlab.studies.results import write_results
from ganlab.studies.schema import Result
from ganlab.studies.verdicts import verdicts

FOLDER = Path(__file__).parents[1] / "studies"
NUMBERS = {3: "three", 5: "five"}
FILES = sorted(FOLDER.glob("*.json"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_results_are_whole_and_of_todays_recipes(path: Path) -> None:
    study = STUDIES[path.stem]
    assert json.loads(path.read_text(encoding="utf-8"))["title"] == study.title
    found = {run.name: run for run in read_results(path)}
    assert list(found) == [point.recipe.name for point in study.points]
    for point in study.points:
        run = found[point.recipe.name]
        assert parse_recipe(run.recipe) == point.recipe
        assert list(run.measured) == list(point.measured_at)
        assert run.state == "done"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_is_read_and_written_again_is_the_same_file(path: Path, tmp_path: Path) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    again = tmp_path / path.name
    write_results(again, read_results(path), **{name: content[name] for name in ("study", "title", "torch")})
    assert json.loads(again.read_text(encoding="utf-8")) == content


def test_what_c1_names_is_the_mean_of_its_seeds() -> None:
    runs = read_results(FOLDER / "seeds.json")
    readme = (FOLDER.parent / "README.md").read_text(encoding="utf-8")
    for name, seeds in {"mnist-infogan-64": 5, "mnist-infogan-64-z54": 3}.items():
        mine = [run for run in runs if run.name.partition("-seed")[0] == name]
        assert [run.settings["seed"] for run in mine] == list(range(seeds))
        average = mean(run.measured[run.step]["code_accuracy"] for run in mine)
        assert average >= 0.9
        (row,) = [line for line in readme.splitlines() if line.startswith(f"| `{name}` |")]
        assert f"{average:.1%} on average of {NUMBERS[seeds]} seeds" in row


def test_the_notes_say_what_was_found_of_ring_and_grid() -> None:
    notes = (FOLDER.parent / "docs" / "training-notes.md").read_text(encoding="utf-8")
    rows: dict[str, list[Result]] = {}
    for run in read_results(FOLDER / "points-cut.json"):
        rows.setdefault(f"| {run.settings['setting']} | `{run.settings['points']}` | ", []).append(run)
    for start, runs in rows.items():
        (row,) = [line for line in notes.splitlines() if line.startswith(start)]
        found = [run.measured[run.step] for run in runs]
        modes = ", ".join(f"{one['modes_found']:g}" for one in found)
        good = ", ".join(f"{one['good_points']:.1%}" for one in found)
        assert row.startswith(f"{start}{modes} | {good} |")


def test_the_notes_say_in_how_many_of_the_twenty_settings_digits_appear() -> None:
    notes = (FOLDER.parent / "docs" / "training-notes.md").read_text(encoding="utf-8")
    notes = notes[notes.index("## Stability") :]
    ours, theirs = (read_results(FOLDER / f"stability-cut{end}.json") for end in ("", "-replica"))
    for place, (mine, other) in enumerate(zip(ours, theirs, strict=True), 1):
        of = mine.settings
        setting = f"| {place} | {of['latent']}, {of['batch']}, {of['learning rate']:g} |"
        assert f"{setting} {'yes' if mine.reported['digits'] else 'no'} | {_cell(other)} | {_cell(mine)} |" in notes
    assert sum(bool(digits_appear(run.measured[run.step])) for run in ours) == len(ours) == 20
    found = verdicts(ours)
    assert (found.warned, found.failed) == (0, 0)
    found = verdicts(theirs)
    told = f"it warned of {found.warned_and_failed} of the {found.failed} that failed (recall {found.recall:.2f})"
    assert told.replace(" 0.", " .") in " ".join(notes.split())
    assert f"(precision {found.precision:.2f})" in notes


def _cell(run: Result) -> str:
    found = run.measured[run.step]
    told = f"{found['confident']:.3f}".removeprefix("0") + f" / {found['frechet_classifier']:.2g}".replace(" 0.", " .")
    return told if digits_appear(found) else f"{told}, no"
