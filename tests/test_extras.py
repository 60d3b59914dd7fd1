"""Extras of the package: declared, said and documented under the same names, and each says so where it is missing."""

import re
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

import ganlab
import ganlab.share
from ganlab import folders
from ganlab.data import avatars
from ganlab.data.torchvision_import import torchvision
from ganlab.extras import EXTRAS, FILES, how_to_install
from ganlab.metrics import inception
from ganlab.ui import starting

ROOT = Path(__file__).parents[1]
DECLARED = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
NAMED = re.compile(r"ganlab\[([\w,]+)\]|how_to_install\([\"'](\w+)[\"']\)|\bextra `(\w+)`")
TEXTS = [
    *(ROOT / "ganlab").rglob("*.py"),
    *(ROOT / "docs").glob("*.md"),
    *(ROOT / "docs").glob("*.ipynb"),
    *ROOT.glob("*.md"),
]
IN_EXPRESSION = "extra"  # of an f-string, in `how_to_install` itself


def test_code_and_pages_name_extras_that_are_declared() -> None:
    found = {
        name
        for path in TEXTS
        for groups in NAMED.findall(path.read_text(encoding="utf-8"))
        for name in "".join(groups).split(",")
    }
    assert found - {IN_EXPRESSION} <= DECLARED.keys()
    assert EXTRAS.keys() < DECLARED.keys()


def test_the_front_page_names_every_extra() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert not [name for name in DECLARED if name != "all" and f"`{name}`" not in text]


def names_in(requirements: str) -> set[str]:
    """The packages of a file of requirements, with those of the files that it names."""
    lines = (ROOT / requirements).read_text(encoding="utf-8").splitlines()
    named = {name for line in lines if line.startswith("-r ") for name in names_in(line.split()[1])}
    return named | {re.split(r"[=\[ ]", line)[0] for line in lines if "==" in line}


def test_in_a_checkout_a_file_of_requirements_brings_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for extra in EXTRAS:
        file = how_to_install(extra).rpartition(" -r ")[2]
        assert {re.split("[>\\[]", line)[0] for line in DECLARED[extra]} <= names_in(file)
    assert FILES.keys() <= EXTRAS.keys()
    monkeypatch.setattr(folders, "TOP_LEVEL", tmp_path)  # as a wheel has it
    assert how_to_install("video").endswith('installed: pip install "ganlab[video]"')


def _explore() -> None:
    ganlab.load(ROOT / "checkpoints" / "mnist-mlp-28.safetensors").explore()


def _log_in() -> None:
    starting._check_login()


MISSING: dict[str, tuple[str, Callable[[], object]]] = {
    "avatars": ("resvg_py", lambda: next(avatars.render_here([{}]))),
    "mnist": ("torchvision", lambda: torchvision.__wrapped__()),
    "fid": ("torchvision", lambda: inception.features(torch.zeros(1, 1, 28, 28, dtype=torch.uint8))),
    "notebook": ("anywidget", _explore),
    "login": ("authlib", _log_in),
    "tensorboard": ("tensorboard", lambda: ganlab.train("digits-quick", tensorboard=True)),
}
"""A package of the extra, and what needs it; the other extras have such a test beside what they are for."""


@pytest.mark.parametrize("extra", MISSING)
def test_what_is_missing_is_said_with_the_command_that_gets_it(
    extra: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package, use = MISSING[extra]
    (tmp_path / "weights.pth").write_bytes(b"never read")
    for name, value in (("GANLAB_INCEPTION", "weights.pth"), ("GANLAB_RUNS", "runs")):
        monkeypatch.setenv(name, str(tmp_path / value))
    monkeypatch.setenv("GANLAB_ACCESS", "login")
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.delitem(sys.modules, "ganlab.share.widget", raising=False)
    monkeypatch.delattr(ganlab.share, "widget", raising=False)
    torchvision.cache_clear()
    inception._net.cache_clear()
    with pytest.raises(ValueError, match=re.escape(how_to_install(extra))):
        use()
    torchvision.cache_clear()
