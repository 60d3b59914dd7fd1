"""docs/api.md says what the docstrings say."""

import importlib.util
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "api.md"


def test_the_page_is_made_from_the_docstrings() -> None:
    spec = importlib.util.spec_from_file_location("make_api", PAGE.with_name("make_api.py"))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert PAGE.read_text(encoding="utf-8") == module.text(), "run .venv/bin/python docs/make_api.py"
