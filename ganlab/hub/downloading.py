"""A checkpoint of the hub, in the hub's own cache on this machine."""

from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from ganlab import checkpoints
from ganlab.checkpoints import MAX_FILE_BYTES
from ganlab.export import digest
from ganlab.foreign import shortened
from ganlab.hub.address import Address, parse_address
from ganlab.hub.client import Unreachable, client, endpoint, in_words

SUFFIX = ".safetensors"
MOST_NAMED = 8  # files in a message


class Told(NamedTuple):
    """What the hub tells of a file."""

    bytes: int
    sha256: str  # of its content; empty where the hub does not say


class Taken(NamedTuple):
    """A checkpoint file from the hub."""

    path: Path
    note: str  # what is to be said of it, in a sentence; empty mostly


def take(address: str, *, apart: Path | None = None) -> Taken:
    """The checkpoint at an address of the hub, downloaded unless it is here; what is here where the hub is not reached.

    `apart` is a folder to download to without the user's token and without a look at what the user has: for others.
    The file is checked as any other. ValueError for a repository, a revision or a file that there is not, for a file
    that is no checkpoint or too large, and where nothing is here and the hub cannot be reached.
    """
    wanted = parse_address(address)
    api = client(as_nobody=apart is not None)
    try:
        with in_words(wanted.repo):
            files = list_files(api, wanted)
            name = _chosen(wanted, files)
            taken = Taken(_downloaded(wanted, name, files[name], apart), "")
    except Unreachable as reason:
        found = None if apart else _cached(wanted)
        if found is None:
            raise ValueError(f"{reason}, and {wanted} is not among what was downloaded before") from reason
        taken = Taken(found, f"{reason}: this is {wanted} as it was downloaded before.")
    try:
        checkpoints.read_card(taken.path)
    except ValueError as error:
        raise ValueError(str(error).replace(str(taken.path), f"{wanted}", 1)) from error
    return taken


def list_files(api: "object", wanted: Address) -> dict[str, Told]:
    """The files of the repository, by name."""
    info = api.model_info(wanted.repo, revision=wanted.revision, files_metadata=True)  # type: ignore[attr-defined]
    return {
        file.rfilename: Told(int(file.size or 0), file.lfs.sha256 if file.lfs else "") for file in info.siblings or ()
    }


def _chosen(wanted: Address, files: dict[str, Told]) -> str:
    name = wanted.file or _only(wanted, files)
    if not name.endswith(SUFFIX):
        raise ValueError(f"{wanted} is not a {SUFFIX} file; other formats can run code when opened, and are never read")
    if name not in files:
        raise ValueError(f"{wanted.repo} has no file {shortened(name, 80)}; it has {_named(files)}")
    if files[name].bytes > MAX_FILE_BYTES:
        raise ValueError(f"{wanted} has {files[name].bytes:,} bytes; checkpoints have at most {MAX_FILE_BYTES:,}")
    return name


def _only(wanted: Address, names: Collection[str]) -> str:
    found = sorted(name for name in names if name.endswith(SUFFIX))
    if not found:
        raise ValueError(f"{wanted} holds no checkpoint (a {SUFFIX} file); it has {_named(names)}")
    if len(found) > 1:
        raise ValueError(f"{wanted} holds several checkpoints; choose one: {wanted}/{found[0]}, among {_named(found)}")
    return found[0]


def _named(names: Collection[str]) -> str:
    shown = [shortened(name, 80) for name in sorted(names)[:MOST_NAMED]]
    more = len(names) - len(shown)
    return (", ".join(shown) or "nothing") + (f" and {more} more" if more else "")


def _downloaded(wanted: Address, name: str, told: Told, apart: Path | None) -> Path:
    """The file, from the cache where that has it; anew where what the cache has is damaged, which its client trusts."""
    from huggingface_hub import hf_hub_download

    token = None if apart is None else False

    def get(*, anew: bool) -> Path:
        return Path(
            hf_hub_download(
                wanted.repo,
                name,
                revision=wanted.revision,
                endpoint=endpoint(),
                local_dir=apart,
                token=token,
                force_download=anew,
            )
        )

    path = get(anew=False)
    return path if _is_whole(path, told) else get(anew=True)


def _is_whole(path: Path, told: Told) -> bool:
    if told.bytes and path.stat().st_size != told.bytes:
        return False
    return not told.sha256 or digest(path) == told.sha256


def _cached(wanted: Address) -> Path | None:
    """What was downloaded before; None where nothing, or not one file alone, fits the address."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        folder = Path(snapshot_download(wanted.repo, revision=wanted.revision, local_files_only=True))
    except (LocalEntryNotFoundError, FileNotFoundError):
        return None
    names = [path.relative_to(folder).as_posix() for path in folder.rglob(f"*{SUFFIX}")]
    name = wanted.file if wanted.file in names else (_only(wanted, names) if names and not wanted.file else None)
    return folder / name if name else None
