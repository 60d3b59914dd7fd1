"""Sources as tools of all kinds write them: other delimiters, encodings, types and layouts than the usual ones."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ganlab.data.sources import Words
from ganlab.data.sources.npz import open_npz
from tests.adding.pictures import encoded, look, noise, packed, several, write

COUNT = 8
SPELT = ("é", "e\u0301", "x")
LETTERS = ["ab"[n % 2] for n in range(COUNT)]


def lines(form: str) -> str:
    return "".join(form.format(n=n, letter=LETTERS[n]) + "\n" for n in range(COUNT))


TABLES = {
    "empty lines first": ("\n\r\nfile,kind\n" + lines("{n}.png,{letter}"), "utf-8", "kind"),
    "semicolons and a byte order mark": ("\ufefffile;kind\n" + lines("{n}.png;{letter}"), "utf-8", "kind"),
    "a comma in a title": ('file;"kind, or sort"\n' + lines("{n}.png;{letter}"), "utf-8", "kind, or sort"),
    "bars": ("file|kind\n" + lines("{n}.png|{letter}"), "utf-8", "kind"),
    "tabs": ("file\tkind\n" + lines("{n}.png\t{letter}"), "utf-8", "kind"),
    "Excel's first line": ("sep=;\nfile;kind\n" + lines("{n}.png;{letter}"), "utf-8", "kind"),
    "Excel's Unicode text": ("file\tkind\n" + lines("{n}.png\t{letter}"), "utf-16", "kind"),
    "ends of lines of old Macs": ("file,kind\n".replace("\n", "\r") + lines("{n}.png,{letter}"), "utf-8", "kind"),
    "commas at the ends": ("file,kind,\n" + lines("{n}.png,{letter},"), "utf-8", "kind"),
    "no titles": (lines("{n}.png,{letter}"), "utf-8", "column 2"),
    "pandas' index": (",file,kind\n" + lines("{n},{n}.png,{letter}"), "utf-8", "kind"),
    "paths of Windows": ("file,kind\n" + lines("C:\\pictures\\{n}.png,{letter}"), "utf-8", "kind"),
}


@pytest.mark.parametrize(("text", "encoding", "name"), TABLES.values(), ids=list(TABLES))
def test_tables_as_programs_write_them(text: str, encoding: str, name: str, folder: Path) -> None:
    write(folder, several(COUNT) | {"labels.csv": text.encode(encoding)})
    [column] = look(folder).labels.columns
    assert isinstance(column, Words)
    assert (column.name, column.labels) == (name, ("a", "b"))
    assert column.codes.tolist() == [n % 2 for n in range(COUNT)]


def test_what_pandas_writes_for_nothing_is_no_label(folder: Path) -> None:
    text = "file,kind\n" + "".join(f"{n}.png,{'NaN' if n == 5 else LETTERS[n]}\n" for n in range(COUNT))
    write(folder, several(COUNT) | {"labels.csv": text.encode()})
    report = look(folder).report
    assert (report.unlabelled, [count.name for count in report.labels[0].counts]) == (1, ["a", "b"])


def test_a_line_of_json_may_hold_other_ends_of_lines(folder: Path) -> None:
    rows = [{"file_name": f"{n}.png", "kind": f"{LETTERS[n]}\u2028{LETTERS[n]}\x85"} for n in range(COUNT)]
    text = "\r\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    write(folder, several(COUNT) | {"metadata.jsonl": text.encode()})
    [column] = look(folder).labels.columns
    assert len(column.labels) == 2


def test_folders_of_a_zip_may_be_told_apart_by_backslashes(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for n in range(COUNT):
            info = zipfile.ZipInfo("x")
            info.filename = f"top\\{'猫' if n % 2 else 'hund'}\\{n}.png"
            archive.writestr(info, encoded(noise(n)))
    path = tmp_path / "a.zip"
    path.write_bytes(buffer.getvalue())
    pack = packed(path, size=28)
    assert pack.spec.classes == ("hund", "猫")
    assert len(pack.images) == COUNT


def test_accents_of_two_spellings_in_a_list_are_one_label(folder: Path) -> None:
    text = "file,kind\n" + "".join(f"{n}.png,{SPELT[n % 3]}\n" for n in range(COUNT))
    write(folder, several(COUNT) | {"labels.csv": text.encode()})
    [column] = look(folder).labels.columns
    assert isinstance(column, Words)
    assert column.labels == ("x", "é")
    assert column.codes.tolist() == [int(n % 3 < 2) for n in range(COUNT)]


def test_accents_of_two_spellings_are_one_label(folder: Path) -> None:
    write(folder, {f"{SPELT[n % 3]}/{n}.png": encoded(noise(n)) for n in range(9)})
    [column] = look(folder).labels.columns
    assert column.labels == ("x", "é")


def test_one_folder_beside_pictures_without_one_is_said_as_it_is(folder: Path) -> None:
    write(folder, several(3, "cat/") | several(5, start=10))
    assert "3 of 8 pictures, and no others, are in one folder, 'cat': it is no label" in look(folder).report.notes


PIXELS = np.random.default_rng(0).integers(0, 256, (12, 28, 28), dtype=np.uint8)
NUMBERS = np.arange(12) % 2
ARRAYS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "one channel": ({"train_images": PIXELS[..., None], "train_labels": NUMBERS}, ("0", "1")),
    "texts": ({"train_images": PIXELS, "train_labels": np.array(["b", "é"] * 6)}, ("b", "é")),
    "bytes": ({"train_images": PIXELS, "train_labels": np.array([b"x", b"yy"] * 6)}, ("x", "yy")),
    "whole floats": ({"train_images": PIXELS, "train_labels": NUMBERS.astype(np.float32)}, ("0", "1")),
    "truth values": ({"train_images": PIXELS, "train_labels": NUMBERS.astype(bool)}, ("0", "1")),
    "big ends first": ({"train_images": PIXELS, "train_labels": NUMBERS.astype(">i4")}, ("0", "1")),
    "no splits": ({"images": PIXELS, "labels": NUMBERS}, ("0", "1")),
    "as Keras": ({"x_train": PIXELS, "y_train": NUMBERS, "x_test": PIXELS[:2], "y_test": NUMBERS[:2]}, ("0", "1")),
}


@pytest.mark.parametrize(("arrays", "labels"), ARRAYS.values(), ids=list(ARRAYS))
def test_arrays_of_other_types_and_names(arrays: dict[str, Any], labels: tuple[str, ...], tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", **arrays)
    pack = packed(tmp_path / "a.npz", size=28)
    assert pack.spec.classes == labels
    first = pack.images[(pack.images == np.array(PIXELS[0])).flatten(1).all(1)][0]
    assert np.array_equal(first[0], PIXELS[0])


@pytest.mark.parametrize(
    ("arrays", "told"),
    [
        ({"train_images": PIXELS / 255}, "values of float64, not bytes"),
        ({"train_images": PIXELS, "train_labels": NUMBERS / 2}, "train_labels has numbers with fractions"),
        ({"train_images": PIXELS[:0]}, "train_images holds no pictures"),
        ({"train_images": PIXELS, "train_labels": np.array([["a", "b"]] * 12)}, "several columns"),
        ({"train_images": PIXELS, "train_labels": np.array(["a"] * 12, object)}, "neither whole numbers nor texts"),
    ],
)
def test_arrays_that_are_no_pictures_or_labels_are_named(arrays: dict[str, Any], told: str, tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(ValueError, match=told):
        look(tmp_path / "a.npz")


@pytest.fixture
def parquet(tmp_path: Path) -> Callable[..., Path]:
    """Writes the columns beside eight pictures."""
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")

    def write_it(**columns: Any) -> Path:
        pictures = {"image": [{"bytes": encoded(noise(n)), "path": None} for n in range(COUNT)]}
        pq.write_table(pa.table({**pictures, **columns}), tmp_path / "a.parquet")
        return tmp_path / "a.parquet"

    return write_it


def test_categories_of_pandas_are_labels(parquet: Callable[..., Path]) -> None:
    pa = pytest.importorskip("pyarrow")
    [column] = look(parquet(kind=pa.array(LETTERS).dictionary_encode())).labels.columns
    assert (column.name, column.labels) == ("kind", ("a", "b"))


def test_lists_of_words_are_attributes_and_other_columns_are_named(parquet: Callable[..., Path]) -> None:
    tags = [["red", "round"][: n % 3] for n in range(COUNT)]
    looked = look(parquet(tags=tags, box=[[1.0, 2.0]] * COUNT, weight=[0.5 * n for n in range(COUNT)]))
    [column] = looked.labels.columns
    assert column.labels == ("red", "round")
    assert [row.tolist() for row in column.values] == [[int("red" in t), int("round" in t)] for t in tags]
    for name in ("box", "weight"):
        assert f"column '{name}' is left out: it holds neither words nor whole numbers" in looked.report.notes


def test_columns_without_labels_are_named_where_there_are_none_at_all(parquet: Callable[..., Path]) -> None:
    assert any("column 'weight' is left out" in note for note in look(parquet(weight=[0.5] * COUNT)).report.notes)


def test_pictures_may_begin_with_a_row_that_has_none(tmp_path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    pq.write_table(pa.table({"image": [None, *(encoded(noise(n)) for n in range(7))]}), tmp_path / "a.parquet")
    report = look(tmp_path / "a.parquet").report
    assert (report.usable, len(report.unusable)) == (7, 1)


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"label": [1, 2]}, r"a\.parquet has no column of pictures \(it has label\); write one picture in each row"),
        ({"image": ["aGVsbG8="]}, "has no column of pictures"),
        ({"image": []}, "has no rows; choose another file"),
    ],
)
def test_a_table_without_pictures_says_what_to_write(columns: dict[str, Any], told: str, tmp_path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    with pytest.raises(ValueError, match=told):
        look(tmp_path / "a.parquet")


@pytest.mark.parametrize(
    ("shape", "said"),
    [((10**9, 0, 0), "holds pictures without pixels"), ((6_000_000, 1, 1), "at most 5,000,000 are read")],
)
def test_an_archive_of_more_pictures_than_fit_is_refused(tmp_path: Path, shape: tuple[int, ...], said: str) -> None:
    np.savez_compressed(tmp_path / "a.npz", train_images=np.zeros(shape, np.uint8))
    with pytest.raises(ValueError, match=said):
        open_npz(tmp_path / "a.npz")
