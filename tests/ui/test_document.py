"""The document of a page: what it names is there, and what Streamlit fetches anyway is named once."""

import re

import pytest

from ganlab.ui import document
from ganlab.ui.shell import PAGES

NAMES = [name for pages in PAGES.values() for name, _, _ in pages]


def test_every_page_says_what_its_first_screen_needs():
    assert set(document.NEEDED) == set(NAMES)


@pytest.mark.parametrize("element", sorted({*document.EVERY_PAGE, *(e for es in document.NEEDED.values() for e in es)}))
def test_this_version_of_streamlit_has_the_element(element):
    assert document.preloaded([element]), "it has another name now: see streamlit/static/static/js"


@pytest.mark.parametrize("page", NAMES)
def test_scripts_are_there_and_named_once(page):
    named = re.findall(r'(?:href|src)="\./static/js/([^"]+)"', document.document(page))
    assert len(named) == len(set(named)) > 60
    assert all((document.SCRIPTS / name).is_file() for name in named)


def test_what_a_script_imports_comes_along():
    [element] = document.SCRIPTS.glob("Selectbox.*.js")
    imported = re.findall(r'from\s*["`]\./([^"`]+)["`]', element.read_text(encoding="utf-8"))
    assert imported
    everything = document.index() + " ".join(document.preloaded(["Selectbox"]))
    assert all(name in everything for name in imported)


def test_the_rest_of_the_document_is_streamlits():
    ours = document.document("codes")
    head = ours.index("    <script>window.__streamlit")
    without = ours[:head] + ours[ours.index("</head>") :]
    assert "".join(without.split()) == "".join(document.index().split())
