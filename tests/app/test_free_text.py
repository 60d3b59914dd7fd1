"""Names in uploaded files and words of an address reach the pages as text, not as Markdown."""

import re

import pytest

from ganlab.data import DataSpec
from ganlab.families import cgan
from ganlab.latents import Category
from ganlab.ui.markdown import code, escaped
from tests.app.cards import with_numbers
from tests.untrained import save_untrained

LINK = "[x](http://e.x) ![](http://e.x/i.png)"
CODE = re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)")
"""What Markdown shows as it is: between two runs of as many backticks."""


def written(app) -> list[str]:
    """Everything on the page that is drawn as Markdown."""
    texts = [
        element.value for kind in (app.markdown, app.caption, app.error, app.warning, app.info) for element in kind
    ]
    widgets = (app.selectbox, app.select_slider, app.segmented_control, app.pills, app.toggle, app.button, app.slider)
    return texts + [element.label for kind in widgets for element in kind]


@pytest.fixture
def stranger(checkpoints_folder):
    conditions = (Category(name=LINK, labels=(LINK, "plain")), Category(name="`", labels=("`", "**")))
    data = DataSpec(name=LINK, channels=1, size=28, conditions=conditions)
    save_untrained(checkpoints_folder / "stranger.safetensors", "cgan", cgan.Config(width=4), data)


@pytest.mark.parametrize("page", ["gallery", "sample", "codes", "attributes", "interpolate", "map", "compare"])
def test_names_in_a_file_are_no_links_and_no_pictures(open_page, stranger, page):
    address = {"curves": "stranger"} if page == "compare" else {"model": "stranger", "layout": "PCA"}
    app = open_page(page, **address)
    if page == "gallery":
        app = with_numbers(app, "stranger")
    assert not app.exception
    texts = written(app)
    assert texts
    ours = "answered figure by figure"
    foreign = [text for text in texts if ours not in text]
    assert not [text for text in foreign if "](" in CODE.sub("", text).replace("\\]", "")]


def test_the_gallery_shows_the_name_as_it_is(open_page, stranger):
    texts = written(with_numbers(open_page("gallery"), "stranger"))
    assert len([text for text in texts if escaped(LINK) in text]) == 3  # kind, facts and origin


@pytest.mark.parametrize(
    ("page", "key"), [("sample", "model"), ("train", "recipe"), ("train", "run"), ("compare", "curves")]
)
def test_words_of_the_address_do_not_leave_their_backticks(open_page, checkpoints_folder, run_folder, page, key):
    app = open_page(page, **{key: f"a`{LINK}"})
    assert not app.exception
    [warning] = [text.value for text in app.warning if "e.x" in text.value]
    assert code(f"a`{LINK}") in warning or code(f"{key}=a`{LINK}") in warning
