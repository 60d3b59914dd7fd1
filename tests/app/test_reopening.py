"""A picture that was saved, dropped on Sample."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import ganlab
from ganlab.explore import library, pictures, points, provenance
from ganlab.explore.points import Point
from ganlab.families import cgan
from ganlab.ui.provenance import find_model, text_of
from tests.adding.pictures import encoded
from tests.app.pictures_on_page import component, images, stage
from tests.test_data_pictures import bomb_png
from tests.untrained import save_untrained


@pytest.fixture
def told(checkpoints_folder, digits):
    save_untrained(checkpoints_folder / "told.safetensors", "cgan", cgan.Config(width=4), digits.spec)
    return checkpoints_folder / "told.safetensors"


def dropped(app, content, name="x.png"):
    key = f"reopened_{app.session_state['reopened_count']}"
    return app.file_uploader(key=key).set_value((name, content, "image/png")).run()


def saved(pictures_, tmp_path: Path, name="x.png") -> bytes:
    return pictures_.save(tmp_path / name, scale=1).read_bytes()


def test_a_sheet_brings_back_model_seeds_and_factors(open_page, told, tmp_path):
    drawn = ganlab.load("told").sample(20, seed=40, truncation=0.8, digit=3)
    app = dropped(open_page("sample", model="tiny", live="5;z~1=2.0"), saved(drawn, tmp_path))
    assert not app.exception
    assert app.selectbox(key="model_choice").value == "told"
    assert np.array_equal(images(component(app))[:20], drawn)
    assert stage(app)["point"] == {"seed": 40, "fixed": [["digit", "3"]]}
    for key, value in {"model": "told", "seed": "40", "count": "36", "truncation": "0.8", "fix-digit": "3"}.items():
        assert app.query_params[key] == value
    assert "its 20 pictures begin the grid" in app.info[0].value


def test_a_truncation_that_the_page_has_not_is_no_grid(open_page, told, tmp_path):
    drawn = ganlab.load("told").sample(4, seed=40, truncation=0.75, digit=3)
    app = dropped(open_page("sample", model="tiny"), saved(drawn, tmp_path))
    assert "the first of its latents is on the stage" in app.info[0].value
    assert not app.exception
    [on_stage] = np.asarray(ganlab.load("told").decode(app.query_params["live"]))
    assert np.abs(on_stage.astype(int) - drawn[0].astype(int)).max() <= 2  # its latent is written with four digits


def test_a_picture_that_no_seed_draws_is_back_on_the_stage(open_page, told, tmp_path):
    content = saved(ganlab.load("tiny").decode("7;z~1=2.0"), tmp_path)
    app = dropped(open_page("sample", model="told"), content)
    assert not app.exception
    assert stage(app)["point"] == {"seed": 7, "fixed": [["z~1", "2.0"]]}
    assert app.query_params["live"] == "7;z~1=2.0"
    assert app.query_params["model"] == "tiny"


def test_a_walk_opens_on_interpolate(open_page, told, tmp_path):
    content = saved(ganlab.load("tiny").interpolate([4, 9], steps=6, loop=True), tmp_path, "x.gif")
    app = dropped(open_page("sample", model="told"), content, "x.gif")
    assert not app.exception
    assert stage(app)["point"]["seed"] == 4
    (link,) = [link.proto for link in app.get("page_link") if "Interpolate" in link.proto.label]
    assert link.label == "Open all of it on Interpolate"
    assert link.query_string == "model=tiny&keys=4+9&steps=6&way=slerp&closed=true"


def test_the_file_counts_and_not_its_name(open_page, told, checkpoints_folder, tmp_path):
    content = saved(ganlab.load("told").sample(1, seed=3), tmp_path)
    told.rename(checkpoints_folder / "renamed.safetensors")
    app = dropped(open_page("sample", model="tiny"), content)
    assert app.query_params["model"] == "renamed"
    assert "Drawn by renamed: the picture is on the stage" in app.info[0].value


def test_another_file_of_that_name_is_said(open_page, told, checkpoints_folder, tmp_path):
    content = saved(ganlab.load("told").sample(1, seed=3), tmp_path)
    shutil.copy(checkpoints_folder / "tiny.safetensors", told)
    app = dropped(open_page("sample", model="tiny"), content)
    assert "another file than the one that drew this picture" in app.info[0].value


@pytest.mark.parametrize(
    ("made", "message"),
    [
        ({"model": "gone", "latents": "3"}, "the model 'gone' that drew this picture is not here"),
        (
            {"latents": "3;colour=red"},
            "x.png names latents that its model cannot draw: this model has no factor 'colour'",
        ),
        ({"latents": "3;z=1%2C2%2C3"}, "x.png names latents that its model cannot draw: z takes 1 or"),
        ({"latents": ""}, "x.png names its model, tiny, and no latents that it shows"),
        ({"latents": "none"}, "the text in x.png names latents that cannot be read"),
    ],
)
def test_edited_text_loses_nothing(open_page, checkpoints_folder, made, message):
    text = provenance.of("tiny", "0" * 64).model_copy(update={"count": 1, **made}).text()
    app = open_page("sample", model="tiny", seed="7", live="9")
    before = images(component(app))
    app = dropped(app, pictures.png(np.zeros((8, 8, 1), np.uint8), text))
    assert not app.exception
    assert message in app.error[0].value
    assert np.array_equal(images(component(app)), before)
    assert stage(app)["point"]["seed"] == 9


def test_a_foreign_picture_is_answered_in_words(open_page, checkpoints_folder):
    app = dropped(open_page("sample", model="tiny"), pictures.png(np.zeros((8, 8, 1), np.uint8)))
    assert "does not say how it was made" in app.error[0].value


def test_factors_that_no_control_says_leave_the_grid(open_page, told, tmp_path):
    app = open_page("sample", model="told", seed="7")
    app = dropped(app, saved(ganlab.load("told").sample(1, seed=3, digit="3*0.5+4*0.5"), tmp_path))
    assert not app.exception
    assert component(app)["labels"][0] == "seed 7"
    assert stage(app)["point"] == {"seed": 3, "fixed": [["digit", "3*0.5+4*0.5"]]}
    assert points.parse(app.query_params["live"]) == [Point(3, fixed=(("digit", "3*0.5+4*0.5"),))]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty: copy it again"),
        (b"text", "cannot be read as a picture; copy it again, or save it anew as PNG"),
        (encoded(Image.new("L", (1, 1))), "does not say how it was made"),
        (bomb_png(1, 49_999_999), "does not say how it was made"),  # no pixel is decoded
    ],
)
def test_a_file_that_cannot_be_opened_is_named_with_the_remedy(open_page, checkpoints_folder, content, words):
    app = dropped(open_page("sample", model="tiny"), content, "my *picture*.png")
    assert not app.exception
    [error] = app.error
    assert error.value.startswith(r"my \*picture\*.png ")
    assert words in error.value


def test_a_picture_of_a_model_that_has_gone_meanwhile_is_saved_all_the_same(checkpoints_folder, told, tmp_path):
    model = next(one for one in library.models() if one.path == told)
    told.rename(tmp_path / "elsewhere.safetensors")
    made = provenance.read(pictures.png(np.zeros((8, 8, 1), np.uint8), text_of(model, [Point(3)])))
    assert (made.model, provenance.written_points(made)) == ("told", [Point(3)])
    with pytest.raises(ValueError, match="the model 'told' that drew this picture is not here"):
        find_model(made)
    (tmp_path / "elsewhere.safetensors").rename(told)
    found, remark = find_model(made)
    assert found.path == told
    assert "another file than the one that drew this picture" in remark
