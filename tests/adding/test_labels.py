"""Labels beside the pictures: lists of every kind, folders, and what they come to mean."""

import json
import shutil
from pathlib import Path

import numpy as np
import pyarrow
import pytest
from pyarrow import parquet

from ganlab.data import sources
from ganlab.data.packs import Pack
from tests.adding.pictures import as_pillow, encoded, look, noise, packed, several, write

COUNT = 24
FORMATS = {"zip": "zip", "tar.gz": "gztar"}  # as shutil calls them
NAMES = [f"{n}.png" for n in range(COUNT)]


def by_picture(pack: Pack) -> list[list[int]]:
    """The conditions of picture n, in the order of n."""
    places = {image.numpy().tobytes(): place for place, image in enumerate(pack.images)}
    found = [places.get(as_pillow(noise(n), 28).tobytes()) for n in range(COUNT)]
    return [pack.conditions[place].tolist() for place in found if place is not None]


def test_stylegans_dataset_json(folder: Path) -> None:
    write(folder, {f"00000/img{n:08}.png": encoded(noise(n)) for n in range(COUNT)})
    labels = {"labels": [[f"00000/img{n:08}.png", n % 3] for n in range(COUNT)]}
    (folder / "dataset.json").write_text(json.dumps(labels), encoding="utf-8")
    pack = packed(folder, size=28)
    assert pack.spec.classes == ("0", "1", "2")
    assert by_picture(pack) == [[int(n % 3 == kind) for kind in range(3)] for n in range(COUNT)]


def test_json_of_files_and_lists_of_words(folder: Path) -> None:
    """As i-CLEVR's: what is in the list is on."""
    write(folder, several(COUNT))
    words = {name: ["red cube", *(["ball"] if n % 4 else [])] for n, name in enumerate(NAMES)}
    (folder / "labels.json").write_text(json.dumps(words), encoding="utf-8")
    pack = packed(folder, size=28)
    assert pack.spec.conditions[0].labels == ("ball", "red cube")
    assert by_picture(pack) == [[int(n % 4 != 0), 1] for n in range(COUNT)]


@pytest.mark.parametrize("kind", ["labels.json", "labels.jsonl", "metadata.parquet"])
def test_a_row_without_a_list_is_unlabelled_and_an_empty_list_has_all_off(kind: str, folder: Path) -> None:
    tags = [None if n in (3, 4) else [] if n == 5 else ["hat", *(["smile"] if n % 4 else [])] for n in range(COUNT)]
    rows = [{"file_name": name, "tags": words} for name, words in zip(NAMES, tags, strict=True)]
    del rows[4]["tags"]
    if kind == "metadata.parquet":
        table = pyarrow.table({"image": [encoded(noise(n)) for n in range(COUNT)], "tags": tags})
        parquet.write_table(table, folder / "all.parquet")
    else:
        write(folder, several(COUNT))
        lines = "\n".join(map(json.dumps, rows)) if kind.endswith("l") else json.dumps(rows)
        (folder / kind).write_text(lines, encoding="utf-8")
    report = look(folder).report
    assert (report.usable, report.unlabelled) == (COUNT - 2, 2)
    assert not [note for note in report.notes if "column" in note]
    if kind != "metadata.parquet":
        assert any("2 pictures are left out, such as 3.png: it has no labels in" in note for note in report.notes)
    pack = packed(folder, size=28, test_share=0.0)
    assert pack.spec.conditions[0].labels == ("hat", "smile")
    wanted = [[0, 0] if n == 5 else [1, int(n % 4 != 0)] for n in range(COUNT) if n not in (3, 4)]
    assert by_picture(pack) == wanted


def test_lists_of_several_tables_are_joined_with_what_they_lack(folder: Path) -> None:
    for split, places in (("train", range(18)), ("test", range(18, COUNT))):
        write(folder, {f"{split}/{n}.png": encoded(noise(n)) for n in places})
        lists = [{} if n == 2 else {"tags": ["hat"] if n % 2 and n < 18 else []} for n in places]
        rows = [{"file_name": f"{n}.png"} | found for n, found in zip(places, lists, strict=True)]
        (folder / split / "metadata.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    report = look(folder).report
    assert (report.usable, report.unlabelled) == (COUNT - 1, 1)
    assert by_picture(packed(folder, size=28)) == [[int(n % 2 and n < 18)] for n in range(COUNT) if n != 2]


def test_lists_of_too_many_words_are_left_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ganlab.data.sources.tables.MOST_WORDS", 5)
    write(folder, several(COUNT))
    (folder / "labels.json").write_text(json.dumps({name: [name, "x"] for name in NAMES}), encoding="utf-8")
    looked = look(folder)
    assert not looked.labels.columns
    assert "its lists of words are left out: they have more than 5 values" in looked.report.notes


def test_attributes_that_never_change_are_told(folder: Path) -> None:
    write(folder, several(COUNT))
    rows = "".join(f"{name},1,0,{n % 2}\n" for n, name in enumerate(NAMES))
    (folder / "labels.csv").write_text("file,always,never,sometimes\n" + rows, encoding="utf-8")
    notes = look(folder).report.notes
    assert any("no training picture ('never')" in note for note in notes)
    assert any("says nothing, as every training picture has it ('always'): add pictures without" in n for n in notes)
    assert not any("sometimes" in note for note in notes)


def test_json_of_files_and_words(folder: Path) -> None:
    write(folder, several(COUNT))
    (folder / "x.json").write_text(json.dumps({name: "ab"[n % 2] for n, name in enumerate(NAMES)}), encoding="utf-8")
    assert packed(folder, size=28, labels=str(folder / "x.json")).spec.classes == ("a", "b")
    assert look(folder).labels.columns == ()  # nobody has asked for it, and it has no name of a list


def test_attributes_as_celeba_writes_them(folder: Path) -> None:
    write(folder, {f"{n:06}.jpg": encoded(noise(n), "JPEG", quality=95) for n in range(COUNT)})
    rows = [f"{n:06}.jpg  {2 * (n % 2) - 1:2d} {2 * (n % 3 == 0) - 1:2d}" for n in range(COUNT)]
    text = "\n".join([str(COUNT), "Wearing_Hat Smiling", *rows]) + "\n"
    (folder.parent / "list_attr.txt").write_text(text, encoding="utf-8")
    pack = packed(folder, size=28, labels=str(folder.parent / "list_attr.txt"), test_share=0.0)
    assert pack.spec.conditions[0].labels == ("Wearing Hat", "Smiling")
    assert pack.spec.conditions[0].rates == pytest.approx((0.5, 1 / 3), abs=1e-4)
    assert np.array_equal(pack.conditions, [[n % 2, n % 3 == 0] for n in range(COUNT)])


def test_hugging_faces_lists_lie_in_each_split(folder: Path) -> None:
    for split, places in (("train", range(20)), ("test", range(20, COUNT))):
        write(folder, {f"{split}/{n}.png": encoded(noise(n)) for n in places})
        rows = "".join(f"{n}.png,{'even' if n % 2 == 0 else 'odd'}\n" for n in places)
        (folder / split / "metadata.csv").write_text("file_name,kind\n" + rows, encoding="utf-8")
    pack = packed(folder, size=28)
    assert (pack.train, [(one.name, one.labels) for one in pack.spec.conditions]) == (20, [("kind", ("even", "odd"))])
    assert by_picture(pack) == [[int(n % 2 == 0), n % 2] for n in range(COUNT)]


def test_a_column_may_say_the_split(folder: Path) -> None:
    write(folder, several(COUNT))
    rows = "".join(f"{name},{0 if n < 18 else 1 + n % 2}\n" for n, name in enumerate(NAMES))
    (folder / "labels.csv").write_text("image_id,partition\n" + rows, encoding="utf-8")
    pack = packed(folder, size=28)
    assert (pack.train, pack.held_out, pack.spec.conditions) == (18, False, ())


def test_columns_that_are_no_labels_are_left_out_by_name(folder: Path) -> None:
    write(folder, several(COUNT))
    rows = "".join(f"{name},id-{n},{n / 7:.3f},same,{'xy'[n % 2]}\n" for n, name in enumerate(NAMES))
    (folder / "labels.csv").write_text("file,serial,weight,camera,kind\n" + rows, encoding="utf-8")
    looked = look(folder)
    assert [column.name for column in looked.labels.columns] == ["kind"]
    assert [note.split(":")[0] for note in looked.report.notes if note.startswith("column")] == [
        "column 'serial' is left out",
        "column 'weight' is left out",
        "column 'camera' is left out",
    ]


@pytest.mark.parametrize("title", ["z", "a__b", "z.1", "x" * 80, "日本", "  kind "])
def test_any_title_becomes_a_name_that_models_can_use(title: str, folder: Path) -> None:
    write(folder, several(COUNT))
    rows = "".join(f"{name},{'xy'[n % 2]}\n" for n, name in enumerate(NAMES))
    (folder / "labels.csv").write_text(f"file,{title}\n" + rows, encoding="utf-8")
    assert packed(folder, size=28).spec.classes == ("x", "y")


def test_labels_are_in_the_order_of_their_numbers(folder: Path) -> None:
    write(folder, {f"{kind}/{n}.png": encoded(noise(10 * kind + n)) for kind in (10, 9, 2) for n in range(3)})
    assert packed(folder, size=28).spec.classes == ("2", "9", "10")


def test_no_labels_when_none_are_wanted(folder: Path) -> None:
    write(folder, several(5, "train/a/") | several(5, "train/b/", 10) | several(3, "test/a/", 20))
    pack = packed(folder, size=28, labels="none")
    assert (pack.spec.conditions, pack.train, len(pack.images)) == ((), 10, 13)


def test_one_class_only_says_nothing(folder: Path) -> None:
    write(folder, several(8, "cats/"))
    report = look(folder).report
    assert report.labels == ()
    assert "all pictures are in one folder, 'cats': it is no label" in report.notes
    assert not report.obstacles


def test_pictures_without_labels_are_left_out_unless_they_are_many(folder: Path) -> None:
    write(folder, several(9, "a/") | several(9, "b/", 20) | several(2, "", 40))
    report = look(folder).report
    assert (report.usable, report.unlabelled) == (18, 2)
    assert any(
        "2 pictures are left out, such as 0.png: it lies in no folder of a class" in note for note in report.notes
    )
    write(folder, several(20, "", 40))
    (obstacle,) = look(folder).report.obstacles
    assert "20 of 38 pictures" in obstacle
    assert "move it into one, or choose --labels none" in obstacle
    assert len(packed(folder, size=28, labels="none").images) == 38


def test_a_list_that_names_what_is_not_there_is_told(folder: Path) -> None:
    write(folder, several(10))
    rows = "".join(f"{n}.png,{'xy'[n % 2]}\n" for n in range(12))
    (folder / "labels.csv").write_text("file,kind\n" + rows, encoding="utf-8")
    report = look(folder).report
    assert report.usable == 10
    assert "labels.csv names 2 files that are not there or named twice (the first: 10.png)" in report.notes


BAD_LISTS = {
    "no column of files": ("a.csv", "x,y\n1,2\n", "has no column of files .*call that of the pictures file_name"),
    "short line": ("a.csv", "file,kind\n0.png,x\n1.png\n", "a.csv, line 3: 1 value, where the first line has 2"),
    "twice": ("a.csv", "file,kind,kind\n0.png,x,y\n", "two columns called 'kind'"),
    "other names": ("a.csv", "file,kind\nfoo.png,x\n", "names none of 10 pictures .*write the names as they are"),
    "empty": ("a.csv", "file,kind\n", "lists no pictures"),
    "no JSON": ("a.jsonl", "{\n", "line 1 is no JSON .*mend the line"),
    "no object": ("a.jsonl", "[1]\n", "line 1 is no object"),
    "deep": ("a.json", "[" * 100_000, "deeply"),
    "a number": ("a.json", "3", "holds no labels"),
    "StyleGAN without": ("a.json", '{"labels": null}', "says that there are no labels; choose --labels none"),
    "not StyleGAN": ("a.json", '{"labels": [1]}', "is not as StyleGAN writes it"),
    "another suffix": ("a.xyz", "", "labels are auto, none or a list"),
}


@pytest.mark.parametrize("case", BAD_LISTS)
def test_a_list_that_cannot_be_read_is_named_with_the_remedy(case: str, folder: Path, tmp_path: Path) -> None:
    name, text, said = BAD_LISTS[case]
    write(folder, several(10))
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=said) as raised:
        look(folder, str(tmp_path / name))
    assert name in str(raised.value)


def test_a_list_of_another_encoding_is_named(folder: Path, tmp_path: Path) -> None:
    write(folder, several(4))
    (tmp_path / "a.csv").write_bytes("file,kind\n0.png,\xe9\n".encode("latin-1"))
    with pytest.raises(ValueError, match=r"a\.csv cannot be read: it is no UTF-8 .*save it as UTF-8"):
        look(folder, str(tmp_path / "a.csv"))


def test_five_thousand_classes_are_more_than_a_model_learns(folder: Path) -> None:
    small = encoded(noise(0, 4, 4))
    write(folder, {f"{kind:04}/{n}.png": small for kind in range(5_000) for n in range(1)})
    (obstacle,) = look(folder).report.obstacles
    assert "'class' has 5,000 labels, and a condition at most 1,024: choose --labels none" in obstacle
    assert not look(folder, "none").report.obstacles


def test_a_class_with_one_picture_is_told(folder: Path) -> None:
    write(folder, several(9, "a/") | several(9, "b/", 20) | several(1, "rare/", 40))
    report = look(folder).report
    assert any("1 label of 'class' has" in note and "'rare'" in note for note in report.notes)
    assert packed(folder, size=28).spec.classes == ("a", "b", "rare")


@pytest.mark.parametrize("kind", ["folder", "zip", "tar.gz"])
def test_any_list_among_the_pictures_can_be_chosen_by_its_name(kind: str, folder: Path, tmp_path: Path) -> None:
    write(folder, several(COUNT, "photos/"))
    rows = "".join(f"{name};{'ab'[n % 2]}\n" for n, name in enumerate(NAMES))
    write(folder, {"photos/My list.csv": f"picture;letter\n{rows}".encode()})
    source = folder if kind == "folder" else Path(shutil.make_archive(str(tmp_path / "p"), FORMATS[kind], folder))
    collection = sources.open_source(str(source))
    assert sources.labels_of(collection).columns == ()  # it has no name of a list
    [name] = collection.lists
    [column] = sources.labels_of(collection, name).columns
    assert (column.name, column.labels) == ("letter", ("a", "b"))
    assert column.codes.tolist() == [int(collection.names[place][-5]) % 2 for place in range(COUNT)]


@pytest.mark.parametrize("name", ["/etc/passwd", "../list.csv", "x.csv", ""])
def test_whoever_comes_through_a_page_names_lists_among_the_pictures_alone(name: str, folder: Path) -> None:
    write(folder, several(4))
    (folder.parent / "list.csv").write_text("file,letter\n0.png,a\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"there is no list .* among the pictures; choose from auto, none"):
        sources.labels_of(sources.open_source(str(folder)), name)


def test_captions_are_no_lists_to_choose_from(folder: Path) -> None:
    """A text for each picture, as collections for text-to-image models have them."""
    write(folder, several(COUNT) | {f"{n}.txt": b"a picture" for n in range(COUNT)})
    assert sources.open_source(str(folder)).lists == {}
    (folder / "labels.csv").write_text("file,letter\n", encoding="utf-8")
    assert list(sources.open_source(str(folder)).lists) == ["labels.csv"]
