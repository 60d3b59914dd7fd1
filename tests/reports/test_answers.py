"""Answers to the five reports: what they name is there, what they quote has a source, shipped pages are theirs."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
import torch

from ganlab import checkpoints
from ganlab.cli import main
from ganlab.explore import code_words, comparison
from ganlab.losses import ADVERSARIAL
from ganlab.recipes import RECIPES
from ganlab.reports import interactive
from ganlab.reports.answers import ANSWERS, figures
from ganlab.reports.answers.answer import Answer, Compared
from ganlab.reports.answers.values import DigitsNamed, Logged, Metric, OfStudy, OverSeeds, Ratio, Reader, study_result
from ganlab.reports.document import Figure, Table
from ganlab.reports.titles import TITLES
from ganlab.studies import STUDIES

ROOT = Path(__file__).parents[2]
SHIPPED = {path.stem for path in (ROOT / "checkpoints").glob("*.safetensors")}
MOST_BYTES = 1_700_000


@pytest.fixture(params=ANSWERS)
def answer(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Answer:
    monkeypatch.setenv("GANLAB_CHECKPOINTS", str(ROOT / "checkpoints"))
    monkeypatch.delenv("GANLAB_STUDIES")
    return ANSWERS[request.param]


def compared(answer: Answer) -> list[Compared]:
    return [one for part in answer.parts for one in part.compared]


def test_models_recipes_and_figures_are_there(answer: Answer) -> None:
    assert set(answer.models) <= SHIPPED
    assert set(answer.runs) <= set(comparison.sources())
    assert {*answer.systems, *(f"{name}-replica" for name in answer.systems)} <= set(RECIPES)
    for part in answer.parts:
        assert set(part.shows) <= figures.names()
        assert part.shows or part.compared


def test_every_part_says_where_the_report_has_it_and_what_differs(answer: Answer) -> None:
    for part in answer.parts:
        assert part.source
        assert part.differs.endswith(".")
        assert len({one.what for one in part.compared}) == len(part.compared)


def test_numbers_are_of_models_and_runs_that_have_them(answer: Answer) -> None:
    for one in compared(answer):
        here = one.here
        if isinstance(here, Metric):
            card = checkpoints.read_card(ROOT / "checkpoints" / f"{here.model}.safetensors")
            assert here.name in card.metrics
            assert any(here.model in part.models for part in answer.parts if one in part.compared)
        elif isinstance(here, Logged):
            assert here.quantity in checkpoints.read_curves(ROOT / "checkpoints" / f"{here.model}.safetensors")
        elif isinstance(here, OfStudy):
            assert here.run in {point.recipe.name for point in STUDIES[here.study].points}
            result = study_result(here.study, here.run)
            assert result is not None
            assert here.name in result.measured[here.step]
        elif isinstance(here, OverSeeds):
            assert all(study_result(here.study, run) for run in here.runs)
        elif isinstance(here, DigitsNamed):
            card = checkpoints.read_card(ROOT / "checkpoints" / f"{here.model}.safetensors")
            assert code_words.category(card.codes, "c1").table
        elif isinstance(here, Ratio):
            assert {here.model, here.of} <= set(answer.models)
        elif isinstance(here, Reader):
            assert here.model in answer.models


def test_each_failure_of_report_a_has_what_the_monitor_said() -> None:
    """Of the examples that come along; what lasts with probabilities alone has none."""
    table, pictures = figures.shown("failures", [])
    assert isinstance(table, Table)
    assert isinstance(pictures, Figure)
    said = {row[1]: row[3].partition(":")[0] for row in table.rows}
    assert said == {
        "failure-collapse": "mode-collapse",
        "failure-strong-discriminator": "discriminator-too-strong",
        "failure-slow": "not-learning",
        "failure-dropped-digits": "class-missing",
        "none": "cannot last here",
    }
    assert len(pictures.drawing.sides) == 4


def test_a_wrong_discriminator_is_stuck_with_probabilities_and_learns_with_logits() -> None:
    """What the table of failures says of the report's losses of 0 and about 50."""
    fakes, real = (torch.full((8,), 50.0, requires_grad=True) for _ in range(2))
    of_probabilities = torch.nn.BCELoss()
    stuck = of_probabilities(fakes.sigmoid(), torch.zeros(8)) + of_probabilities(real.sigmoid(), torch.ones(8))
    stuck.backward()
    assert fakes.grad is not None
    assert (stuck.item() / 2, fakes.grad.abs().sum().item()) == (50, 0)
    assert of_probabilities(fakes.sigmoid(), torch.ones(8)).item() == 0  # the generator's
    logits = torch.full((8,), 50.0, requires_grad=True)
    ADVERSARIAL["non-saturating"].discriminator(torch.full((8,), 50.0), logits).mean().backward()
    assert logits.grad is not None
    assert logits.grad.sum().item() == pytest.approx(1)


def test_each_size_has_its_curves_in_small_panels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GANLAB_STUDIES")
    for figure in figures.shown("every-size", []):
        assert isinstance(figure, Figure)
        assert len(figure.drawing.panels) == 10
        layout = interactive.plot(figure.drawing)["layout"]
        lefts = [layout[f"xaxis{place or ''}"]["domain"][0] for place in (0, 2, 3)]
        assert lefts == pytest.approx([0, 1 / 3, 2 / 3])
        named = [trace["name"] for trace in interactive.plot(figure.drawing)["data"] if trace["showlegend"]]
        assert len(named) == len(set(named)) == len(figure.drawing.panels[0].lines)


def test_makefile_and_titles_name_all_answers() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (line,) = re.findall(r"^ANSWERS := (.*)$", makefile, re.MULTILINE)
    assert line.split() == list(ANSWERS) == list(TITLES)
    assert {name: answer.title for name, answer in ANSWERS.items()} == TITLES


class Page(HTMLParser):
    """The heads of sections, cells of tables, and what a browser would load."""

    def __init__(self) -> None:
        super().__init__()
        self.heads: list[str] = []
        self.cells: list[str] = []
        self.sources: list[str] = []
        self.tag = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tag = tag
        self.cells += [""] if tag == "td" else []
        self.sources += [value for key, value in attributes if key == "src" and value]

    def handle_data(self, data: str) -> None:
        if self.tag == "h2":
            self.heads.append(data)
        if self.tag == "td":
            self.cells[-1] += data

    def handle_endtag(self, tag: str) -> None:
        self.tag = ""


def read(text: str) -> Page:
    page = Page()
    page.feed(text)
    return page


def test_the_pages_that_ship_are_small_and_those_of_the_answers() -> None:
    pages = {path.stem: path for path in (ROOT / "docs" / "reports").glob("*.html")}
    assert set(pages) == set(ANSWERS)
    assert sum(path.stat().st_size for path in pages.values()) <= MOST_BYTES
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name, path in pages.items():
        page = read(path.read_text(encoding="utf-8"))
        assert page.heads == ["Settings", *(part.title for part in ANSWERS[name].parts), "How to get this again"]
        assert all(source.startswith("data:image/webp;base64,") for source in page.sources)
        assert f"docs/reports/{name}.html" in readme
        place = 0
        for one in compared(ANSWERS[name]):
            place = page.cells.index(one.what, place) + 1
            assert page.cells[place] == one.reported
            if isinstance(one.here, Metric):  # pages are made again when a model is trained again
                metrics = checkpoints.read_card(ROOT / "checkpoints" / f"{one.here.model}.safetensors").metrics
                shown = float(page.cells[place + 1].split()[0].replace(",", ""))
                assert shown == pytest.approx(metrics[one.here.name], rel=6e-3)


@pytest.mark.usefixtures("mnist")  # its own hundred digits are compared with MNIST's shares
def test_the_smallest_answer_is_made_by_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten seconds for the whole way from the command to the files; `make reports` makes all five."""
    monkeypatch.setenv("GANLAB_CHECKPOINTS", str(ROOT / "checkpoints"))
    monkeypatch.delenv("GANLAB_STUDIES")
    out = tmp_path / "fid.html"
    assert main(["report", "--template", "latent-hidden-fid", "--small", "--out", str(out)]) == 0
    page = read(out.read_text(encoding="utf-8"))
    assert {"64.82", "42.66", "29.36", "69.86", "41.86", "38.85", "84.02", "36.82", "50.46", "138.5", "118"} <= set(
        page.cells
    )
    row = page.cells.index("the report, by hand")
    assert page.cells[row + 1 : row + 11] == ["12", "14", "3", "9", "5", "3", "15", "17", "11", "11"]
    assert page.cells[row + 11] == "19.5"


def test_what_cannot_be_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "tiny", "--template", "faces"]) == 1
    assert "leave tiny out" in capsys.readouterr().err
    assert main(["report"]) == 1
    assert "mnist-gans" in capsys.readouterr().err
    assert main(["report", "--template", "mnist-gan"]) == 1
    assert "did you mean 'mnist-gans'?" in capsys.readouterr().err
    assert main(["report", "--template", "faces", "--small"]) == 1
    assert "--out report.html" in capsys.readouterr().err
