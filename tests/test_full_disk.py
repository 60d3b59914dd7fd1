"""A disk that is really full: words that name the file and the remedy, and nothing half-written."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from ganlab import data, events, jobs, runs
from ganlab.access import actions
from ganlab.access.visitor import Visitor
from ganlab.cli import main
from ganlab.data import Pack
from ganlab.data.packs import pack_path, save_pack
from ganlab.data.sources.named import NAMED, open_named
from ganlab.data.torchvision_import import torchvision
from ganlab.full_disk import DiskFullError
from ganlab.jobs import classifying, seen_cards
from ganlab.jobs.dropped import Dropped
from ganlab.jobs.seen_cards import SeenCards
from ganlab.loop import Report
from ganlab.metrics import classifiers
from ganlab.metrics.classifier import Classifier
from ganlab.owners import Person, write_owner
from ganlab.reports import document, writing
from ganlab.reports.document import Figure, Section, Table
from ganlab.reports.drawings import Heat
from ganlab.runs import RunFolder, Where
from ganlab.snapshots import save_sheet
from ganlab.studies.results import write_results
from ganlab.studies.schema import Result
from ganlab.system_errors import in_words
from ganlab.whole_files import replacing
from tests.marks import posix
from tests.tiny import TINY

Said = pytest.CaptureFixture[str]


def mounted(*argv: object) -> bool:
    return subprocess.run(list(map(str, argv)), capture_output=True).returncode == 0


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 kilobytes in memory, which only root may have."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if not mounted("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder):
        pytest.skip("this user may not mount a small disk")
    yield folder
    mounted("umount", "-l", folder)


def refused(said: Said, name: str, *argv: object) -> None:
    """The command fails with one line that names the file, and the remedy."""
    assert main(list(map(str, argv))) == 1
    error = said.readouterr().err
    assert "Traceback" not in error
    assert f"{name} could not be written: the disk is full. Free some space" in error


def left(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


def test_packing(disk: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANLAB_DATA", str(disk))
    refused(capsys, "digits.v2.safetensors", "data", "pack", "digits")
    assert left(disk) == []


def test_packing_is_refused_before_anything_is_read(disk: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of MNIST's files, which are not there, nothing is said, nor fetched."""
    monkeypatch.setenv("GANLAB_DATA", str(disk))
    fill(disk)
    refused(capsys, "mnist.v2.safetensors", "data", "pack", "mnist")


@pytest.mark.parametrize("name", ["grid.png", "grid.npz", "walk.gif"])
def test_pictures(name: str, disk: Path, capsys: Said, checkpoint_file: Path) -> None:
    command = ["interpolate", checkpoint_file, "--steps", 200] if name == "walk.gif" else ["sample", checkpoint_file]
    count = [] if name == "walk.gif" else ["--n", 600]
    (disk / name).write_bytes(b"old")
    refused(capsys, name, *command, *count, "--out", disk / name)
    assert left(disk) == [name]
    assert (disk / name).read_bytes() == b"old"


def test_exports(disk: Path, capsys: Said, run_folder: RunFolder) -> None:
    refused(capsys, "a.safetensors", "export", run_folder.path, "--n", 100, "--out", disk / "a.safetensors")
    fill(disk)
    refused(capsys, "a.onnx", "export", run_folder.checkpoint, "--onnx", "--out", disk / "a.onnx")
    assert left(disk) == ["filler"]


def room(disk: Path, kilobytes: int) -> None:
    assert mounted("mount", "-o", f"remount,size={kilobytes}k", disk)


@pytest.mark.parametrize("command", ["classifier", "data classifier"])
def test_a_classifier_is_refused_before_it_is_trained(
    command: str, disk: Path, capsys: Said, digits: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    if command == "classifier":
        refused(capsys, "c.safetensors", "classifier", "digits", "--out", disk / "c.safetensors")
        assert left(disk) == []
    else:
        monkeypatch.setenv("GANLAB_DATA", str(disk))
        room(disk, 4_000)
        save_pack(replace(digits, spec=replace(digits.spec, name="mine")), pack_path("mine"))
        fill(disk)
        refused(capsys, "mine.classifier.safetensors", "data", "classifier", "mine")
        assert sorted(left(disk)) == ["filler", pack_path("mine").name]
    assert "epoch" not in capsys.readouterr().out


def test_a_trained_classifier_is_not_lost_when_the_disk_fills_up_meanwhile(disk: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    room(disk, 4_000)
    argv = ["classifier", "digits", "--epochs", "2", "--out", str(disk / "c.safetensors")]
    with subprocess.Popen(
        [sys.executable, "-m", "ganlab", *argv],
        env=os.environ | {"TMPDIR": str(tmp_path / "elsewhere")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as training:
        assert training.stdout is not None
        assert "epoch 1 of 2" in training.stdout.readline()
        fill(disk)
        said = training.communicate()[1]
    assert training.returncode == 1
    assert "c.safetensors could not be written: the disk is full. Free some space" in said
    assert f"move it to {disk / 'c.safetensors'}" in said
    saved = Path(said.rpartition("the classifier is in ")[2].partition("; when")[0])
    assert saved.is_relative_to(tmp_path / "elsewhere")
    assert classifiers.read_header(saved).measured["test_accuracy"] > 0.1
    assert left(disk) == ["filler"]


def test_an_export_is_refused_before_it_is_measured(
    disk: Path, capsys: Said, run_folder: RunFolder, digits: Pack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where nothing can be measured, too: the dataset is not here."""
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path / "none"))
    fill(disk)
    refused(capsys, "a.safetensors", "export", run_folder.path, "--out", disk / "new" / "a.safetensors")
    refused(capsys, "b.json", "bench", "--out", disk / "b.json")
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("name", ["fashion-mnist", "kmnist"])
def test_a_download_onto_a_full_disk_is_not_taken_for_a_missing_network(
    name: str, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What torchvision would have fetched is written by a downloader of our own: these machines have no network."""

    def download(folder: str, **options: object) -> None:
        (Path(folder) / "part").write_bytes(bytes(100_000))

    monkeypatch.setenv("GANLAB_DATA", str(disk))
    loader = {"fashion-mnist": "FashionMNIST", "kmnist": "KMNIST"}[name]
    monkeypatch.setattr(torchvision().datasets, loader, download)
    with pytest.raises(DiskFullError, match=r"could not be written: the disk is full\. Free some space"):
        open_named(name) if name in NAMED else data.load(name)


@pytest.mark.parametrize("form", [[], ["--single-file"]], ids=["folder", "file"])
def test_shared_pages(form: list[str], disk: Path, capsys: Said, checkpoint_file: Path) -> None:
    refused(capsys, "page.html", "publish", checkpoint_file, *form, "--out", disk / "page.html")
    assert left(disk) == []


def test_what_the_library_writes(disk: Path, digits: Pack) -> None:
    noise = torch.randint(0, 256, (64, 3, 64, 64), generator=torch.Generator().manual_seed(0)).byte()
    long = Result(name="a", settings={}, curves={"step": list(range(30_000))})
    writers: dict[str, Callable[[Path], object]] = {
        "classifier.safetensors": lambda path: classifiers.save(Classifier(10), path, digits, "", {}),
        "sheet.png": lambda path: save_sheet(noise, path),
        "study.json": lambda path: write_results(path, [long]),
    }
    for name, write in writers.items():
        with pytest.raises(DiskFullError, match=rf"{name} could not be written: the disk is full"):
            write(disk / name)
    assert left(disk) == []


def test_a_training_fails_in_words_and_goes_on_when_there_is_room(disk: Path, capsys: Said, data_folder: Path) -> None:
    """It needs 1 MB."""
    argv = ["train", "digits-quick", "--set", "width=4", "batch_size=16", "--steps", "4", "--device", "cpu"]
    room(disk, 200)
    assert main([*argv, "--out", str(disk / "run")]) == 1
    error = capsys.readouterr().err
    assert "Traceback" not in error
    assert "could not be written: the disk is full" in error
    folder = RunFolder(disk / "run")
    assert runs.read_status(folder).state in ("failed", "interrupted")
    assert not [name for name in left(disk) if name.endswith(".part") or name.startswith(".tmp")]
    room(disk, 50_000)
    assert main(["train", "digits-quick", "--resume", "--out", str(disk / "run")]) == 0
    assert [line["step"] for line in runs.read_metrics(folder)] == [1, 2, 3, 4]


def fill(disk: Path) -> None:
    with suppress(OSError), (disk / "filler").open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass


def test_a_new_run_leaves_no_folder(disk: Path) -> None:
    fill(disk)
    with pytest.raises(OSError, match=r"disk is full|No space left"):
        runs.create(disk / "run", TINY)
    assert [path.name for path in disk.iterdir()] == ["filler"]


WRITTEN_BY_PAGES: dict[str, tuple[Callable[[RunFolder], object], str]] = {
    "training": (lambda run: actions.train(Visitor("open"), [TINY, TINY], device="cpu", on_collapse="stop"), "tiny-"),
    "examples": (lambda run: actions.add_examples(Visitor("open")), "failure-"),
    "going on": (lambda run: actions.resume(Visitor("open"), run), "stopped/"),
    "upload": (lambda run: actions.upload(Visitor("open"), "a.safetensors", b"0" * 99), "uploads/a-"),
    "pictures": (lambda run: actions.add_pictures(Visitor("open"), [Dropped("a.png", bytes(99))]), "a.png"),
    "classifier": (lambda run: classifying.start("digits"), "classifiers/digits/"),
    "place": (lambda run: runs.write_where(run, Where(backend="slurm", handle="3")), "stopped/where"),
    "owner": (lambda run: write_owner(run.owner, Person(issuer="i", subject="s", name="n")), "stopped/owner"),
    "cards": (lambda run: seen_cards.write(run.path.parent, SeenCards(problem="none")), ".cards.json"),
    "report": (lambda run: runs.append_metrics(run, {"step": 1}), "stopped/metrics.jsonl"),
}


@pytest.mark.parametrize("name", WRITTEN_BY_PAGES)
def test_what_pages_write(name: str, disk: Path, digits: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence, and nothing new that counts; what was there is as it was."""
    room(disk, 4_000)
    for variable in ("RUNS", "DATA", "CHECKPOINTS"):
        (disk / variable.lower()).mkdir()
        monkeypatch.setenv(f"GANLAB_{variable}", str(disk / variable.lower()))
    if name == "classifier":
        save_pack(digits, pack_path("digits"))
    run = runs.create(disk / "runs" / "stopped", TINY)
    runs.write_status(run, runs.read_status(run).model_copy(update={"state": "cancelled"}))
    fill(disk)
    before = {path: path.read_bytes() for path in disk.rglob("*") if path.is_file()}
    write, named = WRITTEN_BY_PAGES[name]
    with pytest.raises(OSError, match=r"disk is full|No space left") as told:
        write(run)
    said = in_words(told.value)
    assert named in said
    assert "could not be written: the disk is full. Free some space on that disk" in said
    new = {path for path in disk.rglob("*") if path.is_file()} - before.keys()
    assert all("lock" in path.name or not path.stat().st_size for path in new)
    assert all(path.read_bytes() == content for path, content in before.items())
    assert [one.name for one in runs.list_runs()] == ["stopped"]
    assert runs.read_status(run).state == "cancelled"


def test_of_a_sweep_that_does_not_fit_no_run_is_left(disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run of it that stayed would be trained by the next scheduler."""
    monkeypatch.setenv("GANLAB_RUNS", str(disk))
    with pytest.raises(DiskFullError, match=r"could not be written: the disk is full"):
        jobs.submit_all([TINY] * 40, device="cpu")
    assert runs.list_runs() == []


def test_event_files_cost_no_run(disk: Path) -> None:
    folder, told = runs.create(disk / "run", TINY), list[str]()
    fill(disk)
    with events.opened(folder, 0, wanted=True, tell=told.append) as written:
        written.report(Report(step=1, images=1, seconds=1.0, values={"loss": 1.0}))
    assert len(told) == 1
    assert told[0].startswith("no event files are written (")
    assert "the disk is full. Free some space on that disk" in told[0]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has such a device")
def test_a_training_whose_log_is_full_goes_on(data_folder: Path, tmp_path: Path) -> None:
    folder = runs.create(tmp_path / "run", TINY.with_settings({"steps": 2, "width": 4, "batch_size": 16}), device="cpu")
    with Path("/dev/full").open("wb") as full:
        worker = [sys.executable, "-m", "ganlab.jobs.worker", folder.path]
        done = subprocess.run(worker, stdout=full, stderr=full, env=os.environ | {"PYTHONUNBUFFERED": "1"})
    assert (done.returncode, runs.read_status(folder).state) == (0, "done")


def test_a_report_is_written_as_a_whole_or_not_at_all(disk: Path) -> None:
    folder = runs.create(disk / "run", TINY)

    def report() -> None:
        for step in range(10_000):
            runs.append_metrics(folder, {"step": step, "loss": 0.123456})

    with pytest.raises(DiskFullError, match=r"metrics\.jsonl could not be written"):
        report()
    content = folder.metrics.read_bytes()
    assert content.endswith(b"}\n")
    assert [line["step"] for line in runs.read_metrics(folder)] == list(range(content.count(b"\n")))


def test_a_report_of_many_files_is_there_as_a_whole_or_not_at_all(disk: Path) -> None:
    """All but the last pages of the disk's memory that it takes are there."""
    heat = Heat(rows=("a",), columns=("b",), values=((0.5,),), down="set", across="read")
    blocks = (
        Figure(name="tints", caption="Tints.", drawing=heat),
        Table(name="digits", caption="Digits.", heads=("n",), rows=tuple((str(n),) for n in range(2_000))),
    )
    made = document.Report(title="A report", lead="", sections=(Section(title="All", blocks=blocks),), made="")
    files = dict(writing.contents(made))
    pages = sum(-(-len(content) // 4096) for content in files.values())
    room(disk, 4 * (pages + 64))
    (disk / "old" / "figures").mkdir(parents=True)
    (disk / "old" / writing.PAGE).write_text("old", encoding="utf-8")
    room(disk, 4 * (pages - 1))
    for folder in (disk / "new", disk / "old"):
        with pytest.raises(DiskFullError, match=r"digits\.\w+ could not be written: the disk is full. Free some space"):
            writing.write(made, folder)
    assert not (disk / "new").exists()
    assert left(disk) == [writing.PAGE]
    assert (disk / "old" / writing.PAGE).read_text(encoding="utf-8") == "old"
    room(disk, 4 * (pages + 64))
    assert len(writing.write(made, disk / "new")) == len(files) == len(left(disk / "new"))


@posix
def test_files_that_may_not_be_so_large(tmp_path: Path) -> None:
    """What a shared machine may impose, which needs no root to try."""
    script = (
        "import resource, sys; from pathlib import Path; import torch; from safetensors.torch import save_file\n"
        "from ganlab.whole_files import replacing\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))\n"
        "for write in (lambda p: p.write_bytes(bytes(20_000)), lambda p: save_file({'x': torch.zeros(9_000)}, p)):\n"
        "    try:\n"
        "        with replacing(Path(sys.argv[1])) as part: write(part)\n"
        "    except OSError as error: print(error)\n"
    )
    path = tmp_path / "large"
    done = subprocess.run([sys.executable, "-c", script, path], capture_output=True, encoding="utf-8", check=True)
    lines = done.stdout.splitlines()
    assert len(lines) == 2
    assert all(f"{path} could not be written: it is larger than a file may be here" in line for line in lines)
    assert not path.exists()
    assert [file for file in tmp_path.iterdir() if file.is_file()] == []


def test_other_errors_of_the_system_stay_as_they_are(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), replacing(tmp_path / "nowhere" / "file") as part:
        part.write_text("x", encoding="utf-8")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has such a device")
@pytest.mark.parametrize("argv", [["--help"], ["data", "list"]], ids=" ".join)
def test_what_is_printed_onto_a_full_disk(argv: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([sys.executable, "-m", "ganlab", *argv], stdout=full, stderr=subprocess.PIPE)
    said = done.stderr.decode()
    assert done.returncode == 1
    assert "Traceback" not in said
    assert "the disk is full" in said
