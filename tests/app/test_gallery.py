import shutil

import pytest
import streamlit as st

from ganlab import checkpoints
from ganlab.explore import library
from ganlab.families import cgan, infogan, vae
from tests.app.cards import with_numbers
from tests.untrained import save_untrained


def words(app):
    return " ".join(element.value for kind in (app.markdown, app.caption, app.error) for element in kind)


def covers(app):
    """The pictures of models, without the real ones beside them."""
    return [image for image in app.image if not image.proto.imgs[0].alt.startswith("real ")]


def test_an_empty_gallery_says_what_to_do(open_page):
    app = open_page("gallery")
    assert not app.exception
    assert "No models yet" in app.subheader[0].value
    assert app.page_link[1].label == "Train a first model"


def test_the_first_page_says_what_this_is_and_where_to_begin(open_page, checkpoints_folder):
    app = open_page("gallery")
    assert "ganlab trains small generative models and lets you explore them" in words(app)
    assert app.page_link[0].label == "Begin with the lessons"


def test_a_card_shows_pictures_facts_measurements_and_ways_on(open_page, checkpoints_folder, run_folder):
    app = open_page("gallery")
    assert "| Pixel Frechet" not in words(app), "all numbers come when they are opened"
    app = with_numbers(app, "tiny", "tiny-001")
    assert not app.exception
    assert len(covers(app)) == 2
    card = checkpoints.read_card(checkpoints_folder / "tiny.safetensors")
    assert "GAN · digits · 28 px" in words(app)
    assert f"{card.step:,} steps" in words(app)
    assert "Pixel Frechet" in words(app)
    assert [link.label for link in app.page_link[1:]] == ["Sample", "Interpolate", "Map", "Compare"] * 2
    assert [link.proto.query_string for link in app.page_link[5:]] == [*["model=tiny"] * 3, "curves=tiny"]


@pytest.mark.parametrize(
    ("family", "config", "more"),
    [
        ("cgan", cgan.Config(width=4), ["Codes", "Attributes"]),
        ("infogan", infogan.Config(width=4), ["Codes"]),
        ("vae", vae.Config(width=4), ["Reconstruct"]),
    ],
)
def test_a_card_leads_to_all_pages_that_show_something_of_the_model(open_page, tmp_path, digits, family, config, more):
    save_untrained(tmp_path / "checkpoints" / "model.safetensors", family, config, digits.spec)
    labels = [link.label for link in open_page("gallery").page_link[1:]]
    assert labels == ["Sample", "Interpolate", *more, "Map", "Compare"]


def test_the_numbers_are_explained_with_the_direction_of_the_better(open_page, checkpoints_folder):
    told = words(with_numbers(open_page("gallery"), "tiny"))
    assert "**Pixel Frechet \u2193**: distance from the training images" in told
    assert "| Pixel Frechet \u2193 |" in told
    assert "Code NMI" not in told  # no card shows it


def test_every_model_can_be_downloaded_as_a_file_that_an_upload_takes(open_page, checkpoints_folder, run_folder):
    app = open_page("gallery")
    buttons = app.get("download_button")
    assert [button.proto.label for button in buttons] == ["Download"] * 2
    assert [button.proto.help.split()[3].strip(",") for button in buttons] == [
        "tiny-001.safetensors",  # one's own first
        "tiny.safetensors",
    ]
    app = open_page("train", run=run_folder.name)
    assert [button.proto.label for button in app.get("download_button")] == ["Download"]


def test_a_file_that_cannot_be_read_gets_a_card_with_the_reason(open_page, checkpoints_folder, truncated_file):
    shutil.copy(truncated_file, checkpoints_folder / "broken.safetensors")
    app = open_page("gallery")
    assert not app.exception
    assert "broken.safetensors is damaged or cut short" in app.error[0].value
    assert str(checkpoints_folder) not in app.error[0].value
    assert len(covers(app)) == 1  # the good one


def test_an_upload_appears_and_can_be_deleted(open_page, checkpoint_file):
    app = open_page("gallery")
    app.file_uploader[0].upload("mine.safetensors", checkpoint_file.read_bytes()).run()
    assert not app.exception
    assert "is in the gallery" in app.toast[0].value
    [model] = library.models()
    assert f"**{model.path.stem}**" in words(app)
    app.button(key=f"delete-{model.id}").click().run()
    assert library.models() == []
    assert "No models yet" in app.subheader[0].value


@pytest.mark.parametrize(("kind", "reason"), [("truncated_file", "cut short"), ("pickle_file", "is a pickle")])
def test_a_refused_upload_says_why_and_keeps_the_rest(request, open_page, checkpoints_folder, kind, reason):
    bad = request.getfixturevalue(kind)
    app = open_page("gallery")
    app.file_uploader[0].upload("bad.safetensors", bad.read_bytes()).run()
    assert not app.exception
    assert "Refused: bad.safetensors" in app.error[0].value
    assert reason in app.error[0].value
    assert [model.id for model in library.models()] == ["tiny"]
    assert not (bad.parent / "ran").exists()


@pytest.mark.parametrize("name", ["cat.png", "model.pt", "checkpoint"])
def test_a_file_of_another_kind_is_refused_with_the_reason(open_page, checkpoint_file, name):
    app = open_page("gallery")
    app.file_uploader[0].upload(name, checkpoint_file.read_bytes()).run()
    assert not app.exception
    assert f"Refused: {name} is not a .safetensors file" in app.error[0].value
    assert library.models() == []


def test_many_models_come_in_pages(open_page, checkpoints_folder):
    for i in range(10):
        shutil.copy(checkpoints_folder / "tiny.safetensors", checkpoints_folder / f"tiny-{i:02}.safetensors")
    assert len(covers(open_page("gallery"))) == 9
    assert len(covers(open_page("gallery", page="2"))) == 2


def test_a_card_that_cannot_be_drawn_leaves_the_others_and_can_be_deleted(
    open_page, checkpoints_folder, checkpoint_file, monkeypatch, caplog
):
    good = st.image

    def fail_for_uploads(*args, **options):
        if "bad-" in options["alt"]:
            raise MemoryError("nobody foresaw this")
        return good(*args, **options)

    monkeypatch.setattr(st, "image", fail_for_uploads)
    bad = library.add_upload("bad.safetensors", checkpoint_file.read_bytes())
    app = open_page("gallery")
    assert not app.exception
    assert len(covers(app)) == 1  # the good one
    assert "cannot be shown" in app.error[0].value
    assert str(checkpoints_folder) not in app.error[0].value
    assert "nobody foresaw this" in caplog.text
    assert "Traceback" in caplog.text
    app.button(key=f"delete-{bad.id}").click().run()
    assert [model.id for model in library.models()] == ["tiny"]


def test_models_are_found_by_words_and_filters_of_the_address(open_page, checkpoints_folder, digits):
    save_untrained(checkpoints_folder / "codes.safetensors", "infogan", infogan.Config(width=4), digits.spec)
    for name in ("some", "other"):
        shutil.copy(checkpoints_folder / "tiny.safetensors", checkpoints_folder / f"{name}.safetensors")
    assert len(covers(open_page("gallery"))) == 4
    for address in ({"search": "infogan DIGITS"}, {"family": "InfoGAN"}):
        app = open_page("gallery", **address)
        assert not app.exception
        assert len(covers(app)) == 1
        assert "InfoGAN · digits" in words(app)
        assert "1 of 4 models" in words(app)
    app = open_page("gallery", search="faces")
    assert not app.image
    assert "No model has all of that" in app.info[0].value


def test_an_upload_is_in_sight_and_opened_whatever_was_looked_for(open_page, checkpoints_folder, checkpoint_file):
    for i in range(10):
        shutil.copy(checkpoints_folder / "tiny.safetensors", checkpoints_folder / f"tiny-{i:02}.safetensors")
    app = open_page("gallery", search="tiny-0", page="2", order="Name")
    app.file_uploader[0].upload("mine.safetensors", checkpoint_file.read_bytes()).run()
    assert not app.exception
    assert not app.text_input(key="search").value
    name = next(model.path.stem for model in library.models() if model.origin == "uploaded")
    assert app.get("download_button")[0].proto.help.startswith(f"The model as {name}.safetensors")
    assert [box.proto.expanded for box in app.expander] == [True, *[False] * 8]


def test_a_broken_run_is_called_by_its_name(open_page, run_folder):
    run_folder.checkpoint.write_bytes(b"not a checkpoint")
    app = open_page("gallery")
    assert not app.exception
    assert f"**{run_folder.name}**" in words(app)
    assert app.error[0].value.startswith(f"{run_folder.name}/checkpoint.safetensors")
