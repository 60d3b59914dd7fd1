"""What components of the pages do when things come in another order than usual: their scripts in node."""

import shutil
import subprocess
from pathlib import Path

import pytest

from ganlab import folders

NODE = shutil.which("node")
CASES = Path(__file__).parent / "component_cases.mjs"


@pytest.mark.skipif(NODE is None, reason="node is not here")
@pytest.mark.parametrize(
    "name",
    [
        "a game that became no run",
        "a process that is a new one",
        "a game that has ended",
        "points beyond those that there is room for",
        "pictures that overtake each other",
        "another tab that changes twice what is kept",
    ],
)
def test_a_component_keeps_its_head(name: str) -> None:
    command = [NODE, CASES, folders.WEB.as_uri(), name]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=30)
    assert done.returncode == 0, done.stderr
