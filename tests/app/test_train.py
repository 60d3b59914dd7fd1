"""The Train page: with no runs, with good and damaged ones, and with trainings of its own."""

import json
import shutil
import time
from collections.abc import Iterator
from urllib.parse import parse_qs

import psutil
import pytest
from filelock import FileLock
from PIL import Image
from streamlit.testing.v1 import AppTest

from ganlab import jobs, runs
from ganlab.data.catalogue import BUILT_IN
from ganlab.devices import names_here
from ganlab.families import FAMILIES
from ganlab.jobs.local import scheduler_lock
from ganlab.recipes import RECIPES
from ganlab.runs import RunFolder
from ganlab.ui.clicks import clicked
from ganlab.ui.training import estimating
from ganlab.ui.training.jobs_list import DOUBLE_CLICK_SECONDS
from tests.damaged import damage_digits
from tests.jobs import processes
from tests.jobs.processes import SHORT, state, step, wait_until
from tests.own_pictures import add, shades
from tests.untrained import save_untrained

SMALL = {"recipe": "digits-quick", "digits-quick.width": "4", "digits-quick.batch_size": "16"}


@pytest.fixture(autouse=True)
def _processes_end(_own_folders: None) -> Iterator[None]:
    yield
    processes.end_all()


def chosen(app: AppTest) -> RunFolder:
    """The run that the page shows."""
    return runs.open_run(runs.runs_folder() / app.query_params["run"])


def badge(app: AppTest) -> str:
    """The state that the page shows."""
    [text] = [element.value for element in app.markdown if "-badge[" in element.value]
    return text.rpartition(" ")[2].rstrip("]")


def progress(app: AppTest) -> str:
    return app.get("progress")[0].proto.text


def links(app: AppTest) -> dict[str, str]:
    return {link.proto.label: link.proto.query_string for link in app.get("page_link")}


def test_without_runs_it_says_what_to_do(open_page):
    app = open_page("train")
    assert not app.exception
    assert "No trainings yet" in app.subheader[0].value
    assert app.button(key="quick_start").label == "Quick start: digits"
    assert not app.dataframe


def test_a_finished_run_shows_all_about_it(open_page, run_folder):
    app = open_page("train", run=run_folder.name)
    assert not app.exception
    assert badge(app) == "done"
    assert progress(app).startswith("step 60 of 60")
    assert len(app.image) == 1
    assert len(app.get("plotly_chart")) == 1
    assert links(app) == {
        "Sample": "model=tiny-001",
        "Interpolate": "model=tiny-001",
        "Lesson: Honest measurement": "lesson=measurement",
        "Compare": "curves=tiny-001",
    }
    assert app.dataframe[0].value["Run"].tolist() == ["tiny-001"]
    assert app.select_slider(key="sheet tiny-001").value == "newest"


def test_the_speed_of_a_finished_run_is_that_of_the_time_it_names(open_page, run_folder):
    report = runs.read_metrics(run_folder)[-1] | {"images": 64_000, "seconds": 38.0}
    with run_folder.metrics.open("a", encoding="utf-8") as file:
        file.write(json.dumps(report) + "\n")
    status = runs.read_status(run_folder)
    runs.write_status(run_folder, status.model_copy(update={"images_per_second": 1_399.0}))  # with its pauses
    app = open_page("train", run=run_folder.name)
    assert not app.exception
    assert "trained for 38 s, 1,684 images/s without drawing and measuring" in progress(app)
    assert "1,399" not in progress(app)
    assert app.dataframe[0].value["Speed"].tolist() == [1_684]


def test_the_best_value_has_the_same_digits_in_the_table_as_above_it(open_page, run_folder):
    status = runs.read_status(run_folder)
    runs.write_status(run_folder, status.model_copy(update={"best_value": 3910.6}))
    app = open_page("train", run=run_folder.name)
    assert f": 3,911 at step {status.best_step}, of 2,000 samples" in progress(app)
    assert app.dataframe[0].value["Best"].tolist() == [3911]


def test_a_run_that_ended_says_when_why_and_how_long_it_took(open_page, run_folder):
    ended = time.time() - 3600
    status = runs.read_status(run_folder)
    runs.write_status(run_folder, status.model_copy(update={"heartbeat": ended, "ended": "stopped early: no better"}))
    app = open_page("train", run=run_folder.name)
    took = estimating.duration(runs.read_metrics(run_folder)[-1]["seconds"])
    assert app.dataframe[0].value["Took"].tolist() == [took]
    assert app.dataframe[0].value["Ended"][0].timestamp() == pytest.approx(ended, abs=1)
    assert f"trained for {took}, " in progress(app)
    assert "Stopped early: no better." in " ".join(text.value for text in app.caption)


@pytest.mark.parametrize("name", ["digits-quick", "mnist-vae-28", "mnist-infogan-64"])
def test_the_introduction_is_about_the_nets_of_the_recipe(open_page, name):
    app = open_page("train", recipe=name)
    assert app.caption[0].value.startswith(FAMILIES[RECIPES[name].family].TEXT)


def test_an_unknown_run_or_recipe_in_the_address_is_said(open_page, run_folder):
    app = open_page("train", run="../../etc", recipe="nonsense")
    assert not app.exception
    told = "\n".join(warning.value for warning in app.warning)
    assert "`recipe=nonsense` in the address cannot be used" in told
    assert "no run `../../etc`" in told
    assert app.query_params["run"] == "tiny-001"


@pytest.mark.parametrize(
    "damaged",
    [
        ("status.json",),
        ("recipe.json",),
        ("metrics.jsonl",),
        ("status.json", "recipe.json"),
        ("status.json", "status.copy.json"),
        ("recipe.json", "recipe.copy.json"),
    ],
    ids=" and ".join,
)
def test_a_damaged_run_is_shown_and_the_others_stay_usable(open_page, run_folder, damaged):
    bad = RunFolder(shutil.copytree(run_folder.path, runs.runs_folder() / "bad-001"))
    for name in damaged:
        path = bad.path / name
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    app = open_page("train", run="bad-001")
    assert not app.exception
    told = " ".join(element.value for element in [*app.error, *app.warning])
    if any("copy" in name for name in damaged):
        assert f"{damaged[0]} cannot be" in told
    else:
        assert runs.read_status(bad) == runs.read_status(run_folder)
        assert runs.read_recipe(bad) == runs.read_recipe(run_folder)
    assert str(runs.runs_folder()) not in told
    assert set(app.dataframe[0].value["Run"]) == {"bad-001", "tiny-001"}
    app.selectbox(key="chosen_run").select("tiny-001").run()
    assert not app.exception
    assert app.query_params["run"] == "tiny-001"
    assert badge(app) == "done"


def test_a_damaged_sheet_is_said_and_others_can_be_seen(open_page, run_folder):
    (run_folder.samples / "00000060.png").write_bytes(b"half a PNG")
    app = open_page("train", run=run_folder.name)
    assert not app.exception
    assert "samples of step 60 cannot be read" in " ".join(text.value for text in app.warning)
    app.select_slider(key="sheet tiny-001").set_value(0).run()
    assert len(app.image) == 1


def test_samples_play_as_a_film_and_the_curves_show_where_it_is(open_page, run_folder):
    steps = sorted(int(path.stem) for path in run_folder.samples.glob("*.png"))

    def slider():
        return app.select_slider(key="sheet tiny-001").value

    def lines():
        return {shape["x0"] for shape in json.loads(app.get("plotly_chart")[0].proto.spec)["layout"]["shapes"]}

    app = open_page("train", run="tiny-001")
    assert slider() == "newest"
    later = steps[-1] + 10
    shutil.copy(run_folder.samples / f"{steps[-1]:08}.png", run_folder.samples / f"{later:08}.png")
    app.run()
    assert slider() == "newest"
    assert later in lines()  # who looks at the last one goes on with the training
    app.toggle(key="film tiny-001").set_value(True).run()
    assert slider() == steps[0] == 0
    app.run()
    assert slider() == steps[1]
    assert steps[1] in lines()
    app.toggle(key="film tiny-001").set_value(False).run()
    app.run()
    assert slider() == steps[1]  # it rests where it was stopped


def test_samples_follow_the_training_unless_a_step_is_chosen(open_page, run_folder):
    """Without a move of the slider by the page: a browser that is late tells where it was before."""
    steps = sorted(int(path.stem) for path in run_folder.samples.glob("*.png"))
    slider = f"sheet {run_folder.name}"

    def shown_after_a_new_one(told):
        newest = max(run_folder.samples.glob("*.png"))
        shutil.copy(newest, run_folder.samples / f"{int(newest.stem) + 10:08}.png")
        app.run()
        app.select_slider(key=slider).set_value(told).run()  # where it was when the browser asked
        (caption,) = [text.value for text in app.caption if "here step" in text.value]
        return int(caption.rpartition(" ")[2].rstrip("."))

    app = open_page("train", run=run_folder.name)
    told = app.select_slider(key=slider).value
    assert shown_after_a_new_one(told) == steps[-1] + 10
    assert shown_after_a_new_one(told) == steps[-1] + 20
    assert shown_after_a_new_one(steps[0]) == steps[0]
    assert shown_after_a_new_one(steps[0]) == steps[0]


def test_a_run_started_on_the_page_is_seen_to_its_end(open_page):
    app = open_page("train", **SMALL, **{"digits-quick.steps": "3", "device": "cpu", "tensorboard": "true"})
    assert not app.exception
    app.button(key="start").click().run()
    assert not app.exception
    assert runs.read_status(chosen(app)).tensorboard
    assert app.query_params["run"] == "digits-quick-001"
    assert badge(app) in ("queued", "running")
    wait_until(lambda: badge(app.run()) == "done")
    assert progress(app).startswith("step 3 of 3")
    assert runs.read_recipe(chosen(app)).config.width == 4
    assert links(app)["Sample"] == "model=digits-quick-001"


def test_a_run_is_cancelled_and_resumed_on_the_page(open_page):
    folder = jobs.submit(SHORT.with_settings({"steps": 100_000}), device="cpu")
    wait_until(lambda: step(folder) > 0)
    app = open_page("train", run=folder.name)
    assert badge(app) == "running"
    assert "images/s" in progress(app)
    app.button(key=f"cancel {folder.name}").click().run()
    wait_until(lambda: badge(app.run()) == "cancelled")
    before = step(folder)
    app.button(key=f"resume {folder.name}").click().run()
    assert not app.exception
    wait_until(lambda: step(folder) > before)
    assert badge(app.run()) == "running"


@pytest.mark.parametrize(
    ("button", "before", "done"), [("resume", "cancelled", "queued"), ("cancel", "queued", "cancelled")]
)
def test_a_second_click_on_a_button_that_has_done_its_work_is_passed_over(open_page, run_folder, button, before, done):
    """A place that is slow to answer leaves time for it."""
    status = runs.read_status(run_folder)
    runs.write_status(run_folder, status.model_copy(update={"state": before, "queued": 0.0}))
    app = open_page("train", run=run_folder.name)
    runs.write_status(run_folder, status.model_copy(update={"state": done, "queued": 0.0}))
    app.button(key=f"{button} {run_folder.name}").click().run()
    assert not app.exception
    assert not app.toast
    assert badge(app) == done


def test_a_killed_trainer_is_shown_as_interrupted_and_can_be_resumed(open_page):
    folder = jobs.submit(SHORT.with_settings({"steps": 100_000}), device="cpu")
    wait_until(lambda: step(folder) > 0)
    psutil.Process(runs.read_status(folder).pid).kill()
    wait_until(lambda: state(folder) == "interrupted")
    app = open_page("train", run=folder.name)
    assert badge(app) == "interrupted"
    assert "can be resumed" in app.warning[0].value
    assert app.button(key=f"resume {folder.name}").label == "Resume"


def test_what_cannot_be_used_is_told_beside_it_and_nothing_is_lost(open_page):
    app = open_page("train", **SMALL)
    app.text_input(key="digits-quick.generator_lr").set_value("fast").run()
    assert "'fast' is not a number" in " ".join(text.value for text in app.markdown)
    assert app.error[0].value.startswith("Not usable as it is: Generator learning rate")
    assert app.button(key="start").disabled
    assert app.text_input(key="digits-quick.generator_lr").value == "fast"
    assert app.number_input(key="digits-quick.width").value == 4
    app.text_input(key="digits-quick.generator_lr").set_value("2e-3").run()
    assert not app.error
    assert not app.button(key="start").disabled


@pytest.mark.parametrize(("name", "value"), [("steps", 0), ("batch_size", 5000), ("seed", -3)])
def test_a_number_out_of_bounds_is_told_and_does_not_train(open_page, name, value):
    """The browser sends what is typed: a widget with bounds of its own would keep it back, and the last value train."""
    app = open_page("train", **SMALL)
    field = app.number_input(key=f"digits-quick.{name}")
    assert not field.proto.has_min
    assert not field.proto.has_max
    start = app.button(key="start")  # the hand is faster than the page: the button is still that of the last value
    field.set_value(value)
    start.click().run()
    assert not app.exception
    assert f"{value:d} is out of range" in " ".join(text.value for text in app.markdown)
    assert app.error[0].value.startswith("Not usable as it is: ")
    assert app.button(key="start").disabled
    assert jobs.list_jobs() == []
    app.number_input(key=f"digits-quick.{name}").set_value(5).run()
    assert not app.button(key="start").disabled
    assert jobs.list_jobs() == []  # the click of before is not kept for later


def test_a_number_typed_just_before_the_click_is_trained_with(open_page):
    app = open_page("train", **SMALL, **{"digits-quick.steps": "3", "device": "cpu"})
    app.number_input(key="digits-quick.seed").set_value(7)
    app.button(key="start").click().run()
    assert [runs.read_recipe(job.folder).seed for job in jobs.list_jobs()] == [7]
    assert [toast.value for toast in app.toast] == [
        "`digits-quick-001` has been started. It is shown at the top of this page."
    ]
    assert any(text.value.startswith(":material/") and "**digits-quick-001** is" in text.value for text in app.caption)
    assert not app.run().toast


def test_settings_that_do_not_go_together_are_explained(open_page):
    app = open_page("train", **SMALL, **{"digits-quick.penalty": "r1-r2", "digits-quick.discriminator_norm": "batch"})
    assert "which batch norm mixes" in app.error[0].value
    assert app.button(key="start").disabled


def test_another_recipe_keeps_what_was_changed_in_the_first(open_page):
    app = open_page("train", **SMALL)
    app.selectbox(key="recipe").select("mnist-dcgan-28").run()
    assert app.number_input(key="mnist-dcgan-28.width").value != 4
    app.selectbox(key="recipe").select("digits-quick").run()
    assert app.number_input(key="digits-quick.width").value == 4


def test_a_double_click_starts_one_training(open_page, monkeypatch):
    """Also where the page takes longer to come to its button than clicks are apart."""

    def late(*words, **look):
        time.sleep(DOUBLE_CLICK_SECONDS + 0.1)
        return clicked(*words, **look)

    monkeypatch.setattr("ganlab.ui.training.jobs_list.clicked", late)
    app = open_page("train", **SMALL, **{"digits-quick.steps": "3", "device": "cpu"})
    app.button(key="start").click().run()
    app.session_state["train_started"] = time.monotonic()  # however long the page took to be drawn
    app.button(key="start").click().run()
    assert [job.name for job in jobs.list_jobs()] == ["digits-quick-001"]
    app.session_state["train_started"] -= 2  # seconds
    app.button(key="start").click().run()
    assert len(jobs.list_jobs()) == 2


def test_two_quick_starts_have_different_seeds(open_page):
    app = open_page("train")
    app.button(key="quick_start").click().run()
    app.session_state["train_started"] -= 2
    app.button(key="quick_start").click().run()
    assert not app.exception
    assert sorted(runs.read_recipe(job.folder).seed for job in jobs.list_jobs()) == [0, 1]


def test_a_cancelled_run_offers_what_its_newest_snapshot_draws(open_page, run_folder):
    run_folder.checkpoint.unlink()
    status = runs.read_status(run_folder)
    runs.write_status(run_folder, status.model_copy(update={"state": "cancelled"}))
    app = open_page("train", run=run_folder.name)
    assert badge(app) == "cancelled"
    assert links(app)["Sample"] == "model=tiny-001"
    app = open_page("interpolate", model="tiny-001")
    assert not app.exception
    assert app.selectbox(key="model_choice").value == "tiny-001"


def test_a_run_that_gets_ready_says_with_what(open_page, run_folder):
    status = runs.read_status(run_folder).model_copy(update={"state": "running", "step": 0, "doing": "reading mnist"})
    runs.write_status(run_folder, status)
    with runs.hold(run_folder):
        app = open_page("train", run=run_folder.name)
        assert progress(app).startswith("step 0 of 60")
        assert "reading mnist" in progress(app)


def test_a_grid_is_queued(open_page):
    app = open_page("train", **SMALL, **{"digits-quick.steps": "3"})
    app.selectbox(key="sweep_0").select("width").run()
    app.text_input(key="sweep_0.width").set_value("4, 5, 2").run()
    assert "2 is out of range: 4 to 256" in " ".join(text.value for text in app.markdown)
    assert app.button(key="start_sweep").disabled
    app.text_input(key="sweep_0.width").set_value("4, 5").run()
    app.selectbox(key="sweep_1").select("adversarial").run()
    app.get_by_key("sweep_1.adversarial").set_value(["hinge", "least-squares"]).run()
    assert app.button(key="start_sweep").label == "Queue 4 trainings"
    app.text_input(key="sweep_0.width").set_value("4").run()
    app.get_by_key("sweep_1.adversarial").set_value(["hinge"]).run()
    assert app.button(key="start_sweep").label == "Queue 1 training"
    app.text_input(key="sweep_0.width").set_value("4, 5").run()
    app.get_by_key("sweep_1.adversarial").set_value(["hinge", "least-squares"]).run()
    app.button(key="start_sweep").click().run()
    assert not app.exception
    names = sorted(job.name for job in jobs.list_jobs())
    assert names[0] == "digits-quick-01-width-4-adversarial-hinge-001"
    assert len(names) == 4
    assert sorted(app.dataframe[0].value["Run"]) == names
    ids = ",".join(names)
    [link] = [link for link in app.page_link if link.label == "Compare all 4"]
    assert parse_qs(link.proto.query_string) == {"curves": [ids], "names": ["Settings"]}


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (None, "has to be downloaded", ""),
        (b"\0\0\x08\x03" + b"\0\0\0\x09" * 3, "files found", "copy what is missing there"),
    ],
)
def test_the_state_of_a_dataset_is_shown(open_page, tmp_path, monkeypatch, content, line, message):
    raw = tmp_path / "data" / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path / "data"))
    if content:
        (raw / "train-images-idx3-ubyte").write_bytes(content)
    app = open_page("train", **{"recipe": "digits-quick", "digits-quick.dataset": "fashion-mnist"})
    assert line in " ".join(text.value for text in app.caption)
    if message:
        app.button(key="pack").click().run()
        assert message in app.error[0].value
        assert not app.exception


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ({"digits-quick.dataset": "iclevr"}, "put your own copy into"),
        ({"digits-quick.batch_size": "2000"}, "digits has 1,500 training images: set batch_size to"),
        ({"device": "cuda"}, "torch finds no CUDA device here; choose from auto, cpu"),
        ({"device": "mps"}, "torch finds no MPS device (the GPU of an Apple processor) here; choose from auto, cpu"),
    ],
    ids=["data", "batch", "cuda", "mps"],
)
def test_what_must_fail_cannot_be_started(open_page, monkeypatch, tmp_path, address, reason):
    if address.get("device") in names_here():
        pytest.skip("there is such a device")
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path / "data"))
    app = open_page("train", **SMALL | address)
    assert not app.exception
    assert app.button(key="start").disabled
    assert reason in app.warning[0].value
    assert not jobs.list_jobs()
    if "device" in address:
        app.segmented_control(key="device").set_value("cpu").run()
        assert not app.button(key="start").disabled


def test_a_sweep_over_data_that_is_not_here_cannot_be_queued(open_page, monkeypatch, tmp_path):
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path / "data"))
    app = open_page("train", **SMALL)
    app.selectbox(key="sweep_0").select("dataset").run()
    app.get_by_key("sweep_0.dataset").set_value(["digits", "iclevr"]).run()
    assert app.button(key="start_sweep").disabled
    assert "put your own copy into" in app.warning[0].value
    assert not app.button(key="start").disabled


def test_a_run_whose_data_has_gone_cannot_be_resumed(open_page, run_folder, monkeypatch, tmp_path):
    recipe = runs.read_recipe(run_folder).with_settings({"dataset": "iclevr"})
    run_folder.recipe.write_text(recipe.model_dump_json(), encoding="utf-8")
    status = runs.read_status(run_folder)
    runs.write_status(run_folder, status.model_copy(update={"state": "failed", "error": "no data"}))
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path / "data"))
    app = open_page("train", run=run_folder.name)
    assert app.button(key=f"resume {run_folder.name}").disabled
    assert "put your own copy into" in app.button(key=f"resume {run_folder.name}").help


def test_packing_makes_the_dataset_ready(open_page, mnist, data_folder, tmp_path, monkeypatch):
    if not (data_folder / "MNIST" / "raw").exists():
        pytest.skip("MNIST is packed already, and its files are not under GANLAB_DATA")
    (tmp_path / "data" / "MNIST").mkdir(parents=True)
    (tmp_path / "data" / "MNIST" / "raw").symlink_to(data_folder / "MNIST" / "raw")
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path / "data"))
    app = open_page("train", **{"recipe": "digits-quick", "digits-quick.dataset": "mnist"})
    app.button(key="pack").click().run()
    assert not app.exception
    assert "mnist: ready" in " ".join(text.value for text in app.caption)


def test_a_damaged_pack_is_packed_again_from_its_button(open_page, tmp_path, monkeypatch):
    damage_digits(tmp_path, monkeypatch)
    app = open_page("train", recipe="digits-quick")
    assert "digits: its pack cannot be read" in " ".join(text.value for text in app.caption)
    assert app.button(key="start").disabled
    assert app.button(key="pack").label == "Pack again"
    app.button(key="pack").click().run()
    assert not app.exception
    assert "digits: ready" in " ".join(text.value for text in app.caption)
    assert not app.button(key="start").disabled


def test_deleting_asks_first_and_leaves_the_others(open_page, run_folder):
    shutil.copytree(run_folder.path, runs.runs_folder() / "tiny-002")
    app = open_page("train", run="tiny-002")
    assert "cannot be undone" in " ".join(text.value for text in app.markdown)
    app.button(key="delete tiny-002").click().run()
    assert not app.exception
    assert not [text for text in app.warning if "no run" in text.value]
    assert app.query_params["run"] == "tiny-001"
    assert [job.name for job in jobs.list_jobs()] == ["tiny-001"]


def test_findings_of_the_monitor_are_told_with_what_to_try(open_page, run_folder):
    finding = runs.Finding(kind="nan", step=40, message="the loss is not a number", suggestion="lower both", fatal=True)
    status = runs.read_status(run_folder)
    runs.write_status(
        run_folder, status.model_copy(update={"state": "collapsed", "ended_by": "nan", "findings": [finding]})
    )
    app = open_page("train", run=run_folder.name)
    assert badge(app) == "overflowed"
    assert "Step 40: the loss is not a number" in app.warning[-1].value
    assert "lower both" in app.warning[-1].value


def test_one_remedy_is_told_once_in_red_where_it_ended_the_run(open_page, run_folder):
    found = [
        runs.Finding(kind="mode-collapse", step=20, message="all alike", suggestion="raise discriminator_lr"),
        runs.Finding(kind="nan", step=40, message="it is far off", suggestion="raise discriminator_lr"),
    ]
    ended = {"state": "collapsed", "findings": found, "error": "all alike; raise discriminator_lr"}
    for path in run_folder.snapshots.glob("*.safetensors"):
        path.unlink()  # nothing was measured later that would take a finding back
    runs.write_status(run_folder, runs.read_status(run_folder).model_copy(update=ended))
    app = open_page("train", run=run_folder.name)
    assert not app.exception
    told = [element.value for element in [*app.error, *app.warning] if "discriminator" in element.value]
    assert len(told) == 1
    assert told[0].count("discriminator") == 1
    assert "Step 20: all alike; step 40: it is far off" in told[0]
    assert app.error[0].value == told[0]


def test_a_finding_that_later_measurements_took_back_is_history_without_advice(open_page, run_folder):
    finding = runs.Finding(
        kind="discriminator-diverged", step=12, message="D has diverged", suggestion="a slower D"
    )  # the tiny run's losses show nothing of the kind
    status = runs.read_status(run_folder)
    runs.write_status(run_folder, status.model_copy(update={"findings": [finding]}))
    app = open_page("train", run=run_folder.name)
    assert not app.exception
    assert not app.warning
    [told] = [text.value for text in app.caption if "history" in text.value]
    assert told == ":material/history: At step 12 the monitor noted: D has diverged. Over by step 13."


def test_files_that_others_left_among_the_samples_and_snapshots_are_in_nobodys_way(open_page, run_folder):
    newest = max(run_folder.samples.glob("*.png"))
    for name in ("notes", "copy of 5"):
        shutil.copy(newest, run_folder.samples / f"{name}.png")
        shutil.copy(run_folder.checkpoint, run_folder.snapshots / f"{name}.safetensors")
    Image.new("RGB", (5, 5)).save(run_folder.samples / f"{int(newest.stem) + 1:08}.png")
    app = open_page("train", run=run_folder.name)
    assert not app.exception
    assert "is no sheet of 8 columns" in app.warning[0].value
    assert app.select_slider[0].options[-2:] == [str(int(newest.stem)), "newest"]
    app = open_page("sample", model=run_folder.name, snapshots="true")
    assert not app.exception


def test_the_words_for_a_waiting_run_say_what_is_before_it_and_go_when_it_trains(open_page):
    with FileLock(scheduler_lock(runs.runs_folder())):  # as if a scheduler were there that has not looked yet
        first = jobs.submit(SHORT.with_settings({"steps": 100_000}), device="cpu")
        app = open_page("train", run=first.name)
        assert badge(app) == "queued"
        assert not app.info
        assert "about to start" in " ".join(text.value for text in app.caption)
    second = jobs.submit(SHORT, device="cpu")
    app = open_page("train", run=second.name)
    assert badge(app) == "queued"
    assert app.info[0].value == "In the queue: 1 training is before it."
    jobs.cancel(first)
    wait_until(lambda: badge(app.run()) in ("running", "done"))
    assert not app.info
    assert "about to start" not in " ".join(text.value for text in app.caption)


def test_the_estimate_names_its_source(open_page):
    folder = runs.create(runs.runs_folder() / "earlier", SHORT, device="cpu")
    status = runs.read_status(folder)
    runs.write_status(folder, status.model_copy(update={"state": "done", "step": 120, "images_per_second": 320.0}))
    same = {f"digits-quick.{name}": str(value) for name, value in SHORT.model_dump()["config"].items()}
    app = open_page(
        "train", **(SMALL | same | {"digits-quick.precision": "float32", "digits-quick.steps": "800", "device": "cpu"})
    )
    text = next(text.value for text in app.caption if "timer" in text.value)
    assert text.startswith(":material/timer: about 40 s, from the speed of earlier; ")  # 800 steps of 16, 320 a second


@pytest.mark.parametrize(
    ("augment", "told"),
    [
        (
            "auto",
            "Augmentation: colour, translation, cutout (by itself: 1,500 training images are fewer than 10,000, each "
            "is seen 213 times)",
        ),
        ("cutout", "Augmentation: cutout"),
        ("none", ""),
    ],
)
def test_the_form_says_which_changes_images_go_through(open_page, augment, told):
    app = open_page(
        "train", **{"recipe": "digits-quick", "digits-quick.augment": augment, "digits-quick.steps": "5000"}
    )
    assert [c.value.rpartition("high: ")[2] for c in app.caption if "auto_fix_high" in c.value] == [told] * bool(told)


def test_a_run_says_what_it_began_with_and_what_its_images_went_through(open_page, run_folder):
    status = runs.read_status(run_folder)
    assert status.augmented == "colour, translation, cutout"
    runs.write_status(run_folder, status.model_copy(update={"began_from": "faces-gan-64 (step 16,000)"}))
    captions = [caption.value for caption in open_page("train", run=run_folder.name).caption]
    assert any(status.augmented in caption for caption in captions)
    assert any("Began with nets of faces-gan-64 (step 16,000)" in caption for caption in captions)


@pytest.mark.parametrize(
    ("pack", "told"),
    [
        (shades(), "Quality: Pixel Frechet, distance from the training images"),
        (None, "Quality: Frechet, distance of the classifier's features"),
    ],
)
def test_the_form_says_what_quality_is_measured_by(open_page, own_data, pack, told):
    name = add(pack).spec.name if pack else "mnist"
    app = open_page("train", **{"recipe": "digits-quick", "digits-quick.dataset": name})
    assert not app.exception
    assert any(told in text.value for text in app.caption)


def test_a_training_begins_with_another_model_that_fits(open_page, checkpoints_folder):
    """What will be taken is told before, and is what the run then takes."""
    quick = RECIPES["digits-quick"]
    config = quick.config.model_copy(update={"width": 4})
    save_untrained(checkpoints_folder / "fits.safetensors", quick.family, config, BUILT_IN["digits"].spec)
    app = open_page("train", begin="true", **SMALL)
    assert not app.exception
    [choice] = [box for box in app.selectbox if box.label == "Model to begin with"]
    assert choice.value == "fits"  # the one that most fits
    [told] = [text.value for text in app.caption if "nets of fits" in text.value]
    assert "generator: all" in told
    assert "holds no" in told
    with FileLock(scheduler_lock(runs.runs_folder().resolve())):  # it waits
        app.button(key="start").click().run()
        assert not app.exception
        assert runs.read_status(chosen(app)).began_from.startswith("fits (step")
        jobs.cancel(chosen(app))


def test_where_no_model_fits_the_page_says_so(open_page, checkpoints_folder):
    app = open_page("train", begin="true", recipe="faces-vae-64")
    assert not app.exception
    assert any("None of the models here fits these nets" in text.value for text in app.caption)


def test_a_larger_size_names_the_pack_that_it_takes(open_page, own_data):
    app = open_page("train", recipe="faces-gan-128")
    assert any("avatars at 128 px: drawn by this program" in caption.value for caption in app.caption)
    app = open_page("train", **{"recipe": "faces-gan-128", "faces-gan-128.dataset": "shapes"})
    assert any("none is enlarged to 128" in warning.value for warning in app.warning)
    assert app.button(key="start").disabled
