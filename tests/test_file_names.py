"""Whatever a model is called, what a page lets one download has a name that files on all systems can have."""

import ast
import re
from pathlib import Path

import pytest

from ganlab.file_names import saved_as
from ganlab.whole_files import NOT_ON_WINDOWS

ROOT = Path(__file__).parents[1]

NAMES = {
    "plain": ("mnist-dcgan-28", "mnist-dcgan-28.png"),
    "blanks": ("my best run", "my best run.png"),
    "folder": ("runs/tiny-001", "runs-tiny-001.png"),
    "up": ("../../etc/passwd", "etc-passwd.png"),
    "backslashes": ("a\\b", "a-b.png"),
    "quotes": ("a\"b'c;d", "a-b'c;d.png"),
    "line breaks": ("a\r\nSet-Cookie: x", "a Set-Cookie- x.png"),
    "nul": ("a\0b", "a-b.png"),
    "device": ("CON", "_CON.png"),
    "device with a dot": ("nul.tar", "_nul.tar.png"),
    "hidden": (".bashrc", "bashrc.png"),
    "dots": ("...", "ganlab.png"),
    "nothing": ("", "ganlab.png"),
    "option": ("-rf", "rf.png"),
    "emoji": ("\U0001f600 faces", "\U0001f600 faces.png"),
    "right to left": ("a\u202egnp.exe", "a-gnp.exe.png"),
    "half a letter": ("a\ud800b", "a-b.png"),
    "accents": ("cafe\u0301", "caf\u00e9.png"),
    "format": ("{0}%s%00", "{0}-s-00.png"),
}


@pytest.mark.parametrize("case", NAMES)
def test_a_name_becomes_one_that_all_systems_take(case: str) -> None:
    given, expected = NAMES[case]
    assert saved_as(given, "png") == expected


@pytest.mark.parametrize("letter", ["x", "\u00e9", "\U0001f600", "\ud800"])
@pytest.mark.parametrize("ending", ["png", "safetensors"])
def test_a_name_is_bounded_in_bytes(letter: str, ending: str) -> None:
    name = saved_as(letter * 100_000, ending)
    assert name.endswith(f".{ending}")
    assert len(name.encode()) <= 200
    assert not NOT_ON_WINDOWS.fullmatch(name)


LITERAL = re.compile(r"[a-z][a-z-]*\.[a-z]+")


def test_every_download_of_a_page_goes_by_such_a_name() -> None:
    """A name is made in one place, or is one that no stranger has a say in."""
    wrong, seen = [], 0
    for path in [*ROOT.glob("ganlab/ui/**/*.py"), *ROOT.glob("pages/*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "download_button":
                seen += 1
                given = [key.value for key in node.keywords if key.arg == "file_name"] or node.args[2:3]
                text = ast.unparse(given[0]) if given else ""
                if not text.startswith("saved_as(") and not LITERAL.fullmatch(text.strip("'")) and text not in KNOWN:
                    wrong.append(f"{path.name}:{node.lineno} {text}")
    assert not wrong
    assert seen > 10


KNOWN = {
    "file_name",  # of `saved_as`, a line above
    "f'ganlab-curves.{kind}'",  # of two that the page knows
}
