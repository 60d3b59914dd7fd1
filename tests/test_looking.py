"""Whether a file is there is asked in a way that raises no error where one may not look."""

import ast
from pathlib import Path

GANLAB = Path(__file__).parents[1] / "ganlab"
PARTS = ("access", "checkpoints", "data", "explore", "jobs", "metrics", "runs", "ui")
RAISING = {"is_file", "is_dir", "exists"}
"""Methods of a path that raise a PermissionError when one of its folders is closed; those of `listings` do not."""
LISTED = {"entry", "info"}
"""Names of what a folder or a zip has listed already, which has methods of the same names."""


def raising(tree: ast.AST) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in RAISING
        and not node.args
        and not (isinstance(node.func.value, ast.Name) and node.func.value.id in LISTED)
    ]


def test_no_page_dies_of_looking() -> None:
    found = [
        f"{path.relative_to(GANLAB)}:{call.lineno}"
        for part in PARTS
        for path in sorted((GANLAB / part).rglob("*.py"))
        for call in raising(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == [], "use listings.is_file, is_folder or is_there"


def test_what_such_a_call_is() -> None:
    assert len(raising(ast.parse("path.is_file(); folder.path.exists()"))) == 2
    assert raising(ast.parse("listings.is_file(path); os.path.exists(path)")) == []
