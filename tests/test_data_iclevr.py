"""i-CLEVR read from a small folder that the test writes, the lists of object sets, and the real data where it is."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from ganlab import data
from ganlab.data import catalogue
from ganlab.data.object_sets import LABELS, OBJECTS, condition_sets, unseen_sets
from ganlab.data.packs import pack_path

SCENES = 10
DEVELOPERS = data.data_folder()  # as it is before the tests get their own


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Ten scenes of three images: image `i` of scene `s` holds the objects s to s + i and has the grey value 20 s."""
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path))
    folder = tmp_path / "iclevr"
    (folder / "images").mkdir(parents=True)
    names = {}
    for scene in range(SCENES):
        for index in range(3):
            stem = f"CLEVR_train_{scene:06}_{index}"
            names[f"{stem}.png"] = list(LABELS[scene : scene + index + 1])
            suffix = ("webp", "png", "bmp")[index]
            Image.new("RGB", (64, 64), (20 * scene, 255, 0)).save(folder / "images" / f"{stem}.{suffix}", lossless=True)
    (folder / "objects.json").write_text(json.dumps({label: i for i, label in enumerate(LABELS)}), encoding="utf-8")
    (folder / "train.json").write_text(json.dumps(names), encoding="utf-8")
    return folder


def test_images_find_their_labels_in_any_format(folder: Path) -> None:
    pack = data.load("iclevr")
    assert pack.images.shape == (30, 3, 64, 64)
    scenes = pack.images[:, 0, 5, 5].long().add(5) // 20
    for scene, row in zip(scenes.tolist(), pack.conditions, strict=True):
        count = int(row.sum())
        assert row[scene : scene + count].all()


def test_the_split_is_by_scene(folder: Path) -> None:
    pack = data.load("iclevr")
    assert pack.train == 27
    sides = [set(images[:, 0, 5, 5].tolist()) for images, _ in (pack.split("train"), pack.split("test"))]
    assert [len(side) for side in sides] == [9, 1]
    assert not sides[0] & sides[1]


def test_images_of_another_size_are_squeezed(folder: Path) -> None:
    path = folder / "images" / "CLEVR_train_000000_0.webp"
    pixels = np.zeros((240, 320, 3), np.uint8)
    pixels[:, 160:] = 255
    path.unlink()
    Image.fromarray(pixels).save(path.with_suffix(".png"))
    pack = data.load("iclevr")
    [image] = [image for image in pack.images if image[0].float().std() > 1]
    assert image[:, :, :31].max() == 0
    assert image[:, :, 33:].min() == 255


def _rename_scene(folder: Path) -> None:
    names = json.loads((folder / "train.json").read_text(encoding="utf-8"))
    (folder / "train.json").write_text(json.dumps(names | {"picture.png": ["gray cube"]}), encoding="utf-8")


def _relabel(labels: object) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        names = json.loads((folder / "train.json").read_text(encoding="utf-8"))
        (folder / "train.json").write_text(json.dumps(names | {"CLEVR_train_000003_1.png": labels}), encoding="utf-8")

    return change


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda f: (f / "train.json").unlink(), r"train\.json is not there; copy it"),
        (
            lambda f: (f / "train.json").write_text("[" * 100_000, encoding="utf-8"),
            r"train\.json cannot be read \(its lists lie in each other too deeply\)",
        ),
        (
            lambda f: (f / "objects.json").write_text("{}", encoding="utf-16"),
            r"objects\.json cannot be read \(it is no UTF-8",
        ),
        (
            lambda f: (f / "train.json").write_text('{"a": [', encoding="utf-8"),
            r"train\.json cannot be read .* copy it again",
        ),
        (lambda f: (f / "train.json").write_text("[]", encoding="utf-8"), r"train\.json holds no table"),
        (
            lambda f: (f / "objects.json").write_text('{"gray cube": 1}', encoding="utf-8"),
            r"objects\.json does not number the objects",
        ),
        (
            lambda f: (f / "images" / "CLEVR_train_000004_2.bmp").unlink(),
            r"names 30 pictures, of which 1 is not in .*images \(the first: CLEVR_train_000004_2\)",
        ),
        (
            lambda f: (f / "images" / "CLEVR_train_000004_1.png").write_bytes(b"\x89PNG\r\n\x1a\n1234"),
            r"CLEVR_train_000004_1\.png cannot be read as a picture.*copy it again",
        ),
        (lambda f: (f / "images").rename(f / "pictures"), r"images is not there; put the dataset's pictures into it"),
        (
            _relabel(["pink cube"]),
            r"train\.json: there is no object 'pink cube', did you mean '.* cube'\? choose from gray cube,",
        ),
        (_relabel([]), r"train\.json: \[\] is not a list of 1 to 3 different objects"),
        (_relabel("gray cube"), r"'gray cube' is not a list"),
        (_relabel(list(LABELS[:4])), r"is not a list of 1 to 3 different objects"),
        (_rename_scene, r"'picture\.png' does not end in _<number>"),
    ],
)
def test_damage_is_named_with_the_remedy(folder: Path, damage: Callable[[Path], object], message: str) -> None:
    damage(folder)
    with pytest.raises(ValueError, match=message):
        data.load("iclevr")
    assert not pack_path("iclevr").exists()


@pytest.mark.parametrize("suffix", ["webp", "png", "bmp"])
def test_a_picture_cut_short_is_named(folder: Path, suffix: str) -> None:
    path = next((folder / "images").glob(f"*.{suffix}"))
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    with pytest.raises(ValueError, match=rf"{path.stem}\.{suffix} cannot be read as a picture"):
        data.load("iclevr")


def test_without_a_folder_shapes_are_proposed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path))
    assert catalogue.state("iclevr") == "missing"
    with pytest.raises(ValueError, match=r"put your own copy into .*iclevr .*'shapes' has the same objects"):
        data.load("iclevr")


def test_states(folder: Path) -> None:
    assert catalogue.state("iclevr") == "files"
    data.load("iclevr")
    assert catalogue.state("iclevr") == "packed"


def test_test_sets_are_those_of_the_course() -> None:
    sets = condition_sets("test")
    assert sets.shape == (32, 24)
    assert sets.sum(1).bincount().tolist() == [0, 6, 12, 14]
    assert OBJECTS.parse("gray cube").byte().tolist() == sets[0].tolist()
    sets.zero_()
    assert condition_sets("test").any()  # a copy was handed out


def test_unseen_sets_are_different_triples() -> None:
    sets = unseen_sets(64, seed=1)
    assert sets.shape == (64, 24)
    assert (sets.sum(1) == 3).all()
    assert len(sets.unique(dim=0)) == 64
    assert torch.equal(sets, unseen_sets(64, seed=1))
    assert not torch.equal(sets, unseen_sets(64, seed=2))
    with pytest.raises(ValueError, match="there are 136 unseen sets; 137 were asked for"):
        unseen_sets(137)


def test_lists_of_the_folder_count(folder: Path) -> None:
    (folder / "new_test.json").write_text('[["gray cube", "red cube"]]', encoding="utf-8")
    assert condition_sets("new_test").nonzero().tolist() == [[0, 0], [0, 1]]
    with pytest.raises(ValueError, match=r"no list of object sets 'old'; choose from test, unseen, or add .*old\.json"):
        condition_sets("old")


def test_the_real_data_agree_with_what_is_shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    source = DEVELOPERS / "iclevr"
    if not (source / "train.json").is_file():
        pytest.skip("no i-CLEVR under GANLAB_DATA")
    objects = json.loads((source / "objects.json").read_text(encoding="utf-8"))
    assert objects == {label: i for i, label in enumerate(LABELS)}
    shipped = condition_sets("test").tolist(), condition_sets("unseen").tolist()
    monkeypatch.setenv("GANLAB_DATA", str(DEVELOPERS))
    assert condition_sets("test").tolist() == shipped[0]
    seen = {
        frozenset(objects[label] for label in labels)
        for labels in json.loads((source / "train.json").read_text(encoding="utf-8")).values()
    }
    assert len(seen) == 2_324 - 136  # of all sets of one to three
    for row in shipped[1]:
        assert frozenset(i for i, on in enumerate(row) if on) not in seen
