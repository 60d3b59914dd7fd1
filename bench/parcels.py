"""What travels to a machine without a network: compressed archives with a list of their checksums."""

import hashlib
import tarfile
from collections.abc import Collection
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

CONTENTS = "contents.json"


class Parcel(BaseModel):
    """One archive."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    kind: Literal["packages", "data"]  # unpacked where Python finds packages, or as a data folder
    bytes: int
    sha256: str

    @property
    def file(self) -> str:
        return f"{self.name}.tar.xz"


class LeftOut(BaseModel):
    """What does not travel, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    why: str


class Contents(BaseModel):
    """The list that travels with the archives."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    parcels: tuple[Parcel, ...]
    left_out: tuple[LeftOut, ...]


class Unpacked(BaseModel):
    """Where everything is after the journey."""

    packages: Path
    data: Path
    left_out: tuple[LeftOut, ...]


def checksum(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def unpack(folder: Path, target: Path, *, only_verified: Collection[str] = ()) -> Unpacked:
    """Verify every parcel of `folder`, and unpack those that are not `only_verified` below `target`.

    A parcel that is missing or damaged on the way is left out with the reason. ValueError without a list of contents.
    """
    if not (folder / CONTENTS).is_file():
        raise ValueError(f"{folder / CONTENTS} is not there; run `make travel` where the data are, and bring {folder}")
    contents = Contents.model_validate_json((folder / CONTENTS).read_text(encoding="utf-8"))
    left_out = list(contents.left_out)
    for kind in ("packages", "data"):
        (target / kind).mkdir(parents=True, exist_ok=True)
    for parcel in contents.parcels:
        if why := _damage(folder / parcel.file, parcel):
            left_out.append(LeftOut(name=parcel.name, why=why))
            continue
        if parcel.name in only_verified:
            left_out.append(LeftOut(name=parcel.name, why="verified, and not needed for this"))
            continue
        with tarfile.open(folder / parcel.file, "r:xz") as archive:
            archive.extractall(target / parcel.kind, filter="data")
    return Unpacked(packages=target / "packages", data=target / "data", left_out=tuple(left_out))


def _damage(path: Path, parcel: Parcel) -> str:
    """What is wrong with the archive; empty when nothing is."""
    if not path.is_file():
        return f"{path.name} did not arrive"
    if checksum(path) != parcel.sha256:
        return f"{path.name} was damaged on the way: {path.stat().st_size:,} bytes with another checksum"
    return ""
