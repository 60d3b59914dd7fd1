"""The pages change things through `access.actions` alone: whoever adds a button finds the check already there."""

import ast
from pathlib import Path

import pytest

from ganlab.access import actions

ROOT = Path(__file__).parents[2]
UNCHECKED = {
    "jobs": {"submit", "submit_all", "cancel", "resume", "delete"},
    "local": {"submit", "submit_all", "cancel", "resume", "delete"},
    "additions": {"begin", "begin_folder", "pack", "look_again"},
    "work": {"start", "cancel", "remove", "write_status", "write_values"},
    "classifying": {"start"},
    "examples": {"add"},
    "hub": {"take"},
    "datasets": {"delete"},
    "adding": {"add", "remove", "remove_work"},
    "library": {"add_upload", "delete_upload"},
    "catalogue": {"load", "pack"},
    "data": {"load", "pack"},
    "estimate": {"from_timing"},
    "runs": {"create", "write_status"},
    "packs": {"save_pack"},
    "studies": {"run"},
    "execute": {"execute"},
    "composing": {"compose"},
    "writing": {"archive", "write"},
}
"""Module => functions that start, end, remove or write, and know nothing of visitors."""


def unchecked_uses(code: str) -> list[str]:
    """Where a module names such a function: as an attribute of its module, or by importing it."""
    found = []
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.Attribute(value=ast.Name(id=module), attr=name):
                names = [name]
            case ast.ImportFrom(module=str(path), names=imported):
                module, names = path.rpartition(".")[2], [alias.name for alias in imported]
            case _:
                continue
        found += [f"{module}.{name}" for name in names if name in UNCHECKED.get(module, ())]
    return found


FILES = [*(ROOT / "ganlab" / "ui").rglob("*.py"), *(ROOT / "pages").glob("*.py"), ROOT / "app.py"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_does_nothing_past_the_checks(path):
    assert not unchecked_uses(path.read_text(encoding="utf-8"))


def test_the_search_finds_both_ways_to_name_a_function():
    assert unchecked_uses("from ganlab import jobs\njobs.cancel(folder)") == ["jobs.cancel"]
    assert unchecked_uses("from ganlab.explore.library import add_upload") == ["library.add_upload"]
    assert unchecked_uses(Path(actions.__file__).read_text(encoding="utf-8"))
