"""The folder that travels to a machine without a network."""

import hashlib
from pathlib import Path

import pytest

from bench import travel
from bench.parcels import CONTENTS, Contents, unpack
from bench.travel import Files, make


@pytest.fixture
def sources(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Three small sources under the test's own GANLAB_DATA, and one that is not there."""
    home = tmp_path / "home"
    (home / "scenes" / "images").mkdir(parents=True)
    for number in range(5):
        (home / "scenes" / "images" / f"{number}.webp").write_bytes(hashlib.sha256(bytes([number])).digest() * 3)
    (home / "digits").write_bytes(b"7" * 1000)
    (home / "noise").write_bytes(
        b"".join(hashlib.sha256(bytes([n])).digest() for n in range(200))
    )  # 6.4 kB as they are
    monkeypatch.setenv("GANLAB_DATA", str(home))
    made = {name: Files(paths=(name,)) for name in ("scenes", "digits", "noise", "missing")}
    monkeypatch.setattr(travel, "SOURCES", made)
    return home


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_was_packed_comes_out_the_same(sources: Path, tmp_path: Path) -> None:
    make(tmp_path / "travel", ["scenes", "digits", "noise"], most_bytes=100_000)
    there = unpack(tmp_path / "travel", tmp_path / "there")
    assert files(there.data) == files(sources)
    again = make(tmp_path / "again", ["scenes", "digits", "noise"], most_bytes=100_000)
    assert again == Contents.model_validate_json((tmp_path / "travel" / CONTENTS).read_text(encoding="utf-8"))


def test_what_does_not_fit_or_is_missing_is_said(sources: Path, tmp_path: Path) -> None:
    contents = make(tmp_path / "travel", ["scenes", "missing", "noise", "digits"], most_bytes=3_000)
    assert [parcel.name for parcel in contents.parcels] == ["scenes", "digits"]
    why = {left.name: left.why for left in contents.left_out}
    assert "is not there" in why["missing"]
    assert "have room; move it forward with --order" in why["noise"]
    assert sum(path.stat().st_size for path in (tmp_path / "travel").glob("*.xz")) <= 3_000
    assert unpack(tmp_path / "travel", tmp_path / "there").left_out == contents.left_out


@pytest.mark.parametrize("harm", ["flipped", "cut", "gone"])
def test_a_parcel_damaged_on_the_way_is_left_out(sources: Path, tmp_path: Path, harm: str) -> None:
    make(tmp_path / "travel", ["digits", "scenes"], most_bytes=100_000)
    path = tmp_path / "travel" / "digits.tar.xz"
    content = bytearray(path.read_bytes())
    content[50] ^= 1
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(content if harm == "flipped" else content[:-9])
    there = unpack(tmp_path / "travel", tmp_path / "there")
    assert "digits" not in files(there.data)
    assert (there.data / "scenes" / "images" / "3.webp").is_file()
    assert [left.name for left in there.left_out if "way" in left.why or "arrive" in left.why] == ["digits"]


def test_a_folder_without_a_list_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"contents\.json is not there; run `make travel`"):
        unpack(tmp_path, tmp_path / "there")


@pytest.mark.skipif(not (travel.ROOT / ".git").exists(), reason="git knows what is part of the checkout")
def test_there_is_room_beside_the_checkout() -> None:
    assert 20_000_000 < travel.room() <= 26_000_000
