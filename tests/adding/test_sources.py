"""Every kind of source gives the pictures, labels and splits that were put into it."""

import bz2
import csv
import gzip
import hashlib
import io
import json
import lzma
import pickle
import struct
import subprocess
import sys
import tarfile
import urllib.request
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow
import pytest
import scipy.io
from pyarrow import parquet

from ganlab.data import sources
from ganlab.data.folder import data_folder
from ganlab.data.packs import Pack, load_pack, pack_path
from ganlab.data.sources import Spelling, labels_of, open_source
from ganlab.data.torchvision_import import torchvision
from tests.adding.pictures import as_pillow, encoded, noise, packed, write
from tests.hub_server import Hub, Repo

TREE = {f"{split}/{kind}/{n}.png": encoded(noise(n)) for n, (split, kind) in enumerate(
    (split, kind) for split in ("train", "train", "train", "val", "test") for kind in ("a cat", "ein Hund", "犬")
)}  # fmt: skip


def zipped(files: Mapping[str, bytes], path: Path, compression: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def tarred(files: Mapping[str, bytes], path: Path, pack: Callable[[bytes], bytes] = bytes) -> Path:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    path.write_bytes(pack(buffer.getvalue()))
    return path


def contents(pack: Pack) -> dict[bytes, tuple[str, bool]]:
    """The class of each image, and whether it is for training, by its pixels."""
    return {
        image.numpy().tobytes(): (pack.spec.classes[label], place < pack.train)
        for place, (image, label) in enumerate(zip(pack.images, pack.labels.tolist(), strict=True))
    }


def expected(tree: Mapping[str, bytes]) -> dict[bytes, tuple[str, bool]]:
    return {
        as_pillow(noise(n), 28).tobytes(): (name.split("/")[1], name.startswith("train")) for n, name in enumerate(tree)
    }


ARCHIVES: dict[str, Callable[[Path], Path]] = {
    "folder": lambda path: write(path / "tree", TREE),
    "zip": lambda path: zipped(TREE, path / "a.zip"),
    "stored zip": lambda path: zipped(TREE, path / "a.zip", zipfile.ZIP_STORED),
    "zip of another suffix": lambda path: zipped(TREE, path / "a.dat"),
    "a folder in a zip": lambda path: zipped({f"pics/{name}": TREE[name] for name in TREE}, path / "a.zip"),
    "tar": lambda path: tarred(TREE, path / "a.tar"),
    "tar.gz": lambda path: tarred(TREE, path / "a.tar.gz", gzip.compress),
    "tar.bz2": lambda path: tarred(TREE, path / "a.tar.bz2", bz2.compress),
    "tar.xz": lambda path: tarred(TREE, path / "a.txz", lzma.compress),
}


@pytest.mark.parametrize("kind", ARCHIVES)
def test_folders_and_archives_of_splits_and_classes(kind: str, tmp_path: Path) -> None:
    pack = packed(ARCHIVES[kind](tmp_path), size=28)
    assert pack.spec.classes == ("a cat", "ein Hund", "犬")
    assert contents(pack) == expected(TREE)
    assert not pack.held_out


@pytest.mark.parametrize("kind", ["folder", "zip", "tar", "tar.gz"])
def test_a_source_is_read_from_any_place_on(kind: str, tmp_path: Path) -> None:
    collection = sources.open_source(str(ARCHIVES[kind](tmp_path)))
    whole = [read() for read in collection.stream(0)]
    assert len(whole) == len(TREE)
    assert [read() for read in collection.stream(11)] == whole[11:]


def test_macs_zips_say_utf8_names_without_saying_so(tmp_path: Path) -> None:
    path = zipped(
        {f"{name}/{n}.png": encoded(noise(n)) for n, name in enumerate(("Übung", "Übung", "日本", "日本"))},
        tmp_path / "a.zip",
    )
    content = path.read_bytes()
    for mark, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):  # flags of heads and of the list
        parts = content.split(mark)
        for number, part in enumerate(parts[1:], 1):
            flags = struct.unpack_from("<H", part, place - 4)[0] & ~(1 << 11)
            parts[number] = part[: place - 4] + struct.pack("<H", flags) + part[place - 2 :]
        content = mark.join(parts)
    path.write_bytes(content)
    assert packed(path, size=28).spec.classes == ("Übung", "日本")


def zipped_as(spelt: Sequence[bytes], path: Path, extra: Mapping[bytes, str] | None = None) -> Path:
    """A zip of noise in folders whose names are these bytes, as tools write it that know nothing of UTF-8.

    extra: names that stand a second time in Info-ZIP's field for UTF-8.
    """
    plain = [f"{n}" * len(name) for n, name in enumerate(spelt)]
    with zipfile.ZipFile(path, "w") as archive:
        for n, (name, raw) in enumerate(zip(plain, spelt, strict=True)):
            for number in range(2):
                info = zipfile.ZipInfo(f"{name}/{number}.png")
                if extra:
                    stored = raw + f"/{number}.png".encode()
                    field = struct.pack("<BI", 1, zlib.crc32(stored)) + f"{extra[raw]}/{number}.png".encode()
                    info.extra = struct.pack("<HH", 0x7075, len(field)) + field
                archive.writestr(info, encoded(noise(2 * n + number)))
    content = path.read_bytes()
    for name, raw in zip(plain, spelt, strict=True):
        content = content.replace(f"{name}/".encode(), raw + b"/")
    path.write_bytes(content)
    return path


FLOWERS = {
    "gbk": ("\u73ab\u7470\u82b1", "\u90c1\u91d1\u9999"),
    "shift-jis": ("\u30bd\u30c6\u30c4", "\u30c1\u30e5\u30fc\u30ea\u30c3\u30d7"),  # with bytes that are backslashes
    "euc-kr": ("\uc7a5\ubbf8", "\ud280\ub9bd"),
    "cp866": ("\u0440\u043e\u0437\u0430", "\u0442\u044e\u043b\u044c\u043f\u0430\u043d"),
}


@pytest.mark.parametrize("spelling", FLOWERS)
def test_names_in_a_zip_are_read_as_they_are_spelt(tmp_path: Path, spelling: Spelling) -> None:
    path = zipped_as([name.encode(spelling) for name in FLOWERS[spelling]], tmp_path / "a.zip")
    collection = open_source(str(path), zip_names=spelling)
    assert list(collection.names) == [f"{name}/{number}.png" for name in FLOWERS[spelling] for number in range(2)]
    assert all(read() for read in collection.stream(0))
    assert not collection.labels.notes
    guessed = open_source(str(path))
    assert "4 names in the zip do not say in which alphabet" in labels_of(guessed).notes[0]
    assert all(read() for read in guessed.stream(0))


def test_names_in_a_zip_that_are_not_spelt_as_it_was_said_are_refused(tmp_path: Path) -> None:
    path = zipped_as([b"caf\x82", b"\x81\x39"], tmp_path / "a.zip")
    assert open_source(str(path)).names[0] == "caf\N{LATIN SMALL LETTER E WITH ACUTE}/0.png"  # cp437
    with pytest.raises(ValueError, match=r"a\.zip: the name .* is not spelt in euc-kr; choose another --zip-names"):
        open_source(str(path), zip_names="euc-kr")


def test_a_zip_that_gives_a_name_as_utf8_too_needs_no_guess(tmp_path: Path) -> None:
    spelt = {name.encode("gbk"): name for name in FLOWERS["gbk"]}
    collection = open_source(str(zipped_as(list(spelt), tmp_path / "a.zip", spelt)))
    assert list(collection.names) == [f"{name}/{number}.png" for name in FLOWERS["gbk"] for number in range(2)]
    assert all(read() for read in collection.stream(0))
    assert not collection.labels.notes


def hugging_face(path: Path, rows: range, classes: tuple[str, ...]) -> None:
    """As datasets.Dataset.to_parquet writes: pictures with their bytes, features in the metadata."""
    features = {
        "image": {"_type": "Image"},
        "label": {"_type": "ClassLabel", "names": list(classes)},
        "smiling": {"_type": "Value", "dtype": "bool"},
    }
    table = pyarrow.table(
        {
            "image": [{"bytes": encoded(noise(n)), "path": f"{n}.png"} for n in rows],
            "label": [n % len(classes) for n in rows],
            "smiling": [n % 2 == 0 for n in rows],
        }
    ).replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
    path.parent.mkdir(parents=True, exist_ok=True)
    parquet.write_table(table, path, row_group_size=7)


def test_parquet_as_hugging_face_writes_it(tmp_path: Path) -> None:
    for name, rows in (
        ("train-00000-of-00002", range(20)),
        ("train-00001-of-00002", range(20, 30)),
        ("test-00000-of-00001", range(30, 36)),
    ):
        hugging_face(tmp_path / "set" / "data" / f"{name}.parquet", rows, ("cat", "dog", "bird"))
    pack = packed(tmp_path / "set", size=28)
    by_name = {one.name: one for one in pack.spec.conditions}
    assert by_name["label"].labels == ("bird", "cat", "dog")
    assert by_name["attributes"].labels == ("smiling",)
    assert (len(pack.images), pack.train) == (36, 30)
    for n in (0, 8, 29, 33):
        place = next(i for i, image in enumerate(pack.images) if np.array_equal(image, as_pillow(noise(n), 28)))
        assert (place < pack.train) == (n < 30)
        assert pack.conditions[place].tolist() == [int(n % 2 == 0), *(int(n % 3 == kind) for kind in (2, 0, 1))]
    collection = sources.open_source(str(tmp_path / "set"))
    order = [read() for read in collection.stream(0)]
    assert [read() for read in collection.stream(23)] == order[23:]


def test_rows_without_a_label_are_left_out(tmp_path: Path) -> None:
    names = ["cat", "dog"]
    metadata = {
        "huggingface": json.dumps(
            {"info": {"features": {"image": {"_type": "Image"}, "label": {"_type": "ClassLabel", "names": names}}}}
        )
    }
    table = pyarrow.table(
        {
            "image": [{"bytes": encoded(noise(n)), "path": None} for n in range(12)],
            "label": [-1, *[n % 2 for n in range(11)]],
        }
    )
    parquet.write_table(table.replace_schema_metadata(metadata), tmp_path / "a.parquet")
    assert len(packed(tmp_path / "a.parquet", size=28).images) == 11


def test_nothing_in_a_list_of_tags_is_no_tag(tmp_path: Path) -> None:
    rows = range(12)
    table = pyarrow.table(
        {
            "image": [{"bytes": encoded(noise(n)), "path": f"{n}.png"} for n in rows],
            "tags": [["a", None] if n % 2 else ["b"] for n in rows],
        }
    )
    parquet.write_table(table, tmp_path / "a.parquet")
    (tags,) = packed(tmp_path / "a.parquet", size=28).spec.conditions
    assert tags.labels == ("a", "b")


def test_parquet_needs_a_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hugging_face(tmp_path / "a.parquet", range(4), ("x", "y"))
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(ValueError, match=r"reading Parquet files needs packages .* pip install -r requirements\.txt"):
        sources.open_source(str(tmp_path / "a.parquet"))


@pytest.mark.parametrize("channels", [1, 3])
def test_npz_as_medmnist_has_it(channels: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    shape = (28, 28) if channels == 1 else (28, 28, 3)
    arrays = {}
    for split, count in (("train", 20), ("val", 4), ("test", 6)):
        arrays[f"{split}_images"] = rng.integers(0, 256, (count, *shape), np.uint8)
        arrays[f"{split}_labels"] = np.arange(count, dtype=np.uint8)[:, None] % 3
    np.savez_compressed(tmp_path / "m.npz", **arrays)
    pack = packed(tmp_path / "m.npz", size=28)
    assert (pack.spec.channels, pack.spec.classes, pack.train) == (channels, ("0", "1", "2"), 20)
    whole = np.concatenate([arrays[f"{split}_images"] for split in ("train", "val", "test")])
    pixels = whole[:, None] if channels == 1 else whole.transpose(0, 3, 1, 2)
    assert np.array_equal(pack.images, pixels)
    assert pack.labels.tolist() == [n % 3 for count in (20, 4, 6) for n in range(count)]
    collection = sources.open_source(str(tmp_path / "m.npz"))
    assert np.array_equal([read() for read in collection.stream(22)], whole[22:])


def test_npz_of_many_labels_a_picture(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    images, labels = rng.integers(0, 256, (30, 28, 28), np.uint8), rng.integers(0, 2, (30, 14))
    np.savez(tmp_path / "chest.npz", train_images=images, train_labels=labels)
    pack = packed(tmp_path / "chest.npz", size=28, test_share=0.0)
    assert np.array_equal(pack.conditions, labels)


LISTS: dict[str, Callable[[Path], Path]] = {}


def listed(suffix: str) -> Callable[[Callable[[], str]], Callable[[], str]]:
    def add(text: Callable[[], str]) -> Callable[[], str]:
        def make(folder: Path) -> Path:
            path = folder / f"list.{suffix}"
            path.write_text(text(), encoding="utf-8")
            return path

        LISTS[text.__name__] = make
        return text

    return add


ROWS = [(f"{n}.png", "red" if n % 3 else "blue", n % 2) for n in range(24)]


@listed("csv")
def commas() -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([("file_name", "colour", "round"), *ROWS])
    return buffer.getvalue()


@listed("csv")
def commas_with_a_mark_and_an_index() -> str:
    return "\ufeff,Image,colour,round\n" + "".join(
        f"{n},{name},{colour},{on}\n" for n, (name, colour, on) in enumerate(ROWS)
    )


@listed("csv")
def semicolons() -> str:
    return "picture;colour;round\n" + "".join(f'"./{name}";{colour};{on}\n' for name, colour, on in ROWS)


@listed("tsv")
def tabs() -> str:
    return "round\tcolour\tpath\n" + "".join(f"{2 * on - 1}\t{colour}\t{name}\n" for name, colour, on in ROWS)


@listed("jsonl")
def json_lines() -> str:
    return "".join(
        json.dumps({"file_name": name, "colour": colour, "round": bool(on)}) + "\n" for name, colour, on in ROWS
    )


@listed("csv")
def names_without_suffix() -> str:
    return "id,colour,round\n" + "".join(f"{name.removesuffix('.png')},{colour},{on}\n" for name, colour, on in ROWS)


@pytest.mark.parametrize("kind", LISTS)
def test_lists_of_files_with_columns(kind: str, folder: Path) -> None:
    write(folder, {name: encoded(noise(n)) for n, (name, _, _) in enumerate(ROWS)})
    pack = packed(LISTS[kind](folder), size=28, test_share=0.0)
    assert [(one.kind, one.name, one.labels) for one in pack.spec.conditions] == [
        ("attributes", "attributes", ("round",)),
        ("category", "colour", ("blue", "red")),
    ]
    found = {image.numpy().tobytes(): row.tolist() for image, row in zip(pack.images, pack.conditions, strict=True)}
    assert found == {
        as_pillow(noise(n), 28).tobytes(): [on, int(colour == "blue"), int(colour == "red")]
        for n, (_, colour, on) in enumerate(ROWS)
    }


def small_file(path: Path, content: bytes) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return hashlib.md5(content).hexdigest()


def test_cifar10_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """The true layout with fewer pictures, whose checksums torchvision is told."""
    rng, folder = np.random.default_rng(0), data_folder() / "torchvision" / "cifar-10-batches-py"
    CIFAR10 = torchvision().datasets.CIFAR10
    pictures: dict[str, np.ndarray] = {}
    for lists in ("train_list", "test_list"):
        sums = []
        for name, _ in getattr(CIFAR10, lists):
            pictures[name] = rng.integers(0, 256, (6, 3072), np.uint8)
            batch = {"data": pictures[name], "labels": [0, 1, 2, 3, 4, 9]}
            sums.append([name, small_file(folder / name, pickle.dumps(batch))])
        monkeypatch.setattr(CIFAR10, lists, sums)
    classes = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
    meta = small_file(folder / "batches.meta", pickle.dumps({"label_names": classes}))
    monkeypatch.setattr(CIFAR10, "meta", CIFAR10.meta | {"md5": meta})
    pack = packed("cifar10", "ten", size=32)
    assert pack.spec.classes == ("airplane", "automobile", "bird", "cat", "deer", "truck")
    assert (len(pack.images), pack.train) == (36, 30)
    assert np.array_equal(pack.images[:6].flatten(1), pictures["data_batch_1"])
    assert "Krizhevsky" in pack.licence


def idx(values: np.ndarray) -> bytes:
    return gzip.compress(struct.pack(f">HBB{values.ndim}I", 0, 8, values.ndim, *values.shape) + values.tobytes())


@pytest.mark.parametrize(
    ("name", "loader", "first"),
    [("kmnist", "KMNIST", 0), ("emnist-letters", "EMNIST", 1), ("emnist-balanced", "EMNIST", 0)],
)
def test_idx_files_by_name(name: str, loader: str, first: int) -> None:
    rng, folder = np.random.default_rng(0), data_folder() / "torchvision" / loader / "raw"
    start = f"{name}-" if loader == "EMNIST" else ""
    splits = {"train": 20, "test" if loader == "EMNIST" else "t10k": 5}
    pixels = {split: rng.integers(0, 256, (count, 28, 28), np.uint8) for split, count in splits.items()}
    for split, values in pixels.items():
        labels = (first + np.arange(len(values)) % 4).astype(np.uint8)
        for kind, content in (("images-idx3", idx(values)), ("labels-idx1", idx(labels))):
            small_file(folder / f"{start}{split}-{kind}-ubyte", gzip.decompress(content))
    if loader == "EMNIST":
        for split in torchvision().datasets.EMNIST.splits:  # torchvision asks for all splits before it uses one
            for part in ("train", "test"):
                for kind in ("images-idx3", "labels-idx1"):
                    path = folder / f"emnist-{split}-{part}-{kind}-ubyte"
                    if not path.exists():
                        small_file(path, b"")
    pack = packed(name, "mine", size=28)
    upright = pixels["train"].swapaxes(1, 2) if loader == "EMNIST" else pixels["train"]
    assert np.array_equal(pack.images[:20, 0], upright)
    assert pack.spec.classes == {"kmnist": ("o", "ki", "su", "tsu"), "emnist-letters": ("a", "b", "c", "d")}.get(
        name, ("0", "1", "2", "3")
    )


def test_svhn_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    rng, SVHN = np.random.default_rng(0), torchvision().datasets.SVHN
    pixels, sums = {}, dict(SVHN.split_list)
    for split in ("train", "test"):
        buffer = io.BytesIO()
        pixels[split] = rng.integers(0, 256, (32, 32, 3, 12), np.uint8)
        scipy.io.savemat(buffer, {"X": pixels[split], "y": np.array([10, *range(1, 10), 1, 2])[:, None]})
        address, name, _ = SVHN.split_list[split]
        sums[split] = [address, name, small_file(data_folder() / "torchvision" / name, buffer.getvalue())]
    monkeypatch.setattr(SVHN, "split_list", sums)
    pack = packed("svhn", "numbers", size=32)
    assert np.array_equal(pack.images[:12], pixels["train"].transpose(3, 2, 0, 1))
    assert pack.labels[:12].tolist() == [*range(10), 1, 2]  # its 10 is a zero
    assert "non-commercial" in pack.licence


def test_without_the_internet_the_folder_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(urllib.request, "_opener", None)  # it keeps the proxies of its first call for ever
    for proxy in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(proxy, "http://127.0.0.1:9")
    with pytest.raises(ValueError, match=r"cifar10 is not here and could not be downloaded .*copy torchvision's files"):
        sources.open_source("cifar10")


def test_a_data_set_of_hugging_faces_hub(hub: Hub, tmp_path: Path) -> None:
    files = hub.repos.setdefault("datasets/owner/birds", Repo()).files
    for name, rows in (("train-00000-of-00001", range(20)), ("test-00000-of-00001", range(20, 26))):
        hugging_face(tmp_path / name, rows, ("cat", "dog"))
        files[f"data/{name}.parquet"] = (tmp_path / name).read_bytes()
    files["README.md"] = b"x"
    command = [sys.executable, "-m", "ganlab", "data", "add", "hf://datasets/owner/birds", "--name", "birds"]
    subprocess.run(command, check=True, capture_output=True)
    pack = load_pack(pack_path("birds"))
    assert (len(pack.images), pack.train, pack.source) == (26, 20, "hf://datasets/owner/birds")
    command[5] = "hf://datasets/owner/worms"
    said = subprocess.run([*command[:-1], "worms"], capture_output=True, encoding="utf-8").stderr
    assert "owner/worms could not be downloaded" in said
    assert "check the name" in said


def test_addresses_of_another_form_are_told_the_form() -> None:
    with pytest.raises(ValueError, match="write hf://datasets/OWNER/NAME"):
        sources.open_source("hf://models/x")


@pytest.mark.parametrize("name", ["bä", "c..d"])
def test_a_name_that_no_data_set_of_the_hub_has_is_told_in_our_words(name: str) -> None:
    """huggingface_hub says it in those of a codec, or of its pattern."""
    with pytest.raises(ValueError, match=r"could not be downloaded \(names on the hub have letters without accents"):
        sources.open_source(f"hf://datasets/owner/{name}")
