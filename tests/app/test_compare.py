"""The Compare page with nothing, one run, several, and files that cannot be read."""

import base64
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from ganlab import checkpoints, runs
from ganlab.checkpoints import read_card
from ganlab.counting import number
from ganlab.data import Pack
from ganlab.runs import Finding, RunFolder
from tests.app.pictures_on_page import by_its_code, has_stage, on_stage, stage
from tests.tiny import TINY
from tests.untrained import save_untrained

PAGE = "pages/compare.py"


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_file("../../app.py", default_timeout=60).switch_page(PAGE)


@pytest.fixture
def second_run(run_folder: RunFolder) -> RunFolder:
    """Like the first run, but for its seed and its learning rate."""
    path = run_folder.path.with_name("tiny-002")
    shutil.copytree(run_folder.path, path)
    folder = RunFolder(path)
    recipe = runs.read_recipe(folder).with_settings({"seed": 7, "generator_lr": 5e-4})
    folder.recipe.write_text(recipe.model_dump_json(), encoding="utf-8")
    return folder


def spec(app: AppTest) -> dict:
    (chart,) = app.get("plotly_chart")
    return json.loads(chart.proto.spec)


def drawn(app: AppTest) -> set[str]:
    return {trace["legendgroup"] for trace in spec(app)["data"] if "legendgroup" in trace}


def texts(app: AppTest) -> str:
    return "\n".join(
        str(e.value) for kind in (app.markdown, app.warning, app.info, app.caption, app.subheader) for e in kind
    )


def written(app: AppTest) -> str:
    return "".join(one.proto.body for one in app.get("html"))


def test_with_nothing_it_says_what_to_do(app: AppTest) -> None:
    app.run()
    assert not app.exception
    assert "Nothing to compare yet" in texts(app)
    assert not app.get("plotly_chart")


def test_one_run_is_shown_at_once(app: AppTest, run_folder: RunFolder) -> None:
    app.run()
    assert not app.exception
    assert app.query_params["curves"] == "tiny-001"
    assert drawn(app) == {"tiny-001"}
    assert "Choose a second run" in texts(app)
    assert len(app.image) == 1
    assert "data:image/svg+xml" in written(app)  # the curves, until the browser has the chart's script
    app.run()
    assert "data:image/svg+xml" not in written(app)


def test_two_runs_side_by_side(app: AppTest, second_run: RunFolder) -> None:
    app.run()
    assert not app.exception
    assert drawn(app) == {"tiny-001", "tiny-002"}
    results, settings = (table.value for table in app.dataframe)
    card = read_card(second_run.checkpoint)
    assert results["Step"].tolist()[:2] == [card.step, card.step]
    assert results["frechet_pixels"].tolist()[:2] == [card.metrics["frechet_pixels"]] * 2
    assert sorted(settings["seed"]) == ["0", "7"]
    assert sorted(settings["generator_lr"]) == ["0.0005", "0.002"]
    assert "batch_size" not in settings
    assert len(app.image) == 2
    app.toggle(key="costs").set_value(True).run()
    assert not app.exception
    assert app.dataframe[2].value["Parameters"].tolist() == [f"{card.parameters['generator']:,}"] * 2


@pytest.mark.parametrize("asked", ["tiny-002,tiny", ["tiny-002", "tiny"]])
def test_a_deep_link_chooses_runs_and_checkpoints(
    app: AppTest, second_run: RunFolder, checkpoints_folder: Path, asked: str | list[str]
) -> None:
    app.query_params["curves"] = asked
    app.query_params["axis"] = "Epoch"
    app.query_params["log"] = "x"
    app.query_params["names"] = "Settings"
    app.run()
    assert not app.exception
    assert app.multiselect(key="curves").value == ["tiny-002", "tiny"]
    assert drawn(app) == {"seed 7, generator_lr 0.0005", "seed 0, generator_lr 0.002"}
    layout = spec(app)["layout"]
    assert layout["xaxis3"]["title"]["text"] == "epoch"
    assert layout["xaxis3"]["type"] == "log"
    assert layout["yaxis"]["type"] == "linear"


def test_an_unknown_name_in_the_address_is_said(app: AppTest, run_folder: RunFolder) -> None:
    app.query_params["curves"] = "gone-001,tiny-001"
    app.run()
    assert not app.exception
    assert "no run or checkpoint `gone-001`" in texts(app)
    assert texts(app).count("gone-001") == 1
    assert drawn(app) == {"tiny-001"}
    app.multiselect(key="curves").set_value([]).run()
    assert "gone-001" not in texts(app)
    assert "Choose one or more" in texts(app)


def test_the_controls_change_the_chart(app: AppTest, run_folder: RunFolder) -> None:
    app.run()
    app.segmented_control(key="axis").set_value("Time")
    app.pills(key="log").set_value(["y"])
    app.slider(key="smoothing").set_value(0.0).run()
    layout = spec(app)["layout"]
    assert layout["xaxis3"]["title"]["text"].startswith("training time")
    assert (layout["xaxis3"]["type"], layout["yaxis"]["type"]) == ("linear", "log")
    assert "no place for 0 and below" in texts(app)
    assert not [trace for trace in spec(app)["data"] if trace.get("opacity")], "no ghosts without smoothing"
    app.pills(key="panels").set_value([]).run()
    assert "Choose a panel" in texts(app)


def test_commas_come_back_once_the_control_is_there(app: AppTest, second_run: RunFolder) -> None:
    """Back brings an address that had been put right: Streamlit lets nobody write what it has bound meanwhile."""
    app.query_params["curves"] = "tiny-001,tiny-002"
    app.run()
    assert len(app.multiselect(key="curves").value) == 2
    app.query_params["curves"] = "tiny-001,tiny-002"
    app.run()
    assert not app.exception


def test_reset_undoes_what_the_address_says(app: AppTest, run_folder: RunFolder) -> None:
    fresh = AppTest.from_file("../../app.py", default_timeout=60).switch_page(PAGE).run()
    for key, value in {"axis": "Time", "log": "y", "smoothing": "9.5", "panels": "Losses", "at": "0"}.items():
        app.query_params[key] = value
    app.run()
    assert app.slider(key="smoothing").value == 9.5
    assert app.select_slider(key="at").value == 0
    next(button for button in app.button if button.label == "Reset").click().run()
    assert not app.exception
    assert app.select_slider(key="at").value == 60
    assert set(app.query_params) == {"curves"}
    before, after = spec(fresh)["layout"], spec(app)["layout"]
    assert after.pop("uirevision") != before.pop("uirevision"), "the zoom stays"
    assert after == before


def test_the_step_slider_shows_the_nearest_sheet_of_each(app: AppTest, second_run: RunFolder) -> None:
    for path in second_run.samples.glob("*.png"):
        if int(path.stem) > 30:
            path.unlink()
    app.run()
    last = max(int(path.stem) for path in second_run.samples.glob("*.png"))
    assert "**tiny-001** · step 60" in [text.value for text in app.markdown]
    assert f"**tiny-002** · step {last}, its last sheet" in [text.value for text in app.markdown]
    app.select_slider(key="at").set_value(0).run()
    assert "**tiny-001** · step 0" in texts(app)
    assert "**tiny-002** · step 0" in texts(app)


def test_settings_have_the_words_of_the_training_form(app: AppTest, second_run: RunFolder) -> None:
    app.run()
    columns = json.loads(app.dataframe[1].proto.columns)
    assert columns["generator_lr"]["label"] == "Generator learning rate"
    assert columns["seed"]["label"] == "Seed"


@pytest.mark.parametrize(("loss", "told"), [(-0.5, True), (0.5, False)])
def test_a_generators_loss_below_zero_is_explained(
    app: AppTest, run_folder: RunFolder, loss: float, told: bool
) -> None:
    lines = [line | {"generator/loss": loss} for line in runs.read_metrics(run_folder)]
    run_folder.metrics.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    recipe = runs.read_recipe(run_folder).with_settings({"adversarial": "hinge"})
    run_folder.recipe.write_text(recipe.model_dump_json(), encoding="utf-8")
    app.run()
    assert not app.exception
    assert any("0 is no goal" in caption.value for caption in app.caption) == told


@pytest.mark.parametrize(("asked", "step"), [("29", 30), ("1000000", 60), ("-4", 60), ("soon", 60)])
def test_a_step_in_the_address_need_not_be_exact(app: AppTest, run_folder: RunFolder, asked: str, step: int) -> None:
    app.query_params["at"] = asked
    app.run()
    assert not app.exception
    assert app.select_slider(key="at").value == step


def test_the_step_follows_when_other_runs_are_chosen(app: AppTest, second_run: RunFolder) -> None:
    app.run()
    app.select_slider(key="at").set_value(30).run()
    for path in second_run.samples.glob("*.png"):
        if path.stem not in ("00000000", "00000027"):
            path.unlink()
    app.multiselect(key="curves").set_value(["tiny-002"]).run()
    assert not app.exception
    assert app.select_slider(key="at").value == 27


def test_findings_of_the_monitor_are_told_with_their_step(app: AppTest, run_folder: RunFolder) -> None:
    finding = Finding(kind="mode-collapse", step=60, message="samples are alike", suggestion="lower the learning rate")
    runs.write_status(run_folder, runs.read_status(run_folder).model_copy(update={"findings": [finding]}))
    app.run()
    assert "**tiny-001**, step 60: samples are alike. To try: lower the learning rate." in texts(app)


def test_what_cannot_be_read_is_said_beside_what_can(
    app: AppTest, run_folder: RunFolder, checkpoints_folder: Path, truncated_file: Path
) -> None:
    shutil.copy(truncated_file, checkpoints_folder)
    with run_folder.metrics.open("a", encoding="utf-8") as file:
        file.write("{torn\n")
    (run_folder.samples / "00000060.png").write_bytes(b"")
    app.query_params["curves"] = "tiny-001,truncated,tiny"
    app.run()
    assert not app.exception
    assert drawn(app) == {"tiny-001", "tiny"}
    told = texts(app)
    assert "**tiny-001**: 1 damaged line of metrics.jsonl left out" in told
    assert "**truncated**: truncated.safetensors is damaged or cut short" in told
    assert "00000060.png is empty" in told
    assert str(checkpoints_folder) not in told


def test_only_a_corrupt_checkpoint(app: AppTest, truncated_file: Path) -> None:
    shutil.copy(truncated_file, truncated_file.parent / "checkpoints")
    app.run()
    assert not app.exception
    assert "damaged or cut short" in texts(app)
    assert not app.get("plotly_chart")


def test_a_run_that_has_logged_nothing(app: AppTest, run_folder: RunFolder) -> None:
    runs.create(runs.runs_folder() / "waiting-001", runs.read_recipe(run_folder))
    app.query_params["curves"] = "waiting-001"
    app.run()
    assert not app.exception
    assert "**waiting-001** is queued" in texts(app)
    assert not app.warning


def test_a_run_that_ended_before_its_first_report_is_not_chosen_at_first(app: AppTest, run_folder: RunFolder) -> None:
    empty = runs.create(runs.runs_folder() / "empty-001", runs.read_recipe(run_folder))
    runs.write_status(empty, runs.read_status(empty).model_copy(update={"state": "cancelled"}))
    app.run()
    assert not app.exception
    assert app.multiselect(key="curves").value == ["tiny-001"]
    assert not app.warning


def test_the_sweep_of_the_newest_run_is_compared_as_a_whole(app: AppTest, second_run: RunFolder) -> None:
    names = [f"part-{i:02}-001" for i in range(1, 6)]
    for name in names:
        made = runs.create(runs.runs_folder() / name, runs.read_recipe(second_run), sweep=names[0])
        shutil.copy(second_run.metrics, made.metrics)
    app.run()
    assert not app.exception
    assert app.multiselect(key="curves").value == names


def open_stage(app: AppTest, curves: str, **address: str) -> AppTest:
    for key, value in {"curves": curves, "stage": "true", **address}.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    return app


def titles(app: AppTest) -> list[str]:
    return [model["title"] for model in stage(app)["models"]]


@pytest.fixture
def other_latent(checkpoints_folder: Path, digits: Pack) -> Path:
    """A checkpoint beside `tiny` whose latent has fewer numbers."""
    path = checkpoints_folder / "narrow.safetensors"
    config = TINY.config.model_copy(update={"latent_size": TINY.config.latent_size - 3})
    save_untrained(path, TINY.family, config, digits.spec)
    return path


def test_no_model_is_loaded_before_the_stage_is_asked_for(
    app: AppTest, second_run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[Path] = []
    load = checkpoints.load
    monkeypatch.setattr(checkpoints, "load", lambda path: loaded.append(path) or load(path))
    st.cache_resource.clear()
    app.run()
    assert not has_stage(app)
    assert not loaded
    app.toggle(key="stage").set_value(True).run()
    assert not app.exception
    assert sorted(loaded) == sorted(
        [second_run.checkpoint, second_run.path.with_name("tiny-001") / "checkpoint.safetensors"]
    )
    assert sorted(titles(app)) == ["tiny-001", "tiny-002"]
    app.toggle(key="stage").set_value(False).run()
    assert not has_stage(app)
    assert set(app.query_params) == {"curves"}


def test_the_address_says_what_the_stage_draws_and_the_legend_names_it(app: AppTest, second_run: RunFolder) -> None:
    open_stage(app, "tiny-001,tiny-002", live="8;z~1=1.250", names="Settings")
    assert stage(app)["point"] == {"seed": 8, "fixed": [["z~1", "1.250"]]}
    assert titles(app) == ["seed 0, generator_lr 0.002", "seed 7, generator_lr 0.0005"]


def test_snapshots_of_a_run_stand_before_it(app: AppTest, run_folder: RunFolder, checkpoints_folder: Path) -> None:
    open_stage(app, "tiny-001,tiny", training="tiny-001")
    *early, run, shipped = titles(app)
    assert (run, shipped) == ("tiny-001", "tiny")
    assert 1 < len(early) <= 5
    steps = [int(title.removeprefix("step ")) for title in early]
    assert steps == sorted(steps)
    assert steps[0] == 0
    pictures = [model["picture"] for model in stage(app)["models"]]
    assert pictures[0] != pictures[-1], "the same latent, before training and after"
    before = stage(app)
    app.button_group(key="training").set_value(None).run()
    alone = stage(app)
    assert titles(app) == ["tiny-001", "tiny"]
    assert alone["axes"] == before["axes"], "the sliders stay those of the trained model"


def test_models_of_another_latent_draw_their_own_of_the_same_seed_and_the_page_says_so(
    app: AppTest, run_folder: RunFolder, other_latent: Path
) -> None:
    open_stage(app, "tiny,narrow,tiny-001", live="8;z~1=1.250")
    size = TINY.config.latent_size
    assert titles(app) == ["tiny", "tiny-001", "narrow"]
    narrow = checkpoints.load(other_latent)
    own = narrow.images(narrow.latent.from_seeds([8]))[0, :, :, 0].numpy()
    assert np.array_equal(on_stage(app, 2), own)
    told = stage(app)["models"]
    assert "own" not in told[0]
    assert told[2]["own"]["dim"] == size - 3
    assert told[2]["own"]["seeds"] == stage(app)["pool"]["seeds"]
    latents = np.frombuffer(base64.b64decode(told[2]["own"]["latents"]), np.float32).reshape(-1, size - 3)
    assert np.array_equal(latents, narrow.latent.from_seeds(told[2]["own"]["seeds"]).numpy())
    for i, picture in enumerate(by_its_code(app)):
        assert np.array_equal(picture[0, :, :, 0], on_stage(app, i))
    assert "On latents of their own, for they read others: narrow." in texts(app)
    (why,) = [caption.help for caption in app.caption if "of their own" in caption.value]
    assert f"**narrow**: it reads z ({size - 3} normal numbers), not z ({size} normal" in why
    app.segmented_control(key="leader").set_value("narrow").run()
    assert not app.exception
    assert titles(app) == ["narrow", "tiny", "tiny-001"]
    assert "read others: tiny, tiny-001." in texts(app)
    app.multiselect(key="curves").set_value(["tiny"]).run()
    assert not app.exception
    assert titles(app) == ["tiny"]


def test_the_largest_group_is_chosen_first_and_stands_on_the_stage(
    app: AppTest, other_latent: Path, checkpoints_folder: Path
) -> None:
    shutil.copy(other_latent, checkpoints_folder / "a-narrow.safetensors")
    shutil.copy(checkpoints_folder / "tiny.safetensors", checkpoints_folder / "tiny-2.safetensors")
    shutil.copy(checkpoints_folder / "tiny.safetensors", checkpoints_folder / "tiny-3.safetensors")
    app.query_params["stage"] = "true"
    app.run()
    assert sorted(app.multiselect(key="curves").value) == ["tiny", "tiny-2", "tiny-3"]
    assert sorted(titles(app)) == ["tiny", "tiny-2", "tiny-3"]
    app.multiselect(key="curves").set_value(["narrow", "tiny", "tiny-2"]).run()
    assert titles(app) == ["tiny", "tiny-2", "narrow"]


def test_the_code_under_the_stage_gives_all_its_pictures(
    app: AppTest, run_folder: RunFolder, checkpoints_folder: Path
) -> None:
    open_stage(app, "tiny-001,tiny", training="tiny-001", live="8;z~1=1.250;z~2=0.500")
    drawn = by_its_code(app)
    assert len(drawn) == len(titles(app)) > 2
    for i, picture in enumerate(drawn):
        assert (np.asarray(picture)[0, :, :, 0] == on_stage(app, i)).all()


def test_what_has_no_model_yet_is_named(app: AppTest, run_folder: RunFolder, truncated_file: Path) -> None:
    shutil.copy(truncated_file, truncated_file.parent / "checkpoints")
    runs.create(runs.runs_folder() / "waiting-001", runs.read_recipe(run_folder))
    open_stage(app, "waiting-001,truncated")
    assert "**waiting-001** (no snapshot yet), **truncated** (its file cannot be read)" in texts(app)
    assert "None of these has a model" in texts(app)
    app.multiselect(key="curves").set_value(["waiting-001", "tiny-001"]).run()
    assert titles(app) == ["tiny-001"]


def test_what_the_numbers_mean_and_when_they_cannot_be_compared(app: AppTest, second_run: RunFolder) -> None:
    app.run()
    columns = json.loads(app.dataframe[0].proto.columns)
    assert columns["frechet_pixels"]["label"] == "Pixel Frechet \u2193"
    assert columns["frechet_pixels"]["help"].endswith("Lower is better.")
    assert "different data" not in texts(app)
    recipe = runs.read_recipe(second_run).with_settings({"image_size": 32})
    second_run.recipe.write_text(recipe.model_dump_json(), encoding="utf-8")
    app.run()
    assert "Measured on different data (digits at 32 px, digits at 28 px)" in texts(app)


def test_seeds_of_one_recipe_are_one_line_with_its_band(app: AppTest, run_folder: RunFolder) -> None:
    recipe = runs.read_recipe(run_folder)
    for seed in (1, 2):
        path = run_folder.path.with_name(f"tiny-00{seed + 1}")
        shutil.copytree(run_folder.path, path)
        changed = recipe.with_settings({"seed": seed}).model_dump_json()
        for file in (RunFolder(path).recipe, RunFolder(path).recipe_copy):
            file.write_text(changed, encoding="utf-8")
    app.query_params["seeds"] = "Together"
    app.query_params["curves"] = ["tiny-001", "tiny-002", "tiny-003"]
    app.run()
    assert not app.exception
    assert drawn(app) == {"tiny, 3 seeds"}
    assert [trace["fill"] for trace in spec(app)["data"] if trace.get("fill")]
    assert "Over seeds" in texts(app)
    card = read_card(run_folder.checkpoint)
    table = next(one.value for one in app.dataframe if "Pixel Frechet" in one.value)
    assert table["Pixel Frechet"].tolist() == [f"{number(card.metrics['frechet_pixels'])} ± 0 (n = 3)"]
    app.segmented_control(key="seeds").set_value("Each").run()
    assert drawn(app) == {"tiny-001", "tiny-002", "tiny-003"}


def test_quality_is_shown_at_once_with_its_best_step_and_its_interval(app: AppTest, run_folder: RunFolder) -> None:
    app.run()
    assert app.pills(key="panels").value == ["Losses", "D(x) and D(G(z))", "Pixel Frechet"]
    rings = [trace for trace in spec(app)["data"] if trace.get("marker", {}).get("symbol") == "circle-open"]
    assert [trace["x"] for trace in rings]
    metrics = read_card(run_folder.checkpoint).metrics
    shown = json.dumps(app.dataframe[0].proto.arrow_data.styler.display_values.decode("latin-1"))
    assert f"{number(metrics['frechet_pixels'])} [{number(metrics['frechet_pixels_low'])}" in shown


def test_runs_are_picked_by_what_they_are(app: AppTest, run_folder: RunFolder, listed_study: Path) -> None:
    app.run()
    app.session_state["pick"] = True
    app.run()
    assert not app.exception
    app.text_input(key="pick-words").set_value("small-3").run()
    assert app.button(key="pick-show").label == "Show the 2 that match"
    app.button(key="pick-show").click().run()
    assert app.multiselect(key="curves").value == ["studies/small-3-4", "studies/small-3-8"]


def test_many_unknown_names_are_told_in_one_sentence(app: AppTest, run_folder: RunFolder) -> None:
    app.query_params["curves"] = ["tiny-001", *(f"gone-{number}" for number in range(50)), "x" * 5_000]
    app.run()
    assert not app.exception
    [told] = [one.value for one in app.warning]
    assert "`gone-0`, `gone-1`, `gone-2`, `gone-3`, `gone-4` or 46 more names here; they may have been deleted" in told
    assert len(told) < 1_000
