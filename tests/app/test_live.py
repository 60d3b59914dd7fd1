"""What the live stage is told, and what it makes of what the browser says; what it draws is tested in a browser."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from ganlab import checkpoints
from ganlab.explore import axes, paths, points
from ganlab.explore.points import Point
from tests.app.pictures_on_page import DOWNLOADS, by_its_code, stage


def picture(data: dict, index: int = 0) -> np.ndarray:
    content = base64.b64decode(data["models"][index]["picture"].removeprefix("data:image/png;base64,"))
    return np.asarray(Image.open(io.BytesIO(content)))


def vectors(text: str, dim: int) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), np.float32).reshape(-1, dim)


@pytest.fixture
def tiny(checkpoints_folder):
    return checkpoints.load(checkpoints_folder / "tiny.safetensors")


def test_the_browser_gets_the_latents_of_its_seeds_and_the_servers_picture(open_page, tiny):
    data = stage(open_page("sample", model="tiny", seed="5"))
    assert data["point"] == {"seed": 5, "fixed": []}
    seeds, latents = data["pool"]["seeds"], vectors(data["pool"]["latents"], tiny.latent.dim)
    assert seeds[0] == 5
    assert len(set(seeds)) == 32
    assert np.array_equal(latents, tiny.latent.from_seeds(seeds).numpy())
    assert np.array_equal(picture(data), tiny.images(tiny.latent.from_seeds([5]))[0, :, :, 0].numpy())
    assert data["models"][0]["address"].startswith("/live/models/")
    assert not data["unavailable"]


def test_the_address_says_where_it_is(open_page, tiny):
    app = open_page("sample", model="tiny", live="8;z~1=1.250")
    assert stage(app)["point"] == {"seed": 8, "fixed": [["z~1", "1.250"]]}
    u = axes.place(tiny.latent, Point(8, fixed=(("z~1", "1.25"),)), axes.axes(tiny))
    assert np.array_equal(picture(stage(app)), tiny.images(u[None])[0, :, :, 0].numpy())


def test_the_address_repeats_neither_the_seed_nor_the_limit(open_page, tiny):
    app = open_page("sample", model="tiny", seed="5", truncation="0.7")
    assert "live" not in app.query_params
    app.session_state["live_place"] = Point(3)
    app.run()
    assert app.query_params["live"] == "3"
    app.number_input(key="seed").set_value(6).run()
    assert app.query_params["live"] == "3"  # another grid leaves the stage as it is
    assert stage(app)["point"] == {"seed": 3, "fixed": []}
    app.number_input(key="seed").set_value(3).run()
    assert "live" not in app.query_params


def test_settling_moves_the_address(open_page, tiny):
    app = open_page("sample", model="tiny")
    app.session_state["live_place"] = Point(3, fixed=(("z~2", "-1.000"),))  # as the component's callback leaves it
    app.run()
    assert not app.exception
    assert points.parse(app.query_params["live"]) == [Point(3, fixed=(("z~2", "-1.000"),))]
    app.button(key="keep").click().run()
    kept = app.session_state["kept"][0]
    u = axes.place(tiny.latent, Point(3, fixed=(("z~2", "-1"),)), axes.axes(tiny))
    assert np.allclose(points.latents(tiny.latent, [kept])[0], u, atol=1e-3)


@pytest.mark.parametrize("live", ["8;q=1", "8;z~1=99", "8;z~1=nan"])
def test_what_does_not_fit_the_model_is_dropped_and_the_seed_kept(open_page, tiny, live):
    app = open_page("sample", model="tiny", live=live)
    assert not app.exception
    assert stage(app)["point"] == {"seed": 8, "fixed": []}


@pytest.mark.parametrize("live", ["", "x", "-1", "99999999999999", "8;;;", "<script>"])
def test_nonsense_in_the_address_is_passed_over(open_page, tiny, live):
    app = open_page("sample", model="tiny", live=live)
    assert not app.exception
    assert stage(app)["point"] == {"seed": 0, "fixed": []}


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"seed": "1", "fixed": []},
        {"seed": -1, "fixed": []},
        {"seed": 1},
        {"seed": 1, "fixed": [["z~1"]]},
        {"seed": 1, "fixed": [["z~1", 2]]},
    ],
    ids=str,
)
def test_nonsense_from_a_browser_is_no_place(sent):
    from ganlab.ui.live import exploring

    assert exploring._parse(sent) is None
    assert exploring._parse({"seed": 1, "fixed": [["z~1", "2"]]}) == Point(1, fixed=(("z~1", "2"),))


def test_models_of_one_latent_space_stand_side_by_side(open_page, run_folder, checkpoints_folder):
    app = open_page("sample", model="tiny", **{"other-models": run_folder.name})
    assert not app.exception
    assert [model["title"] for model in stage(app)["models"]] == ["tiny", run_folder.name]
    app = open_page("sample", model=run_folder.name, snapshots="true")
    titles = [model["title"] for model in stage(app)["models"]]
    assert titles[0].startswith("step ")
    assert titles[-1] == run_folder.name


def test_an_export_that_fails_leaves_the_servers_pictures(open_page, tiny, monkeypatch):
    def fail(*args, **options):
        raise ValueError("this net has a layer that ONNX lacks")

    monkeypatch.setattr("ganlab.export.keep", fail)
    app = open_page("sample", model="tiny")
    assert not app.exception
    data = stage(app)
    assert data["unavailable"] == "this net has a layer that ONNX lacks"
    assert np.array_equal(picture(data), tiny.images(tiny.latent.from_seeds([0]))[0, :, :, 0].numpy())


def test_a_walk_stops_where_the_address_says(open_page, tiny):
    app = open_page("interpolate", model="tiny", keys="4, 9, 6", time="1.5", way="lerp", closed="false")
    data = stage(app)
    assert data["point"] == {"time": 1.5}
    keys = tiny.latent.from_seeds([4, 9, 6])
    assert np.array_equal(vectors(data["walk"]["keys"], tiny.latent.dim), keys.numpy())
    halfway = paths.walk(tiny.latent, keys, steps=2, method="lerp")[3:4]
    assert np.array_equal(picture(data), tiny.images(halfway)[0, :, :, 0].numpy())


@pytest.mark.parametrize("time", ["nan", "-1", "1e9", "soon"])
def test_a_time_that_cannot_be_is_passed_over(open_page, tiny, time):
    app = open_page("interpolate", model="tiny", time=time)
    assert not app.exception
    assert stage(app)["point"] == {"time": 0}


def test_a_square_has_four_corners_and_a_spot(open_page, tiny):
    app = open_page("interpolate", model="tiny", view="square", keys="1 2 3 4", spot="1,0")
    data = stage(app)
    assert data["point"] == {"x": 1, "y": 0}
    assert np.array_equal(picture(data), tiny.images(tiny.latent.from_seeds([4]))[0, :, :, 0].numpy())
    assert np.array_equal(by_its_code(app, DOWNLOADS)[0, :, :, 0], picture(data))


def test_three_latents_make_no_square(open_page, tiny):
    app = open_page("interpolate", model="tiny", view="square", keys="1 2 3")
    assert not app.exception
    assert "a square needs 4 latents, not 3" in app.error[0].value
