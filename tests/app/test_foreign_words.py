"""Whatever others wrote, nothing on any page is drawn as a link, a picture or HTML of theirs.

Every text of every element that a page sends to the browser is looked at, but for those that Streamlit shows as they
are.
"""

import json
import re
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict
from markdown_it import MarkdownIt

from ganlab import runs, studies
from ganlab.data import DataSpec
from ganlab.families import cgan
from ganlab.latents import Category
from ganlab.monitor import Finding
from tests.untrained import save_untrained

WORDS = (
    "![p](http://e.x/i.png) [l](http://e.x) <img src=http://e.x/j.png> <a href=http://e.x>a</a> http://e.x :red[c] $x$"
)
SHORT = "![p](http://e.x/i.png)<img src=http://e.x/j>"  # a name of a factor has 64 letters
NAME = "![p](i.png) [l](x) <b>www.e.x"  # what a file's name can hold
PLAIN = {  # shown as they are, or by our own scripts as text; `id`s and keys are not shown
    "arrowDataFrame": ("arrowData", "styler", "data", "columns"),
    "selectbox": ("options", "default", "rawValue"),
    "multiSelect": ("options", "default", "rawValues"),
    "textInput": ("default", "value"),
    "selectSlider": ("options",),
    "slider": ("options",),
    "code": ("codeText",),
    "imgs": ("alt",),
    "plotlyChart": ("alt", "spec"),
    "bidiComponent": ("json", "mixed", "jsContent", "cssContent", "htmlContent"),
    "pageLink": ("page", "queryString"),
    "downloadButton": ("url",),
}
ALWAYS_PLAIN = {"id", "formId", "elementId", "key", "queryParamKey", "fragmentId", "url"}


def texts(message: dict[str, Any], kind: str = "") -> Iterator[tuple[str, str]]:
    """Every text in an element, with the names of the fields that lead to it."""
    for name, value in message.items():
        if name in ALWAYS_PLAIN or name in PLAIN.get(kind, ()):
            continue
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                yield from texts(one, name)
            elif kind == "dataframe" and name == "columns":  # their labels are drawn on a canvas
                yield from ((f"{kind} help", column.get("help") or "") for column in json.loads(one).values())
            elif isinstance(one, str):
                yield f"{kind}.{name}", one


def foreign(text: str) -> bool:
    """Whether Markdown makes a link, a picture or HTML of theirs of it."""
    if "e.x" not in text and "i.png" not in text:
        return False
    parsed = MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(text)
    found = [child.type for token in parsed for child in [token, *(token.children or [])]]
    plain = "".join(child.content for token in parsed for child in token.children or [] if child.type == "text")
    bare = re.search(r"(https?://|www\.)[a-z]", plain)  # Streamlit's Markdown makes links of these
    return bool({"link_open", "image", "html_inline", "html_block"} & set(found) or bare)


def foreign_texts(app) -> list[str]:
    every = [node.proto for node in app._tree if getattr(node, "proto", None) is not None]
    fields = [(type(proto).__name__, MessageToDict(proto)) for proto in every]
    named = [(name[:1].lower() + name[1:], message) for name, message in fields]
    return [f"{where}: {text}" for kind, message in named for where, text in texts(message, kind) if foreign(text)]


@pytest.fixture
def poisoned(checkpoints_folder, run_folder, listed_study):
    """A checkpoint, runs and a study with such words wherever a file has room for words."""
    conditions = (Category(name=SHORT, labels=(SHORT, "plain")), Category(name="`", labels=("`", "**")))
    data = DataSpec(name=SHORT, channels=1, size=28, conditions=conditions)
    save_untrained(checkpoints_folder / f"{NAME}.safetensors", "cgan", cgan.Config(width=4), data)
    shutil.copy(checkpoints_folder / "tiny.safetensors", checkpoints_folder / f"{NAME} 2.safetensors")
    (checkpoints_folder / f"{NAME} 3.safetensors").write_text(WORDS, encoding="utf-8")
    for state in ("failed", "done", "interrupted"):
        folder = runs.RunFolder(runs.runs_folder() / f"{NAME} {state}")
        shutil.copytree(run_folder.path, folder.path)
        finding = Finding(kind="collapse", step=1, message=WORDS, suggestion=WORDS)
        change = {"state": state, "error": WORDS if state == "failed" else "", "findings": [finding], "ended": WORDS}
        runs.write_status(folder, runs.read_status(folder).model_copy(update=change))
        folder.log.write_text(WORDS, encoding="utf-8")
    study = json.loads(listed_study.read_text(encoding="utf-8"))
    study["title"] = WORDS
    for run in study["runs"]:
        run["settings"] = {WORDS: WORDS} | run["settings"]
        run["reported"] = {WORDS: True}
    listed_study.write_text(json.dumps(study), encoding="utf-8")
    (studies.studies_folder() / "broken.json").write_text(json.dumps({"runs": [{WORDS: WORDS}]}), encoding="utf-8")


PAGES: list[tuple[str, dict[str, str]]] = [
    ("gallery", {}),
    ("sample", {"model": NAME, "snapshots": "true"}),
    ("sample", {"model": f"{NAME} done", "snapshots": "true", "beside": NAME}),
    ("interpolate", {"model": NAME, "keys": WORDS}),
    ("interpolate", {"model": NAME, "view": "square", "keys": WORDS}),
    ("interpolate", {"model": f"{NAME} done", "view": "training"}),
    ("codes", {"model": NAME}),
    ("attributes", {"model": NAME}),
    ("attributes", {"model": NAME, "view": "What else changes"}),
    ("map", {"model": NAME, "layout": "PCA"}),
    ("reconstruct", {"model": NAME}),
    ("train", {"run": f"{NAME} failed"}),
    ("train", {"run": f"{NAME} done"}),
    ("train", {"run": f"{NAME} interrupted"}),
    ("compare", {"curves": f"{NAME} failed", "stage": "true", "costs": "true", "names": "Settings"}),
    ("compare", {"curves": NAME, "stage": "true", "study": "small"}),
]


@pytest.mark.parametrize(("page", "address"), PAGES, ids=[f"{page} {list(rest)}" for page, rest in PAGES])
def test_words_in_files_stay_words(open_page, poisoned, page, address):
    app = open_page(page, **address)
    assert not app.exception
    assert foreign_texts(app) == []


PARAMETERS = {
    "gallery": ("page",),
    "sample": ("model", "seed", "count", "truncation", "live", "beside"),
    "interpolate": ("model", "view", "keys", "steps", "way", "time", "spot"),
    "codes": ("model", "view", "live", "reach"),
    "attributes": ("model", "view", "live", "label", "of"),
    "reconstruct": ("model", "view", "places", "from", "drawing", "plane", "strength"),
    "map": ("model", "space", "colour", "seed", "perplexity"),
    "train": ("recipe", "run", "device", "digits-quick.name", "digits-quick.lr", "digits-quick.dataset", "sweep_0"),
    "compare": ("curves", "panels", "axis", "study", "at", "leader", "training"),
}


@pytest.mark.parametrize("page", PARAMETERS)
def test_words_in_the_address_stay_words(open_page, checkpoints_folder, run_folder, page):
    for key in PARAMETERS[page]:
        app = open_page(page, **{"layout": "PCA", key: WORDS})
        assert not app.exception, f"{key}: {app.exception[0].message}"
        assert foreign_texts(app) == [], key


@pytest.mark.parametrize("setting", ["name", "steps", "discriminator_lr"])
def test_words_in_a_sweep_stay_words(open_page, setting):
    from ganlab.recipes import RECIPES
    from ganlab.ui.training import fields

    titles = {field.name: field.title for field in fields.sweepable(RECIPES["digits-quick"])}
    if setting in titles:
        app = open_page("train", sweep_0=titles[setting], **{f"sweep_0.{setting}": WORDS})
        assert not app.exception
        assert foreign_texts(app) == []
        assert "is not a" in " ".join(text.value for text in app.markdown)


def test_a_recipes_name_that_is_an_address_is_no_link(open_page):
    app = open_page("train", **{"digits-quick.name": "www.e.x"})
    assert not app.exception
    assert foreign_texts(app) == []


@pytest.mark.parametrize("text", [WORDS, "<a href='http://e.x'>a</a>", "[l](http://e.x)", "see www.e.x"])
def test_the_search_finds_what_it_looks_for(text):
    assert foreign(text)
