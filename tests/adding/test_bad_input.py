"""What cannot be used is named with the remedy, costs no other picture, and takes neither memory nor other files."""

import gzip
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ganlab import locks
from ganlab.data import adding, catalogue, sources
from ganlab.data.adding import Settings, Stopped
from ganlab.data.packs import load_pack, pack_path
from ganlab.data.sources import Gone
from tests.adding.pictures import encoded, look, noise, packed, planned, several, write
from tests.adding.test_sources import tarred, zipped
from tests.test_data_pictures import bomb_png

PIXELS = np.zeros((3, 28, 28), np.uint8)
BAD = {
    "truncated.jpg": (encoded(noise(1, 200, 200), "JPEG")[:2000], "truncated.*copy it again"),
    "truncated.png": (encoded(noise(1, 200, 200))[:2000], "truncated.*copy it again"),
    "empty.png": (b"", "is empty: copy it again"),
    "text.png": (b"Hello, I am no picture.", "cannot be read as a picture; copy it again, or save it anew as PNG"),
    "bomb.png": (bomb_png(60_000, 60_000), "make it smaller"),
    "wide.png": (encoded(Image.new("L", (20_000, 20))), "has 20,000 x 20 pixels, more than 20 times as long.*cut"),
    "dot.png": (encoded(Image.new("L", (1, 1))), "has 1 x 1 pixels, and at least 4 a side.*take another"),
    "raw.heic": (b"\0\0\0 ftypheic", "save it anew as PNG"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_picture_is_left_out_by_name_and_no_other(name: str, folder: Path) -> None:
    content, said = BAD[name]
    write(folder, several(12) | {f"a folder/{name}": content})
    looked = look(folder)
    (bad,) = looked.report.unusable
    assert bad.why.startswith(f"a folder/{name} ")
    assert re.search(said, bad.why)
    assert len(packed(folder, size=28, labels="none").images) == 12


def test_many_bad_pictures_are_no_accident(folder: Path) -> None:
    write(folder, several(12) | {f"bad{n}.png": b"x" for n in range(7)})
    with pytest.raises(ValueError, match=r"7 of the 19 files in .* cannot be used, too many to leave out: ") as raised:
        planned(folder)
    names = ", ".join(f"bad{n}.png" for n in range(7))
    assert f"out: {names} cannot be read as a picture" in str(raised.value)
    assert str(raised.value).count("cannot be read") == 1


LEFT_BEHIND = ("__MACOSX/._a.png", ".DS_Store", "Thumbs.db", "a/desktop.ini", "._b.png")


@pytest.mark.parametrize("kind", ["folder", "zip", "tar"])
def test_what_is_no_picture_is_passed_over_and_counted(kind: str, tmp_path: Path) -> None:
    files = several(6, "pics/") | {f"pics/{name}": b"x" for name in LEFT_BEHIND} | {"pics/readme.txt": b"x"}
    make: dict[str, Callable[[Path], Path]] = {
        "folder": lambda path: write(path / "set", files),
        "zip": lambda path: zipped(files, path / "a.zip"),
        "tar": lambda path: tarred(files, path / "a.tar"),
    }
    report = look(make[kind](tmp_path)).report
    assert (report.files, report.usable) == (6, 6)
    told = {over.what.many: over.number for over in report.passed_over}
    assert told["files that are no pictures"] == 1
    assert told["files that systems leave behind"] in (4, 5)  # a folder is one, its members are each


def test_pictures_without_suffix_are_found(folder: Path) -> None:
    write(folder, {name.removesuffix(".png"): content for name, content in several(6).items()} | {"LICENSE": b"MIT"})
    report = look(folder).report
    assert (report.usable, [over.what.many for over in report.passed_over]) == (6, ["files that are no pictures"])


def test_links_are_followed_to_files_within_and_nowhere_else(folder: Path, tmp_path: Path) -> None:
    write(tmp_path, {"secret.png": encoded(noise(99))})
    write(folder, several(5))
    (folder / "loop").symlink_to(folder)
    (folder / "self.png").symlink_to(folder / "self.png")
    (folder / "out.png").symlink_to(tmp_path / "secret.png")
    (folder / "within.png").symlink_to(folder / "0.png")
    report = look(folder).report
    assert (report.files, report.copies) == (6, 1)
    assert {over.what.many: (over.number, over.first) for over in report.passed_over} == {
        "links to folders, which are not followed": (1, "loop"),
        "links that lead nowhere": (1, "self.png"),
        "links that lead out of the folder, which are not followed": (1, "out.png"),
    }


@pytest.mark.parametrize("name", ["../up.png", "a/../../up.png", "/etc/up.png", "C:\\up.png", "..\\up.png"])
@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_members_that_lead_out_are_passed_over(name: str, kind: str, tmp_path: Path) -> None:
    make = zipped if kind == "zip" else tarred
    path = make(several(6) | {name: encoded(noise(9))}, tmp_path / f"a.{kind}")
    report = look(path).report
    assert report.files == 6
    assert report.passed_over[0].what.many == "members that lead out of the archive"
    assert sorted(entry.name for entry in tmp_path.iterdir() if entry.is_file()) == [path.name]


def test_links_and_devices_in_a_tar_are_passed_over(tmp_path: Path) -> None:
    with tarfile.open(tarred(several(6), tmp_path / "a.tar"), "a") as archive:
        for name, kind in (
            ("link.png", tarfile.SYMTYPE),
            ("hard.png", tarfile.LNKTYPE),
            ("pipe.png", tarfile.FIFOTYPE),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    report = look(tmp_path / "a.tar").report
    assert (report.files, report.passed_over[0].number) == (6, 3)


def encrypted(path: Path) -> Path:
    return encrypted_as(zipped(several(3), path))


def encrypted_as(path: Path) -> Path:
    """A zip that says of its members that they are encrypted."""
    content = bytearray(path.read_bytes())
    place = -1
    for mark, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        while (place := content.find(mark, place + 1)) >= 0:
            content[place + flags] |= 1
    path.write_bytes(content)
    return path


def encrypted_npz(path: Path) -> Path:
    return encrypted_as(_npz(path, train_images=PIXELS))


REFUSED: dict[str, tuple[Callable[[Path], Path], str]] = {
    "encrypted": (lambda path: encrypted(path / "a.zip"), r"a\.zip is encrypted .*unpack it with its password"),
    "a zip in a zip": (lambda path: zipped({"in.zip": b"PK"}, path / "a.zip"), r"1 archive within it .*unpack it"),
    "a zip in a folder": (lambda path: write(path / "set", {"in.zip": b"PK"}), r"1 archive within it .*unpack it"),
    "cut short": (
        lambda path: _cut(zipped(several(3), path / "a.zip")),
        r"a\.zip cannot be read as a zip .*cut short.*copy it again",
    ),
    "a cut tar": (lambda path: _cut(tarred(several(3), path / "a.tar")), r"a\.tar cannot be read as a tar.*copy it"),
    "no tar": (lambda path: _written(path / "a.tar", b"x" * 999), r"a\.tar cannot be read as a tar"),
    "zstandard": (lambda path: _written(path / "a.tar.zst", b"\x28\xb5\x2f\xfd"), r"Zstandard; unpack it"),
    "no pictures": (lambda path: write(path / "set", {"a.txt": b"x"}), r"holds no pictures, only 1 file that is no"),
    "nothing": (lambda path: write(path / "set", {"b/.keep": b""}), r"holds no pictures"),
    "one picture": (lambda path: _written(path / "a.png", encoded(noise(1))), r"a\.png is one picture; put it with"),
    "an empty picture": (lambda path: _written(path / "a.png", b""), r"a\.png is empty: copy it again"),
    "no picture": (lambda path: _written(path / "a.png", b"xyz"), r"a\.png cannot be read as a picture; copy it"),
    "another archive": (lambda path: _written(path / "a.rar", b"Rar!"), r"a\.rar is an archive .*: unpack it"),
    "two archives": (
        lambda path: write(path / "set", {"a.zip": b"PK", "b.zip": b"PK"}),
        r"2 archives within it .*unpack them, and add what they hold",
    ),
    "another file": (lambda path: _written(path / "a.mp4", b"xyz"), r"a\.mp4 is no source of pictures; choose"),
    "nowhere": (lambda path: path / "set", r"set is not there; name a folder or file"),
    "no Parquet": (lambda path: _written(path / "a.parquet", b"PAR1xxxx"), r"a\.parquet cannot be read .*copy it"),
    "no npz": (lambda path: _written(path / "a.npz", b"PK"), r"a\.npz cannot be read .*copy it again"),
    "another npz": (lambda path: _npz(path / "a.npz", w=np.zeros(3)), r"its arrays are w, and not train_images"),
    "volumes": (
        lambda path: _npz(path / "a.npz", train_images=np.zeros((3, 28, 28, 28), np.uint8)),
        r"train_images is 3 x 28 x 28 x 28; pictures are N x height x width",
    ),
    "floats": (lambda path: _npz(path / "a.npz", train_images=np.zeros((3, 28, 28))), r"values of float64, not bytes"),
    "pickles": (
        lambda path: _npz(path / "a.npz", train_images=np.array([{}] * 3, object)),
        r"a\.npz cannot be read",
    ),
    "an encrypted npz": (lambda path: encrypted_npz(path / "a.npz"), r"a\.npz cannot be read .*encrypted.*copy it"),
    "an npz with a broken head": (
        lambda path: zipped({"train_images.npy": b"\x93NUMPY\x01\x00\x10\x00{'descr': ('|u1', "}, path / "a.npz"),
        r"a\.npz cannot be read",
    ),
    "labels without columns": (
        lambda path: _npz(path / "a.npz", train_images=PIXELS, train_labels=np.zeros((3, 0), np.int64)),
        r"a\.npz cannot be read .*no columns",
    ),
    "labels of several numbers": (
        lambda path: _npz(path / "a.npz", train_images=PIXELS, train_labels=np.full((3, 2), 7)),
        r"a\.npz cannot be read .*several columns of other numbers than 0 and 1",
    ),
    "labels that are too large": (
        lambda path: _npz(path / "a.npz", train_images=PIXELS, train_labels=np.full((3, 1), 1e300)),
        r"a\.npz cannot be read .*too large",
    ),
    "a list of what is not there": (
        lambda path: _written(path / "a.csv", b"file,kind\nx.png,a\ny.png,b\n"),
        r"a\.csv names no picture that can be read, but 2 files that the list names and that are not there .*bring the",
    ),
}  # fmt: skip


def _cut(path: Path) -> Path:
    return _written(path, path.read_bytes()[:3000])


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def _npz(path: Path, **arrays: np.ndarray) -> Path:
    np.savez(path, **arrays)
    return path


@pytest.mark.parametrize("case", REFUSED)
def test_a_source_that_cannot_be_used_is_named_with_the_remedy(case: str, tmp_path: Path) -> None:
    make, said = REFUSED[case]
    with pytest.raises(ValueError, match=said):
        sources.open_source(str(make(tmp_path)))


def test_a_member_that_grows_without_end_is_not_unpacked(tmp_path: Path) -> None:
    """150 MB of zeros behind the head of a picture, 150 KB in the zip."""
    content = encoded(noise(1))[:33] + bytes(150 * 10**6)
    path = zipped(several(6) | {"bomb.png": content}, tmp_path / "a.zip")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    (bad,) = look(path).report.unusable
    assert "bomb.png would grow from" in bad.why
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kilobytes


def test_members_that_share_bytes_are_refused(tmp_path: Path) -> None:
    """As in zip bombs that unpack to millions of their size: many entries of the list point to one member."""
    path = zipped({"a.png": encoded(noise(1, 200, 200))}, tmp_path / "a.zip", zipfile.ZIP_STORED)
    content = path.read_bytes()
    start = content.index(b"PK\1\2")
    end = content.index(b"PK\5\6")
    entry, tail = content[start:end], bytearray(content[end:])
    count = 50
    tail[8:10] = tail[10:12] = count.to_bytes(2, "little")
    tail[12:16] = (count * len(entry)).to_bytes(4, "little")
    path.write_bytes(content[:start] + entry * count + tail)
    with pytest.raises(ValueError, match=r"a\.zip is no ordinary zip: its members overlap"):
        sources.open_source(str(path))


def test_a_tar_that_grows_without_end_is_refused(tmp_path: Path) -> None:
    info = tarfile.TarInfo("a.png")
    info.size = 2**43
    (tmp_path / "a.tar.gz").write_bytes(gzip.compress(info.tobuf(tarfile.GNU_FORMAT) + bytes(10_000)))
    with pytest.raises(ValueError, match="would unpack to far more than any pictures"):
        sources.open_source(str(tmp_path / "a.tar.gz"))


def test_a_damaged_member_costs_no_other(tmp_path: Path) -> None:
    path = zipped(several(6), tmp_path / "a.zip", zipfile.ZIP_STORED)
    content = bytearray(path.read_bytes())
    content[content.index(b"IDAT", 9000) + 40] ^= 255
    path.write_bytes(content)
    (bad,) = look(path).report.unusable
    assert "cannot be unpacked (Bad CRC-32" in bad.why
    assert "make the zip again" in bad.why


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_member_that_cannot_be_unpacked_costs_no_other(method: int, tmp_path: Path) -> None:
    path = zipped(several(12), tmp_path / "a.zip", method)
    content = bytearray(path.read_bytes())
    content[60:200] = bytes(140)
    path.write_bytes(content)
    (bad,) = look(path).report.unusable
    assert "make the zip again" in bad.why


@pytest.mark.parametrize("name", ["/a\0b.png", "a\0b.png", "x\ud800b/c.png"])
def test_names_in_a_list_that_no_file_can_have_are_not_there(name: str, folder: Path) -> None:
    write(folder, several(12))
    rows = {one: str(place % 2) for place, one in enumerate(several(12))} | {name: "1"}
    (folder / "list.json").write_text(json.dumps(rows), encoding="utf-8")
    found = sources.open_source(str(folder / "list.json"))
    assert len(found.names) == 12
    assert [over.counted for over in found.passed_over] == ["1 file that the list names and that is not there"]


def test_no_source_at_all_is_told() -> None:
    with pytest.raises(ValueError, match="no pictures are named; name a folder"):
        sources.open_source("  ")


@pytest.mark.parametrize("kind", ["zip", "tar", "csv"])
def test_names_of_300_letters(kind: str, tmp_path: Path) -> None:
    """No file system takes them, and archives and lists may hold them."""
    long = "n" * 300
    if kind == "csv":
        write(tmp_path, several(6))
        rows = "".join(f"{n}.png,{'xy'[n % 2]}\n" for n in range(6)) + f"{long}.png,x\n"
        path = _written(tmp_path / "a.csv", b"file,kind\n" + rows.encode())
    else:
        make = zipped if kind == "zip" else tarred
        path = make({f"{long[n:]}/{n}.png": encoded(noise(n)) for n in range(6)}, tmp_path / f"a.{kind}")
    pack = packed(path, size=28)
    assert len(pack.images) == 6
    assert all(len(label) <= 200 for label in pack.spec.classes)
    assert len(set(pack.spec.classes)) == len(pack.spec.classes) >= 2


@pytest.mark.parametrize("name", ["n" * 300, "n" * 64, "../x", "a/b", "", "Cats", "-x", ".x", "a b"])
def test_a_name_that_is_no_name(name: str) -> None:
    with pytest.raises(ValueError, match="is no name; use up to 63 small letters"):
        adding.check_new(name)


def test_a_name_that_exists_or_is_built_in(folder: Path) -> None:
    write(folder, several(4))
    before = packed(folder, size=28).fingerprint
    with pytest.raises(ValueError, match=r"there is a dataset mine already; .*data remove mine"):
        packed(folder, size=32)
    with pytest.raises(ValueError, match="mnist comes with ganlab; choose another name"):
        packed(folder, "mnist")
    assert load_pack(pack_path("mine")).fingerprint == before


def test_two_packings_of_one_name_at_once(folder: Path) -> None:
    write(folder, several(4))
    plan = planned(folder, size=28)
    script = (
        "import sys, time; from pathlib import Path; from ganlab import locks\n"
        "with locks.hold(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    adding.work_folder().mkdir(parents=True)
    command = [sys.executable, "-c", script, str(adding.work_folder() / "mine.lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(ValueError, match="another process is packing mine; wait until it is done"):
            adding.add(plan)
        other.communicate()
    adding.add(plan)
    assert catalogue.added() == ["mine"]
    assert not locks.is_held(adding.work_folder() / "mine.lock")


@pytest.mark.parametrize("phase", ["survey", "packing"])
def test_the_folder_goes_away_meanwhile(phase: str, folder: Path) -> None:
    write(folder, several(60))
    collection = sources.open_source(str(folder))
    if phase == "survey":
        shutil.rmtree(folder)
        with pytest.raises(Gone, match=r"\.png is not there.*it was there a moment ago: start again"):
            adding.survey(collection, None)
        return
    plan = planned(folder, size=28)
    asked = iter(range(1000))

    def stop() -> bool:
        if next(asked) == 10:
            shutil.rmtree(folder)
        return False

    with pytest.raises(Gone, match="start again"):
        adding.add(plan, stop=stop)
    assert catalogue.added() == []


def test_a_full_disk_is_told_before_anything_is_packed(folder: Path) -> None:
    """In a process that may write no file of more than 100 KB; the pack would have 141 KB."""
    write(folder, several(60))
    script = (
        "import resource, signal, sys; from ganlab.cli import main\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "sys.exit(main(['data', 'add', sys.argv[1], '--name', 'mine', '--size', '28']))"
    )
    done = subprocess.run([sys.executable, "-c", script, folder], capture_output=True, encoding="utf-8")
    assert done.returncode == 1
    assert "mine.v2.safetensors could not be written" in done.stderr
    assert "Free some space on that disk" in done.stderr
    assert not pack_path("mine").exists()
    packed(folder, size=28)


def test_all_pictures_are_the_same(folder: Path) -> None:
    write(folder, {f"{n}.png": encoded(noise(7)) for n in range(20)})
    assert any("all 20 pictures are the same as 0.png" in note for note in look(folder).report.notes)
    assert packed(folder, size=28, test_share=0.5).train == 20


def test_fewer_pictures_than_a_batch_are_told_with_the_setting(folder: Path) -> None:
    write(folder, several(10))
    looked = look(folder, settings=Settings(test_share=0))
    assert any(
        "10 training pictures are fewer than a usual batch: train with a batch_size of 5" in note
        for note in looked.report.notes
    )
    write(folder / "one", several(1))
    with pytest.raises(ValueError, match=r"of .*, 1 picture can be used, and at least 2 are needed: add others"):
        planned(folder / "one")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_folders_that_may_not_be_read_are_passed_over(folder: Path) -> None:
    write(folder, several(4) | several(2, "closed/", 9))
    (folder / "closed").chmod(0)
    report = look(folder).report
    assert (report.files, report.passed_over[0].what.many) == (4, "folders that cannot be read")


def test_what_was_begun_is_removed_when_nobody_goes_on_with_it(folder: Path) -> None:
    write(folder, several(40))
    asked = iter(range(1000))
    with pytest.raises(Stopped):
        adding.add(planned(folder, size=28), stop=lambda: next(asked) > 20)
    part = adding.work_folder() / "mine.part"
    long_ago = part.stat().st_mtime - 30 * 24 * 3600
    os.utime(part, (long_ago, long_ago))
    packed(folder, "other", size=28)
    assert not part.exists()
