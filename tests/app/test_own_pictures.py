"""Models of pictures that are not here: every page opens, and says in a line what it would need the pictures for."""

import io
import zipfile
from dataclasses import replace

import pytest

from ganlab import checkpoints
from ganlab.access import actions
from ganlab.data import catalogue
from ganlab.data.adding import Settings
from ganlab.families import cgan, infogan, vae
from ganlab.jobs import work
from ganlab.jobs.dropped import Dropped
from ganlab.jobs.work import Status
from tests.access.test_actions import OPEN
from tests.access.test_own_pictures import WISH, pictures, wait
from tests.app.cards import with_numbers
from tests.own_pictures import SPEC, add, shades
from tests.untrained import save_untrained

MODELS = {
    "cgan": (cgan.Config(width=4, latent_size=6), SPEC),
    "infogan": (infogan.Config(width=4, latent_size=4, categories=2, continuous=1), SPEC),
    "vae": (vae.Config(width=4, latent_size=2), replace(SPEC, conditions=())),
}


VIEWS = {"codes": {"view": "Measured"}, "reconstruct": {"view": "test images"}}  # those that read real pictures


@pytest.fixture
def own_models(checkpoints_folder, tmp_path, monkeypatch):
    """Models of each kind whose dataset nobody has here."""
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path / "data"))
    for family, (config, data) in MODELS.items():
        save_untrained(checkpoints_folder / f"own-{family}.safetensors", family, config, data)


@pytest.mark.parametrize(
    ("page", "model"),
    [
        ("gallery", ""),
        ("sample", "own-cgan"),
        ("sample", "own-vae"),
        ("interpolate", "own-infogan"),
        ("codes", "own-infogan"),
        ("attributes", "own-cgan"),
        ("reconstruct", "own-vae"),
        ("map", "own-cgan"),
        ("map", "own-vae"),
        ("train", ""),
        ("compare", ""),
    ],
)
def test_every_page_opens_without_the_pictures(open_page, own_models, page, model):
    app = open_page(page, layout="PCA", **({"model": model} if model else {}))
    assert not app.exception
    assert [error.value for error in app.error] == []


@pytest.mark.parametrize(
    ("page", "model", "line"),
    [
        ("map", "own-cgan", "Only generated pictures are shown: the pictures of 'my.shades' are not here."),
        ("codes", "own-infogan", "Measuring needs real pictures: the pictures of 'my.shades' are not here."),
        ("reconstruct", "own-vae", "the pictures of 'my.shades' are not here."),
    ],
)
def test_what_needs_real_pictures_says_so(open_page, own_models, page, model, line):
    app = open_page(page, model=model, layout="PCA", **VIEWS.get(page, {}))
    told = [text.value.replace("\\", "") for text in (*app.caption, *app.info, *app.markdown)]
    assert any(line in text for text in told), told


def test_own_pictures_that_are_here_can_be_chosen_for_a_training(open_page, own_models):
    assert "my.shades" not in open_page("train").selectbox(key="digits-quick.dataset").options
    add(shades())
    app = open_page("train", recipe="digits-quick")
    app.selectbox(key="digits-quick.dataset").set_value("my.shades").run()
    assert not app.exception
    assert any("my.shades: ready" in text.value.replace("\\", "") for text in app.caption)


def test_the_sample_page_tells_whether_a_picture_is_a_copy(open_page, own_models):
    app = open_page("sample", model="own-cgan", copying="true")
    assert not app.exception
    told = [text.value.replace("\\", "") for text in app.info]
    assert told == ["This needs the training pictures, and the pictures of 'my.shades' are not here."]
    add(shades())
    app = open_page("sample", model="own-cgan", copying="true")
    assert not app.exception
    [line] = [text.value for text in app.markdown if "Nearest training pictures" in text.value]
    assert "held-out pictures" in line
    assert "Nearest" not in " ".join(text.value for text in open_page("sample", model="own-cgan").markdown)


def test_real_pictures_that_a_model_carries_are_beside_those_that_it_draws(open_page, own_models, checkpoints_folder):
    """On its card, and on Sample while the dataset is not here; a model without any says why in a line."""
    pack = shades()
    origin, real = checkpoints.origin_of(pack), checkpoints.real_pictures(pack)
    config = cgan.Config(width=4, latent_size=6)
    save_untrained(checkpoints_folder / "carries.safetensors", "cgan", config, pack.spec, origin=origin, real=real)
    app = open_page("sample", model="carries")
    assert not app.exception
    [line] = [text.value for text in app.markdown if "Real pictures for comparison" in text.value]
    assert "Two shades of grey. CC0" in line
    without = open_page("sample", model="own-cgan")
    assert any("and the model carries none" in text.value for text in without.caption)
    gallery = with_numbers(open_page("gallery"), "carries", "tiny")
    assert not gallery.exception
    told = [text.value for text in gallery.caption].count("Real pictures, for comparison:")
    assert told == 2  # with the tests' own model of digits
    add(pack)
    assert "Real pictures for comparison" not in " ".join(
        text.value for text in open_page("sample", model="carries").markdown
    )


def test_pictures_whose_packing_failed_stand_beside_a_dataset_of_the_same_labels(open_page, own_data):
    """A start that was cancelled comes to nothing, and the choices are as they were."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as out:
        for number, file in enumerate(pictures()):
            out.writestr(f"{'ab'[number % 2]}/{number}.png", file.content)
    addition = actions.add_pictures(OPEN, [Dropped("two.zip", archive.getvalue())])
    assert wait(addition) == Status(state="looked", share=1.0)
    chosen = {"title": "Two kinds", "licence": "CC0", "settings": Settings(size=64, crop="pad", test_share=0.25)}
    wish = WISH.model_copy(update=chosen)
    actions.pack_pictures(OPEN, addition, wish, 1)
    cancelled = work.read_status(addition)
    actions.cancel(OPEN, addition)  # no process has come yet
    assert work.read_status(addition).state == "stopped"
    actions.pack_pictures(OPEN, addition, wish, 1)
    assert work.carry_out(addition, cancelled.start, lambda: pytest.fail("a second process packs")) == 0
    assert wait(addition) == Status(state="packed", share=1.0)
    assert work.carry_out(addition, cancelled.start, lambda: pytest.fail("it is packed again")) == 0
    assert catalogue.packed("mine").title == "Two kinds"

    work.write_status(addition, Status(state="failed", error="there is a dataset mine already"))
    app = open_page("train", view="Your own pictures", adding=addition.name)
    assert not app.exception
    assert sum("Labels: class" in one.label for one in app.expander) == 2
    assert any(button.label == "Train a conditional GAN on it" for button in app.button)
    assert any("with 2,000 steps, in which each of" in text.value for text in app.caption)
    names = [app.text_input(key=f"own_{name}").value for name in ("name", "title", "terms")]
    assert names == ["mine", "Two kinds", "CC0"]
    assert (app.selectbox(key="own_crop").value, app.slider(key="own_held_out").value) == ("pad", 25)


def test_files_that_are_no_pictures_are_told_in_one_sentence_without_a_form(open_page, own_data):
    files = [Dropped(f"{name}.png", b"no picture") for name in ("one", "two", "three")]
    addition = actions.add_pictures(OPEN, files)
    assert wait(addition) == Status(state="looked", share=1.0)
    app = open_page("train", view="Your own pictures", adding=addition.name)
    assert not app.exception
    [told] = [error.value for error in app.error]
    assert told.count("cannot be read") == 1
    assert all(f"{name}.png" in told.replace("\\", "") for name in ("one", "two", "three"))
    assert "own_name" not in app.session_state
    assert not [text for text in (*app.markdown, *app.caption) if "to train on" in text.value]


def test_a_folder_that_is_not_there_is_told_beside_its_field(open_page, own_data, tmp_path):
    app = open_page("train", view="Your own pictures")
    app.text_input(key="own_folder").set_value(str(tmp_path / "nowhere"))
    [look] = [button for button in app.button if button.label == "Look at the folder"]
    look.click().run()
    assert not app.exception
    assert "nowhere" in app.error[0].value
    assert not app.get("toast")


def test_what_was_typed_just_before_the_click_counts(open_page, own_data):
    """A browser sends a field when it is left, and the click on the button behind it: both come with one run."""
    addition = actions.add_pictures(OPEN, pictures())
    assert wait(addition) == Status(state="looked", share=1.0)
    app = open_page("train", view="Your own pictures", adding=addition.name)
    app.text_input(key="own_name").set_value("BAD NAME")
    app.button(key="make").click().run()
    assert not app.exception
    assert work.read_status(addition).state == "looked"
    app.text_input(key="own_name").set_value("typed-first").run()
    app.text_input(key="own_name").set_value("typed-last")
    app.text_input(key="own_title").set_value("Typed last")
    app.segmented_control(key="own_size").set_value(32)
    app.button(key="make").click().run()
    assert not app.exception
    assert wait(addition) == Status(state="packed", share=1.0)
    pack = catalogue.packed("typed-last")
    assert (pack.title, pack.spec.size) == ("Typed last", 32)
