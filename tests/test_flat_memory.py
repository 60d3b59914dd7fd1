"""Packs are written with no more of them in memory than a part, and trained on without being loaded."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from ganlab import folders
from ganlab.data import packs
from ganlab.data.making import PART, collected, making
from ganlab.data.packs import load_pack, save_pack
from ganlab.data.writing import write_pack
from tests.own_pictures import shades

MEGABYTE = 2**20
ANONYMOUS = """
import sys, threading, time
from pathlib import Path
most, ended = 0, False


def anonymous():  # bytes of memory that no file holds; what is mapped can be had again from the disk
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("RssAnon"))


def watch():
    global most
    while not ended:
        most = max(most, anonymous())
        time.sleep(0.005)


def grown(work):
    global most
    work(small)  # what libraries take once
    before = most = anonymous()
    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    work(large)
    return most - before
"""
WRITING = (
    ANONYMOUS
    + """
import numpy as np
from ganlab.data import avatars
from ganlab.data.dataset import silent
from ganlab.data.writing import write_pack
small, large = 1_200, 6_000
one = np.zeros((128, 128, 3), np.uint8)
drawn = lambda options: (one for _ in options)  # what is drawn does not matter, but that all of it is written
print(grown(lambda n: write_pack(
    avatars.build(silent, count=n, train=n, size=128, render=drawn), Path(sys.argv[1]))))
"""
)
TRAINING = (
    ANONYMOUS
    + """
from dataclasses import replace
import torch
from ganlab.data import DataSpec, Stream
from ganlab.data.packs import PackHeader, load_pack
from ganlab.data.writing import PackWriter
from ganlab.step import train_step
from ganlab.training_state import start
from ganlab.metrics.copies import PART
from tests.tiny import TINY
small, large = 2_000, 400_000


def work(count):
    path = Path(f"{sys.argv[1]}-{count}")
    spec = DataSpec(name="many", channels=1, size=28)
    with PackWriter(path, PackHeader(spec=spec, train=count - 200, licence=""), count, path).writing():
        pass  # black pictures, which take no room on the disk
    pack, cpu = load_pack(path), torch.device("cpu")
    run, stream = start(TINY, spec, cpu), Stream(pack, batch_size=32, seed=0, device=cpu)
    for step in range(12):
        train_step(run, stream.batch(step))
    sum(int(part.sum()) for part in pack.images.split(PART))  # all of it was read


print(grown(work))
"""
)


def test_a_pack_written_part_by_part_is_the_one_written_at_once(tmp_path: Path) -> None:
    pack = shades(2 * PART + 60, 2_000)
    at_once, parts = tmp_path / "a.safetensors", tmp_path / "b.safetensors"
    save_pack(pack, at_once)
    write_pack(making(pack), parts)
    one, other = load_pack(at_once), load_pack(parts)
    assert torch.equal(one.images, other.images)
    assert torch.equal(one.conditions, other.conditions)
    assert one.fingerprint == other.fingerprint == packs.fingerprint(pack)
    assert torch.equal(collected(making(pack)).images, pack.images)


@pytest.mark.parametrize("count", [199, 201])
def test_a_source_that_makes_more_or_fewer_pictures_than_it_said_is_no_pack(count: int, tmp_path: Path) -> None:
    made, other = making(shades(200, 150)), making(shades(count, 150))
    said = replace(other, count=made.count)
    with pytest.raises(ValueError, match=r"my\.shades makes .*200 (pictures, which|pictures that|that) it was to have"):
        write_pack(said, tmp_path / "p.safetensors")
    assert not list(tmp_path.glob("p.*"))


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells how much memory is no file's")
@pytest.mark.parametrize(
    ("code", "most"),
    [
        pytest.param(WRITING, 150, id="295 MB are written, twice: no picture is for testing"),
        pytest.param(TRAINING, 110, id="314 MB are trained on"),
    ],
)
def test_memory_does_not_grow_with_the_pictures(code: str, most: int, tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(folders.root())}
    command = [sys.executable, "-c", code, str(tmp_path / "p")]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, env=environment)
    assert done.returncode == 0, done.stderr
    assert sum(path.stat().st_size for path in tmp_path.glob("p*")) > 280 * MEGABYTE
    assert int(done.stdout) < most * MEGABYTE
