import shutil

import numpy as np
import pytest

from ganlab import checkpoints
from ganlab.explore import points
from ganlab.explore.points import Point
from tests.app.pictures_on_page import component, images


def test_without_a_model_it_says_what_to_do(open_page):
    app = open_page("sample")
    assert not app.exception
    assert "No models yet" in app.subheader[0].value


def test_the_page_shows_the_pictures_of_the_seeds_in_the_address(open_page, checkpoints_folder):
    app = open_page("sample", model="tiny", seed="7", count="4", truncation="0.8")
    assert not app.exception
    model = checkpoints.load(checkpoints_folder / "tiny.safetensors")
    latents = points.latents(model.latent, points.row(7, 4, limit=0.8))
    assert np.array_equal(images(component(app)), model.images(latents).numpy())
    assert component(app)["labels"] == ["seed 7@0.8", "seed 8@0.8", "seed 9@0.8", "seed 10@0.8"]


@pytest.mark.parametrize("truncation", ["off", "0.5"])
def test_the_copied_python_gives_the_pictures_on_the_page(open_page, checkpoints_folder, truncation):
    app = open_page("sample", model="tiny", seed="3", truncation=truncation)
    names = {}
    exec(app.code[0].value, names)
    assert np.array_equal(names["images"].numpy(), images(component(app)))


def test_new_pictures_come_from_a_new_seed(open_page, checkpoints_folder):
    app = open_page("sample")
    before = images(component(app))
    app.button(key="resample").click().run()
    assert not app.exception
    assert app.number_input(key="seed").value != 0
    assert not np.array_equal(before, images(component(app)))
    assert app.query_params["seed"] == str(app.number_input(key="seed").value)


def test_a_clicked_picture_is_enlarged_and_can_be_kept_and_forgotten(open_page, checkpoints_folder):
    app = open_page("sample", seed="10")
    app.session_state["sheet"] = {"selected": 3}  # what a click sends
    app.run()
    assert "Seed **13**" in [text.value for text in app.markdown]
    app.button(key="keep").click().run()
    assert app.session_state["kept"] == [Point(13)]
    tray, sheet = component(app, 0), component(app, 1)
    assert tray["labels"] == ["seed 13"]
    assert np.array_equal(images(tray)[0], images(sheet)[3])
    app.button(key="forget_all").click().run()
    assert app.session_state["kept"] == []


def test_an_unknown_model_in_the_address_is_said_and_another_is_shown(open_page, checkpoints_folder):
    app = open_page("sample", model="../../etc/passwd")
    assert not app.exception
    assert "Choose from `tiny`" in app.warning[0].value
    assert app.query_params["model"] == "tiny"
    assert component(app)["count"] == 16


@pytest.mark.parametrize("address", [{"seed": "-5"}, {"seed": "many"}, {"count": "7"}, {"truncation": "wide"}], ids=str)
def test_nonsense_in_the_address_is_ignored(open_page, checkpoints_folder, address):
    app = open_page("sample", **address)
    assert not app.exception
    assert component(app)["labels"][0] == "seed 0"
    assert component(app)["count"] == 16


def test_a_damaged_checkpoint_is_named_and_another_can_be_chosen(open_page, checkpoints_folder, truncated_file):
    shutil.copy(truncated_file, checkpoints_folder / "broken.safetensors")
    app = open_page("sample", model="broken")
    assert not app.exception
    assert "broken.safetensors is damaged or cut short" in app.error[0].value
    app.selectbox(key="model_choice").select("tiny").run()
    assert not app.error
    assert component(app)["count"] == 16


def test_only_damaged_checkpoints_leave_the_page_usable(open_page, checkpoints_folder):
    (checkpoints_folder / "tiny.safetensors").write_bytes(b"not a checkpoint")
    app = open_page("sample")
    assert not app.exception
    assert "tiny.safetensors" in app.error[0].value
    assert app.selectbox(key="model_choice").value == "tiny"


def test_the_model_goes_along_to_the_next_page(open_page, checkpoints_folder, run_folder):
    app = open_page("sample", model=f"run-{run_folder.name}")
    del app.query_params["model"]  # as a click on the navigation does
    app.switch_page("pages/interpolate.py").run()
    assert not app.exception
    assert app.selectbox(key="model_choice").value == f"run-{run_folder.name}"
    assert app.query_params["model"] == f"run-{run_folder.name}"
