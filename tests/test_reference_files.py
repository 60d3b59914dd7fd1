"""The kept measurement of a dataset: the same numbers, made anew when it does not fit, never believed when damaged."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from ganlab import metrics
from ganlab.data import BUILT_IN, Pack, resized
from ganlab.data.evaluation import Evaluation
from ganlab.execute import execute
from ganlab.metrics import classifiers, reference_files
from ganlab.runs import create, read_status
from tests.digit_classifier import digit_classifier
from tests.tiny import TINY


@pytest.fixture
def small(digits: Pack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pack]:
    """A pack whose measurement is kept in a folder of this test."""
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path / "data"))
    return replace(digits, spec=replace(digits.spec, name="mnist"))  # measured by the classifier, too


def same(a: metrics.Reference, b: metrics.Reference) -> bool:
    pairs = [*zip(a.pixels, b.pixels, strict=True), *zip(a.pixel_moments, b.pixel_moments, strict=True)]
    assert a.feature_moments is not None
    assert b.feature_moments is not None
    assert a.joint_moments is not None
    assert b.joint_moments is not None
    pairs += [*zip(a.joint_moments, b.joint_moments, strict=True)]
    pairs += [*zip(a.feature_moments, b.feature_moments, strict=True), (a.prior, b.prior)]
    return a.name == b.name and a.spread == b.spread and all(torch.equal(x, y) for x, y in pairs)


def test_what_was_kept_is_bitwise_what_was_measured(small: Pack, tmp_path: Path) -> None:
    told: list[str] = []
    first = reference_files.reference(small, told.append)
    assert told == ["measuring 1,500 training images; kept for later runs"]
    assert same(reference_files.reference(small, told.append), first)
    assert same(first, metrics.reference(small))
    assert len(told) == 1
    assert [path.name for path in (tmp_path / "data" / "references").iterdir()] == ["mnist-28.safetensors"]


@pytest.mark.parametrize("part", ["images", "conditions", "size", "classifier"])
def test_another_dataset_or_classifier_is_measured_anew(
    small: Pack, part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference_files.reference(small)
    other = small
    if part == "classifier":
        classifiers.save(digit_classifier(), tmp_path / "other.safetensors", small, "", {})
        known = BUILT_IN["mnist"].evaluation
        assert known.classifier is not None
        assert (tmp_path / "other.safetensors").read_bytes() != known.classifier.read_bytes()
        other_record = replace(BUILT_IN["mnist"], evaluation=Evaluation(classifier=tmp_path / "other.safetensors"))
        monkeypatch.setitem(BUILT_IN, "mnist", other_record)
    elif part == "size":
        other = resized(small, 32)
    else:
        changed = getattr(small, part).clone()
        changed[7] = changed[8] + 1  # one image, or what is known of it
        other = replace(small, **{part: changed})
    told: list[str] = []
    reference_files.reference(other, told.append)
    assert told


@pytest.mark.parametrize("damage", ["cut", "empty", "flipped", "other"])
def test_a_damaged_file_is_made_anew(small: Pack, tmp_path: Path, damage: str) -> None:
    first = reference_files.reference(small)
    [path] = (tmp_path / "data" / "references").iterdir()
    content = bytearray(path.read_bytes())
    content[-1000] ^= 4  # in the numbers
    path.write_bytes(
        {"cut": content[:5000], "empty": b"", "flipped": bytes(content), "other": b"PK\x03\x04 no such file"}[damage]
    )
    told: list[str] = []
    assert same(reference_files.reference(small, told.append), first)
    assert told
    assert same(reference_files.reference(small, told.append), first)
    assert len(told) == 1


def test_a_folder_that_cannot_be_written_to_costs_time_only(small: Pack, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "references").write_text("a file in the way", encoding="utf-8")
    assert same(reference_files.reference(small), metrics.reference(small))


def test_a_run_says_what_it_is_busy_with(tmp_path: Path, data_folder: Path) -> None:
    folder = create(tmp_path / "run", TINY.with_settings({"steps": 3, "width": 4, "augment": "none"}), device="cpu")
    told: list[str] = []
    written: list[str] = []
    reports = execute(folder, tell=lambda text: (told.append(text), written.append(read_status(folder).doing)))
    next(reports)
    assert told == written
    assert told[0] == "reading digits at 28 px"
    assert told[-1] == "drawing and measuring the first samples"
    assert read_status(folder).doing == ""
    list(reports)
    assert told[-1] == "measuring the result"
    assert (read_status(folder).state, read_status(folder).doing) == ("done", "")
