"""What earlier was read wrongly without a word: each is read rightly now, or told."""

import fnmatch
import itertools
import json
import os
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest

from ganlab.data import adding
from ganlab.data.packs import read_header
from ganlab.data.sources import folder_labels, hub, open_source
from tests.adding.pictures import encoded, look, noise, planned, several, write
from tests.adding.test_sources import hugging_face, tarred, zipped

TREE = {f"{kind}/{n}.png": encoded(noise(n + 10 * (kind == "dog"))) for kind in ("cat", "dog") for n in range(3)}
LIST = "file_name,label\n" + "".join(f"{name},{'ab'[place % 2]}\n" for place, name in enumerate(TREE))


def labels(source: Path | str, chosen: str = "auto") -> dict[str, tuple[str, ...]]:
    return {column.name: column.labels for column in look(source, chosen).labels.columns}


@pytest.mark.parametrize("kind", ["zip", "tar"])
@pytest.mark.parametrize("before", ["./", ".//", ""])
def test_archives_of_all_that_is_in_a_folder_keep_its_labels(kind: str, before: str, tmp_path: Path) -> None:
    """`tar -cf pictures.tar .` writes `./cat/1.png`."""
    pack = {"zip": zipped, "tar": tarred}[kind]
    plain = pack({before + name: content for name, content in TREE.items()}, tmp_path / f"a.{kind}")
    assert labels(plain) == {"class": ("cat", "dog")}
    listed = pack(
        {before + name: content for name, content in (TREE | {"labels.csv": LIST.encode()}).items()},
        tmp_path / f"b.{kind}",
    )
    assert labels(listed) == {"label": ("a", "b")}


def test_a_tar_that_is_damaged_within_is_not_taken_for_a_shorter_one(tmp_path: Path) -> None:
    path = tarred(TREE, tmp_path / "a.tar")
    with tarfile.open(path) as archive:
        third = archive.getmembers()[2].offset
    content = path.read_bytes()
    for name, bad in (
        ("head", content[:third] + b"#" * 100 + content[third + 100 :]),
        ("cut", content[: third + 100]),
    ):
        (tmp_path / f"{name}.tar").write_bytes(bad)
        with pytest.raises(ValueError, match=f"{name}.tar is damaged at byte {third:,}.*copy it again"):
            open_source(str(tmp_path / f"{name}.tar"))


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_of_members_of_one_name_the_last_counts_as_when_they_are_unpacked(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{kind}"
    parts = [("1.png", noise(1)), ("2.png", noise(2)), ("./1.png", noise(3))]
    if kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            for name, image in parts:
                archive.writestr(name, encoded(image))
    else:
        for place, (name, image) in enumerate(parts):
            write(tmp_path, {"one.png": encoded(image)})
            with tarfile.open(path, "a" if place else "w") as tar:
                tar.add(tmp_path / "one.png", name)
    collection = open_source(str(path))
    assert list(collection.names) == ["2.png", "1.png"]
    assert [read() for read in collection.stream(0)] == [encoded(noise(2)), encoded(noise(3))]
    (over,) = collection.passed_over
    assert over.counted == "1 member that a later one of its name replaces"


def test_a_row_of_another_folders_picture_is_not_taken(folder: Path, tmp_path: Path) -> None:
    """Both rows end in 0.png, and nothing says which of them is meant."""
    write(folder, several(6))
    rows = [("a/0.png", "cat"), ("b/0.png", "dog"), *((f"a/{n}.png", "cow"[n % 2 :]) for n in range(1, 6))]
    (tmp_path / "x.csv").write_text("file,label\n" + "".join(f"{f},{w}\n" for f, w in rows), encoding="utf-8")
    looked = look(folder, str(tmp_path / "x.csv"))
    (column,) = looked.labels.columns
    assert column.codes[0] == -1
    assert looked.report.unlabelled == 1
    assert {column.labels[code] for code in column.codes[1:]} == {"ow", "cow"}


def test_minus_one_zero_and_one_are_three_labels(folder: Path) -> None:
    write(folder, several(6))
    for values, wanted in ((("0", "-1", "1"), ["-1", "0", "1"]), (("-1", "1"), ["mood"]), (("0", "1"), ["mood"])):
        rows = "".join(f"{n}.png,{values[n % len(values)]}\n" for n in range(6))
        (folder / "labels.csv").write_text("file_name,mood\n" + rows, encoding="utf-8")
        (column,) = look(folder).labels.columns
        assert list(column.labels) == wanted


def test_copies_on_both_sides_of_a_split_are_told(folder: Path) -> None:
    write(folder, several(4, "train/") | several(3, "test/", start=3))
    (note,) = [note for note in look(folder).report.notes if "for training, too" in note]
    assert note.startswith("1 test picture is for training, too, such as test/0.png")


def test_a_list_that_names_a_picture_twice_brings_it_once(folder: Path) -> None:
    """As lists with a line for each box in a picture do; the copies came to both sides."""
    write(folder, several(4))
    rows = [*((f"{n}.png", "ab"[n % 2], "train") for n in range(4)), ("./0.png", "b", "test")]
    text = "file_name,label,split\n" + "".join(",".join(row) + "\n" for row in rows)
    (folder / "list.csv").write_text(text, encoding="utf-8")
    looked = look(folder / "list.csv")
    assert (looked.report.files, looked.report.train, looked.report.test) == (4, 3, 1)
    assert [over.counted[:37] for over in looked.report.passed_over] == ["1 line that names a picture again: of"]


def test_a_split_of_an_npz_without_labels_leaves_the_others_theirs(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (14, 28, 28), np.uint8)
    for name, codes in (("one", np.arange(10) % 2), ("many", np.stack([np.arange(10) % 2, np.arange(10) % 3 == 0], 1))):
        np.savez(tmp_path / f"{name}.npz", train_images=pixels[:10], train_labels=codes, test_images=pixels[10:])
        looked = look(tmp_path / f"{name}.npz")
        assert len(looked.labels.columns) == 1
        assert (looked.report.usable, looked.report.unlabelled) == (10, 4)
        assert any("it has no label in the file's arrays" in note for note in looked.report.notes)


def test_labels_that_differ_in_capitals_or_zeros_alone_have_one_order() -> None:
    """It went by the order of a set, which is another one in each process."""
    words = ["a", "A", "01", "1", "001"]
    assert len({tuple(sorted(order, key=folder_labels.in_order)) for order in itertools.permutations(words)}) == 1


def test_a_json_that_names_a_picture_twice_is_refused_where_its_labels_differ(folder: Path) -> None:
    write(folder, several(4))
    text = '{"0.png": "a", "1.png": "b", "0.png": "%s"}'
    (folder / "x.json").write_text(text % "b", encoding="utf-8")
    with pytest.raises(ValueError, match=r"x.json.*names '0.png' twice, with different values"):
        look(folder, "x.json")
    (folder / "x.json").write_text(text % "a", encoding="utf-8")
    assert labels(folder, "x.json") == {"class": ("a", "b")}


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32"])
def test_a_list_in_another_utf_says_so(encoding: str, folder: Path) -> None:
    write(folder, several(4))
    (folder / "x.csv").write_bytes("file_name,label\n0.png,a\n1.png,b\n".encode(encoding))
    with pytest.raises(ValueError, match=r"x.csv cannot be read: it is no UTF-8 .*save it as UTF-8"):
        look(folder, "x.csv")


def test_a_list_is_found_however_its_name_is_spelt(folder: Path) -> None:
    write(folder, several(4))
    (folder / "Labels.CSV").write_text("file_name,label\n0.png,a\n1.png,b\n2.png,a\n3.png,a\n", encoding="utf-8")
    assert labels(folder) == {"label": ("a", "b")}


def test_a_word_that_is_no_part_of_a_split_is_told(folder: Path) -> None:
    """The column became labels, and its test pictures were trained on."""
    write(folder, several(4))
    rows = [("0.png", "train"), ("1.png", "train"), ("2.png", "test"), ("3.png", "holdout")]
    (folder / "x.csv").write_text("file,split\n" + "".join(f"{f},{s}\n" for f, s in rows), encoding="utf-8")
    with pytest.raises(ValueError, match=r"x.csv says 'holdout' in its column 'split'.*write train, .*another title"):
        look(folder, "x.csv")


def test_pictures_without_a_value_say_which_column_is_empty(folder: Path) -> None:
    write(folder, several(6))
    rows = "".join(f"{n}.png,{'ab'[n % 2]},{'xy'[n] if n < 2 else ''}\n" for n in range(6))
    (folder / "labels.csv").write_text("file_name,label,remark\n" + rows, encoding="utf-8")
    (why,) = look(folder).report.obstacles
    assert "4 of 6 pictures" in why
    assert "(its 'remark' is empty)" in why


def test_titles_of_columns_hold_no_signs_that_join_names(folder: Path) -> None:
    """`--set condition_on=a+b` means two, and a column that is called as a tag is would mean both."""
    write(folder, several(4))
    rows = [
        {"file_name": f"{n}.png", "a+b=c": "xy"[n % 2], "hat": "xy"[n // 2], "tags": ["hat"] * (n % 2)}
        for n in range(4)
    ]
    (folder / "labels.json").write_text(json.dumps(rows), encoding="utf-8")
    assert set(labels(folder)) == {"a and b c", "hat label", "attributes"}


def test_images_of_a_survey_that_nobody_goes_on_with_are_removed(folder: Path) -> None:
    """They take far more room than all else that is kept."""
    work = adding.work_folder()
    write(work, {f"{'0' * 32}.1.28-centre.images": b"x"})
    (left,) = work.iterdir()
    os.utime(left, (left.stat().st_mtime - 30 * 24 * 3600,) * 2)
    write(folder, several(4))
    adding.add(planned(folder, size=28))
    assert not left.exists()


def test_a_column_and_a_tag_of_one_name_are_two_labels(folder: Path) -> None:
    write(folder, several(4))
    rows = [{"file_name": f"{n}.png", "hat": n % 2, "tags": ["hat", "bow"][: n // 2]} for n in range(4)]
    (folder / "labels.json").write_text(json.dumps(rows), encoding="utf-8")
    assert sorted(sum((column.labels for column in look(folder).labels.columns), ())) == ["hat", "hat (2)"]


@pytest.mark.parametrize("between", ["0123", "+=_ "])
def test_long_titles_of_columns_that_differ_in_their_middle_alone_are_names(between: str, folder: Path) -> None:
    """As in tables of what many were asked; the fourth of one name was longer than a name may be."""
    write(folder, several(4))
    heads = ",".join(f"{'how much ' * 5}{sign}{'do you agree with ' * 3}" for sign in between)
    rows = "".join(f"{n}.png{f',{chr(97 + n % 2)}' * len(between)}\n" for n in range(4))
    (folder / "labels.csv").write_text(f"file_name,{heads}\n{rows}", encoding="utf-8")
    names = [factor.name for factor in planned(folder, size=28).spec.conditions]
    assert len(set(names)) == 4


def test_a_title_and_terms_of_blanks_are_none(folder: Path) -> None:
    write(folder, several(4))
    header = read_header(adding.add(planned(folder, size=28), title="  ", licence="\t"))
    assert (header.title, header.licence) == ("mine", adding.packing.LICENCE)


@pytest.mark.parametrize("name", ["a.JPG", "b/c.jfif", "d.tiff", "e.Png", "f.bmp", "g.tar.xz", "h.ndjson", "i.parquet"])
def test_all_that_can_be_read_is_downloaded_of_a_data_set_of_the_hub(name: str) -> None:
    assert any(fnmatch.fnmatchcase(name, pattern) for pattern in hub.PATTERNS)
    assert not any(fnmatch.fnmatchcase("weights.pkl", pattern) for pattern in hub.PATTERNS)


def test_a_logo_beside_parquet_files_is_not_all_that_there_is(tmp_path: Path) -> None:
    hugging_face(tmp_path / "data.parquet", range(6), ("x", "y"))
    write(tmp_path, several(2, "assets/"))
    collection = open_source(str(tmp_path))
    assert len(collection.names) == 6
    assert [over.counted for over in collection.passed_over] == ["2 pictures beside Parquet files with more"]
    write(tmp_path, several(7, "more/"))
    assert len(open_source(str(tmp_path)).names) == 9
