"""Scripts and styles of the browser: clean by the linter; scripts whole, and of one mind with Python about latents."""

import base64
import json
import shutil
import subprocess
from pathlib import Path

import pytest
import torch

from ganlab import folders, web
from ganlab.explore import axes, paths, stage
from ganlab.explore.axes import Axis
from ganlab.explore.points import Point
from ganlab.latents import Attributes, Category, Latent, Normal, Uniform

ROOT = Path(__file__).parents[2]
BIOME = ROOT / "node_modules" / ".bin" / "biome"
CASES = Path(__file__).parent / "latent_cases.json"
RUN_CASES = Path(__file__).parent / "latent_cases.mjs"
SCRIPTS = sorted((ROOT / "ganlab").rglob("*.js"))
MOST_COLUMNS = 120
NODE = shutil.which("node")
AT_ONCE = ("page/", "share/site.js", "share/single.js")  # begin with the page they are on, and export nothing

LATENT = Latent(
    factors=(
        Normal(name="z", size=5),
        Category(name="digit", labels=("0", "a*b", "a", "c+d")),
        Uniform(name="c", size=2),
        Attributes(name="wears", labels=("hat", "red tie"), at_least=0),
    )
)


@pytest.mark.skipif(not BIOME.exists(), reason="Biome is not installed here: make check, or npm ci")
def test_scripts_are_formatted_and_clean():
    done = subprocess.run([BIOME, "check", "--error-on-warnings"], cwd=ROOT, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_lines_fit_an_editor(path):
    long = [line for line in path.read_text(encoding="utf-8").splitlines() if len(line) > MOST_COLUMNS]
    assert long == []


def test_scripts_of_pages_have_one_home():
    assert [path for path in (ROOT / "ganlab" / "ui").rglob("*.js") if not path.is_relative_to(folders.WEB)] == []
    assert [path for path in (ROOT / "ganlab" / "ui").rglob("*.css") if not path.is_relative_to(folders.WEB)] == []


@pytest.mark.parametrize("name", web.modules())
def test_what_a_module_needs_comes_before_it(name):
    found = web.needed(name)
    assert found[-1] == name
    for i, one in enumerate(found):
        assert set(web.imports(one).values()) <= set(found[:i])


def test_no_module_is_left_over():
    used = {other for name in web.modules() for other in web.imports(name).values()}
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "ganlab").rglob("*.py"))
    assert [name for name in web.modules() if name not in used and f'{name.rpartition("/")[2]}"' not in code] == []


@pytest.mark.skipif(NODE is None, reason="node is not here; the tests in Chromium import them as well")
def test_modules_import_what_is_there():
    """node resolves every import by name, as the browser does."""
    addresses = [(folders.WEB / name).as_uri() for name in web.modules() if not name.startswith(AT_ONCE)]
    script = f"for (const address of {json.dumps(addresses)}) await import(address);"
    done = subprocess.run([NODE, "--input-type=module", "-e", script], capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr


def cases():
    """Latents as Python has them, for what the browser works out by itself."""
    ends = LATENT.from_seeds([3, 4])
    opposite = torch.stack([ends[0], torch.cat([-ends[0, :5], ends[1, 5:]])])
    short = torch.stack([torch.cat([torch.zeros(5), ends[0, 5:]]), ends[1]])
    ways = [
        {"a": stage.encoded(pair[0]), "b": stage.encoded(pair[1]), "t": t, "method": method}
        | {"expected": paths.at(LATENT, pair, t, method=method).tolist()}
        for pair in (ends, opposite, short)
        for method in paths.METHODS
        for t in (0.0, 0.3, 1.0)
    ]
    directions = torch.linalg.qr(torch.randn(5, 2, generator=torch.Generator().manual_seed(1)))[0].T
    known = [
        Axis(
            name=f"z~{i + 1}",
            title=f"Direction {i + 1}",
            direction=torch.cat([row, torch.zeros(LATENT.dim - 5)]),
            low=-3.0,
            high=3.0,
        )
        for i, row in enumerate(directions)
    ]
    held = [
        {},
        {"digit": "a*b"},
        {"digit": "a*b*0.250+c+d*0.750"},
        {"digit": "0*0.600+a*0.400"},
        {"wears": "+"},
        {"wears": "hat+red tie", "c": "0.5,-1"},
        {"z": "0.25", "z~1": "2.000"},
        {"z~1": "-1.500", "z~2": "0.750", "c": "1"},
    ]
    placings = [
        {"seed": 3, "fixed": [list(pair) for pair in fixed.items()]}
        | {"expected": axes.place(LATENT, Point(3, fixed=tuple(fixed.items())), known).tolist()}
        for fixed in held
    ]
    described = stage.exploring(LATENT, Point(3), known, {}, [3], mixes=True)
    return {"stage": described, "dim": LATENT.dim, "ways": ways, "placings": placings}


def test_the_cases_are_what_python_says():
    """They are a file, so that a browser's side can be looked at alone; `python -m tests.ui.test_scripts` writes it."""
    kept, now = json.loads(CASES.read_text(encoding="utf-8")), cases()
    assert kept["stage"]["factors"] == now["stage"]["factors"]
    for name in ("ways", "placings"):
        for one, other in zip(kept[name], now[name], strict=True):
            assert one["expected"] == pytest.approx(other["expected"], abs=1e-6)
    pools = (kept["stage"]["pool"]["latents"], now["stage"]["pool"]["latents"])
    first, second = (torch.frombuffer(bytearray(base64.b64decode(text)), dtype=torch.float32) for text in pools)
    assert torch.allclose(first, second, atol=1e-6)


@pytest.mark.skipif(NODE is None, reason="node is not here; the test in Chromium runs the same cases")
def test_ways_and_places_are_pythons_in_node():
    done = subprocess.run([NODE, RUN_CASES, folders.WEB.as_uri(), CASES], capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert "ran 26 cases" in done.stdout


if __name__ == "__main__":
    CASES.write_text(json.dumps(cases(), indent=1) + "\n", encoding="utf-8")
