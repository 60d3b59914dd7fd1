"""Reports of really trained models: what is in their files, against what the files of the models say."""

import csv
import io
import json
import math
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from ganlab import checkpoints, runs
from ganlab.cli import main
from ganlab.counting import number
from ganlab.data import DataSpec, Pack
from ganlab.explore import comparison
from ganlab.explore.curves import Curves
from ganlab.families import gan, vae
from ganlab.recipes import parse_recipe
from ganlab.reports import interactive, latex, markdown, static
from ganlab.reports.composing import compose
from ganlab.reports.document import Code, Figure, Report, Section, Table, Text, is_number
from ganlab.reports.drawings import Bars, Drawing, Frames, Group, Heat, Line, Lines, Mark, Panel, Places, Tiles
from ganlab.reports.html import page
from ganlab.reports.sections import SECTIONS
from ganlab.reports.sections.losses import reading
from ganlab.reports.sections.quality import levels
from ganlab.reports.subject import gather
from ganlab.reports.templates import TEMPLATES
from ganlab.reports.writing import archive, table_as_csv, write
from ganlab.runs import RunFolder
from tests.tiny_vae import train_vae
from tests.untrained import save_untrained

X = np.linspace(0, 10, 20)
DRAWINGS: dict[str, Drawing] = {
    "lines": Lines(
        panels=(
            Panel(title="a <b>", y_title="y", lines=(Line(label="run", x=X, y=np.sin(X), low=X - 1, high=X + 1),)),
            Panel(title="b", y_title="y", lines=(), level=0.5, level_label="half", marks=(Mark(label="m", x=1, y=2),)),
        ),
        x_title="step",
    ),
    "tiles": Tiles(
        images=np.zeros((6, 8, 8, 3), np.uint8), columns=3, heads=("a", "b", "a long head"), sides=("x", "y")
    ),
    "frames": Frames(frames=np.zeros((3, 8, 8, 1), np.uint8), words=("0", "1", "2")),
    "places": Places(groups=(Group(label="one", x=X, y=X), Group(label="two", x=X, y=-X))),
    "bars": Bars(labels=("0", "1"), series=(("samples", (0.4, 0.6)), ("data", (0.5, 0.5))), y_title="share"),
    "heat": Heat(rows=("a",), columns=("a", "b"), values=((None, 0.5),), down="set", across="read"),
}


class Reader(HTMLParser):
    """Collects what a browser would load, and the text of scripts that hold data."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.tags: list[str] = []
        self.data: list[str] = []
        self._in_data = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        values = dict(attributes)
        self.loaded += [value for key in ("src", "href") if (value := values.get(key)) and value[0] != "#"]
        self._in_data = tag == "script" and values.get("type") == "application/json"

    def handle_data(self, data: str) -> None:
        if self._in_data:
            self.data.append(data)
        self._in_data = False


@pytest.fixture
def written(run_folder: RunFolder, tmp_path: Path) -> Path:
    assert main(["report", "tiny-001", "--out", str(tmp_path / "out")]) == 0
    return tmp_path / "out"


def test_a_run_becomes_a_folder(written: Path, run_folder: RunFolder, capsys: pytest.CaptureFixture[str]) -> None:
    names = {path.name for path in written.iterdir()}
    assert names == {"report.html", "report.md", "report.tex", "figures", "recipes", "tables"}
    figures = {path.name for path in (written / "figures").iterdir()}
    assert {"losses.svg", "losses.png", "quality.svg", "tiny-001-samples.png", "tiny-001-over-training.gif"} <= figures
    for path in (written / "figures").iterdir():
        if path.suffix == ".svg":
            ET.parse(path)
        else:
            with Image.open(path) as image:
                assert image.width > 100
                assert getattr(image, "n_frames", 1) > (1 if path.suffix == ".gif" else 0)


def test_numbers_are_those_of_the_files(written: Path, run_folder: RunFolder) -> None:
    card = checkpoints.read_card(run_folder.checkpoint)
    rows = list(csv.reader((written / "tables" / "quality.csv").read_text(encoding="utf-8").splitlines()))
    heads, *others = rows
    steps = {int(row[1]): row for row in others}
    assert list(steps) == list(runs.numbered(run_folder.snapshots, ".safetensors"))
    place = heads.index("Pixel Frechet")
    for step, path in runs.numbered(run_folder.snapshots, ".safetensors").items():
        measured = checkpoints.read_card(path).metrics["frechet_pixels"]
        assert float(steps[step][place]) == pytest.approx(measured, rel=1e-3)
    metrics = dict(
        row[:2] for row in csv.reader(io.StringIO((written / "tables" / "metrics.csv").read_text(encoding="utf-8")))
    )
    value, low, high = re.findall(r"[\d.]+", metrics["Pixel Frechet ↓"])
    assert float(value) == pytest.approx(card.metrics["frechet_pixels"], rel=5e-3)
    assert float(low) == pytest.approx(card.metrics["frechet_pixels_low"], rel=5e-3)
    assert float(high) == pytest.approx(card.metrics["frechet_pixels_high"], rel=5e-3)


def test_samples_are_those_of_the_seeds(written: Path, run_folder: RunFolder) -> None:
    model = checkpoints.load(run_folder.checkpoint)
    images = model.images(model.latent.from_seeds(range(64))).numpy()
    with Image.open(written / "figures" / "tiny-001-samples.png") as picture:
        drawn = np.asarray(picture.convert("L"))
    scale = round(drawn.shape[1] / (16 * 30 - 2))
    tile = drawn[: 28 * scale : scale, : 28 * scale : scale]
    np.testing.assert_array_equal(tile, images[0, ..., 0])


def test_tables_for_programs_have_plain_numbers() -> None:
    cells = ("1,234", "12,345.5", "-1,000", "1,2", "a, b", "1,234 of 5,678", "0.5")
    [row] = csv.reader(table_as_csv(Table(name="t", caption="", heads=cells, rows=(cells,))).splitlines()[1:])
    assert row == ["1234", "12345.5", "-1000", "1,2", "a, b", "1,234 of 5,678", "0.5"]


def test_figures_of_a_document_stand_in_its_order(written: Path) -> None:
    """Not as floats, which LaTeX moves under other headings; each has its label."""
    text = (written / "report.tex").read_text(encoding="utf-8")
    assert "[htbp]" not in text
    labels = re.findall(r"\\label\{(?:fig|tab):([^}]*)\}", text)
    kinds = re.findall(r"\\begin\{placed\}\{(figure|table)\}", text)
    assert len(kinds) == len(labels) > 4


def test_the_page_loads_nothing(written: Path) -> None:
    found = Reader()
    found.feed((written / "report.html").read_text(encoding="utf-8"))
    assert found.loaded
    assert len([address for address in found.loaded if address.startswith("data:image/gif")]) == 1
    assert '<div class="printed"><img src="data:image/png' in (written / "report.html").read_text(encoding="utf-8")
    assert all(address.startswith("data:image/") for address in found.loaded)
    plots = [json.loads(text) for text in found.data]
    assert len(plots) == 2  # losses and quality
    assert sum(len(plot["data"]) for plot in plots) > 4


def test_words_of_strangers_stay_words(run_folder: RunFolder) -> None:
    attack = "</script><img src=x onerror=alert(1)> $x$ \\input{/etc/passwd} [a](http://b.c) %{x}"
    line = Line(label=attack, x=X, y=X)
    drawing = Lines(panels=(Panel(title=attack, y_title="y", lines=(line,)),), x_title="step")
    table = Table(name="t", caption=attack, heads=(attack,), rows=((attack,),))
    blocks = (Text(text=attack), Figure(name="f", caption=attack, drawing=drawing), table, Code(text=attack))
    report = Report(title=attack, lead=attack, sections=(Section(title=attack, blocks=blocks),), made="now")
    found = Reader()
    found.feed(page(report))
    assert "img" not in found.tags
    assert found.loaded == []
    shown = json.loads(found.data[0])
    assert "<img" not in json.dumps(shown["data"][0]["name"])
    assert "](http" not in markdown.page(report).replace("\\]", "").split("```")[0]
    text = latex.document(report).split(r"\begin{verbatim}")[0]
    assert r"\input{/etc" not in text
    assert "$x$" not in text


@pytest.mark.parametrize("name", DRAWINGS)
def test_each_drawing_is_drawn(name: str) -> None:
    svg = ET.fromstring(static.draw(DRAWINGS[name], "svg"))
    assert svg.tag.endswith("svg")
    with Image.open(io.BytesIO(static.draw(DRAWINGS[name], "png"))) as image:
        assert image.width > 20
    plot = interactive.plot(DRAWINGS[name])
    assert (plot is None) == (name in ("tiles", "frames"))
    if plot is not None:
        json.dumps(plot, allow_nan=False)


def test_a_gap_stays_a_gap() -> None:
    y = np.array([1.0, np.nan, 3.0])
    line = Line(label="a", x=np.arange(3.0), y=y)
    plot = interactive.plot(Lines(panels=(Panel(title="t", y_title="y", lines=(line,)),), x_title="x"))
    assert plot is not None
    assert plot["data"][0]["y"] == [1, None, 3]


def test_the_same_figure_is_the_same_file() -> None:
    assert static.draw(DRAWINGS["lines"], "svg") == static.draw(DRAWINGS["lines"], "svg")


@pytest.mark.parametrize(
    ("real", "fake", "said"),
    [
        (0.52, 0.47, "within 0.1 of one half, 0.05 apart"),
        (0.9, 0.1, "0.80 apart: the discriminator still tells"),
        (0.75, 0.7, "not at one half"),
    ],
)
def test_a_reading_of_the_outputs(real: float, fake: float, said: str) -> None:
    columns = {"discriminator/real": np.full(50, real), "discriminator/fake": np.full(50, fake)}
    assert said in reading("it", Curves(columns=columns | {"step": np.arange(50.0)}))
    assert reading("it", Curves()) == ""


@pytest.mark.parametrize("loss", ["hinge", "least-squares", "wasserstein", "relativistic", ""])
def test_outputs_of_losses_without_probabilities_are_no_probabilities(loss: str) -> None:
    columns = {"discriminator/real": np.full(50, 0.59), "discriminator/fake": np.full(50, 0.41)}
    told = reading("it", Curves(columns=columns | {"step": np.arange(50.0)}), loss=loss)
    assert "no probabilities; the larger the gap of 0.18" in told
    assert "one half" not in told


def test_long_texts_have_lines_of_their_own_in_latex() -> None:
    text = "a meaning of many words, which would make the table so wide that it is set too small to be read"
    block = Table(name="t", caption="", heads=("setting", "value", "meaning"), rows=(("width", "8", text),))
    assert r"\begin{tabular}{lrp{0.55\linewidth}}" in latex.table(block)


def test_titles_of_panels_have_lines_that_a_telephone_shows_whole() -> None:
    panel = Panel(title="Reconstruction error (values from -1 to 1) <b>", y_title="y", lines=())
    made = interactive.plot(Lines(panels=(panel,), x_title="step"))
    assert made is not None
    assert [note["text"] for note in made["layout"]["annotations"]] == [
        "<b>Reconstruction error (values from -1<br>to 1) &lt;b&gt;</b>"
    ]


def test_what_few_samples_measure_has_no_level_of_many() -> None:
    metrics = {"floor_modes": 1_000.0, "floor_modes_kl": 0.02, "floor_frechet_pixels": 1.5}
    subject = SimpleNamespace(entry=SimpleNamespace(metrics=metrics))
    found = levels([subject], ["modes", "modes_kl", "frechet_pixels"])
    assert list(found.values()) == [1.5]


def test_a_vae_beside_a_gan(run_folder: RunFolder, tmp_path: Path) -> None:
    vae = tmp_path / "vae.safetensors"
    shutil.copy(train_vae(tmp_path / "made"), vae)
    assert main(["report", "tiny-001", str(vae), "--out", str(tmp_path / "out"), "--template", "full"]) == 0
    text = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert "## Reconstructions" in text
    assert "tiny-001 and vae" in text
    assert "What differs between the recipes" in text
    assert (tmp_path / "out" / "figures" / "vae-reconstructions.png").is_file()
    for name, expected in (("tiny-001", runs.read_recipe(run_folder)), ("vae", checkpoints.read_card(vae).recipe)):
        assert f"python -m ganlab train recipes/{name}.json" in text
        written = (tmp_path / "out" / "recipes" / f"{name}.json").read_text(encoding="utf-8")
        assert parse_recipe(json.loads(written)) == expected, "what trains it again"


def test_what_cannot_be_read_is_said(run_folder: RunFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert main(["report", "nothing", "--out", str(out)]) == 1
    assert "there is no run or model 'nothing'" in capsys.readouterr().err
    assert main(["report", "tiny-001", "--out", str(out), "--template", "poster"]) == 1
    assert "choose from short, full" in capsys.readouterr().err
    (tmp_path / "file").write_bytes(b"")
    assert main(["report", "tiny-001", "--out", str(tmp_path / "file")]) == 1
    assert "is a file; name a folder" in capsys.readouterr().err
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(b"no model")
    assert main(["report", str(broken), "--out", str(out)]) == 1
    assert "broken.safetensors" in capsys.readouterr().err
    assert not out.exists()


def test_results_that_cannot_be_read_say_why_they_are_not_found(
    listed_study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed_study.write_bytes(listed_study.read_bytes()[:-9])
    assert main(["report", "studies/small-3-4"]) == 1
    told = capsys.readouterr().err
    assert "there is no run or model 'studies/small-3-4'" in told
    assert "small.json does not hold the results of a study" in told


def test_a_report_is_about_a_few(run_folder: RunFolder) -> None:
    source = comparison.sources()["tiny-001"]
    for wrong in ([], [source] * 13):
        with pytest.raises(ValueError, match="1 to 12"):
            gather(wrong, lambda share, text: None)
    both = gather([source, source], lambda share, text: None)
    assert len({subject.slug for subject in both}) == 2


def test_a_run_without_a_snapshot_has_its_settings(run_folder: RunFolder, tmp_path: Path) -> None:
    shutil.rmtree(run_folder.snapshots)
    run_folder.checkpoint.unlink()
    assert main(["report", "tiny-001", "--out", str(tmp_path / "out")]) == 0
    text = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert "## Learning curves" in text
    assert "## Samples" not in text


def test_without_matplotlib_nothing_is_written(run_folder: RunFolder, tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "from ganlab.cli import main\n"
        f"sys.exit(main(['report', 'tiny-001', '--out', {str(tmp_path / 'out')!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, encoding="utf-8")
    assert done.returncode == 1
    assert "writing reports needs packages that are not installed: pip install -r requirements.txt" in done.stderr
    assert not (tmp_path / "out").exists()


def test_cells_that_are_numbers() -> None:
    assert all(map(is_number, ("0.5", "-3", "1,234", ".5", "12 %", "0.793 [0.746, 0.845]")))
    assert not any(map(is_number, ("", "yes", "a1", "-")))


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no pdflatex here")
def test_latex_can_be_set(written: Path) -> None:
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "report.tex"]
    done = subprocess.run(command, cwd=written, capture_output=True, check=False, encoding="utf-8", errors="replace")
    assert done.returncode == 0, done.stdout[-2000:]
    assert (written / "report.pdf").stat().st_size > 10_000


def test_a_mean_of_nothing_is_no_number() -> None:
    columns = {"discriminator/real": np.full(5, math.nan), "discriminator/fake": np.full(5, math.nan)}
    assert "nan" not in reading("it", Curves(columns=columns | {"step": np.arange(5.0)}))


def test_drawing_does_not_disturb_the_global_generator(run_folder: RunFolder) -> None:
    torch.manual_seed(3)
    before = torch.get_rng_state()
    subjects = gather([comparison.sources()["tiny-001"]], lambda share, text: None)
    compose(subjects, "full", lambda share, text: None)
    assert torch.equal(torch.get_rng_state(), before)


def test_templates_name_sections_that_there_are() -> None:
    assert all(set(template.sections) <= set(SECTIONS) for template in TEMPLATES.values())
    assert set(TEMPLATES["full"].sections) == set(SECTIONS)


def test_a_broken_model_among_good_ones(run_folder: RunFolder, tmp_path: Path) -> None:
    """The others are complete; what is broken is told without the folders of this machine."""
    bad = tmp_path / "bad.safetensors"
    bad.write_bytes(run_folder.checkpoint.read_bytes()[:-500])
    assert main(["report", str(bad), "tiny-001", "--out", str(tmp_path / "out")]) == 0
    text = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert "bad: bad.safetensors" in text
    assert str(tmp_path) not in text
    assert (tmp_path / "out" / "figures" / "tiny-001-samples.png").is_file()
    assert not list((tmp_path / "out" / "figures").glob("bad-*"))


def test_a_part_that_fails_is_told_in_its_place(run_folder: RunFolder, tmp_path: Path) -> None:
    sheets = sorted(run_folder.samples.glob("*.png"))
    sheets[1].write_bytes(b"no picture")
    assert main(["report", "tiny-001", "--out", str(tmp_path / "out")]) == 0
    text = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    _, _, after = text.partition("## The same latents over training")
    assert after.lstrip().startswith("Left out:")
    assert "## Interpolation" in text


def test_gaps_in_curves_and_a_run_in_progress(run_folder: RunFolder, tmp_path: Path) -> None:
    lines = runs.read_metrics(run_folder)
    holes = [line | ({"generator/loss": math.nan} if place % 3 else {}) for place, line in enumerate(lines)]
    text = "".join(json.dumps(line) + "\n" for line in holes) + '{"step": 61, "generator/lo'
    run_folder.metrics.write_text(text, encoding="utf-8")
    run_folder.checkpoint.unlink()
    assert main(["report", "tiny-001", "--out", str(tmp_path / "out")]) == 0
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "NaN" not in "".join(json.dumps(json.loads(part)) for part in _data(page))
    text = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert "## Samples" in text
    assert "to its end" not in text
    status = runs.read_status(run_folder).model_copy(update={"state": "cancelled", "step": 15})
    runs.write_status(run_folder, status)
    assert main(["report", "tiny-001", "--out", str(tmp_path / "out")]) == 0
    text = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert "tiny-001 is cancelled: all of this is of step" in text


def test_a_model_without_metrics(run_folder: RunFolder, digits: Pack, tmp_path: Path) -> None:
    config = gan.Config(width=4, latent_size=4)
    save_untrained(tmp_path / "bare.safetensors", "gan", config, digits.spec)
    out = tmp_path / "out"
    assert main(["report", str(tmp_path / "bare.safetensors"), "tiny-001", "--out", str(out)]) == 0
    rows = list(csv.reader((out / "tables" / "metrics.csv").read_text(encoding="utf-8").splitlines()))
    assert rows[0][1:3] == ["bare", "tiny-001"]
    assert main(["report", str(tmp_path / "bare.safetensors"), "--out", str(tmp_path / "alone")]) == 0
    assert "## Samples" in (tmp_path / "alone" / "report.md").read_text(encoding="utf-8")


def sizes_of(report: Report) -> tuple[str, ...]:
    [[row]] = [block.rows for part in report.sections for block in part.blocks if getattr(block, "name", "") == "sizes"]
    return row


def test_points_lie_on_one_plane(data_folder: Path, checkpoints_folder: Path) -> None:
    data = DataSpec(name="ring-8", channels=2, size=1)
    config = vae.Config(architecture="points", width=8, latent_size=2, encoder_norm="none")
    model = save_untrained(checkpoints_folder / "ring.safetensors", "vae", config, data)
    [subject] = gather([comparison.sources()["ring"]], lambda share, text: None)
    report = compose([subject], "full", lambda share, text: None)
    figures = [block for part in report.sections for block in part.blocks if isinstance(block, Figure)]
    shown = {figure.name: figure.drawing for figure in figures}
    assert not any(isinstance(drawing, Tiles) for drawing in shown.values())
    *_, drawn = shown["ring-samples"].groups
    places = model.samples(model.latent.from_seeds(range(len(drawn.x)))).flatten(1).double()
    assert np.array_equal(np.stack([drawn.x, drawn.y], 1), places)
    assert " px" not in report.lead
    *_, operations, milliseconds = sizes_of(report)
    assert float(operations) > 0
    assert float(milliseconds) > 0
    before, after = shown["ring-reconstructions"].groups
    assert len(before.x) == len(after.x) > 0


def test_seeds_of_one_recipe_are_a_mean_with_a_band(run_folder: RunFolder, tmp_path: Path) -> None:
    second = run_folder.path.with_name("tiny-002")
    shutil.copytree(run_folder.path, second)
    changed = runs.read_recipe(run_folder).with_settings({"seed": 5}).model_dump_json()
    for file in (RunFolder(second).recipe, RunFolder(second).recipe_copy):
        file.write_text(changed, encoding="utf-8")
    out = tmp_path / "out"
    assert main(["report", "tiny-001", "tiny-002", "--out", str(out), "--template", "short"]) == 0
    text = (out / "report.md").read_text(encoding="utf-8")
    assert "Bands are one standard deviation over seeds" in text
    shown = [json.loads(part) for part in _data((out / "report.html").read_text(encoding="utf-8"))]
    names = {trace["name"] for plot in shown for trace in plot["data"]}
    assert not names & {"tiny-001", "tiny-002"}
    assert any(trace.get("fill") for plot in shown for trace in plot["data"])
    rows = dict(csv.reader((out / "tables" / "over-seeds.csv").read_text(encoding="utf-8").splitlines()))
    value = checkpoints.read_card(run_folder.checkpoint).metrics["diversity"]
    assert rows["Diversity"] == f"{number(value)} ± 0 (n = 2)"


def test_the_best_step_of_each_metric_is_told(written: Path, run_folder: RunFolder) -> None:
    rows = list(csv.reader((written / "tables" / "best-steps.csv").read_text(encoding="utf-8").splitlines()))[1:]
    by_metric = {row[1]: row for row in rows}
    measured = {
        step: checkpoints.read_card(path).metrics["frechet_pixels"]
        for step, path in runs.numbered(run_folder.snapshots, ".safetensors").items()
    }
    assert int(by_metric["Pixel Frechet"][2]) == min(measured, key=measured.__getitem__)


def test_more_groups_than_named_colours_have_each_their_own() -> None:
    groups = tuple(Group(label=str(place), x=X, y=X) for place in range(10))
    plot = interactive.plot(Places(groups=groups))
    assert plot is not None
    assert len({trace["marker"]["color"] for trace in plot["data"]}) == 10


def _data(page: str) -> list[str]:
    reader = Reader()
    reader.feed(page)
    return reader.data


def test_the_archive_holds_what_the_folder_does(tmp_path: Path, no_temporary: None) -> None:
    """Also where there is no folder for temporary files."""
    table = Table(name="t", caption="A table", heads=("a",), rows=(("1,200",),))
    figure = Figure(name="f", caption="A figure", drawing=DRAWINGS["lines"])
    blocks = (figure, table, Code(text="pass", file="codes.py"))
    report = Report(title="A", lead="It", sections=(Section(title="S", blocks=blocks),), made="now")
    write(report, tmp_path / "out")
    files = {f"report/{path.relative_to(tmp_path / 'out')}": path for path in (tmp_path / "out").rglob("*.*")}
    with zipfile.ZipFile(io.BytesIO(archive(report))) as whole:
        assert {name: whole.read(name) for name in whole.namelist()} == {
            name: path.read_bytes() for name, path in files.items()
        }
    assert len(files) == 8
