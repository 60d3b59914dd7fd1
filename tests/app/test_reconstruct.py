import base64
import io
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from ganlab import checkpoints
from ganlab.cli import main
from ganlab.data import catalogue
from ganlab.explore import encodings, picture_files, points, provenance, reconstruct
from ganlab.families import vae as vae_family
from ganlab.metrics.mixtures import fit_mixture
from tests.app.pictures_on_page import DOWNLOADS, by_its_code, component, images
from tests.damaged import damage_digits
from tests.tiny_vae import train_vae
from tests.untrained import save_untrained


@pytest.fixture(scope="module")
def vae_file(data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train_vae(tmp_path_factory.mktemp("vae"))


@pytest.fixture
def vae(vae_file: Path, checkpoints_folder: Path) -> checkpoints.Checkpoint:
    return checkpoints.load(Path(shutil.copy(vae_file, checkpoints_folder / "vae.safetensors")))


def _told(app, name: str) -> dict:
    """What the component whose data has the key `name` was told."""
    found = [json.loads(one.proto.json)[0] for one in app.get("bidi_component")]
    return next(data for data in found if name in data)


def _picture(url: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))))


def _three_rows(vae, digits, places) -> np.ndarray:
    done = reconstruct.reconstruct(vae, reconstruct.images_at(vae, digits, places))
    return np.concatenate([done.originals, done.images, done.differences])


def test_without_an_encoder_it_says_what_to_train(open_page, checkpoints_folder):
    app = open_page("reconstruct", model="tiny")
    assert not app.exception
    assert "No model with an encoder" in app.subheader[0].value
    assert "mnist-vae-28-2d" in app.markdown[-1].value


def test_a_cold_address_gives_its_reconstructions(open_page, vae, digits):
    app = open_page("reconstruct", model="vae", images="3, 9")
    assert not app.exception
    assert np.array_equal(images(component(app)), _three_rows(vae, digits, [3, 9]))
    done = reconstruct.reconstruct(vae, reconstruct.images_at(vae, digits, [3, 9]))
    assert component(app)["heads"] == [f"{error:.4f}" for error in done.errors]
    assert np.array_equal(np.asarray(by_its_code(app, DOWNLOADS)), done.images)


def test_other_images_are_drawn_and_go_into_the_address(open_page, vae, digits):
    app = open_page("reconstruct", model="vae")
    app.button(key="draw_images").click().run()
    assert not app.exception
    places = reconstruct.parse_places(app.text_input(key="images").value, 10_000)
    assert len(set(places)) == 10
    assert np.array_equal(images(component(app)), _three_rows(vae, digits, places))


def test_an_encoding_can_be_kept_and_all_of_them_walked(open_page, vae, digits):
    app = open_page("reconstruct", model="vae", images="4-6")
    app.button(key="keep").click().run()
    done = reconstruct.reconstruct(vae, reconstruct.images_at(vae, digits, [4, 5, 6]))
    assert torch.allclose(points.latents(vae.latent, app.session_state["kept"])[0], done.latents[0], atol=1e-3)
    app.button(key="walk").click().run()
    assert not app.exception
    assert app.title[0].value == "Interpolate"
    keys = points.latents(vae.latent, points.parse(app.query_params["keys"]))
    assert torch.allclose(keys, done.latents, atol=1e-3)


def test_the_error_of_the_test_split_comes_from_the_checkpoint(open_page, vae):
    app = open_page("reconstruct", model="vae")
    assert not app.exception
    assert app.metric[0].value == f"{vae.card.metrics['reconstruction_mse']:.4f}"


def test_the_error_of_the_test_split_is_measured_where_the_checkpoint_has_none(
    open_page, vae, checkpoints_folder, digits
):
    card = vae.card
    checkpoints.save(
        checkpoints_folder / "unmeasured.safetensors",
        recipe=card.recipe,
        data=card.data,
        latent=card.latent,
        nets=vae.nets,
        step=card.step,
        metrics={},
    )
    app = open_page("reconstruct", model="unmeasured")
    assert not app.metric
    app.button(key="measure").click().run()
    assert not app.exception
    assert float(app.metric[0].value) == pytest.approx(card.metrics["reconstruction_mse"], abs=2e-4)
    app.run()
    assert app.metric  # it is remembered


def test_a_drawing_is_reconstructed_and_goes_into_the_address(open_page, vae, digits):
    app = open_page("reconstruct", model="vae", view="your own")
    assert not app.exception
    told = _told(app, "start")
    assert told["start"]["blank"]
    assert told["centres"]
    assert told["nets"][0]["dims"] == [1, 28, 28]
    drawing = reconstruct.images_at(vae, digits, [2])[0]
    said = {"start": told["start"]["id"], "pixels": base64.b64encode(drawing.tobytes()).decode()}
    app.session_state["ink"] = {"drawn": said}
    app.run()
    assert not app.exception
    done = reconstruct.reconstruct(vae, drawing[None])
    assert np.array_equal(_picture(_told(app, "start")["answer"]["reconstruction"]), done.images[0, ..., 0])
    assert _told(app, "start")["start"] == told["start"]  # the board is not begun anew
    assert np.array_equal(picture_files.from_text(app.query_params["drawing"], vae.card.data), drawing)


def test_a_drawing_in_the_address_is_on_the_board(open_page, vae, digits):
    drawing = reconstruct.images_at(vae, digits, [2])[0]
    address = {"model": "vae", "view": "your own"}
    app = open_page("reconstruct", **address, drawing=picture_files.to_text(drawing))
    assert not app.exception
    assert np.array_equal(_picture(_told(app, "start")["start"]["picture"]), drawing[..., 0])
    app = open_page("reconstruct", **address, drawing="nonsense")
    assert not app.exception
    assert "cannot be read" in app.warning[0].value


def _draw(app, drawing):
    """As the board sends it."""
    said = {"start": _told(app, "start")["start"]["id"], "pixels": base64.b64encode(drawing.tobytes()).decode()}
    app.session_state["ink"] = {"drawn": said}
    app.run()
    assert not app.exception


def test_a_drawing_too_rich_for_the_address_leaves_no_earlier_one_there(open_page, vae, monkeypatch):
    monkeypatch.setattr(picture_files, "MAX_TEXT", 400)
    app = open_page("reconstruct", model="vae", view="your own", begin="empty board")
    _draw(app, np.full((28, 28, 1), 200, np.uint8))
    assert "drawing" in app.query_params
    assert not any("too rich" in one.value for one in app.caption)
    _draw(app, np.random.default_rng(0).integers(0, 256, (28, 28, 1), np.uint8))
    assert "drawing" not in app.query_params
    assert any("too rich" in one.value for one in app.caption)


def test_an_empty_board_is_empty_after_another_beginning(open_page, vae):
    drawing = picture_files.to_text(np.full((28, 28, 1), 200, np.uint8))
    app = open_page("reconstruct", model="vae", view="your own", drawing=drawing)
    assert not _told(app, "start")["start"]["blank"]
    _draw(app, np.full((28, 28, 1), 100, np.uint8))
    app.radio(key="begin").set_value("upload").run()
    app.radio(key="begin").set_value("empty board").run()
    assert _told(app, "start")["start"]["blank"]


def test_words_on_a_broken_drawing_go_once_something_is_drawn(open_page, vae):
    app = open_page("reconstruct", model="vae", view="your own", drawing="AAAA")
    assert "cannot be read" in app.warning[0].value
    app.run()
    assert app.warning  # another run of the page is no drawing
    _draw(app, np.full((28, 28, 1), 200, np.uint8))
    assert not app.warning


@pytest.mark.parametrize(
    "said", [{"start": "other"}, {"pixels": "AAAA"}, {"pixels": "&"}, {"pixels": 3}, {"pixels": None}], ids=str
)
def test_nonsense_from_the_board_is_ignored(open_page, vae, said):
    app = open_page("reconstruct", model="vae", view="your own")
    before = _told(app, "start")
    whole = base64.b64encode(bytes(28 * 28)).decode()
    app.session_state["ink"] = {"drawn": {"start": before["start"]["id"], "pixels": whole} | said}
    app.run()
    assert not app.exception
    assert _told(app, "start")["answer"] == before["answer"]


def test_a_test_image_and_an_upload_can_be_begun_with(open_page, vae, digits):
    app = open_page("reconstruct", model="vae", view="your own", begin="test image", image="6")
    assert not app.exception
    assert np.array_equal(_picture(_told(app, "start")["start"]["picture"]), digits.split("test")[0][6, 0])
    app.radio(key="begin").set_value("upload").run()
    assert "Choose a picture file" in app.info[0].value
    buffer = io.BytesIO()
    Image.new("RGB", (50, 30), "white").save(buffer, "JPEG")
    app.file_uploader(key="picture").set_value(("photo.jpg", buffer.getvalue(), "image/jpeg")).run()
    assert not app.exception
    assert (_picture(_told(app, "start")["start"]["picture"]) == 255).all()
    app.toggle(key="invert").set_value(True).run()
    assert (_picture(_told(app, "start")["start"]["picture"]) == 0).all()
    app.file_uploader(key="picture").set_value(("photo.jpg", buffer.getvalue()[:100], "image/jpeg")).run()
    assert not app.exception
    assert "photo.jpg cannot be read as a picture" in app.error[0].value


def test_the_walk_between_two_encodings_begins_and_ends_at_them(open_page, vae, digits):
    app = open_page("reconstruct", model="vae", view="between two", **{"from": "1", "to": "5"})
    assert not app.exception
    done = reconstruct.reconstruct(vae, reconstruct.images_at(vae, digits, [1, 5]))
    shown = images(component(app)).astype(int)
    assert np.abs(shown[[0, 10]] - done.images).max() <= 1  # the address has four digits of each number
    assert np.array_equal(shown[[11, 21]], done.originals)


def test_an_attribute_vector_moves_the_images(open_page, vae, digits):
    address = {"model": "vae", "view": "attributes", "images": "0-4", "from_label": "1", "to_label": "7"}
    app = open_page("reconstruct", **address, strength="-0.5")
    assert not app.exception
    found = encodings.encodings(vae, digits, seed=0)
    way = encodings.vector(found, digits.spec, "digit", start="1", end="7")
    latents = reconstruct.reconstruct(vae, reconstruct.images_at(vae, digits, range(5))).latents - 0.5 * way
    assert np.array_equal(images(component(app))[10:], vae.images(latents).numpy())
    told = _told(app, "direction")
    assert np.allclose(np.frombuffer(base64.b64decode(told["direction"]), np.float32), way)
    assert told["title"] == "Digit 1 to 7"
    assert np.array_equal(np.asarray(by_its_code(app, DOWNLOADS)), images(component(app))[10:])
    app.session_state["vector"] = {"settled": {"strength": 1.5}}
    app.run()
    assert app.query_params["strength"] in ("1.5", ["1.5"])
    assert _told(app, "direction")["strength"] == 1.5


def test_a_way_between_labels_says_so_and_moves_images_of_the_first(open_page, vae, digits):
    app = open_page("reconstruct", model="vae", view="attributes", from_label="3", to_label="5")
    assert not app.exception
    threes = (digits.labels[digits.train :] == 3).nonzero().flatten().tolist()[:10]
    assert np.array_equal(images(component(app))[:10], reconstruct.images_at(vae, digits, threes))
    assert any("images of digit 5 minus that of digit 3" in caption.value for caption in app.caption)
    app.text_input(key="images").set_value("0-2").run()
    assert np.array_equal(images(component(app))[:3], reconstruct.images_at(vae, digits, range(3)))


@pytest.mark.parametrize("strength", ["nan", "inf", "much", "99"])
def test_nonsense_strengths_are_kept_in_range(open_page, vae, strength):
    app = open_page("reconstruct", model="vae", view="attributes", images="0", strength=strength)
    assert not app.exception
    assert -3 <= _told(app, "direction")["strength"] <= 3


def test_samples_come_from_the_prior_and_from_the_mixture(open_page, vae, digits):
    app = open_page("reconstruct", model="vae", view="samples", seed="5", components="2")
    assert not app.exception
    prior = vae.card.latent.from_seeds(range(5, 41))
    found = encodings.encodings(vae, digits, seed=0)
    mixture = fit_mixture(found.latents, components=2, seed=0).from_seeds(range(5, 41))
    assert np.array_equal(images(component(app)), vae.images(prior).numpy())
    assert np.array_equal(images(component(app, 1)), vae.images(mixture).numpy())
    assert np.array_equal(np.asarray(by_its_code(app, DOWNLOADS)), vae.images(mixture).numpy())


def test_the_mixture_in_the_file_needs_no_dataset(open_page, vae, monkeypatch, tmp_path):
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path / "empty"))
    app = open_page("reconstruct", model="vae", view="samples", seed="5")
    assert not app.exception
    drawn = vae.images(vae.mixture.from_seeds(range(5, 41))).numpy()
    assert np.array_equal(images(component(app, 1)), drawn)
    assert np.array_equal(np.asarray(by_its_code(app, DOWNLOADS)), drawn)


def test_its_mixture_is_drawn_from_everywhere_and_the_plain_prior_where_it_is_named(open_page, vae, tmp_path):
    """On Sample, its stage, and its code; on the command line, and in a saved picture."""
    own, plain = vae.images(vae.mixture.from_seeds(range(4))), vae.images(vae.card.latent.from_seeds(range(4)))
    assert (own.int() - plain.int()).abs().amax((1, 2, 3)).min() >= 2
    for address, expected in (({}, own), ({"prior": "plain"}, plain)):
        app = open_page("sample", model="vae", count="4", **address)
        assert not app.exception
        shown = np.stack([images(component(app)), np.asarray(by_its_code(app, DOWNLOADS))]).astype(int)
        assert np.abs(shown - expected.numpy()).max() <= 1  # grey levels that batches of other sizes round otherwise
        stage = _told(app, "pool")
        assert np.array_equal(_picture(stage["models"][0]["picture"]), shown[0, 0, ..., 0])
        latent = vae.latent if not address else vae.card.latent
        pool = np.frombuffer(base64.b64decode(stage["pool"]["latents"]), np.float32).reshape(-1, latent.dim)
        assert np.array_equal(pool, latent.from_seeds(stage["pool"]["seeds"]).numpy())
        app.button(key="keep").click().run()
        assert str(app.session_state["kept"][0]) == ("0~plain" if address else "0")
        options = ["--prior", "plain"] if address else []
        assert main(["sample", "vae", "--n", "4", *options, "--out", str(tmp_path / "x.npz")]) == 0
        saved = np.load(tmp_path / "x.npz")
        assert np.array_equal(saved["latents"], latent.from_seeds(range(4)).numpy())
        assert np.abs(saved["images"].astype(int) - shown[0]).max() <= 1
        assert main(["sample", "vae", "--n", "4", *options, "--out", str(tmp_path / "x.png")]) == 0
        drawn = provenance.written_points(provenance.read((tmp_path / "x.png").read_bytes()))
        assert drawn == points.row(0, 4, plain=bool(address))


def test_the_plane_is_shown_and_a_place_on_it_can_be_kept(open_page, vae):
    app = open_page("reconstruct", model="vae", view="plane", place="0.25,0.9")
    assert not app.exception
    told = _told(app, "table")
    sheet = _picture(told["sheet"])
    latents = reconstruct.plane(vae.latent, 20)
    assert np.array_equal(sheet[:28, -28:], vae.images(latents)[19, ..., 0])
    app.button(key="keep").click().run()
    kept = points.latents(vae.latent, app.session_state["kept"])
    assert torch.allclose(kept, reconstruct.quantiles(torch.tensor([[0.25, 0.9]])), atol=1e-3)


@pytest.mark.parametrize(
    "address",
    [{"images": "x"}, {"images": "99999"}, {"view": "nonsense"}, {"view": "plane", "place": "a,b"}],
    ids=str,
)
def test_nonsense_in_the_address_is_named_or_ignored(open_page, vae, address):
    app = open_page("reconstruct", model="vae", **address)
    assert not app.exception
    assert bool(app.error) == ("images" in address)


def test_without_its_dataset_one_begins_with_a_drawing_of_ones_own(
    open_page, vae, checkpoints_folder, monkeypatch, tmp_path, digits
):
    spec = replace(digits.spec, name="avatars", channels=3)
    save_untrained(checkpoints_folder / "faces.safetensors", "vae", vae_family.Config(width=4), spec)
    app = open_page("reconstruct", model="vae")
    assert app.segmented_control(key="view").value == "test images"
    app.selectbox(key="model_choice").set_value("faces").run()
    assert not app.exception
    assert app.segmented_control(key="view").value == "your own"
    assert _told(app, "start")["start"]["blank"]
    app.segmented_control(key="view").set_value("between two").run()
    assert app.button(key="pack").label == "Make the 20,000 faces"
    assert "a minute or two" in app.markdown[-1].value
    app.selectbox(key="model_choice").set_value("vae").run()
    assert app.segmented_control(key="view").value == "between two"  # that was chosen


def test_without_its_dataset_the_images_can_be_packed(open_page, vae, tmp_path, monkeypatch):
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path / "empty"))
    app = open_page("reconstruct", model="vae", view="test images")
    assert not app.exception
    assert "needs the images of the dataset `digits`" in app.markdown[-1].value
    app.button(key="pack").click().run()
    assert not app.exception
    assert catalogue.is_packed("digits")
    assert component(app)["count"] == 30


@pytest.mark.parametrize("view", ["test images", "between two", "attributes", "your own"])
def test_a_dataset_cut_short_is_named_and_packed_again(open_page, vae, tmp_path, monkeypatch, view):
    damage_digits(tmp_path, monkeypatch)
    begin = {"begin": "test image"} if view == "your own" else {}
    app = open_page("reconstruct", model="vae", view=view, **begin)
    assert not app.exception
    assert "digits.v2.safetensors cannot be read" in app.warning[0].value
    app.button(key="pack").click().run()
    assert not app.exception
    assert not app.warning


def test_a_damaged_checkpoint_is_named(open_page, vae, checkpoints_folder, truncated_file):
    shutil.copy(truncated_file, checkpoints_folder / "broken.safetensors")
    app = open_page("reconstruct", model="broken")
    assert not app.exception
    assert "broken.safetensors is damaged or cut short" in app.error[0].value
