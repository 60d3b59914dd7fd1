"""Makes the folder that travels, beside the checkout, to a GPU machine that has torch and no network.

Packages are unpacked wheels for Python 3.12 on Linux (x86_64), the data are the user's own from GANLAB_DATA. What does
not fit into the bytes is left out, the last first, and the list says so. Needs a package registry.
"""

import argparse
import fnmatch
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.parcels import CONTENTS, Contents, LeftOut, Parcel, checksum
from ganlab import data
from ganlab.data.packs import pack_path

ROOT = Path(__file__).parents[1]
MOST_BYTES = 26_000_000
MOST_BYTES_WITH_CHECKOUT = 64 * 2**20
MARGIN = 500_000  # for what a commit more may bring
PYTHON = "3.12"
PLATFORMS = ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64", "manylinux_2_12_x86_64")


@dataclass(frozen=True, kw_only=True, slots=True)
class Packages:
    """Wheels that belong together."""

    wheels: tuple[str, ...]  # names; versions are those installed here
    without: tuple[str, ...] = ()  # patterns of their files that nothing here needs

    def collect(self, folder: Path) -> None:
        """Unpack the wheels into `folder`. ValueError with pip's reason when one cannot be had."""
        platforms = [f"--platform={platform}" for platform in PLATFORMS]
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        command += ["--no-compile", "--only-binary=:all:", f"--python-version={PYTHON}", *platforms]
        wanted = [f"{name}=={_installed_version(name)}" for name in self.wheels]
        done = subprocess.run(
            [*command, f"--target={folder}", *wanted], capture_output=True, encoding="utf-8", errors="replace"
        )
        if done.returncode:
            raise ValueError((done.stderr.strip().splitlines() or ["pip failed without a word"])[-1])
        for path in sorted(folder.rglob("*")):
            place = path.relative_to(folder).as_posix()
            if path.is_file() and any(fnmatch.fnmatch(place, pattern) for pattern in self.without):
                path.unlink()


@dataclass(frozen=True, kw_only=True, slots=True)
class Files:
    """Files of the data folder."""

    paths: tuple[str, ...]  # below the data folder

    def collect(self, folder: Path) -> None:
        """Copy them below `folder`. ValueError names the first that is missing."""
        for place in self.paths:
            source = data.data_folder() / place
            if not source.exists():
                raise ValueError(f"{source} is not there")
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            copy: Callable[[Path, Path], object] = shutil.copytree if source.is_dir() else shutil.copyfile
            copy(source, folder / place)


SOURCES: dict[str, Packages | Files] = {
    "core": Packages(
        wheels=("platformdirs", "psutil", "filelock", "pillow"),
        without=("PIL/_avif*", "pillow.libs/libavif*"),  # no picture here is AVIF; a third of the wheel
    ),
    "tests": Packages(wheels=("pytest", "pytest-timeout", "pluggy", "iniconfig", "packaging", "pygments")),
    "digits": Files(paths=(f"packs/{pack_path('digits').name}",)),
    "iclevr": Files(paths=("iclevr",)),
    "faces": Packages(
        wheels=(
            *("dicebear-core", "dicebear-styles", "dicebear-schema", "resvg-py"),
            *("jsonschema", "jsonschema-specifications", "referencing", "rpds-py", "attrs"),
        ),
        without=("dicebear_styles/[!a]*.json", "dicebear_styles/adventurer*.json"),  # the drawings are Avataaars
    ),
    "mnist": Files(
        paths=tuple(
            f"MNIST/raw/{split}-{what}"
            for split in ("train", "t10k")
            for what in ("images-idx3-ubyte", "labels-idx1-ubyte")
        )
    ),
    "commands": Packages(wheels=("tyro", "tqdm", "typeguard", "docstring-parser")),
}
"""What can travel, the most important first."""

NEVER = (
    LeftOut(name="scipy", why="35 MB; without it the codes of InfoGANs are not measured, so that none is trained"),
    LeftOut(name="scikit-learn", why="needs scipy; without it VAEs get no mixture prior, so that none is trained"),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "travel")
    parser.add_argument("--order", nargs="+", choices=SOURCES, default=list(SOURCES), help="the most important first")
    options = parser.parse_args()
    contents = make(options.out, options.order, most_bytes=room())
    for parcel in contents.parcels:
        print(f"{parcel.bytes / 1e6:6.2f} MB  {parcel.name}")
    print(f"{sum(parcel.bytes for parcel in contents.parcels) / 1e6:6.2f} MB  in {options.out}")
    for left in contents.left_out:
        print(f"left out: {left.name}: {left.why}")
    return 0


def room() -> int:
    """Bytes that may travel beside the files that git knows."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    paths = [ROOT / name for name in listed.decode().split("\0") if name]
    checkout = sum(path.stat().st_size for path in paths if path.is_file())
    return min(MOST_BYTES, MOST_BYTES_WITH_CHECKOUT - MARGIN - checkout)


def make(out: Path, order: list[str], *, most_bytes: int) -> Contents:
    """Fill the folder `out` with what fits, and the list of it; what was in `out` before is gone."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    parcels: list[Parcel] = []
    left_out = [*NEVER, *(LeftOut(name=name, why="not asked for") for name in SOURCES if name not in order)]
    for name in order:
        used = sum(parcel.bytes for parcel in parcels)
        try:
            parcels.append(_pack(name, out, most_bytes - used))
        except ValueError as error:
            left_out.append(LeftOut(name=name, why=f"{error}"))
    contents = Contents(parcels=tuple(parcels), left_out=tuple(left_out))
    (out / CONTENTS).write_text(contents.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return contents


def _pack(name: str, out: Path, room: int) -> Parcel:
    """One archive in `out`; ValueError, and no archive, when it cannot be made or does not fit."""
    source = SOURCES[name]
    path = out / f"{name}.tar.xz"
    with tempfile.TemporaryDirectory() as folder:
        source.collect(Path(folder))
        with tarfile.open(path, "w:xz", preset=6) as archive:
            for entry in sorted(Path(folder).iterdir()):
                archive.add(entry, entry.name, filter=_nobodys)
    size = path.stat().st_size
    if size > room:
        path.unlink()
        raise ValueError(f"{size / 1e6:.1f} MB, of which {room / 1e6:.1f} MB have room; move it forward with --order")
    return Parcel(
        name=name, kind="packages" if isinstance(source, Packages) else "data", bytes=size, sha256=checksum(path)
    )


def _nobodys(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without names and times of this machine: the same content makes the same archive."""
    entry.uid = entry.gid = entry.mtime = 0
    entry.uname = entry.gname = ""
    return entry


def _installed_version(name: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(name)
    except PackageNotFoundError:
        raise ValueError(f"{name} is not installed here, so that its version is not known") from None


if __name__ == "__main__":
    sys.exit(main())
