import re
from dataclasses import replace

import numpy as np
import pytest

from ganlab.data import DataSpec, describe
from ganlab.data.avatars import SPEC as AVATARS
from ganlab.explore import attributes, readings
from ganlab.explore.points import Point
from ganlab.families import acgan, cgan, infogan
from tests.app.pictures_on_page import DOWNLOADS, by_its_code, component, images, on_stage, stage
from tests.untrained import save_untrained

CONFIG = acgan.Config(width=4, latent_size=4)


@pytest.fixture
def scenes(checkpoints_folder):
    spec = describe("iclevr").spec
    small = DataSpec(name=spec.name, channels=3, size=28, conditions=spec.conditions)
    return save_untrained(checkpoints_folder / "scenes.safetensors", "acgan", CONFIG, small)


@pytest.fixture
def digit(checkpoints_folder):
    spec = describe("mnist").spec
    config = cgan.Config(width=4, latent_size=4)
    return save_untrained(checkpoints_folder / "digit.safetensors", "cgan", config, spec)


@pytest.fixture
def faces(checkpoints_folder):
    small = DataSpec(name="faces", channels=3, size=28, conditions=AVATARS.conditions)  # no classifier knows these
    header = {
        "attributes": {
            "kind": "condition",
            "labels": {"hat": {"success": 0.97, "pictures": 9, "changes": {"hair": 0.1}}},
        }
    }
    return save_untrained(checkpoints_folder / "faces.safetensors", "acgan", CONFIG, small, header)


def test_without_a_conditional_model_it_says_what_to_train(open_page, checkpoints_folder, digits):
    config = infogan.Config(width=4, latent_size=4)
    save_untrained(checkpoints_folder / "codes.safetensors", "infogan", config, digits.spec)  # its c1 is no condition
    app = open_page("attributes")
    assert not app.exception
    assert "No conditional model yet" in app.subheader[0].value


def test_the_controls_are_the_factors_with_their_bounds(open_page, scenes):
    (factor,) = [factor for factor in stage(open_page("attributes"))["factors"] if factor["kind"] == "attributes"]
    assert (len(factor["labels"]), factor["atLeast"], factor["atMost"]) == (24, 1, 3)


def test_ten_pairs_without_and_with_a_label(open_page, scenes):
    app = open_page("attributes", model="scenes", seed="5", label="red cube")
    assert not app.exception
    grid = component(app)
    expected = attributes.pairs(scenes.latent, Point(5), "objects", "red cube", stage=Point(5))
    assert np.array_equal(images(grid), scenes.images(expected.latents(scenes.latent)).numpy())
    assert grid["sides"] == ["without red cube", "red cube"]
    assert grid["columns"] == 10


def test_what_the_stage_holds_is_held_in_the_pairs(open_page, faces):
    app = open_page("attributes", model="faces", live="3;hair=blond;attributes=smile+hat", label="smile")
    assert not app.exception
    held = (("hair", "blond"), ("attributes", "smile+hat"))
    grid = attributes.pairs(faces.latent, Point(0, fixed=held), "attributes", "smile", stage=Point(3, fixed=held))
    expected = grid.latents(faces.latent)
    assert component(app)["heads"][:4] == ["on the stage", "seed 1", "seed 2", "seed 3"]
    assert np.array_equal(images(component(app)), faces.images(expected).numpy())


@pytest.mark.parametrize(
    ("view", "label", "at"), [("With and without", "smile", 10), ("Each label", "", 1), ("Many conditions", "", None)]
)
def test_the_first_latent_of_a_grid_is_the_one_on_the_stage(open_page, faces, view, label, at):
    live = "0;z.1=-2.570;eyewear=none;hair=red;skin=pale;attributes=smile"
    app = open_page("attributes", model="faces", view=view, live=live, **({"label": label} if label else {}))
    assert not app.exception
    drawn, sides, heads = images(component(app)), component(app)["sides"], component(app)["heads"]
    assert "on the stage" in (heads[0], sides[0])
    assert "seed 1" in (heads[1], sides[1])
    if at is not None:
        assert np.abs(drawn[at].astype(int) - on_stage(app)).max() <= 1
    assert np.array_equal(by_its_code(app)[0], on_stage(app))
    assert on_stage(app).std() > 5


@pytest.mark.parametrize("view", ["Each label", "Many conditions"])
@pytest.mark.parametrize("name", ["scenes", "digit", "faces"])
def test_the_copied_python_gives_the_grid(open_page, request, view, name):
    request.getfixturevalue(name)
    app = open_page("attributes", model=name, view=view)
    assert not app.exception
    assert np.array_equal(np.asarray(by_its_code(app, DOWNLOADS)), images(component(app)))


def test_the_classifier_reads_every_picture(open_page, digit):
    app = open_page("attributes", model="digit", view="Each label")
    assert not app.exception
    grid, classifier = component(app), readings.classifier_of(digit.card.data)
    u = attributes.each_label(digit.latent, Point(0), "digit").latents(digit.latent)
    judged = readings.judge_pictures(classifier, digit.latent, u, images(grid))
    assert grid["marked"] == [i for i, right in enumerate(judged.right) if right]
    assert all("reads" in label for label in grid["labels"])
    assert any("The classifier reads" in text.value for text in app.markdown)


def test_a_full_stage_is_shown_as_it_is_and_what_gives_way_is_said(open_page, scenes):
    live = "0;objects=yellow%20sphere+blue%20cylinder+red%20cube"
    app = open_page("attributes", model="scenes", live=live, label="gray cube")
    assert not app.exception
    assert np.abs(images(component(app))[0].astype(int) - on_stage(app)).max() <= 1
    said = "A picture has 1 to 3 objects, so gray cube takes the place of blue cylinder."
    assert any(said in caption.value for caption in app.caption)


def said_of(app):
    (line,) = [text.value for text in app.markdown if "The classifier reads" in text.value]
    return line


def test_what_a_hat_hides_is_said_to_be_unjudged(open_page, checkpoints_folder):
    save_untrained(checkpoints_folder / "hats.safetensors", "acgan", CONFIG, replace(AVATARS, size=28))
    app = open_page("attributes", model="hats", live="0;attributes=hat+long%20hair;hair=blond", label="smile")
    assert not app.exception
    line = said_of(app)
    read, rest = line.split("**")[1:]
    assert rest.endswith("; hidden by the hat and not judged: long hair, hair blond")
    assert "hair" not in read
    assert "asked for and can be seen" in " ".join(caption.value for caption in app.caption)
    assert component(app)["labels"][0].endswith("hidden by the hat and not judged: long hair, hair blond")


def test_each_object_asked_for_has_a_tick_or_a_cross(open_page, scenes):
    line = said_of(open_page("attributes", model="scenes", live="0;objects=red%20cube+cyan%20sphere"))
    assert re.search(r"[✓✗] red cube \(\d+%\)", line)
    assert re.search(r"[✓✗] cyan sphere \(\d+%\)", line)
    assert ("✗" in line) == line.endswith(": not as asked")


def test_the_matrix_is_measured_when_asked(open_page, digit):
    app = open_page("attributes", model="digit", view="What else changes")
    assert not app.get("plotly_chart")
    app.button(key="measure").click().run()
    assert not app.exception
    assert len(app.get("plotly_chart")) == 1
    assert "one label alone" in " ".join(caption.value for caption in app.caption)


def test_the_matrix_of_the_header_is_shown_at_once(open_page, faces):
    app = open_page("attributes", model="faces", view="What else changes")
    assert not app.exception
    assert len(app.get("plotly_chart")) == 1
    assert "sets one label" in " ".join(caption.value for caption in app.caption)


def test_new_numbers_leave_the_labels_that_were_chosen(open_page, faces):
    app = open_page("attributes", model="faces", seed="5")
    (name,) = [factor["name"] for factor in stage(app)["factors"] if factor["kind"] == "attributes"]
    axis = stage(app)["axes"][0]["name"]
    app.session_state["live_place"] = Point(5, fixed=((name, "beard+hat"), (axis, "1.000")))  # as the hand leaves it
    app.run()
    assert len(stage(app)["point"]["fixed"]) == 2
    app.button(key="resample").click().run()
    assert not app.exception
    seed = app.number_input(key="seed").value
    assert seed != 5
    assert stage(app)["point"] == {"seed": seed, "fixed": [[name, "beard+hat"]]}
    again = open_page("attributes", **{key: app.query_params[key] for key in ("model", "live")}, seed=str(seed))
    assert stage(again)["point"] == stage(app)["point"]


def test_new_numbers_bring_labels_of_their_own_where_none_was_chosen(open_page, faces):
    app = open_page("attributes", model="faces", seed="5")
    app.button(key="resample").click().run()
    assert stage(app)["point"] == {"seed": app.number_input(key="seed").value, "fixed": []}
