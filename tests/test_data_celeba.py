"""CelebA, read from a small folder in torchvision's layout that the test writes; torchvision reads the labels, too."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from ganlab import data
from ganlab.data import catalogue
from ganlab.data.celeba import ATTRIBUTES, NAMES
from ganlab.data.packs import pack_path
from ganlab.data.torchvision_import import torchvision

COUNT = 12
PARTITIONS = [0, 2, 0, 1, 0, 0, 2, 0, 0, 1, 0, 0]  # mixed on purpose


@pytest.fixture
def values() -> np.ndarray:
    return np.random.default_rng(0).choice([-1, 1], (COUNT, len(NAMES)))


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, values: np.ndarray) -> Path:
    """Twelve pictures of 178x218 whose middle square is of one grey value, 20 times their number, in a white frame."""
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path))
    folder = tmp_path / "celeba"
    (folder / "img_align_celeba").mkdir(parents=True)
    names = [f"{number:06}.jpg" for number in range(1, COUNT + 1)]
    for number, name in enumerate(names, 1):
        picture = Image.new("RGB", (178, 218), "white")
        picture.paste((20 * number,) * 3, (0, 20, 178, 198))
        picture.save(folder / "img_align_celeba" / name, quality=95)
    rows = [f"{name} {' '.join(f'{value:2d}' for value in row)}" for name, row in zip(names, values, strict=True)]
    (folder / "list_attr_celeba.txt").write_text(
        "\n".join([str(COUNT), " ".join(NAMES) + " ", *rows]) + "\n", encoding="utf-8"
    )
    splits = [f"{name} {split}" for name, split in zip(names, PARTITIONS, strict=True)]
    (folder / "list_eval_partition.txt").write_text("\n".join(splits) + "\n", encoding="utf-8")
    return folder


def test_pictures_are_cropped_and_come_with_their_attributes(folder: Path, values: np.ndarray) -> None:
    pack = data.load("celeba")
    assert pack.images.shape == (COUNT, 3, 64, 64)
    order = sorted(range(COUNT), key=lambda i: PARTITIONS[i])
    for image, row, source in zip(pack.images, pack.conditions, order, strict=True):
        inner = image[:, 2:-2].int()
        assert (inner - 20 * (source + 1)).abs().max() <= 3  # nothing of the white frame is left
        assert row.tolist() == (values[source] == 1).astype(int).tolist()
    assert pack.train == PARTITIONS.count(0)
    assert "non-commercial research" in pack.licence


def test_labels_are_those_that_torchvision_reads(folder: Path) -> None:
    for name in ("identity_CelebA.txt", "list_bbox_celeba.txt", "list_landmarks_align_celeba.txt"):
        head = "" if name.startswith("identity") else f"{COUNT}\nx\n"
        (folder / name).write_text(
            head + "".join(f"{number:06}.jpg 1\n" for number in range(1, COUNT + 1)), encoding="utf-8"
        )
    CelebA = torchvision().datasets.CelebA

    class Unchecked(CelebA):  # type: ignore[misc, valid-type]
        def _check_integrity(self) -> bool:  # of the original's checksums
            return True

    pack = data.load("celeba")
    train = Unchecked(folder.parent, split="train")
    assert torch.equal(pack.split("train")[1].long(), train.attr)
    assert train.attr_names[: len(NAMES)] == NAMES


@pytest.mark.parametrize("deeper", [False, True])
def test_kaggles_archive_is_read_as_the_same(folder: Path, deeper: bool) -> None:
    """Its lists are tables with commas, and its pictures lie one folder deeper."""
    published = data.load("celeba")
    pack_path("celeba").unlink()
    _, _, *rows = (folder / "list_attr_celeba.txt").read_text(encoding="utf-8").splitlines()
    splits = (folder / "list_eval_partition.txt").read_text(encoding="utf-8").splitlines()
    for name, heads, lines in (
        ("list_attr_celeba", ["image_id", *NAMES], rows),
        ("list_eval_partition", ["image_id", "partition"], splits),
    ):
        table = [",".join(heads), *(",".join(line.split()) for line in lines)]
        (folder / f"{name}.csv").write_bytes("\r\n".join(table).encode())
        (folder / f"{name}.txt").unlink()
    if deeper:
        (folder / "img_align_celeba").rename(folder / "inner")
        (folder / "img_align_celeba").mkdir()
        (folder / "inner").rename(folder / "img_align_celeba" / "img_align_celeba")
    assert catalogue.state("celeba") == "files"
    again = data.load("celeba")
    assert torch.equal(again.images, published.images)
    assert torch.equal(again.conditions, published.conditions)
    assert again.train == published.train


def test_a_byte_order_mark_before_a_list_is_passed_over(folder: Path) -> None:
    published = data.load("celeba")
    pack_path("celeba").unlink()
    for path in folder.glob("list_*.txt"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert torch.equal(data.load("celeba").conditions, published.conditions)


def other_lines(name: str, change: Callable[[list[str]], list[str]]) -> Callable[[Path], object]:
    """The list called `name` with other lines, each ended as Windows does."""

    def write(folder: Path) -> None:
        lines = change((folder / f"{name}.txt").read_text(encoding="utf-8").splitlines())
        (folder / f"{name}.txt").write_bytes("".join(f"{line}\r\n" for line in lines).encode())

    return write


def as_a_spreadsheet_writes(folder: Path) -> None:
    """A table with semicolons, as in countries whose numbers have commas, and with lines that hold nothing."""
    path = folder / "list_attr_celeba.txt"
    _, heads, *rows = path.read_text(encoding="utf-8").splitlines()
    table = [f"image_id {heads}", *rows[:5], "", "   ", *rows[5:]]
    path.with_suffix(".csv").write_text("\n".join(";".join(line.split()) for line in table), encoding="utf-8")
    path.unlink()


@pytest.mark.parametrize(
    "change",
    [
        other_lines("list_attr_celeba", lambda lines: lines[1:]),  # without the number of pictures
        other_lines("list_attr_celeba", lambda lines: ["202599", *lines[1:5], "", " ", *lines[5:]]),
        other_lines("list_eval_partition", lambda lines: [lines[0], *lines]),
        as_a_spreadsheet_writes,
    ],
)
def test_other_spellings_of_the_lists_are_read_as_the_same(folder: Path, change: Callable[[Path], object]) -> None:
    published = data.load("celeba")
    pack_path("celeba").unlink()
    change(folder)
    again = data.load("celeba")
    assert torch.equal(again.conditions, published.conditions)
    assert again.train == published.train


def test_draws_without_a_picture_follow_known_rates() -> None:
    rates = dict(zip(ATTRIBUTES.labels, ATTRIBUTES.rates, strict=True))
    published = {"5 o Clock Shadow": 0.111, "Eyeglasses": 0.065, "Male": 0.417, "No Beard": 0.835, "Young": 0.774}
    assert {name: round(rates[name], 3) for name in published} == published
    assert rates["Young"] > rates["Attractive"] > rates["Smiling"] > rates["Male"] > rates["Eyeglasses"] > rates["Bald"]
    assert rates["Black Hair"] + rates["Blond Hair"] + rates["Brown Hair"] + rates["Gray Hair"] < 1


def test_the_licence_is_said_before_packing() -> None:
    assert "non-commercial research" in data.describe("celeba").title


def test_without_a_folder_the_terms_and_avatars_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path))
    assert catalogue.state("celeba") == "missing"
    with pytest.raises(ValueError, match=r"never downloaded: agree to its terms.*into .*celeba.*'avatars' needs no"):
        data.load("celeba")


def _edit(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def _cut(name: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / name
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    return change


def _shorten_the_head(folder: Path) -> None:
    """A PNG whose first block claims 12 bytes of its 13: Pillow raises a ValueError that says nothing of the file."""
    path = folder / "img_align_celeba" / "000007.png"
    Image.open(path.with_suffix(".jpg")).save(path)
    path.with_suffix(".jpg").unlink()
    content = bytearray(path.read_bytes())
    content[11] = 12
    path.write_bytes(content)


def test_a_list_without_end_is_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ganlab.data.celeba.MOST_LIST_BYTES", 100)
    with pytest.raises(ValueError, match=r"list_\w+\.(txt|csv) cannot be read: it has more than the 100 bytes"):
        data.load("celeba")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (
            _edit("list_attr_celeba.txt", "000003.jpg", "000003.jpg  1"),
            r"attr_celeba\.txt, line 5: 40 values .* not 41",
        ),
        (_edit("list_attr_celeba.txt", " -1", "  0"), r"line 3: 40 values of -1 or 1 .* not 40 of -1, 0, 1"),
        (
            other_lines("list_attr_celeba", lambda lines: [*lines, lines[2]]),
            r"attr_celeba\.txt lists 000001\.jpg twice",
        ),
        (
            other_lines("list_eval_partition", lambda lines: [*lines, "000001.jpg 2"]),
            r"000001\.jpg was in another part",
        ),
        (
            lambda f: (f / "list_attr_celeba.txt").write_text("20\n", encoding="utf-16"),
            r"list_attr_celeba\.txt cannot be read: it is no UTF-8 .*save it as UTF-8",
        ),
        (_edit("list_attr_celeba.txt", "Young", "Old"), r"line 2, does not name the 40 attributes"),
        (_cut("list_attr_celeba.txt"), r"list_attr_celeba\.txt, line \d+: 40 values"),
        (lambda f: (f / "list_attr_celeba.txt").write_text("", encoding="utf-8"), r"line 2, does not name"),
        (lambda f: (f / "list_attr_celeba.txt").unlink(), r"list_attr_celeba\.txt is not there; copy it"),
        (lambda f: (f / "list_attr_celeba.txt").write_bytes(b"\xff\xfe\xff"), r"attr_celeba\.txt cannot be read"),
        (lambda f: (f / "list_eval_partition.txt").unlink(), r"list_eval_partition\.txt is not there"),
        (_edit("list_eval_partition.txt", "000002.jpg 2", "000002.jpg 7"), r"line 2: a name and 0, 1 or 2"),
        (_edit("list_eval_partition.txt", "000012.jpg 0\n", ""), r"says nothing of 000012\.jpg"),
        (lambda f: (f / "img_align_celeba" / "000007.jpg").unlink(), r"of which 1 is not in .*\(the first: 000007\)"),
        (_cut("img_align_celeba/000007.jpg"), r"000007\.jpg cannot be read as a picture"),
        (_shorten_the_head, r"000007\.png cannot be read as a picture \(Truncated IHDR chunk\); copy it again"),
        (
            lambda f: Image.new("RGB", (178, 218)).save(f / "img_align_celeba" / "000007.png"),
            r"000007\.jpg and 000007\.png have one name; remove the one",
        ),
        (
            lambda f: Image.new("RGB", (100, 100)).save(f / "img_align_celeba" / "000007.jpg"),
            r"000007\.jpg has 100x100 pixels; at least 178x178",
        ),
    ],
)
def test_damage_is_named_with_the_remedy(folder: Path, damage: Callable[[Path], object], message: str) -> None:
    damage(folder)
    with pytest.raises(ValueError, match=message):
        data.load("celeba")
    assert not pack_path("celeba").exists()
