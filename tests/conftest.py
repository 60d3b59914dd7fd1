"""Every test has its own runs and checkpoints; the packed datasets and one trained model are shared."""

import functools
import os
import pickle
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import platformdirs
import pytest
import torch
from streamlit.components.v2 import manifest_scanner

from ganlab import data, runs, studies
from ganlab.data import Pack, catalogue
from ganlab.data.packs import pack_path
from ganlab.execute import execute
from ganlab.metrics import frechet, intervals
from ganlab.runs import RunFolder
from tests.hub_server import Hub, served
from tests.tiny import SMALL_STUDY, TINY


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> Iterator[None]:
    """For processes of tests, too: nets so small gain nothing from two, and on a busy machine lose a factor of ten."""
    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "1")
        yield


@pytest.fixture(scope="session", autouse=True)
def data_folder(_one_thread: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The session's GANLAB_DATA: `digits` packed, and links to the developer's packs where there are some."""
    developers = data.data_folder()
    folder = tmp_path_factory.mktemp("data")
    for name in (f"packs/{pack_path('digits').name}", f"packs/{pack_path('mnist').name}", "MNIST/raw"):
        if (developers / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).symlink_to((developers / name).resolve())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GANLAB_DATA", str(folder))
        data.load("digits")
        yield folder


@pytest.fixture(scope="session", autouse=True)
def _components_are_looked_for_once() -> Iterator[None]:
    """Streamlit's AppTest reads what every installed package says of itself, for each page that is opened: .5 s."""
    look = functools.cache(manifest_scanner.scan_component_manifests)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", look)
        yield


@pytest.fixture(scope="session", autouse=True)
def _signals_as_on_a_terminal() -> None:
    """`nohup`, and a shell that starts the tests in the background, have Ctrl-C or a closed terminal passed over."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(scope="session", autouse=True)
def _niceness_of_the_tests_process() -> Iterator[None]:
    """Some tests call what a process does that steps aside; this one could never come back."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.nice", lambda step: step, raising=False)
        yield


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("runs", "checkpoints", "studies"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(f"GANLAB_{name.upper()}", str(tmp_path / name))


@pytest.fixture(scope="session")
def digits(data_folder: Path) -> Pack:
    return data.load("digits")


@pytest.fixture(scope="session")
def mnist(data_folder: Path) -> Pack:
    if catalogue.state("mnist") not in ("packed", "files"):  # a download that failed leaves an empty folder
        pytest.skip("no MNIST under GANLAB_DATA; `python -m ganlab data pack mnist` gets it")
    return data.load("mnist")


@pytest.fixture(scope="session")
def finished_run(data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A run of `TINY`, done, shared by all tests: read it, never change it."""
    folder = runs.create(tmp_path_factory.mktemp("finished") / "tiny-001", TINY, device="cpu")
    for _ in execute(folder):
        pass
    return folder


@pytest.fixture
def run_folder(finished_run: RunFolder) -> RunFolder:
    """A copy of the finished run, listed under GANLAB_RUNS."""
    return RunFolder(Path(shutil.copytree(finished_run.path, runs.runs_folder() / "tiny-001")))


@pytest.fixture(scope="session")
def checkpoint_file(finished_run: RunFolder) -> Path:
    """A really trained checkpoint, shared by all tests: read it, never change it."""
    return finished_run.checkpoint


@pytest.fixture
def checkpoints_folder(checkpoint_file: Path) -> Path:
    """The test's GANLAB_CHECKPOINTS, with one good checkpoint in it: `tiny.safetensors`."""
    folder = Path(os.environ["GANLAB_CHECKPOINTS"])
    shutil.copy(checkpoint_file, folder / "tiny.safetensors")
    return folder


@pytest.fixture(scope="session")
def study_file(data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of a really trained study, shared by all tests: read them, never change them."""
    folder = tmp_path_factory.mktemp("studied")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GANLAB_RUNS", str(folder / "runs"))
        list(studies.run("small", SMALL_STUDY, folder / "small.json", device="cpu"))
    return folder / "small.json"


@pytest.fixture
def listed_study(study_file: Path) -> Path:
    """A copy of the results in the test's GANLAB_STUDIES: `small`."""
    return Path(shutil.copy(study_file, studies.studies_folder()))


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub of this test; its client, here and in programs that are started now, finds it, without a login."""
    constants = pytest.importorskip("huggingface_hub.constants")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "no token"))
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    for name, value in {"HF_HUB_DISABLE_XET": "1", "HF_HOME": str(tmp_path / "home of the hub")}.items():
        monkeypatch.setenv(name, value)
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    with served() as started:
        monkeypatch.setenv("HF_ENDPOINT", started.url)
        yield started


@pytest.fixture
def no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """The user has no home folder, and has not said where datasets are to be kept."""
    pwd = pytest.importorskip("pwd")

    def unknown(uid: int) -> None:
        raise KeyError(f"getpwuid(): uid not found: {uid}")

    for name in ("GANLAB_DATA", "XDG_CACHE_HOME", "XDG_DATA_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", unknown)  # what the system answers of a user without an entry
    with pytest.raises(RuntimeError):
        platformdirs.user_cache_dir("ganlab")


@pytest.fixture
def no_temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """None of the folders that Python would put temporary files into is there."""
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: [str(tmp_path / "nowhere")])


@pytest.fixture(scope="module")
def few_resamples(finished_run: RunFolder) -> Iterator[None]:
    """Intervals of four resamples, for tests that end runs and look at no interval; the shared run has whole ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(frechet, "RESAMPLES", 4)
        for function in (intervals.bootstrap, intervals.bootstrap_counts, intervals.resampled_counts):
            patch.setitem(function.__kwdefaults__, "resamples", 4)
        yield


@pytest.fixture
def truncated_file(checkpoint_file: Path, tmp_path: Path) -> Path:
    """The first two thirds of a good checkpoint."""
    path = tmp_path / "truncated.safetensors"
    content = checkpoint_file.read_bytes()
    path.write_bytes(content[: len(content) * 2 // 3])
    return path


@pytest.fixture
def pickle_file(tmp_path: Path) -> Path:
    """A pickle that makes the file `ran` beside itself when it is opened, under a checkpoint's name."""

    class Attack:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(tmp_path / "ran"),)

    path = tmp_path / "pickle.safetensors"
    path.write_bytes(pickle.dumps(Attack()))
    return path


@pytest.fixture
def own_data(data_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the test alone, with `digits` packed and nothing else; temporary files have their own, too."""
    folder = tmp_path / "own_data"
    (folder / "packs").mkdir(parents=True)
    shutil.copy(pack_path("digits"), folder / "packs")
    monkeypatch.setenv("GANLAB_DATA", str(folder))
    (tmp_path / "temporary").mkdir(exist_ok=True)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    return folder
