"""The fast reader of metrics.jsonl against the plain one, while files grow, shrink, tear and are replaced."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import save_file

from ganlab import runs
from ganlab.explore import metrics_cache
from ganlab.runs import RunFolder

MANY = 6_000  # lines: enough to be kept


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    (tmp_path / "run-001").mkdir()
    return RunFolder(tmp_path / "run-001")


def lines(steps: range, value: float = 0.5) -> str:
    return "".join(json.dumps({"step": i, "images": 64 * i, "discriminator/loss": value + i}) + "\n" for i in steps)


def agrees(folder: RunFolder) -> bool:
    """Whether the columns are what the plain reader finds, line by line."""
    plain = runs.read_metrics(folder)
    read = metrics_cache.read(folder.metrics).values
    names = dict.fromkeys(name for line in plain for name in line)
    table = {name: np.array([line.get(name, np.nan) for line in plain], dtype=float) for name in names}
    return read.keys() == table.keys() and all(np.array_equal(read[n], table[n], equal_nan=True) for n in table)


def cache(folder: RunFolder) -> Path:
    return folder.path / "metrics.cache"


def test_no_file_is_no_lines(folder: RunFolder) -> None:
    assert metrics_cache.read(folder.metrics) == ({}, 0)


@pytest.mark.parametrize("count", [1, 10, MANY])
def test_reads_the_same_again_and_again(folder: RunFolder, count: int) -> None:
    folder.metrics.write_text(lines(range(count)), encoding="utf-8")
    assert all(agrees(folder) for _ in range(3))
    assert cache(folder).exists() == (count == MANY)


@pytest.mark.parametrize(
    ("stamp", "table"),
    [
        ({"names": 5}, np.zeros((2, MANY))),
        ({"names": ["step", None]}, np.zeros((2, MANY))),
        ({"names": ["loss", "images"]}, np.zeros((2, MANY))),
        ({"damaged": "none"}, np.zeros((2, MANY))),
        ({"names": ["step", "images"]}, np.zeros(2)),
        ({"names": ["step", "images"]}, np.zeros((2, MANY), np.int8)),
    ],
)
def test_what_was_kept_is_left_alone_where_it_makes_no_sense(
    folder: RunFolder, stamp: dict[str, object], table: np.ndarray
) -> None:
    """Even where it is said to be of this very file."""
    folder.metrics.write_text(lines(range(MANY)), encoding="utf-8")
    metrics_cache.read(folder.metrics)
    with safe_open(cache(folder), "np") as file:
        known = json.loads(file.metadata()["stamp"])
    save_file({"columns": table}, cache(folder), {"stamp": json.dumps(known | stamp)})
    assert agrees(folder)


def test_reads_what_was_appended_also_new_names(folder: RunFolder) -> None:
    for start in (0, MANY, 2 * MANY, 2 * MANY + 5):
        with folder.metrics.open("a", encoding="utf-8") as file:
            file.write(lines(range(start, start + MANY)))
            file.write(json.dumps({"step": start + MANY, "new": 1.5}) + "\n")
        assert agrees(folder)


def test_parses_only_what_was_appended(folder: RunFolder) -> None:
    """Damage done to a line that is known already cannot be seen by someone who reads the new ones only."""
    folder.metrics.write_text(lines(range(MANY)), encoding="utf-8")
    assert metrics_cache.read(folder.metrics).damaged == 0
    with folder.metrics.open("r+b") as file:
        file.write(b"#")
        file.seek(0, os.SEEK_END)
        file.write(lines(range(MANY, MANY + 10)).encode())
    read = metrics_cache.read(folder.metrics)
    assert read.values["step"].tolist() == list(range(MANY + 10))
    assert read.damaged == 0


def test_a_torn_last_line_waits_for_its_end(folder: RunFolder) -> None:
    whole = lines(range(MANY, MANY + 1))
    folder.metrics.write_text(lines(range(MANY)) + whole[:20], encoding="utf-8")
    assert len(metrics_cache.read(folder.metrics).values["step"]) == MANY
    with folder.metrics.open("a", encoding="utf-8") as file:
        file.write(whole[20:])
    read = metrics_cache.read(folder.metrics)
    assert read.values["step"][-1] == MANY
    assert read.damaged == 0


def test_a_file_that_was_replaced_is_read_anew(folder: RunFolder) -> None:
    folder.metrics.write_text(lines(range(MANY)), encoding="utf-8")
    metrics_cache.read(folder.metrics)
    runs.forget_metrics_after(folder, MANY // 2)
    assert agrees(folder)
    with folder.metrics.open("a", encoding="utf-8") as file:
        file.write(lines(range(MANY // 2 + 1, 2 * MANY), value=0.25))
    assert agrees(folder)


@pytest.mark.parametrize("count", [100, MANY, 2 * MANY])
def test_a_file_that_was_written_over_is_read_anew(folder: RunFolder, count: int) -> None:
    """The same inode, shorter, as long, and longer than before."""
    folder.metrics.write_text(lines(range(MANY)), encoding="utf-8")
    metrics_cache.read(folder.metrics)
    inode = folder.metrics.stat().st_ino
    folder.metrics.write_text(lines(range(count), value=0.75), encoding="utf-8")
    assert folder.metrics.stat().st_ino == inode
    assert agrees(folder)


@pytest.mark.parametrize("damage", [b"", b"nonsense", b"\x10" + b"\0" * 7 + b'{"a":1}         ', None])
def test_a_damaged_cache_is_made_again(folder: RunFolder, damage: bytes | None) -> None:
    folder.metrics.write_text(lines(range(MANY)), encoding="utf-8")
    metrics_cache.read(folder.metrics)
    content = cache(folder).read_bytes()
    cache(folder).write_bytes(content[: len(content) // 2] if damage is None else damage)
    assert agrees(folder)
    assert cache(folder).read_bytes() == content


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are POSIX's")
def test_a_named_pipe_in_place_of_the_cache_is_not_waited_for(folder: RunFolder) -> None:
    folder.metrics.write_text(lines(range(3)), encoding="utf-8")
    os.mkfifo(cache(folder))
    assert agrees(folder)


def test_a_cache_that_cannot_be_written_costs_only_time(folder: RunFolder) -> None:
    folder.metrics.write_text(lines(range(MANY)), encoding="utf-8")
    cache(folder).mkdir()
    assert agrees(folder)
    assert sorted(path.name for path in folder.path.iterdir()) == ["metrics.cache", "metrics.jsonl"]


@pytest.mark.parametrize(
    "line",
    ["", "{", '{"step": 3, "loss": 0.', "[1, 2]", "7", "null", '{"loss": 1}', '{"step": "x"}', "\0\0\0\0", "\xff\xfe"],
)
def test_a_damaged_line_is_counted_and_left_out(folder: RunFolder, line: str) -> None:
    folder.metrics.write_bytes((lines(range(3)) + line + "\n" + lines(range(3, 6))).encode("latin-1"))
    read = metrics_cache.read(folder.metrics)
    assert read.values["step"].tolist() == [0, 1, 2, 3, 4, 5]
    assert read.damaged == (1 if line else 0)


def test_values_that_are_no_numbers_become_nan(folder: RunFolder) -> None:
    cells = ["NaN", "Infinity", "null", '"text"', "[1]", "{}", "1e999", "1" + "0" * 400]
    folder.metrics.write_text(
        "".join(f'{{"step": {i}, "loss": {cell}}}\n' for i, cell in enumerate(cells)), encoding="utf-8"
    )
    loss = metrics_cache.read(folder.metrics).values["loss"]
    assert np.isnan(loss[[0, 2, 3, 4, 5, 7]]).all()
    assert np.isinf(loss[[1, 6]]).all()
