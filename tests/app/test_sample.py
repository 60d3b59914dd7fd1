import itertools
import shutil

import numpy as np
import pytest

from ganlab import checkpoints
from ganlab.explore import points
from ganlab.explore.points import Point
from ganlab.families import infogan
from ganlab.ui import cache
from tests.app.pictures_on_page import DOWNLOADS, by_its_code, component, images, on_stage, stage
from tests.untrained import save_untrained


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
    assert np.array_equal(np.asarray(by_its_code(app, DOWNLOADS)), images(component(app)))


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
    app.session_state["live_place"] = Point(13)  # as a click leaves it
    app.run()
    assert "**Seed 13**" in [text.value for text in app.markdown]
    assert component(app)["selected"] == 3
    app.button(key="keep").click().run()
    assert app.session_state["kept"] == [Point(13)]
    assert app.toast[0].value.startswith("Kept: 1 in all")
    tray, sheet = component(app, 0), component(app, 1)
    assert tray["labels"] == ["Seed 13"]
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


@pytest.mark.parametrize("call", [2, 3, 6])
def test_a_model_that_somebody_else_deletes_meanwhile_is_named(open_page, checkpoints_folder, monkeypatch, call):
    """Wherever the page is: the server's hook for errors tells this one in words, from fragments, too."""
    path, load, calls = checkpoints_folder / "tiny.safetensors", cache.checkpoint, itertools.count(1)

    def load_or_delete(asked):
        if next(calls) == call:
            path.unlink()
        return load(asked)

    monkeypatch.setattr(cache, "checkpoint", load_or_delete)
    app = open_page("sample", model="tiny")
    told = [*(error.value for error in app.error), *(error.message for error in app.exception)]
    assert not path.exists()
    assert told
    assert all("tiny.safetensors is not there" in text for text in told), told


def test_only_damaged_checkpoints_leave_the_page_usable(open_page, checkpoints_folder):
    (checkpoints_folder / "tiny.safetensors").write_bytes(b"not a checkpoint")
    app = open_page("sample")
    assert not app.exception
    assert "tiny.safetensors" in app.error[0].value
    assert app.selectbox(key="model_choice").value == "tiny"


def test_the_model_goes_along_to_the_next_page(open_page, checkpoints_folder, run_folder):
    app = open_page("sample", model=run_folder.name)
    del app.query_params["model"]  # as a click on the navigation does
    app.switch_page("pages/interpolate.py").run()
    assert not app.exception
    assert app.selectbox(key="model_choice").value == run_folder.name
    assert app.query_params["model"] == run_folder.name


@pytest.fixture
def codes(checkpoints_folder, digits):
    table = {"c1": {"kind": "category", "table": {str(i): str(9 - i) for i in range(10)}}}
    config = infogan.Config(width=4, latent_size=8)
    return save_untrained(checkpoints_folder / "codes.safetensors", "infogan", config, digits.spec, table)


@pytest.mark.parametrize("live", ["5", "5;z~6=2.590;c2.1=-0.600;c3.1=0.125;c1=9", "5;c1=3;z~1=-1.000"])
@pytest.mark.parametrize("truncation", ["off", "0.8"])
def test_the_code_under_the_stage_gives_the_picture_on_it(open_page, codes, live, truncation):
    app = open_page("sample", model="codes", live=live, truncation=truncation)
    assert not app.exception
    assert np.array_equal(by_its_code(app)[0, :, :, 0], on_stage(app))
    assert not np.array_equal(images(component(app))[0, :, :, 0], on_stage(app))


def test_the_code_under_the_stage_has_all_that_stand_side_by_side(open_page, checkpoints_folder, run_folder):
    name = run_folder.name
    app = open_page("sample", model=name, snapshots="true", live="8;z~1=1.250", **{"other-models": "tiny"})
    assert not app.exception
    pictures = by_its_code(app)
    assert len(pictures) == len(stage(app)["models"]) > 2
    for i, picture in enumerate(pictures):
        assert np.array_equal(picture[0, :, :, 0], on_stage(app, i))


def test_only_the_picture_that_is_on_the_stage_has_a_frame(open_page, checkpoints_folder):
    assert component(open_page("sample", model="tiny", seed="10"))["selected"] == 0
    assert component(open_page("sample", model="tiny", seed="10", live="12"))["selected"] == 2
    assert component(open_page("sample", model="tiny", seed="10", live="12;z~1=1.000"))["selected"] == -1
    app = open_page("sample", model="tiny", seed="10", live="58024")
    assert component(app)["selected"] == -1
    app.number_input(key="seed").set_value(20).run()
    assert stage(app)["point"]["seed"] == 58024  # a new grid leaves the stage as it is
    assert component(app)["labels"][0] == "seed 20"
    assert app.query_params["live"] == "58024"
    app.number_input(key="seed").set_value(58020).run()
    assert component(app)["selected"] == 4
    app.select_slider(key="truncation").set_value("0.8").run()
    assert component(app)["selected"] == 4


def test_codes_are_named_by_what_they_draw_on_the_stage_and_for_the_grid(open_page, codes):
    app = open_page("sample", model="codes", live="3;z~2=1.000;c1=9")
    (c1,) = [factor for factor in stage(app)["factors"] if factor["kind"] == "category"]
    assert c1["words"] == [str(9 - i) for i in range(10)]
    assert "**Seed 3, moved: direction 2; c1 is 9 (mostly draws 0)**" in [text.value for text in app.markdown]
    choice = app.selectbox(key="fix-c1")
    assert choice.options == ["any", *(str(9 - i) for i in range(10))]
    choice.set_value("9").run()
    assert not app.exception
    assert app.query_params["fix-c1"] == "9"
    expected = codes.latent.fix(codes.latent.from_seeds(range(16)), {"c1": "9"})
    assert np.array_equal(images(component(app)), codes.images(expected).numpy())
    again = open_page("sample", model="codes", **{"fix-c1": "9"})
    assert component(again)["labels"][0] == "seed 0;c1=9"
    again.selectbox(key="fix-c1").set_value("any").run()
    assert "fix-c1" not in again.query_params
    wrong = open_page("sample", model="codes", **{"fix-c1": "zzz"})
    assert "`fix-c1=zzz` in the address cannot be used: it should be one of `any`, `0`" in wrong.warning[0].value


@pytest.mark.parametrize("asked", ["abc", "-5"])
def test_a_seed_that_cannot_be_one_is_told_until_another_is_chosen(open_page, checkpoints_folder, asked):
    app = open_page("sample", model="tiny", seed=asked)
    assert not app.exception
    for _ in range(2):  # also after a run that something else asks for
        assert [one.value for one in app.warning if f"`{asked}` in the address cannot be used" in one.value]
        app.run()
    app.number_input(key="seed").set_value(7).run()
    assert not [one for one in app.warning if "in the address" in one.value]
