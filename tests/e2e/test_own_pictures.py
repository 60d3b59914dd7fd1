"""A new user's own pictures, from the drop of a zip to a model that opens on a machine without them."""

import io
import random
import re
import shutil
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from ganlab import checkpoints, runs
from ganlab.data import Pack
from ganlab.data.packs import pack_path, save_pack
from ganlab.runs import RunFolder

from .conftest import Server, serve
from .steps import Settle

pytestmark = pytest.mark.e2e

WAIT_MILLISECONDS = 120_000  # for a process of its own to start on a busy machine
TRAINED_SECONDS = 300


@pytest.fixture(scope="module")
def own_server(data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app with a data folder of its own, in which nothing was added."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "data" / "packs").mkdir(parents=True)
    shutil.copy(pack_path("digits"), folder / "data" / "packs")
    with serve(folder, folder / "data") as started:
        yield started


@pytest.fixture(scope="module")
def drawn_zip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Discs, squares and crosses in folders of their names, 20 each; a text called .png, and a text."""
    rng = random.Random(0)
    path = tmp_path_factory.mktemp("drawn") / "Drawn shapes.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(60):
            kind = ("disc", "square", "cross")[number % 3]
            archive.writestr(f"{kind}/{number:02}.png", _drawing(kind, rng))
        archive.writestr("disc/broken.png", "no picture")
        archive.writestr("read me.txt", "pictures of shapes")
    return path


def _forget(server: Server, name: str) -> None:
    """Take away what an earlier attempt of the same test made."""
    for path in [*(server.runs.parent / "data").rglob(f"{name}*"), *server.runs.glob(f"*{name}*")]:
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def _drawing(kind: str, rng: random.Random) -> bytes:
    image = Image.new("RGB", rng.choice([(48, 40), (40, 56), (44, 44)]), (240, rng.randrange(200, 256), 230))
    pen, colour = ImageDraw.Draw(image), (rng.randrange(160), rng.randrange(160), rng.randrange(160))
    x, y, reach = image.width // 2, image.height // 2, rng.randrange(8, 16)
    box = (x - reach, y - reach, x + reach, y + reach)
    if kind == "disc":
        pen.ellipse(box, fill=colour)
    elif kind == "square":
        pen.rectangle(box, fill=colour)
    else:
        pen.line(box, fill=colour, width=5)
        pen.line((box[0], box[3], box[2], box[1]), fill=colour, width=5)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def test_a_zip_becomes_a_model_that_opens_without_the_pictures(
    own_server: Server, page: Page, settle: Settle, drawn_zip: Path, tmp_path: Path
) -> None:
    _forget(own_server, "drawn-shapes")
    _drop(own_server, page, settle, drawn_zip)
    expect(page.get_by_text("60 of 61 pictures can be used:")).to_be_visible(timeout=WAIT_MILLISECONDS)
    expect(page.get_by_text(re.compile("passed over: 1 file that is no picture, such as read me.txt"))).to_be_visible()
    expect(page.get_by_text("1 file that cannot be used")).to_be_visible()
    shown = page.get_by_alt_text("24 of the pictures, as the nets will see them")
    before = shown.get_attribute("src")
    page.get_by_role("radio", name="28 px", exact=True).click()
    expect(shown).not_to_have_attribute("src", before or "")
    settle(page)
    expect(page.get_by_label("Name of the dataset")).to_have_value("drawn-shapes")
    _choose(page, settle, "Labels", "None")
    expect(page.get_by_text("Labels: class, 3 of them")).to_have_count(0)
    _choose(page, settle, "Labels", "As they come")
    expect(page.get_by_text("Labels: class, 3 of them")).to_be_visible()
    page.get_by_role("slider", name="Held out for measurements").press("ArrowRight")
    settle(page)
    page.get_by_role("textbox", name="Title").fill("Three shapes")
    page.get_by_role("textbox", name="Title").press("Enter")
    settle(page)
    page.get_by_role("button", name="Make the dataset").click()
    page.get_by_role("button", name="Cancel").click(timeout=WAIT_MILLISECONDS)
    expect(page.get_by_text("Cancelled. With the same name and choices it goes on where it was.")).to_be_visible(
        timeout=WAIT_MILLISECONDS
    )
    assert not list((own_server.runs.parent / "data" / "packs").glob("drawn*"))
    settle(page)
    page.get_by_role("button", name="Make the dataset").click()
    expect(page.get_by_text(re.compile("60 pictures of 28 x 28 pixels, colour"))).to_be_visible(
        timeout=WAIT_MILLISECONDS
    )
    settle(page)
    expect(page.get_by_text("Three shapes", exact=True)).to_be_visible()

    made = page.locator(".st-key-made")
    expect(made).to_contain_text("The dataset drawn-shapes is made. Now train a model on it.")
    expect(made).to_be_in_viewport()
    made.get_by_role("button", name="Train a conditional GAN on it").click()
    settle(page)
    expect(page.get_by_text("drawn-shapes: ready")).to_be_visible()
    expect(page.get_by_text("from a timing of some steps just now")).to_be_visible(timeout=WAIT_MILLISECONDS)
    page.get_by_label("Steps", exact=True).fill("12")
    page.get_by_label("Steps", exact=True).press("Enter")
    settle(page)
    page.get_by_role("button", name="Start training").click()
    _until(lambda: bool(runs.list_runs(own_server.runs)), "no run was made")
    shown = page.locator(".st-key-run_shown")
    expect(shown).to_be_focused(timeout=WAIT_MILLISECONDS)  # the button stands a screen below it
    expect(shown).to_be_in_viewport()
    run = RunFolder(own_server.runs / runs.list_runs(own_server.runs)[0].name)
    _until(lambda: runs.read_status(run).state == "done", f"the training did not end: {run.path}")

    with serve(tmp_path, tmp_path / "nothing", _only(run, tmp_path / "models")) as elsewhere:
        page.goto(elsewhere.address(f"sample?model={run.name}"))
        settle(page)
        expect(page.locator(".tiles button").first).to_be_visible(timeout=WAIT_MILLISECONDS)
        for label in ("disc", "square", "cross"):
            expect(page.get_by_text(label).first).to_be_attached()
        expect(page.get_by_test_id("stException")).to_have_count(0)
        page.goto("about:blank")  # or it looks for this server when that has gone
    assert checkpoints.load(run.checkpoint).card.data.name == "drawn-shapes"


def test_bad_input_is_told_in_words_and_loses_nothing(
    own_server: Server, page: Page, settle: Settle, drawn_zip: Path, tmp_path: Path
) -> None:
    text, damaged = tmp_path / "poem.txt", tmp_path / "damaged.zip"
    text.write_text("no picture", encoding="utf-8")
    damaged.write_bytes(drawn_zip.read_bytes()[:5000])
    for path, words in ((text, "poem.txt"), (damaged, "damaged.zip cannot be read as a zip")):
        _drop(own_server, page, settle, path)
        told = page.get_by_test_id("stAlert").filter(has_text=words)
        expect(told).to_be_visible(timeout=WAIT_MILLISECONDS)
        assert str(own_server.runs.parent) not in told.inner_text()
        page.get_by_role("button", name="Other pictures").click()
        settle(page)

    _drop(own_server, page, settle, drawn_zip)
    name = page.get_by_label("Name of the dataset")
    name.wait_for(timeout=WAIT_MILLISECONDS)
    for wrong, words in (("digits", "comes with ganlab"), ("../up", "is no name")):
        name.fill(wrong)
        name.press("Enter")
        expect(page.get_by_text(re.compile(words))).to_be_visible()
        expect(page.get_by_role("button", name="Make the dataset")).to_be_disabled()
    expect(page.get_by_text("60 of 61 pictures can be used:")).to_be_visible()


def test_the_classifier_is_trained_by_a_button_and_a_dataset_deleted_by_another(
    own_server: Server, page: Page, settle: Settle, digits: Pack
) -> None:
    path = own_server.runs.parent / "data" / "packs" / pack_path("my-digits").name
    save_pack(replace(digits, spec=replace(digits.spec, name="my-digits"), fingerprint=""), path)
    page.goto(own_server.address("train?view=Your+own+pictures"))
    settle(page)
    look = page.get_by_role("button", name="Look at them")
    expect(look).to_be_disabled()
    assert look.get_attribute("data-testid") != "stBaseButton-primary"  # nothing was dropped
    several, train = (
        page.get_by_role("combobox", name="Dataset"),
        page.get_by_role("button", name="Train its classifier"),
    )
    several.or_(train).first.wait_for()  # the scripts of controls come after the page's own
    if several.count():
        _choose(page, settle, "Dataset", "my-digits")
    train.click(timeout=WAIT_MILLISECONDS)
    expect(page.get_by_text(re.compile("Training the classifier: epoch 1 of 80"))).to_be_visible(
        timeout=WAIT_MILLISECONDS
    )
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Train its classifier")).to_be_visible(timeout=WAIT_MILLISECONDS)
    settle(page)
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete it").click()
    settle(page)
    _until(lambda: not path.exists(), "the dataset was not deleted")
    expect(page.get_by_role("button", name="Train its classifier")).to_have_count(0)


def _choose(page: Page, settle: Settle, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label, exact=True).click()
    page.get_by_role("option", name=option, exact=True).click()
    settle(page)


def _drop(server: Server, page: Page, settle: Settle, path: Path) -> None:
    page.goto(server.address("train?view=Your+own+pictures"))
    settle(page)
    if page.get_by_role("button", name="Other pictures").count():
        page.get_by_role("button", name="Other pictures").click()
        settle(page)
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="Look at them").click()


def _only(run: RunFolder, folder: Path) -> Path:
    folder.mkdir()
    shutil.copy(run.checkpoint, folder / f"{run.name}.safetensors")
    return folder


def _until(true: Callable[[], bool], message: str) -> None:
    deadline = time.monotonic() + TRAINED_SECONDS
    while not true():
        assert time.monotonic() < deadline, message
        time.sleep(0.3)
