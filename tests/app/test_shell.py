"""The frame around the pages, and the guard against Streamlit's own idea of a `pages/` folder."""

import ast

import pytest
from streamlit.runtime.pages_manager import PagesManager

from ganlab.ui.shell import PAGES, PAGES_FOLDER
from tests.marks import posix

NAMES = [file for pages in PAGES.values() for file, _, _ in pages]


def test_every_page_file_is_in_the_navigation():
    assert sorted(NAMES) == sorted(path.stem for path in PAGES_FOLDER.glob("*.py"))


@pytest.mark.parametrize("name", NAMES)
def test_a_cold_deep_link_gets_the_frame(open_page, name):
    assert hasattr(PagesManager, "uses_pages_directory")  # what the guard looks at
    app = open_page(name)
    assert not app.exception
    assert len(app.title) == 1
    assert app.session_state["page_here"] == ("" if name == "gallery" else name)  # the router has run


@pytest.mark.parametrize("name", NAMES)
def test_every_page_begins_with_the_guard(name):
    body = ast.parse((PAGES_FOLDER / f"{name}.py").read_text(encoding="utf-8")).body
    calls = [ast.unparse(node) for node in body if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)]
    assert calls[0] == "ensure_router()"


@posix
@pytest.mark.parametrize("name", ["gallery", "train"])
def test_without_a_folder_for_data_a_page_says_what_to_set(open_page, name, monkeypatch):
    """A home as users of services have it; without any, Streamlit itself does not start."""
    monkeypatch.delenv("GANLAB_DATA")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", "/dev/null")
    app = open_page(name)
    assert not app.exception
    [error] = app.error
    assert "set GANLAB_DATA to a folder" in error.value.replace("\\", "")
    assert "GANLAB_RUNS" in error.value.replace("\\", "")
