"""Finished layouts are found again, and only for what they were made of."""

import os

import numpy as np
import pytest

from ganlab.explore import finished_maps


@pytest.fixture
def vectors() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(30, 5)).astype(np.float32)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path))


PLACES = np.random.default_rng(1).normal(size=(30, 2)).astype(np.float32)


def test_the_same_pictures_laid_out_alike_are_found(vectors):
    finished_maps.keep(vectors, PLACES, perplexity=30, seed=1)
    found = finished_maps.find(vectors.copy(), perplexity=30.0, seed=1)
    assert found is not None
    assert np.array_equal(found, PLACES)


def test_another_seed_perplexity_or_picture_is_not(vectors):
    finished_maps.keep(vectors, PLACES, perplexity=30, seed=1)
    other = vectors.copy()
    other[3, 2] += 1e-3
    assert finished_maps.find(vectors, perplexity=30, seed=2) is None
    assert finished_maps.find(vectors, perplexity=20, seed=1) is None
    assert finished_maps.find(other, perplexity=30, seed=1) is None
    assert finished_maps.find(vectors.reshape(50, 3), perplexity=30, seed=1) is None


@pytest.mark.parametrize("damage", ["cut", "empty", "others", "nan"])
def test_a_damaged_file_is_as_none(vectors, tmp_path, damage):
    bad = np.full_like(PLACES, np.nan) if damage == "nan" else PLACES[:7]
    finished_maps.keep(vectors, bad if damage in ("nan", "others") else PLACES, perplexity=30, seed=1)
    [path] = (tmp_path / "maps").iterdir()
    if damage in ("cut", "empty"):
        path.write_bytes(path.read_bytes()[: {"cut": -9, "empty": 0}[damage]])
    assert finished_maps.find(vectors, perplexity=30, seed=1) is None


def test_only_so_many_are_kept_and_the_newest_is_among_them(vectors, tmp_path, monkeypatch):
    monkeypatch.setattr(finished_maps, "MOST_KEPT", 3)
    for seed in range(5):
        finished_maps.keep(vectors, PLACES, perplexity=30, seed=seed)
        for age, path in enumerate(sorted((tmp_path / "maps").iterdir(), key=lambda path: -path.stat().st_mtime_ns)):
            os.utime(path, (1e9 - age, 1e9 - age))
    assert len(list((tmp_path / "maps").iterdir())) == 3
    assert finished_maps.find(vectors, perplexity=30, seed=4) is not None
    assert finished_maps.find(vectors, perplexity=30, seed=0) is None


def test_a_folder_that_is_a_file_stops_nobody(vectors, tmp_path):
    (tmp_path / "maps").write_text("not a folder", encoding="utf-8")
    finished_maps.keep(vectors, PLACES, perplexity=30, seed=1)
