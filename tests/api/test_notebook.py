"""docs/example.ipynb runs from its first cell to its last, and every cell that shows something can."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def run(cells: list[str]) -> list[Any]:
    """What the last expression of each cell gives, as a notebook would show it."""
    names: dict[str, Any] = {}
    shown = []
    for cell in cells:
        parsed = ast.parse(cell)
        last = parsed.body.pop() if isinstance(parsed.body[-1], ast.Expr) else None
        exec(compile(parsed, "cell", "exec"), names)
        shown.append(eval(compile(ast.Expression(last.value), "cell", "eval"), names) if last else None)
    return shown


def test_the_example_runs_as_it_stands(
    data_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GANLAB_CHECKPOINTS", str(ROOT / "checkpoints"))
    monkeypatch.chdir(tmp_path)
    notebook = json.loads((ROOT / "docs" / "example.ipynb").read_text(encoding="utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert all(not cell["outputs"] for cell in code), "outputs are not kept in the repository"
    shown = dict(zip([cell["id"] for cell in code], run(["".join(cell["source"]) for cell in code]), strict=True))
    for name in ("sample", "walk", "trained", "dataset"):
        assert shown[name]._repr_png_().startswith(b"\x89PNG"), name
    assert "<table>" in shown["load"]._repr_html_()
    assert "<td>real pictures</td>" in shown["measure"]._repr_html_()
    assert (tmp_path / "walk.gif").is_file()
    assert "1,500 for training" in capsys.readouterr().out
