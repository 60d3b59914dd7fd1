"""The kept bins of a dataset: those that k-means finds, without scikit-learn from the second time on."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from ganlab.data import DataSpec, Pack
from ganlab.metrics import reference_files
from ganlab.metrics.bins import BINS, Bins, fit_bins
from ganlab.metrics.bins_files import bins_of, bins_path


@pytest.fixture
def places() -> Tensor:
    return torch.randn(3 * BINS, 4, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def spec(digits: Pack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataSpec:
    """Of a dataset whose bins are kept in a folder of this test."""
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path / "data"))
    return replace(digits.spec, name="my.digits")


def same(a: Bins, b: Bins) -> bool:
    return all(one.dtype == other.dtype and torch.equal(one, other) for one, other in zip(a, b, strict=True))


def test_what_was_kept_is_bitwise_what_was_found(
    spec: DataSpec, places: Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = fit_bins(places)
    assert same(bins_of(spec, places), found)
    monkeypatch.setitem(sys.modules, "sklearn.cluster", None)
    with pytest.raises(ImportError):
        fit_bins(places)
    assert same(bins_of(spec, places), found)


@pytest.mark.parametrize("change", ["one place", "fewer", "cut", "flipped"])
def test_other_places_and_a_damaged_file_have_them_found_anew(spec: DataSpec, places: Tensor, change: str) -> None:
    bins_of(spec, places)
    path = bins_path(spec.name, spec.size)
    content = bytearray(path.read_bytes())
    if change == "one place":
        places = places.clone()
        places[7] += 1
    elif change == "fewer":
        places = places[: 2 * BINS]
    elif change == "cut":
        path.write_bytes(content[:100])
    else:
        content[-9] ^= 4  # in the numbers
        path.write_bytes(content)
    assert same(bins_of(spec, places), fit_bins(places))


def test_they_belong_to_what_is_kept_of_the_dataset_and_of_no_other(spec: DataSpec, places: Tensor) -> None:
    bins_of(spec, places)
    bins_of(replace(spec, name="my"), places)
    assert reference_files.files_of("my.digits") == [bins_path("my.digits", spec.size)]
    assert reference_files.files_of("my") == [bins_path("my", spec.size)]
