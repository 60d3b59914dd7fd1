"""The wheel, installed where there is no checkout: the commands work, with all that comes along, in any folder."""

import os
import re
import subprocess
import sys
import sysconfig
import time
import tomllib
import urllib.error
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest
from PIL import Image

import ganlab
from ganlab import browser_runtime
from ganlab.extras import EXTRAS
from tests.ports import free_port

ROOT = Path(__file__).parents[1]
STARTING_SECONDS = 120
SHIPPED = (
    "checkpoints/*.safetensors",
    "pages/*.py",
    "studies/*.json",
    "failures/*/recipe.json",
    "app.py",
    ".streamlit/config.toml",
)


class Installed(NamedTuple):
    """An environment with the wheel, and a user who has nothing yet."""

    command: Path
    home: Path
    folder: Path  # where the commands run: empty at first

    def environment(self) -> dict[str, str]:
        plain = {
            name: value for name, value in os.environ.items() if not name.startswith(("GANLAB_", "PYTHON", "XDG_"))
        }
        user = {name: str(self.home) for name in ("HOME", "USERPROFILE", "LOCALAPPDATA", "APPDATA")}
        return plain | user

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [self.command, *arguments], cwd=self.folder, env=self.environment(), capture_output=True, encoding="utf-8"
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT]
    subprocess.run(command, check=True, capture_output=True)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel without the checkout; what it depends on comes from the environment of the tests."""
    place = tmp_path_factory.mktemp("environment")
    venv.create(place, with_pip=False)
    scripts, packages = (
        Path(sysconfig.get_path(name, "venv", {"base": str(place), "platbase": str(place)}))
        for name in ("scripts", "purelib")
    )
    (packages / "shared.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    python = scripts / Path(sys.executable).name
    install = [sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel]
    subprocess.run(install, check=True, capture_output=True)
    user = tmp_path_factory.mktemp("user")
    for name in ("home", "folder"):
        (user / name).mkdir()
    return Installed(scripts / ("ganlab.exe" if os.name == "nt" else "ganlab"), user / "home", user / "folder")


@pytest.mark.slow
def test_everything_that_is_not_python_is_in_the_wheel(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for path in (ROOT / "ganlab").rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            assert path.relative_to(ROOT).as_posix() in names
    for path in (path for pattern in SHIPPED for path in ROOT.glob(pattern)):
        assert f"ganlab/top_level/{path.relative_to(ROOT).as_posix()}" in names
    assert not [name for name in names if "uploads" in name or "secrets" in name or "__pycache__" in name]


@pytest.mark.slow
def test_the_list_has_the_models_that_ship(installed: Installed) -> None:
    said = installed.run("list")
    for path in (ROOT / "checkpoints").glob("*.safetensors"):
        assert path.stem in said
    assert not list(installed.folder.iterdir())


@pytest.mark.slow
def test_a_model_that_ships_draws(installed: Installed) -> None:
    installed.run("sample", "mnist-dcgan-28", "--n", "4", "--out", "g.png")
    picture = installed.folder / "g.png"
    with Image.open(picture) as drawn:
        assert drawn.size[0] > 100
    picture.unlink()


@pytest.mark.slow
@pytest.mark.skipif(not browser_runtime.is_here(), reason="the ONNX runtime is not here: make dist, or npm ci")
def test_a_model_that_ships_becomes_a_page(installed: Installed) -> None:
    installed.run("publish", "mnist-dcgan-28", "--single-file", "--out", "page.html")
    page = installed.folder / "page.html"
    assert browser_runtime.FILES.wasm in page.read_text(encoding="utf-8")
    page.unlink()


@pytest.mark.slow
def test_a_training_goes_to_the_users_own_runs(installed: Installed) -> None:
    said = installed.run("train", "digits-quick", "--steps", "3", "--set", "width=4")
    (run,) = (Path(line.removeprefix("run ")) for line in said.splitlines() if line.startswith("run "))
    assert run.is_relative_to(installed.home)
    assert (run / "checkpoint.safetensors").is_file()
    assert not list(installed.folder.iterdir())
    assert run.name in installed.run("list")


@pytest.fixture(scope="module")
def app(installed: Installed) -> Iterator[str]:
    """The address of `ganlab app`."""
    port = free_port()
    command = [installed.command, "app", "--port", str(port)]
    log = installed.home / "app.txt"
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=installed.folder, env=installed.environment(), stdout=out, stderr=out)
    try:
        end = time.monotonic() + STARTING_SECONDS
        while get(f"http://127.0.0.1:{port}/_stcore/health") != 200:
            assert process.poll() is None, log.read_text(encoding="utf-8", errors="replace")
            assert time.monotonic() < end
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        for child in psutil.Process(process.pid).children(recursive=True):
            child.terminate()
        process.terminate()
        process.wait(30)


@pytest.mark.slow
def test_the_app_is_served_with_its_settings_and_its_runtime(app: str) -> None:
    assert get(app) == 200
    for name in browser_runtime.FILES:
        address = f"{app}/live/runtime/{browser_runtime.VERSION}/{name}"
        assert get(address) == (200 if browser_runtime.FOLDER.is_dir() else 404)
        assert get(address, host="evil.example") == 403, "the settings beside app.py say who may ask"


def get(address: str, host: str = "") -> int:
    """The status of the answer; 0 where there is none."""
    request = urllib.request.Request(address, headers={"Host": host} if host else {})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def requirements(path: Path) -> dict[str, str]:
    """The pins of a file of requirements, by name."""
    lines = (line.split("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return dict(re.fullmatch(r"([\w.-]+)(?:\[\w+\])?==(.+)", line).groups() for line in lines if "==" in line)  # type: ignore[union-attr, misc]


def test_what_is_pinned_lies_in_the_ranges_of_the_package_and_nothing_is_missing() -> None:
    from packaging.requirements import Requirement

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    ranges = [*project["dependencies"], *(line for name, lines in extras.items() if name != "all" for line in lines)]
    wanted = {found.name: found for found in map(Requirement, ranges)}
    pinned = requirements(ROOT / "requirements.txt") | requirements(ROOT / "requirements-login.txt")
    pinned |= requirements(ROOT / "requirements-fid.txt") | requirements(ROOT / "requirements-ray.txt")
    assert wanted.keys() == pinned.keys()
    assert not [f"{name}=={pinned[name]}" for name, found in wanted.items() if pinned[name] not in found.specifier]
    assert {*extras} == {*EXTRAS, "ray", "all"}
    assert extras["all"] == [f"ganlab[{','.join(EXTRAS)}]"]


@pytest.mark.slow
def test_the_version_is_said_in_one_place(wheel: Path, installed: Installed) -> None:
    assert wheel.name.split("-")[1] == ganlab.__version__
    assert installed.run("--version") == f"ganlab {ganlab.__version__}\n"
