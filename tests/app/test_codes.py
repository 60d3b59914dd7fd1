import numpy as np
import pytest
import torch

from ganlab import checkpoints
from ganlab.checkpoints.codes import code_values
from ganlab.explore import codes, points
from ganlab.explore.points import Point
from ganlab.families import cgan, infogan
from tests.app.pictures_on_page import DOWNLOADS, by_its_code, component, images, on_stage, stage
from tests.damaged import damage_digits
from tests.untrained import save_untrained

HEADER = {
    "c1": {"kind": "category", "accuracy": 0.91, "nmi": 0.85, "table": {str(i): str(9 - i) for i in range(10)}},
    "c2": {
        "kind": "continuous",
        "quality": "slant",
        "rho": 0.9,
        "clear": True,
        "effect": 2,
        "correlations": {"slant": 0.9},
    },
}


@pytest.fixture
def model(checkpoints_folder, digits):
    config = infogan.Config(width=4, latent_size=4)
    return save_untrained(checkpoints_folder / "codes.safetensors", "infogan", config, digits.spec, HEADER)


@pytest.fixture
def unmeasured(checkpoints_folder, digits):
    config = infogan.Config(width=4, latent_size=4, continuous=1)
    return save_untrained(checkpoints_folder / "unmeasured.safetensors", "infogan", config, digits.spec)


def test_without_a_model_that_has_codes_it_says_what_to_train(open_page, checkpoints_folder):
    app = open_page("codes")
    assert not app.exception
    assert "No model with codes yet" in app.subheader[0].value
    assert "mnist-infogan-64" in " ".join(text.value for text in app.markdown)


def test_a_model_without_codes_is_not_shown(open_page, model):
    app = open_page("codes", model="tiny")
    assert not app.exception
    assert app.info[0].value == "`tiny` has no codes to turn, so another model is shown here."
    assert app.selectbox(key="model_choice").options == ["codes"]


def test_who_comes_from_another_page_with_such_a_model_is_told(open_page, model):
    app = open_page("sample", model="tiny")
    app.switch_page("pages/codes.py").run()
    assert app.info[0].value == "`tiny` has no codes to turn, so another model is shown here."
    assert app.selectbox(key="model_choice").value == "codes"
    assert not app.run().info


def test_who_has_not_chosen_sees_codes_that_a_model_has_found_by_itself(open_page, checkpoints_folder, digits, model):
    save_untrained(checkpoints_folder / "a-cond.safetensors", "cgan", cgan.Config(width=4), digits.spec)
    config = infogan.Config(width=4, latent_size=4)
    save_untrained(checkpoints_folder / "b-unmeasured.safetensors", "infogan", config, digits.spec)
    app = open_page("codes")
    assert app.selectbox(key="model_choice").options == ["a-cond", "b-unmeasured", "codes"]
    assert app.selectbox(key="model_choice").value == "codes"
    assert app.query_params["model"] == "codes"
    (checkpoints_folder / "codes.safetensors").unlink()
    assert open_page("codes").selectbox(key="model_choice").value == "b-unmeasured"


def test_buttons_and_sliders_are_named_by_what_was_measured(open_page, model):
    app = open_page("codes", model="codes")
    assert not app.exception
    data = stage(app)
    (c1,) = [factor for factor in data["factors"] if factor["kind"] == "category"]
    assert c1["words"] == [str(9 - i) for i in range(10)]
    assert [axis["title"] for axis in data["axes"]] == ["c2: slant", "c3"]
    assert [(axis["low"], axis["high"]) for axis in data["axes"]] == [(-2, 2)] * 2


@pytest.mark.parametrize("live", ["3;c1=zz", "3;c9=1", "5;c1=99"])
def test_what_the_model_cannot_place_is_told(open_page, model, live):
    app = open_page("codes", model=model, live=live)
    assert "in the address cannot be used: it should be a picture with names and values" in app.warning[0].value
    assert not app.exception
    app.run()
    assert app.query_params["live"] == live.partition(";")[0]


def test_the_first_grid_has_one_latent_a_row(open_page, model):
    app = open_page("codes", model="codes", seed="7")
    grid = component(app)
    expected = codes.one_latent_a_row(model.latent, Point(7), "c1", stage=Point(7))
    assert np.array_equal(images(grid), model.images(expected.latents(model.latent)).numpy())
    assert grid["heads"][0] == "0 → 9"
    assert grid["sides"][:2] == ["on the stage", "seed 8"]


def test_a_sweep_follows_the_stage_and_the_range(open_page, model):
    live = "3;c1=2*0.500+5*0.500;c3.1=1.500"
    app = open_page("codes", model="codes", live=live, view="Sweep c2", reach="5")
    assert not app.exception
    u = torch.from_numpy(np.asarray(model.latent.from_seeds([3]))).repeat(110, 1)
    u = model.latent.fix(u, {"c3": "1.5"})
    u[:, 4:14] = torch.eye(10).repeat_interleave(11, 0)
    u[:, 14] = torch.linspace(-5, 5, 11).repeat(10)
    drawn = images(component(app)).astype(int)
    assert abs(drawn - model.images(u).numpy()).max() <= 1
    assert abs(drawn[0] - drawn[10]).max() > 10
    assert component(app)["heads"] == [f"{value:g}" for value in range(-5, 6)]


def test_a_mix_of_two_labels_is_in_the_address_and_in_what_is_kept(open_page, model):
    app = open_page("codes", model="codes", live="3;c1=2*0.250+5*0.750")
    assert not app.exception
    assert stage(app)["point"] == {"seed": 3, "fixed": [["c1", "2*0.250+5*0.750"]]}
    app.button(key="keep").click().run()
    (kept,) = app.session_state["kept"]
    c1 = model.latent.split(points.latents(model.latent, [kept]))["c1"][0]
    assert c1[2] == 0.25
    assert c1[5] == 0.75


def test_a_wider_range_keeps_the_picture(open_page, model):
    app = open_page("codes", model="codes", live="3;c1=2;c2.1=1.500")
    before = stage(app)["models"][0]["picture"]
    app.select_slider(key="reach").set_value(1).run()
    assert not app.exception
    assert stage(app)["models"][0]["picture"] == before
    assert [(axis["low"], axis["high"]) for axis in stage(app)["axes"]] == [(-1, 1)] * 2


def test_the_copied_python_gives_the_grid(open_page, model):
    app = open_page("codes", model="codes", seed="4", view="One label a row")
    assert np.array_equal(np.asarray(by_its_code(app, DOWNLOADS)), images(component(app)))


@pytest.mark.parametrize("live", ["3;c2.1=1.500;c1=2*0.250+5*0.750", "3;c3.1=-0.333"])
def test_the_code_under_the_stage_gives_the_picture_on_it(open_page, model, live):
    app = open_page("codes", model="codes", live=live)
    assert stage(app)["point"]["fixed"]
    assert np.array_equal(by_its_code(app)[0, :, :, 0], on_stage(app))


def test_the_first_row_is_the_latent_on_the_stage(open_page, model):
    app = open_page("codes", model="codes", live="3;c2.1=1.500;c1=4;z=1")
    assert component(app)["sides"][:2] == ["on the stage", "seed 1"]
    assert np.abs(images(component(app))[4, :, :, 0].astype(int) - on_stage(app)).max() <= 1


def test_the_table_says_what_was_measured(open_page, model):
    app = open_page("codes", model="codes", view="Measured")
    assert not app.exception
    assert "accuracy **91.0%**" in " ".join(text.value for text in app.markdown)
    table, continuous = (frame.value for frame in app.dataframe)
    assert table["real data are"].tolist() == [str(9 - i) for i in range(10)]
    assert continuous["moves"].tolist() == ["slant"]


def test_codes_that_nobody_measured_are_measured_when_asked(open_page, unmeasured):
    app = open_page("codes", model="unmeasured", view="Measured")
    assert not app.exception
    assert "Nobody has measured yet" in app.info[0].value
    assert not app.dataframe
    app.button(key="measure").click().run()
    assert not app.exception
    assert "accuracy" in " ".join(text.value for text in app.markdown)
    assert len(app.dataframe[0].value) == 10


def test_where_the_dataset_is_damaged_the_codes_cannot_be_measured(open_page, unmeasured, tmp_path, monkeypatch):
    damage_digits(tmp_path, monkeypatch)
    app = open_page("codes", model="unmeasured", view="Measured")
    assert not app.exception
    assert "digits.v2.safetensors cannot be read" in app.warning[0].value
    app.button(key="pack").click().run()
    app.button(key="measure").click().run()
    assert not app.exception
    assert len(app.dataframe[0].value) == 10


def test_the_labels_of_a_conditional_model_are_moved_like_codes(open_page, checkpoints_folder, digits):
    config = cgan.Config(width=4, latent_size=4)
    save_untrained(checkpoints_folder / "cond.safetensors", "cgan", config, digits.spec)
    app = open_page("codes", model="cond")
    assert not app.exception
    assert component(app)["heads"] == list(digits.spec.classes)
    app = open_page("codes", model="cond", view="Measured")
    assert not app.exception
    assert "there is nothing to find out" in " ".join(caption.value for caption in app.caption)


def test_a_view_that_the_model_does_not_have_falls_back_to_the_first(open_page, unmeasured):
    app = open_page("codes", model="unmeasured", view="Sweep c3")
    assert not app.exception
    assert component(app)["sides"][1] == "seed 1"


def test_the_models_of_the_page_can_be_loaded(model):
    assert code_values(checkpoints.read_card(model.card.path).codes) == HEADER


def test_a_new_seed_leaves_the_codes_that_were_set(open_page, model):
    app = open_page("codes", model="codes", seed="5", live="5;c1=9;c2=1.500")
    app.number_input(key="seed").set_value(8).run()
    assert stage(app)["point"] == {"seed": 8, "fixed": [["c1", "9"], ["c2", "1.500"]]}
