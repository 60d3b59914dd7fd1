"""Fields that take text say how much: the server holds what any visitor writes, and works through it."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
FIELDS = {"text_input", "text_area", "chat_input"}
FILES = [ROOT / "app.py", *(ROOT / "pages").glob("*.py"), *(ROOT / "ganlab" / "ui").rglob("*.py")]


def test_every_field_for_text_has_a_bound() -> None:
    unbounded, seen = [], 0
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in FIELDS:
                seen += 1
                if "max_chars" not in {keyword.arg for keyword in node.keywords}:
                    unbounded.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert seen
    assert not unbounded
