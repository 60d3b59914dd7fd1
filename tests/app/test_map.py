import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ganlab import checkpoints, data
from ganlab.data import catalogue
from ganlab.explore import layouts, maps, points
from ganlab.explore.points import Point
from ganlab.families import gan
from tests.app.pictures_on_page import component, images
from tests.damaged import damage_digits
from tests.tiny_vae import train_vae
from tests.untrained import save_untrained

FEW = {"model": "tiny", "real": "100", "generated": "100", "layout": "PCA"}


@pytest.fixture(scope="module")
def vae_file(data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train_vae(tmp_path_factory.mktemp("vae"))


@pytest.fixture
def vae(vae_file: Path, checkpoints_folder: Path) -> checkpoints.Checkpoint:
    return checkpoints.load(Path(shutil.copy(vae_file, checkpoints_folder / "vae.safetensors")))


def _pick(app, **chosen):
    """What a lasso or a click sends."""
    app.session_state["map"] = {"chosen": {"id": component(app)["id"], "points": [], "place": None} | chosen}
    return app.run()


def _places(app) -> np.ndarray:
    return np.float32(component(app)["places"]).reshape(-1, 2)


def test_without_a_model_it_says_what_to_do(open_page):
    app = open_page("map")
    assert not app.exception
    assert "No models yet" in app.subheader[0].value


def test_a_map_that_was_finished_once_is_there_at_once(open_page, checkpoints_folder, tmp_path, monkeypatch):
    from ganlab.ui.maps import cache

    monkeypatch.setattr("ganlab.explore.finished_maps.data_folder", lambda: tmp_path)
    choices = FEW | {"real": "0", "space": "pixels", "layout": "t-SNE"}
    first = open_page("map", **choices)
    assert not first.exception
    cache._growing.clear()  # as in a server that was started anew
    monkeypatch.setattr("ganlab.explore.layouts.tsne_stage", None)  # whoever still has to lay out fails
    again = open_page("map", **choices)
    assert not again.exception
    assert np.array_equal(_places(again), _places(first))


def test_a_cold_address_gives_its_map(open_page, checkpoints_folder, digits):
    app = open_page("map", **FEW, space="pixels", seed="7", colour="digit", pictures="true")
    assert not app.exception
    model = checkpoints.load(checkpoints_folder / "tiny.safetensors")
    collection = maps.gather(model, digits, real=100, generated=100, seed=7)
    shown = component(app)
    assert np.array_equal(images(shown), collection.images)
    assert (shown["real"], shown["pictures"], shown["labels"]) == (100, True, list("0123456789"))
    assert shown["values"] == digits.labels[digits.train :][list(collection.places)].tolist() + [-1] * 100
    assert shown["captions"][-1] == "generated, seed 106"
    vectors = maps.vectors(collection, "pixels", seed=7)
    assert np.allclose(_places(app), layouts.flat(vectors, layouts.plane(vectors)), rtol=1e-3, atol=1e-2)
    assert "of the variance" in app.caption[-2].value


def test_tsne_runs_to_its_end_and_is_kept(open_page, checkpoints_folder):
    app = open_page("map", **FEW | {"layout": "t-SNE"})
    assert not app.exception
    assert len(app.get("progress")) == 0
    assert "nearest neighbour" in app.caption[-2].value  # what stands there when all parts are done
    places = _places(app)
    flat = _places(app.selectbox(key="colour").select("real or generated").run())
    assert np.array_equal(places, flat)  # another colouring moves nothing
    app.segmented_control(key="layout").set_value("PCA").run()
    assert not np.allclose(_places(app), places, atol=1)


def test_what_is_wrong_in_the_address_is_still_told_when_the_map_is_done(open_page, checkpoints_folder):
    app = open_page("map", **FEW | {"layout": "t-SNE", "seed": "4711", "model": "nope"})
    assert not app.exception
    assert any("no model `nope`" in warning.value for warning in app.warning)


def test_a_latent_of_two_numbers_is_laid_out_as_it_is_until_another_layout_is_chosen(open_page, vae):
    app = open_page("map", model="vae", real="100", generated="100")
    assert not app.exception
    assert app.segmented_control(key="layout").value == "PCA"
    assert "hold 100% of the variance" in app.caption[-2].value
    app.selectbox(key="space").select("pixels").run()
    assert app.segmented_control(key="layout").value == "t-SNE"
    app.selectbox(key="space").select("latents").run()
    assert app.segmented_control(key="layout").value == "PCA"
    app.segmented_control(key="layout").set_value("t-SNE").run()
    assert not app.exception
    assert app.select_slider(key="perplexity").value == 30
    app.selectbox(key="space").select("pixels").run()
    app.selectbox(key="space").select("latents").run()
    assert app.segmented_control(key="layout").value == "t-SNE"


def test_picked_pictures_are_shown_and_generated_ones_can_be_kept(open_page, checkpoints_folder):
    app = _pick(open_page("map", **FEW), points=[3, 100, 104])
    assert not app.exception
    assert "**3 picked**" in app.markdown[-1].value
    everything = images(component(app))
    assert np.array_equal(images(component(app, 1)), everything[[100, 104]])
    assert component(app, 1)["action"] == "keep"
    assert np.array_equal(images(component(app, 2)), everything[[3]])
    assert component(app, 2)["action"] is None
    app.button(key="keep_all").click().run()
    assert set(app.session_state["kept"]) == {Point(0), Point(4)}


def test_picked_pictures_go_to_interpolate(open_page, checkpoints_folder):
    app = _pick(open_page("map", **FEW), points=[101, 105, 109])
    app.button(key="walk").click().run()
    assert not app.exception
    assert app.title[0].value == "Interpolate"
    assert points.parse(app.query_params["keys"]) == [Point(1), Point(5), Point(9)]


def test_of_many_picked_pictures_the_button_says_how_many_go(open_page, checkpoints_folder):
    app = _pick(open_page("map", **FEW), points=list(range(100, 140)))
    assert app.button(key="keep_all").label == "Keep 32"
    assert app.button(key="walk").label == "Interpolate through 8"
    app.button(key="walk").click().run()
    assert not app.exception
    first = [Point(i) for i in range(8)]
    assert points.parse(app.query_params["keys"]) == first
    assert set(app.session_state["kept"]) == set(first)


@pytest.mark.parametrize(
    "sent",
    [{"id": "another"}, {"points": [-1, 10_000, "x", None]}, {"points": "all"}, {"place": [1]}, {"place": ["a", "b"]}],
    ids=str,
)
def test_nonsense_from_the_browser_picks_nothing(open_page, checkpoints_folder, sent):
    app = _pick(open_page("map", **FEW), **sent)
    assert not app.exception
    assert "**Nothing picked yet**" in [text.value for text in app.markdown]


def test_a_click_on_an_empty_place_is_ignored_where_nothing_can_be_drawn(open_page, checkpoints_folder):
    app = _pick(open_page("map", **FEW, space="pixels"), place=[1.0, 1.0])
    assert not app.exception
    assert not component(app)["decodes"]
    assert "**Nothing picked yet**" in [text.value for text in app.markdown]


def test_a_click_on_an_empty_place_draws_what_lies_there(open_page, vae):
    app = open_page("map", **FEW | {"model": "vae"})
    assert component(app)["decodes"]
    assert component(app)["real"] == 100  # the encoder finds latents for real pictures
    app = _pick(app, place=[0.5, -1.25])
    assert not app.exception
    assert app.markdown[-1].value == "At **0.50, -1.25**"
    app.button(key="keep").click().run()
    [kept] = app.session_state["kept"]
    assert points.latents(vae.latent, [kept]).tolist() == [[0.5, -1.25]]


def test_without_its_dataset_a_model_shows_generated_pictures_and_offers_to_pack(
    open_page, checkpoints_folder, digits, tmp_path, monkeypatch
):
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path / "empty"))
    app = open_page("map", **FEW)
    assert not app.exception
    assert (component(app)["real"], len(component(app)["values"])) == (0, 100)
    app.button(key="pack").click().run()
    assert not app.exception
    assert catalogue.is_packed("digits")
    assert data.data_folder() == tmp_path / "empty"
    assert component(app)["real"] == 100


def test_nothing_to_lay_out_is_said(open_page, checkpoints_folder):
    app = open_page("map", **FEW | {"real": "0", "generated": "0"})
    assert not app.exception
    assert "choose some real or generated pictures" in app.info[0].value


@pytest.mark.parametrize(
    "address", [{"space": "vibes"}, {"layout": "UMAP"}, {"colour": "mood"}, {"real": "7"}], ids=str
)
def test_nonsense_in_the_address_is_ignored(open_page, checkpoints_folder, address):
    app = open_page("map", **FEW | address)
    assert not app.exception
    shown = component(app)
    without = component(open_page("map", **{key: value for key, value in FEW.items() if key not in address}))
    assert [shown[key] for key in ("id", "real", "values")] == [without[key] for key in ("id", "real", "values")]
    assert np.allclose(shown["places"], without["places"])


def test_a_dataset_cut_short_is_named_and_packed_again(open_page, checkpoints_folder, tmp_path, monkeypatch):
    damage_digits(tmp_path, monkeypatch)
    app = open_page("map", **FEW)
    assert not app.exception
    assert app.warning[0].value.startswith("digits.v2.safetensors cannot be read")
    assert "ganlab data pack digits" in app.warning[0].value
    assert component(app)["real"] == 0
    app.button(key="pack").click().run()
    assert not app.exception
    assert not app.warning
    assert component(app)["real"] == 100


def test_a_damaged_checkpoint_is_named(open_page, checkpoints_folder, truncated_file):
    shutil.copy(truncated_file, checkpoints_folder / "broken.safetensors")
    app = open_page("map", **FEW | {"model": "broken"})
    assert not app.exception
    assert "broken.safetensors is damaged or cut short" in app.error[0].value


def test_no_more_real_pictures_are_offered_than_there_are(open_page, checkpoints_folder, digits):
    app = open_page("map", model="tiny", generated="100", layout="PCA")
    assert not app.exception
    slider = app.select_slider(key="real")
    total = len(digits.images) - digits.train
    assert (slider.value, slider.options[-1]) == (total, str(total))
    assert component(app)["real"] == total
    assert f"{total} test pictures of digits" in slider.help
    assert open_page("map", model="tiny", real="750", layout="PCA").select_slider(key="real").value == total


@pytest.mark.parametrize("page", ["map", "sample"])
def test_a_run_is_called_by_its_name(open_page, run_folder, checkpoints_folder, page):
    app = open_page(page, model="tiny-001", layout="PCA")
    assert not app.exception
    assert app.selectbox(key="model_choice").options == ["tiny", "tiny-001"]
    assert app.selectbox(key="model_choice").value == "tiny-001"
    assert app.query_params["model"] == "tiny-001"


@pytest.mark.parametrize(("name", "title"), [("mnist", "Download and pack"), ("avatars", "Make the 20,000 faces")])
def test_the_button_says_what_packing_takes(open_page, tmp_path, monkeypatch, digits, name, title):
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path / "empty"))
    spec = replace(digits.spec, name=name)
    save_untrained(tmp_path / "checkpoints" / "model.safetensors", "gan", gan.Config(width=4), spec)
    app = open_page("map", model="model", generated="100", layout="PCA")
    assert not app.exception
    assert app.button(key="pack").label == title


def test_a_map_of_pictures_that_nobody_can_read_opens_by_origin_and_says_why_the_rest_is_grey(
    open_page, checkpoints_folder, digits
):
    app = open_page("map", **FEW, space="pixels")
    assert not app.exception
    assert app.selectbox(key="colour").value == "real or generated"
    assert not any("Grey is unknown" in caption.value for caption in app.caption)
    app.selectbox(key="colour").select("digit").run()
    told = " ".join(caption.value for caption in app.caption)
    assert "this model is not asked for digit, and there is no classifier of digits here" in told
