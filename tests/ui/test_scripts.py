"""Scripts of the browser: clean by the linter, and whole once they are joined."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from ganlab.ui.live import component
from ganlab.ui.maps import scatter
from ganlab.ui.reconstruct import live as reconstruct

ROOT = Path(__file__).parents[2]
BIOME = ROOT / "node_modules" / ".bin" / "biome"
SCRIPTS = sorted((ROOT / "ganlab").rglob("*.js"))
MOST_COLUMNS = 120
JOINED = {
    "live": [component.FOLDER / name for name in component.SCRIPTS],
    "map": [scatter.FOLDER / name for name in scatter.SCRIPTS],
    "plane": reconstruct.paths(["plane.js"]),
    "strength": reconstruct.paths(["strength.js"]),
    "drawing": reconstruct.paths(["pen.js", "ink.js", "draw.js"]),
}


@pytest.mark.skipif(not BIOME.exists(), reason="Biome is not installed here: make check, or npm ci")
def test_scripts_are_formatted_and_clean():
    done = subprocess.run([BIOME, "check", "--error-on-warnings"], cwd=ROOT, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_lines_fit_an_editor(path):
    long = [line for line in path.read_text(encoding="utf-8").splitlines() if len(line) > MOST_COLUMNS]
    assert long == []


@pytest.mark.parametrize("name", JOINED)
def test_joined_scripts_are_one_module_that_imports_nothing(name, tmp_path):
    code = component.joined(JOINED[name])
    assert not re.search(r"^import|^export (?!default)", code, re.MULTILINE)
    assert len(re.findall("^export default", code, re.MULTILINE)) == 1
    if not (node := shutil.which("node")):
        pytest.skip("node is not here: whether names are unique across the files is left to the tests in Chromium")
    module = tmp_path / "joined.mjs"
    module.write_text(code, encoding="utf-8")
    done = subprocess.run([node, "--check", module], capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
