"""Which kind of source a text names."""

import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from ganlab import listings
from ganlab.choices import nearest
from ganlab.counting import Noun
from ganlab.data.pictures import open_picture
from ganlab.data.sources.collection import ARCHIVE, NO_PICTURE, Collection, PassedOver
from ganlab.data.sources.folders import Look, open_folder
from ganlab.data.sources.hub import SCHEME, downloaded
from ganlab.data.sources.kinds import is_left_behind, kind
from ganlab.data.sources.lists import open_list
from ganlab.data.sources.named import NAMED, open_named
from ganlab.data.sources.npz import open_npz
from ganlab.data.sources.parquet import open_parquet
from ganlab.data.sources.tars import open_tar
from ganlab.data.sources.zips import Spelling, open_zip
from ganlab.foreign import shortened
from ganlab.system_errors import text_path
from ganlab.whole_files import check_name

BESIDE = Noun("picture beside Parquet files with more", "pictures beside Parquet files with more")
FILES: dict[str, Callable[[Path], Collection]] = {
    ".zip": open_zip,
    **dict.fromkeys((".tar", ".tgz", ".tbz", ".tbz2", ".txz", ".gz", ".bz2", ".xz", ".zst"), open_tar),
    **dict.fromkeys((".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".txt"), open_list),
    ".npz": open_npz,
    ".parquet": lambda path: open_parquet([path], str(path)),
}
"""By the last suffix of a file's name."""


def open_source(source: str, look: Look = lambda found: None, *, zip_names: Spelling = "auto") -> Collection:
    """The pictures of a folder or a file, or of a data set by its name.

    zip_names: how names in a zip are spelt that do not say so.

    ValueError names it, says what is wrong and what to do: nothing there, no kind of source, or no pictures in it.
    """
    if not source.strip():
        raise ValueError("no pictures are named; name a folder or file of them (is a variable of your shell empty?)")
    if source.startswith(SCHEME):
        path = downloaded(source)
    else:
        path = text_path(Path(source))
        check_name(path)
    if listings.is_folder(path):
        collection = _open_folder(path, source, look)
    elif listings.is_file(path):
        opener = _opener(path)
        collection = open_zip(path, zip_names) if opener is open_zip else opener(path)
    elif source in NAMED:
        collection = open_named(source)
    else:
        raise ValueError(
            f"{shortened(source, 300)} is not there; name a folder or file of pictures, {SCHEME}datasets/OWNER/NAME, "
            f"or one of {', '.join(NAMED)}{f'; did you mean {close}?' if (close := nearest(source, NAMED)) else ''}"
        )
    if not len(collection.names):
        raise ValueError(_no_pictures(collection))
    return collection


def _open_folder(path: Path, source: str, look: Look) -> Collection:
    """The pictures in a folder; those in its Parquet files where these hold more, as beside a logo on the hub."""
    found = open_folder(path, look)
    tables = _parquet_files(path) if any(over.what == NO_PICTURE for over in found.passed_over) else []
    if not tables:
        return found
    if not len(found.names):
        return open_parquet(tables, source)
    with suppress(ValueError):  # they hold something else
        rows = open_parquet(tables, source)
        if len(rows.names) > len(found.names):
            return replace(rows, passed_over=(PassedOver(BESIDE, len(found.names), found.names[0]),))
    return found


def _parquet_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.parquet") if not is_left_behind(str(path.relative_to(folder))))


def _opener(path: Path) -> Callable[[Path], Collection]:
    if path.suffix.lower() in FILES:
        return FILES[path.suffix.lower()]
    if zipfile.is_zipfile(path):
        return open_zip
    try:
        open_picture(path)
    except ValueError:
        if kind(path.name) == "picture":
            raise  # which says what is wrong with it
        if kind(path.name) == "archive":
            raise ValueError(f"{path} is an archive that is not read here: unpack it, and add its folder") from None
        raise ValueError(f"{path} is no source of pictures; choose a folder, or a file of {', '.join(FILES)}") from None
    raise ValueError(f"{path} is one picture; put it with others into a folder, and add that")


def _no_pictures(collection: Collection) -> str:
    found = [f"{over.counted} (the first: {shortened(over.first, 80)})" for over in collection.passed_over]
    if any(over.what == ARCHIVE for over in collection.passed_over):
        several = sum(over.number for over in collection.passed_over if over.what == ARCHIVE) > 1
        then = "unpack them, and add what they hold" if several else "unpack it, and add what it holds"
        return f"{collection.title} holds no pictures, but {'; '.join(found)}: {then}"
    return f"{collection.title} holds no pictures{', only ' + '; '.join(found) if found else ''}; choose another source"
