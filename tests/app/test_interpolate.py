import io
import shutil

import numpy as np
import pytest
from PIL import Image
from safetensors import safe_open
from safetensors.torch import save_file

from ganlab import checkpoints
from ganlab.explore import paths, points
from ganlab.explore.points import Point
from ganlab.families import infogan
from ganlab.ui.interpolating import journey
from tests.app.pictures_on_page import DOWNLOADS, by_its_code, component, images, on_stage, stage
from tests.untrained import save_untrained


def test_without_a_model_it_says_what_to_do(open_page):
    app = open_page("interpolate")
    assert not app.exception
    assert "No models yet" in app.subheader[0].value


@pytest.mark.parametrize("method", paths.METHODS)
@pytest.mark.parametrize("closed", [True, False])
def test_the_strip_is_the_walk_in_the_address(open_page, checkpoints_folder, method, closed):
    app = open_page("interpolate", model="tiny", keys="4, 9@0.5, 6", steps="5", way=method, closed=str(closed).lower())
    assert not app.exception
    model = checkpoints.load(checkpoints_folder / "tiny.safetensors")
    keys = points.latents(model.latent, points.parse("4 9@0.5 6"))
    walked = paths.walk(model.latent, keys, steps=5, method=method, closed=closed)
    strip, moving = component(app), stage(app)
    assert np.array_equal(images(strip), model.images(walked).numpy())
    assert strip["marked"] == ([0, 5, 10])
    assert moving["walk"]["closed"] is closed
    assert moving["walk"]["count"] == 3


def test_the_copied_python_gives_the_strip(open_page, checkpoints_folder):
    app = open_page("interpolate", keys="4, 9@0.5, 6")
    assert np.array_equal(np.asarray(by_its_code(app, DOWNLOADS)), images(component(app)))


def test_the_code_under_the_stage_gives_the_picture_at_its_time(open_page, checkpoints_folder):
    app = open_page("interpolate", keys="4, 9@0.5, 6", time="2.429", way="lerp")
    assert "**From seed 6 to seed 4: 43%**" in [text.value for text in app.markdown]
    assert np.array_equal(by_its_code(app)[0, :, :, 0], on_stage(app))


def test_key_frames_are_named_by_what_their_codes_draw(open_page, checkpoints_folder, digits):
    table = {"c1": {"kind": "category", "table": {str(i): str(9 - i) for i in range(10)}}}
    config = infogan.Config(width=4, latent_size=8)
    save_untrained(checkpoints_folder / "codes.safetensors", "infogan", config, digits.spec, table)
    app = open_page("interpolate", model="codes", keys="4;c1=1 9;c1=3", time="0.25")
    told = "**From seed 4 (c1 mostly draws 8) to seed 9 (c1 mostly draws 6): 25%**"
    assert told in [text.value for text in app.markdown]


@pytest.mark.parametrize(
    ("time", "closed", "frame"), [("0", "true", 0), ("2.429", "true", 19), ("2.99", "true", 0), ("2", "false", 16)]
)
def test_the_picture_nearest_to_the_stage_has_a_frame(open_page, checkpoints_folder, time, closed, frame):
    app = open_page("interpolate", keys="4 9 6", time=time, closed=closed, steps="8")
    assert component(app)["selected"] == frame
    app.session_state["time_place"] = 1.0  # as letting go of the scrubber, or a click, leaves it
    app.run()
    assert component(app)["selected"] == 8


def test_a_time_beyond_the_walk_is_told_on_arrival_alone(open_page, checkpoints_folder):
    app = open_page("interpolate", keys="4 9 6 1", time="200", closed="true")
    assert "`time=200` in the address cannot be used: it should be a number from 0 to 4" in app.warning[0].value
    app = open_page("interpolate", keys="4 9 6 1", time="4", closed="true")
    app.text_input(key="keys").set_value("4, 9").run()
    assert not app.warning


def test_another_pages_view_goes_out_of_the_address(open_page, checkpoints_folder):
    app = open_page("interpolate", view="Each label")
    assert not app.exception
    assert "view" not in app.query_params
    assert open_page("interpolate", view="square").query_params["view"] == "square"


def test_kept_latents_become_key_frames(open_page, checkpoints_folder):
    app = open_page("interpolate")
    assert app.button(key="use_kept").disabled
    app.session_state["kept"] = [Point(3), Point(8, 0.7)]
    app.run()
    app.button(key="use_kept").click().run()
    assert not app.exception
    assert app.text_input(key="keys").value == "3, 8@0.7"
    assert app.query_params["keys"] == "3, 8@0.7"
    assert component(app)["labels"][0] == "key frame 3"


def test_what_was_kept_is_walked_at_once_and_is_in_the_address(open_page, checkpoints_folder):
    app = open_page("sample")
    app.session_state["kept"] = [Point(3), Point(8, 0.7)]
    app.switch_page("pages/interpolate.py").run()
    assert not app.exception
    assert app.text_input(key="keys").value == "3, 8@0.7"
    assert app.query_params["keys"] == "3, 8@0.7"


def test_key_frames_in_the_address_go_before_what_was_kept(open_page, checkpoints_folder):
    app = open_page("sample")
    app.session_state["kept"] = [Point(3), Point(8, 0.7)]
    app.query_params["keys"] = "5, 6"
    app.switch_page("pages/interpolate.py").run()
    assert app.text_input(key="keys").value == "5, 6"


def test_new_key_frames_are_drawn(open_page, checkpoints_folder):
    app = open_page("interpolate")
    app.button(key="draw_keys").click().run()
    assert not app.exception
    assert len(points.parse(app.text_input(key="keys").value)) == 4


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ("1", "2 key frames or more"),
        ("1, two", "'two' is not a seed"),
        ("1;digit=3 2", "no factor 'digit'; it has z"),
        (" ".join(map(str, range(251))), "at most 2,000 frames"),
    ],
)
def test_key_frames_that_cannot_be_are_explained(open_page, checkpoints_folder, keys, reason):
    app = open_page("interpolate", keys=keys)
    assert not app.exception
    assert reason in app.error[0].value
    app.text_input(key="keys").set_value("1, 2").run()
    assert not app.error


@pytest.mark.parametrize(("closed", "frames"), [(True, 3 * 504), (False, 4 * 480 + 1)])
def test_the_gif_of_a_long_walk_has_fewer_frames_a_step(open_page, checkpoints_folder, monkeypatch, closed, frames):
    made = {}
    monkeypatch.setattr(journey, "downloads", lambda name, makers, snippet: made.update(makers))
    app = open_page("interpolate", keys=" ".join(map(str, range(21))), steps="24", closed=str(closed).lower())
    assert not app.exception
    assert not app.error
    assert component(app)["count"] == (504 if closed else 481)
    gif = Image.open(io.BytesIO(made["gif"]()))
    there = frames if closed else 2 * frames - 2  # and back
    total_ms = sum(gif.info["duration"] for i in range(there) if not gif.seek(i))
    assert gif.n_frames == there
    assert total_ms / there * frames == pytest.approx(1000 * 4 * component(app)["count"] / 25, rel=0.1)


def test_a_run_moves_through_its_training_with_any_latents(open_page, run_folder):
    app = open_page("interpolate", view="training", seed="9", latents="4")
    assert not app.exception
    film = component(app)
    files = checkpoints.list_files(run_folder.snapshots)
    assert film["labels"] == [f"step {int(path.stem):,}" for path in files]
    last = checkpoints.load(files[-1])
    drawn = last.images(points.latents(last.latent, points.row(9, 4))).numpy()
    assert np.array_equal(images(film)[-1][:28, :28, :1], drawn[0])
    assert np.array_equal(images(film)[-1][29:, 29:, :1], drawn[3])


def test_a_checkpoint_moves_through_the_sheets_that_it_carries(open_page, checkpoints_folder):
    app = open_page("interpolate", view="training")
    assert not app.exception
    carried = checkpoints.read_sheets(checkpoints_folder / "tiny.safetensors")
    assert component(app)["count"] == len(carried.steps)
    assert not app.number_input  # its latents are fixed
    assert "the checkpoint carries these latents" in " ".join(caption.value for caption in app.caption)


def test_a_checkpoint_without_sheets_says_so(open_page, checkpoints_folder):
    path = checkpoints_folder / "tiny.safetensors"
    with safe_open(path, "pt") as file:
        tensors = {key: file.get_tensor(key) for key in file.keys() if not key.startswith("sheets/")}  # noqa: SIM118
        save_file(tensors, path, {key: text for key, text in file.metadata().items() if key != "crc32"})
    app = open_page("interpolate", view="training")
    assert not app.exception
    assert "carries no pictures from its training" in app.info[0].value


def test_a_damaged_snapshot_is_named(open_page, run_folder):
    snapshot = checkpoints.list_files(run_folder.snapshots)[1]
    snapshot.write_bytes(snapshot.read_bytes()[:1000])
    app = open_page("interpolate", view="training")
    assert not app.exception
    assert app.error[0].value.startswith(f"{run_folder.name}/snapshots/{snapshot.name} is not a")


def test_a_damaged_checkpoint_is_named_and_another_can_be_chosen(open_page, checkpoints_folder, truncated_file):
    shutil.copy(truncated_file, checkpoints_folder / "broken.safetensors")
    app = open_page("interpolate", model="broken")
    assert not app.exception
    assert "broken.safetensors is damaged or cut short" in app.error[0].value
    app.selectbox(key="model_choice").select("tiny").run()
    assert not app.error
