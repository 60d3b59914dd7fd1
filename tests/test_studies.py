"""Studies: what they list, and a tiny one trained, stopped, taken up again and measured."""

import json
import shutil
import signal
from dataclasses import replace
from pathlib import Path

import pytest
from torch import nn

from ganlab import data, runs, studies
from ganlab.cli import main
from ganlab.families.gan import build
from ganlab.recipes import RECIPES, Recipe
from ganlab.session import SNAPSHOTS
from ganlab.studies import STUDIES, Point, Study, digits_appear, read_results
from ganlab.studies.results import thinned, write_results
from ganlab.studies.schema import Result
from tests.tiny import SMALL

pytestmark = pytest.mark.usefixtures("few_resamples")

WHO = ("unrolled", "pacgan", "ours")


def point(name: str, **settings: object) -> Point:
    made = SMALL.with_settings({"steps": 6, "name": name} | settings)
    return Point(recipe=made, settings={"latent": made.config.latent_size}, reported={"fid": 9.5}, measured_at=(3, 6))


TINY_STUDY = Study(title="Two sizes", points=(point("one"), point("two", latent_size=3)))


@pytest.fixture
def tiny_study(monkeypatch: pytest.MonkeyPatch) -> Study:
    monkeypatch.setitem(STUDIES, "tiny", TINY_STUDY)
    return TINY_STUDY


@pytest.mark.parametrize("name", STUDIES)
def test_the_runs_of_a_study_have_names_of_their_own_and_snapshots_where_they_are_measured(name: str) -> None:
    points = studies.study(name).points
    assert len({p.recipe.name for p in points}) == len(points)
    for p in points:
        steps = p.recipe.steps
        report_every = max(1, min(50, steps // 200))
        snapshot_every = report_every * max(1, round(steps / SNAPSHOTS / report_every))
        assert p.measured_at
        assert all(step == steps or (step % snapshot_every == 0 and step < steps) for step in p.measured_at)
        assert p.settings.keys() == points[0].settings.keys()


@pytest.mark.parametrize("name", ["sizes", "sizes-replica"])
def test_report_d_has_nine_sizes_and_an_mlp(name: str) -> None:
    *sizes, mlp = studies.study(name).points
    found = {(p.recipe.config.latent_size, p.recipe.config.width): p.reported["fid"] for p in sizes}
    assert len(found) == 9
    assert min(found.values()) == found[16, 100] == 29.36
    assert {p.recipe.image_size for p in (*sizes, mlp)} == {32}
    assert {(p.recipe.steps, p.recipe.batch_size) for p in sizes} == {(5000, 64)}
    assert (mlp.recipe.config.architecture, mlp.recipe.steps, mlp.measured_at) == ("mlp-funnel", 10_000, (5000, 10_000))


@pytest.mark.parametrize("name", ["stability", "stability-replica"])
def test_report_a_has_twenty_settings(name: str) -> None:
    points = studies.study(name).points
    assert len(points) == 20
    assert sum(p.reported["digits"] for p in points) == 8
    for p in points:
        assert p.recipe.batch_size == p.settings["batch"]
        assert p.recipe.config.latent_size == p.settings["latent"]
        assert p.recipe.config.discriminator_lr == p.settings["learning rate"]
        images = p.recipe.steps * p.recipe.batch_size
        assert images == pytest.approx(p.settings["epochs"] * 60_000, abs=p.recipe.batch_size)


def test_both_infogans_have_seeds_the_first_of_which_is_the_recipe_that_ships() -> None:
    points = studies.study("seeds").points
    assert [(p.settings["noise"], p.recipe.seed) for p in points] == [(30, s) for s in range(5)] + [
        (54, s) for s in range(3)
    ]
    assert [p.recipe for p in points if p.recipe.seed == 0] == [
        RECIPES["mnist-infogan-64"],
        RECIPES["mnist-infogan-64-z54"],
    ]


@pytest.mark.parametrize(("name", "seeds"), [("points", 3), ("points-cut", 2)])
def test_points_have_the_nets_and_rates_of_the_papers_programs_and_ours(name: str, seeds: int) -> None:
    points = studies.study(name).points
    assert len(points) == len({(p.settings["setting"], p.recipe.dataset, p.recipe.seed) for p in points}) == 5 * seeds
    unrolled, pacgan, ours = (
        next(p.recipe for p in points if p.recipe.name.startswith(f"{name}-{who}")) for who in WHO
    )
    assert _units(unrolled) == ([256, 128, 128, 2], [2, 128, 128, 1])
    assert _units(pacgan) == ([2, 400, 400, 256, 256, 2], [2, 200, 200, 200, 1])
    assert (unrolled.batch_size, unrolled.config.generator_lr, unrolled.config.discriminator_lr) == (512, 1e-3, 1e-4)
    assert (pacgan.batch_size, pacgan.config.generator_lr, pacgan.config.discriminator_lr) == (100, 1e-4, 1e-4)
    assert (unrolled.config.beta1, pacgan.config.beta1) == (0.5, 0.8)
    for recipe in (unrolled, pacgan):  # the last weights, at one rate from first to last step
        assert (recipe.ema_halflife, recipe.lr_end, recipe.config.penalty) == (0, 1, "none")
    assert ours == RECIPES["ring-8-gan"].with_settings(
        {"name": ours.name, "dataset": "ring-8-narrow", "steps": ours.steps}
    )
    if name == "points":
        assert [recipe.steps for recipe in (unrolled, pacgan, ours)] == [25_000, 400 * 100_000 // 100, 10_000]


def _units(recipe: Recipe) -> tuple[list[int], list[int]]:
    """What goes into and out of the layers of both players."""
    nets = build(recipe.config, data.describe(recipe.dataset).spec)
    players = nets["generator"], nn.Sequential(nets["trunk"], nets["discriminator"])
    layers = [[layer for layer in player.modules() if isinstance(layer, nn.Linear)] for player in players]
    one, other = ([row[0].in_features, *(layer.out_features for layer in row)] for row in layers)
    return one, other


def test_a_study_is_trained_measured_and_written(tiny_study: Study, tmp_path: Path) -> None:
    out = tmp_path / "new" / "tiny.json"
    places = [p.place for p in studies.run("tiny", tiny_study, out, device="cpu") if p.finished]
    assert places == [1, 2]
    content = json.loads(out.read_text(encoding="utf-8"), parse_constant=pytest.fail)  # no NaN
    assert (content["study"], content["title"]) == ("tiny", "Two sizes")
    assert [result["name"] for result in content["runs"]] == ["one", "two"]
    for result, listed in zip(content["runs"], tiny_study.points, strict=True):
        assert result["recipe"] == listed.recipe.model_dump(mode="json")
        assert (result["state"], result["step"], result["images"], result["device"]) == ("done", 6, 96, "cpu")
        assert (result["settings"], result["reported"]) == (listed.settings, listed.reported)
        assert result["measured"].keys() == {"3", "6"}
        assert all(values["frechet_pixels"] > 0 for values in result["measured"].values())
        assert result["measured"]["6"]["samples"] == 10_000
        assert result["best"]["step"] == runs.read_status(runs.open_run(runs.runs_folder() / result["name"])).best_step
        assert result["curves"]["step"] == [1, 2, 3, 4, 5, 6]
        assert result["parameters"].keys() == {"generator", "trunk", "discriminator"}


def test_what_is_measured_is_kept_and_what_was_stopped_goes_on(tiny_study: Study, tmp_path: Path) -> None:
    out = tmp_path / "tiny.json"
    for progress in studies.run("tiny", tiny_study, out, device="cpu"):
        if progress.place == 2 and runs.read_status(progress.folder).step == 2:
            signal.raise_signal(signal.SIGTERM)
    assert not progress.finished
    assert runs.read_status(progress.folder).state == "cancelled"
    assert [result.name for result in read_results(out)] == ["one"]
    shutil.rmtree(runs.runs_folder() / "one")  # the results stand for it
    steps = [
        runs.read_status(p.folder).step
        for p in studies.run("tiny", tiny_study, out, device="cpu")
        if p.place == 2 and not p.finished
    ]
    assert steps == [3, 4, 5, 6]
    assert [result.name for result in read_results(out)] == ["one", "two"]
    assert not (runs.runs_folder() / "one").exists()
    before = out.read_bytes()
    assert [p.finished for p in studies.run("tiny", tiny_study, out, device="cpu")] == [True, True]
    assert out.read_bytes() == before


def test_a_signal_after_the_last_step_of_a_run_ends_the_study(tiny_study: Study, tmp_path: Path) -> None:
    out = tmp_path / "tiny.json"
    for progress in studies.run("tiny", tiny_study, out, device="cpu"):
        if runs.read_status(progress.folder).step == 6:
            signal.raise_signal(signal.SIGTERM)
    status = runs.read_status(progress.folder)
    assert (progress.folder.name, status.state, status.signal) == ("one", "done", signal.SIGTERM)
    assert not (runs.runs_folder() / "two").exists()
    assert not read_results(out)
    assert next(iter(studies.run("tiny", tiny_study, out, device="cpu"))).finished  # it is measured by the next command
    assert [result.name for result in read_results(out)] == ["one"]


def test_a_run_that_has_lost_its_recipe_goes_on(tiny_study: Study, tmp_path: Path) -> None:
    """Its copy is there."""
    folder = runs.create(runs.runs_folder() / "one", tiny_study.points[0].recipe, device="cpu")
    folder.recipe.unlink()
    assert [r.name for r in studies.unfinished(tiny_study, tmp_path / "tiny.json")] == ["one", "two"]
    reports = studies.run("tiny", tiny_study, tmp_path / "tiny.json", device="cpu")
    assert next(reports).folder.name == "one"
    reports.close()


def test_what_a_finished_run_has_lost_ends_no_study(tiny_study: Study, tmp_path: Path) -> None:
    """It was trained on a card of another machine, its last report is cut short, and its last snapshot is damaged."""
    out = tmp_path / "tiny.json"
    folder = next(p.folder for p in studies.run("tiny", tiny_study, out, device="cpu") if p.finished)
    out.unlink()
    status = runs.read_status(folder)
    runs.write_status(folder, status.model_copy(update={"device": "cuda:1"}))
    with folder.metrics.open("a", encoding="utf-8") as file:
        file.write('{"step": 7}\n{"step": 8, "seconds": Infinity}\n')
    last = sorted(folder.snapshots.glob("*.safetensors"))[-1]
    last.write_bytes(last.read_bytes()[:1000])
    study = replace(tiny_study, sheet_tiles=4)
    assert next(p for p in studies.run("tiny", study, out, device="cpu") if p.finished).folder.name == "one"
    (result,) = read_results(out)
    assert (result.device, result.sheet) == ("cuda", "")
    assert result.seconds >= 0
    assert "sheet" in result.left_out


def test_a_result_of_other_settings_is_measured_anew(tiny_study: Study, tmp_path: Path) -> None:
    out = tmp_path / "tiny.json"
    list(studies.run("tiny", tiny_study, out, device="cpu"))
    changed = Study(title="Two sizes", points=(point("one", seed=1),))
    with pytest.raises(ValueError, match=r"one holds a run with other settings; move it away, or set GANLAB_RUNS"):
        list(studies.run("tiny", changed, out, device="cpu"))
    shutil.rmtree(runs.runs_folder() / "one")
    told: list[str] = []
    list(studies.run("tiny", changed, out, device="cpu", tell=told.append))
    assert told[0] == f"one in {out} has other settings than the study has now: it is trained again"
    assert [result.recipe["seed"] for result in read_results(out)] == [1, 0]


def test_results_of_other_runs_stay_in_the_file(tiny_study: Study, study_file: Path, tmp_path: Path, capsys) -> None:
    out = tmp_path / "mixed.json"
    strange = read_results(study_file)
    write_results(out, strange)
    assert main(["study", "tiny", "--device", "cpu", "--out", str(out)]) == 0
    found = read_results(out)
    assert [result.name for result in found] == ["one", "two", *(result.name for result in strange)]
    assert found[2:] == strange
    assert strange[0].name not in capsys.readouterr().out
    many = [strange[0].model_copy(update={"name": f"run-{number}"}) for number in range(199)]
    write_results(out, many)
    with pytest.raises(ValueError, match=r"mixed.json has 199 runs of other studies, and room for 200 in all; move it"):
        next(studies.run("tiny", tiny_study, out, device="cpu"))
    assert len(read_results(out)) == 199


def test_the_command(tiny_study: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "tiny.json"
    assert main(["study", "tiny", "--device", "cpu", "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "2 of 2: two is measured" in said
    assert "fid 9.5" in said
    assert main(["study", "tny"]) == 1
    assert "there is no study 'tny', did you mean 'tiny'?" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["study", "--help"])
    shown = capsys.readouterr().out
    assert all(name in shown for name in set(STUDIES) - {"tiny"})


def test_curves_become_means_of_stretches() -> None:
    lines = [
        {"step": float(step), "loss": step % 7, "late": float("nan") if step < 50 else 1.0} for step in range(1000)
    ]
    found = thinned(lines, 100)
    assert found["step"] == [9 + 10 * i for i in range(100)]
    assert found["loss"][3] == pytest.approx(sum(step % 7 for step in range(30, 40)) / 10, rel=1e-3)
    assert found["late"] == [None] * 5 + [1.0] * 95
    assert thinned([]) == {}
    assert thinned(lines[:3])["step"] == [0, 1, 2]


@pytest.mark.parametrize("n", [99, 100, 101, 250])
def test_stretches_cover_all_lines(n: int) -> None:
    found = thinned([{"step": float(step), "loss": 1.0} for step in range(n)], 100)
    assert len(found["step"]) == min(n, 100)
    assert found["step"][-1] == n - 1


@pytest.mark.parametrize(
    ("measured", "appear"),
    [
        ({"confident": 0.9, "smallest_share": 0.5}, True),
        ({"confident": 0.3, "smallest_share": 0.5}, False),
        ({"confident": 0.9, "smallest_share": 0.0}, False),
        ({"frechet_pixels": 3.0}, None),
    ],
)
def test_whether_digits_appear_is_a_matter_of_measurement(measured: dict[str, float], appear: bool | None) -> None:
    assert digits_appear(measured) is appear


def test_a_file_that_holds_no_results_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    assert read_results(path) == []
    for text in ("{", "[]", '{"runs": 3}', '{"runs": [{"name": "a"}]}'):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ValueError, match=r"x\.json .*move (it|the file) away"):
            read_results(path)
    results = [Result(name=name, settings={"width": 4}) for name in ("a", "b")]
    write_results(path, results, study="x")
    assert read_results(path) == results
    assert len(path.read_text(encoding="utf-8").splitlines()) == 4
