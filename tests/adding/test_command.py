"""From a folder to a trained model in a terminal, and what the commands say."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ganlab import checkpoints, runs
from ganlab.cli import main
from ganlab.data import adding, catalogue
from ganlab.data.adding.findings import FINDING
from ganlab.data.packs import load_pack, pack_path
from tests.adding.pictures import encoded, noise, several, write

Said = pytest.CaptureFixture[str]


def test_from_a_folder_to_a_model(folder: Path, capsys: Said) -> None:
    write(folder, several(40, "cats/") | several(40, "dogs/", 50) | {"cats/notes.txt": b"x", "dogs/bad.png": b"x"})
    assert main(["data", "add", str(folder), "--name", "pets", "--title", "Our pets", "--licence", "ours"]) == 0
    said = capsys.readouterr().out
    for part in (
        "80 of 81 pictures: ",
        "held out by their content",
        "formats: 80 PNG; smallest, median, largest: 40 x 40",
        "images: 32 x 32 pixels, colour, the middle square (0% of a picture is cut away on average)",
        "class: cats 40, dogs 40",
        "passed over: 1 file that is no picture, such as cats/notes.txt",
        "left out: dogs/bad.png cannot be read as a picture",
        "train it: python -m ganlab train faces-acgan-64 --set dataset=pets image_size=32",
    ):
        assert part in said
    assert main(["data", "show", "pets"]) == 0
    shown = capsys.readouterr().out
    for part in ("Our pets", "ours", "32 x 32 pixels, colour", "cats  40", load_pack(pack_path("pets")).fingerprint):
        assert part in shown
    small = ["width=4", "batch_size=8", "steps=3", "precision=float32"]
    assert main(["train", "mnist-cgan-28", "--set", "dataset=pets", "image_size=32", *small]) == 0
    (run,) = runs.list_runs()
    card = checkpoints.read_card(run.checkpoint)
    assert card.data.conditions[0].labels == ("cats", "dogs")
    assert card.recipe.dataset == "pets"


def test_a_dataset_is_removed_and_a_built_in_one_is_not(folder: Path, capsys: Said) -> None:
    write(folder, several(10))
    assert main(["data", "add", str(folder), "--name", "mine", "--size", "28"]) == 0
    assert main(["data", "remove", "mine"]) == 0
    assert "removed mine" in capsys.readouterr().out
    assert catalogue.added() == []
    assert not list(pack_path("mine").parent.glob("mine*"))
    assert main(["data", "remove", "mine"]) == 1
    assert "there is no dataset of your own 'mine'" in capsys.readouterr().err
    assert main(["data", "remove", "digits"]) == 1
    assert "digits comes with ganlab" in capsys.readouterr().err
    assert main(["data", "show", "mnist"]) == 1
    assert "data pack mnist" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--name", "Mine"], "'Mine' is no name"),
        (["--name", "mine", "--test-share", "0.9"], "choose a share from 0 to 0.5"),
        (["--name", "mine", "--labels", "nowhere.csv"], "nowhere.csv is not there"),
        (["--name", "mine", "--labels", "folders"], "labels are auto, none or a list"),
    ],
)
def test_wrong_options_are_told(options: list[str], said: str, folder: Path, capsys: Said) -> None:
    write(folder, several(10))
    assert main(["data", "add", str(folder), *options]) == 1
    assert said in capsys.readouterr().err


def test_ctrl_c_says_that_it_goes_on_and_it_does(folder: Path) -> None:
    big = encoded(noise(0, 1500, 1500), "PNG", compress_level=1)
    write(folder, {f"{n}.png": big for n in range(300)})
    command = [sys.executable, "-m", "ganlab", "data", "add", str(folder), "--name", "mine", "--size", "28"]
    started = subprocess.Popen(command, stderr=subprocess.PIPE, encoding="utf-8", start_new_session=True)
    deadline = time.monotonic() + 200
    while not any(path.stat().st_size for path in adding.work_folder().glob("*.findings")):
        assert started.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    started.send_signal(signal.SIGINT)
    _, said = started.communicate()
    assert started.returncode == 130
    assert "the same command goes on where it was" in said
    assert catalogue.added() == []
    (kept,) = adding.work_folder().glob("*.findings")
    assert kept.stat().st_size > 0
    subprocess.run(command, check=True, capture_output=True)
    assert len(load_pack(pack_path("mine")).images) == 300


MOMENTS: dict[str, Callable[[Path], bool]] = {
    "as the survey begins": lambda work: any(path.stat().st_size for path in work.glob("*.findings")),
    "in the survey": lambda work: any(path.stat().st_size > 100 * FINDING.itemsize for path in work.glob("*.findings")),
    "in the packing": lambda work: any(path.stat().st_size for path in work.glob("*.part")),
}


def test_it_may_be_killed_at_any_moment(folder: Path) -> None:
    """The same pack as that of a packing that was left alone."""
    write(folder, {f"{'ab'[n % 2]}/{n}.png": encoded(noise(n, 300, 300), compress_level=1) for n in range(300)})
    command = [sys.executable, "-m", "ganlab", "data", "add", str(folder), "--size", "64", "--name"]
    for has_come in MOMENTS.values():
        started = subprocess.Popen([*command, "mine"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while started.poll() is None and not has_come(adding.work_folder()):
            time.sleep(0.002)
        started.kill()
        started.wait()
    for name in ("mine", "whole"):
        if not pack_path(name).exists():
            subprocess.run([*command, name], check=True, capture_output=True)
    packs = [load_pack(pack_path(name)) for name in ("whole", "mine")]
    assert packs[0].images.equal(packs[1].images)
    assert packs[0].conditions.equal(packs[1].conditions)
    assert packs[0].train == packs[1].train


def test_the_header_says_how_it_was_made(folder: Path) -> None:
    write(folder, several(10))
    assert (
        main(["data", "add", str(folder), "--name", "mine", "--size", "28", "--crop", "pad", "--colour", "grey"]) == 0
    )
    pack = load_pack(pack_path("mine"))
    assert pack.made == {"size": 28, "colour": "grey", "crop": "pad", "test_share": 0.1, "labels": ""}
    assert json.dumps(dict(pack.made))
    assert pack.source == str(folder)
