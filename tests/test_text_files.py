"""Text is UTF-8 whatever the locale says, and a byte order mark before it is passed over."""

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ganlab import runs
from ganlab.cli import main
from ganlab.commands import names
from ganlab.data.object_sets import condition_sets
from ganlab.explore import metrics_cache
from ganlab.jobs import estimate
from ganlab.owners import Person, read_owner, write_owner
from ganlab.recipes import RECIPES
from ganlab.runs import RunFolder
from ganlab.studies.results import read_results

PROJECT = Path(__file__).parents[1]
CODE = [
    PROJECT / "app.py",
    *(path for name in ("ganlab", "pages", "bench", "tests") for path in (PROJECT / name).rglob("*.py")),
]
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
"""A locale that has no letter beyond ASCII; Python would otherwise read C as UTF-8."""
MARK = b"\xef\xbb\xbf"

MODES = {"open": 1, "fdopen": 1, "TemporaryFile": 0, "NamedTemporaryFile": 0}
"""What opens a file, and the place of the mode among its arguments; a method has the mode one place earlier."""


def unsaid(tree: ast.AST) -> Iterator[ast.Call]:
    """Calls that open text, or read what a process prints, without saying how it is encoded."""
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        method = isinstance(call.func, ast.Attribute)
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        options = {word.arg: word.value for word in call.keywords}
        if "encoding" in options:
            continue
        if (method and name in ("read_text", "write_text")) or (
            name in ("run", "Popen", "check_output", "check_call")
            and ("text" in options or "universal_newlines" in options)
        ):
            yield call
        elif name in MODES and not is_other_open(call.func):
            place = MODES[name] - (method and name == "open")
            mode = options.get("mode", call.args[place] if len(call.args) > place else None)
            default = "w+b" if "Temporary" in name else "r"
            if "b" not in (mode.value if isinstance(mode, ast.Constant) and isinstance(mode.value, str) else default):
                yield call


def is_other_open(function: ast.expr) -> bool:
    """Not of text files: their modes are binary unless said, or they open no file."""
    owner = getattr(getattr(function, "value", None), "id", "")
    return getattr(function, "attr", "") == "open" and owner in (
        "os",
        "av",
        "Image",
        "archive",
        "gzip",
        "tarfile",
        "webbrowser",
        "browser",
        "opener",
    )


def test_every_text_is_opened_with_its_encoding() -> None:
    found = [
        f"{path.relative_to(PROJECT)}:{call.lineno}"
        for path in CODE
        for call in unsaid(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []


def test_what_such_a_call_is() -> None:
    bad = [
        "open(x)",
        "open(x, 'w')",
        "p.open()",
        "p.open('a')",
        "p.open(mode='r')",
        "p.read_text()",
        "p.write_text('')",
    ]
    good = [
        "open(x, 'rb')",
        "p.open('ab')",
        "p.open(encoding='utf-8')",
        "os.open(x, 1)",
        "p.read_text(encoding='utf-8')",
    ]
    bad += ["subprocess.run(x, text=True)", "os.fdopen(1)", "NamedTemporaryFile('w')"]
    good += ["subprocess.run(x)", "NamedTemporaryFile()", "gzip.open(x)", "os.fdopen(1, 'wb')"]
    assert [code for code in bad if not list(unsaid(ast.parse(code)))] == []
    assert [code for code in good if list(unsaid(ast.parse(code)))] == []


def in_ascii(*argv: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, *argv], capture_output=True, env=os.environ | ASCII, cwd=PROJECT, check=False
    )


def test_help_in_a_locale_without_its_letters() -> None:
    done = in_ascii("-m", "ganlab", "--help")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"usage" in done.stdout.lower()


def test_help_of_commands_in_a_locale_without_its_letters() -> None:
    script = """
from ganlab.cli import main
for command in (["train"], ["sample"], ["data", "pack"]):
    try:
        main([*command, "--help"])
    except SystemExit as ended:
        assert not ended.code
"""
    done = in_ascii("-c", script)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.lower().count(b"usage: ") == 3


def test_names_that_a_locale_cannot_show_are_shown_as_well_as_it_can() -> None:
    script = "import sys; from ganlab.cli import main; sys.exit(main(['sample', 'Bäume']))"
    done = in_ascii("-X", "utf8=0", "-c", f"# -*- coding: utf-8 -*-\n{ascii(script)[1:-1]}")
    assert done.returncode == 1
    assert b"there is no checkpoint 'B?ume'" in done.stderr


def test_any_name_can_be_given_in_a_locale_without_its_letters(tmp_path: Path) -> None:
    folder = tmp_path / "grün"
    path = shutil.copy(PROJECT / "checkpoints" / "mnist-mlp-28.safetensors", tmp_path / "größer.safetensors")
    done = in_ascii("-m", "ganlab", "sample", str(path), "--n", "1", "--out", str(folder / "weiß.png"))
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"gr?n" in done.stdout
    assert [found.name for found in folder.iterdir()] == ["weiß.png"]


def test_the_scripts_of_pages_do_not_depend_on_the_locale() -> None:
    script = (
        "from ganlab import web\nimport sys; sys.stdout.buffer.write(''.join(map(web.text, web.modules())).encode())"
    )
    expected = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", script], capture_output=True, cwd=PROJECT, check=True
    )
    assert "·" in expected.stdout.decode()
    assert in_ascii("-c", script).stdout == expected.stdout


def test_a_training_is_timed_in_a_locale_without_its_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ASCII.items():
        monkeypatch.setenv(name, value)
    recipe = RECIPES["digits-quick"].with_settings({"width": 4, "batch_size": 4, "steps": 1})
    assert estimate.from_timing(recipe, "cpu").seconds > 0


def test_a_byte_order_mark_before_json_is_passed_over(
    run_folder: RunFolder, listed_study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe, status, results = runs.read_recipe(run_folder), runs.read_status(run_folder), read_results(listed_study)
    lines, columns = runs.read_metrics(run_folder), metrics_cache.read(run_folder.metrics)
    owner = Person(issuer="https://login.example", subject="1", name="ada")
    write_owner(run_folder.owner, owner)
    for path in (run_folder.recipe, run_folder.status, run_folder.owner, run_folder.metrics, listed_study):
        path.write_bytes(MARK + path.read_bytes())
    for copy in (run_folder.recipe_copy, run_folder.status_copy):  # would stand in for one that is not read
        copy.unlink()
    assert read_owner(run_folder.owner) == owner
    assert runs.read_recipe(run_folder) == recipe
    assert names.recipe(str(run_folder.recipe)) == recipe
    assert runs.read_status(run_folder) == status
    assert runs.read_metrics(run_folder) == lines
    assert metrics_cache.read(run_folder.metrics).values["step"].tolist() == columns.values["step"].tolist()
    assert read_results(listed_study) == results
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path))
    (tmp_path / "iclevr").mkdir()
    (tmp_path / "iclevr" / "own.json").write_bytes(MARK + b'[["red cube"]]')
    assert condition_sets("own").sum() == 1


def test_a_recipe_in_another_encoding_is_refused_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "recipe.json"
    path.write_bytes(RECIPES["digits-quick"].model_dump_json().encode("utf-16"))
    assert main(["train", str(path)]) == 1
    assert "recipe.json is not a recipe" in capsys.readouterr().err
