"""The frame around the pages, and the guard against Streamlit's own idea of a `pages/` folder."""

import ast

import pytest
from streamlit.runtime.pages_manager import PagesManager

from ganlab.ui.shell import PAGES, PAGES_FOLDER

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
