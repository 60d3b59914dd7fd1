"""How models and runs are called in addresses, on pages and on the command line: by the names of their files.

An id is the name, with the characters escaped that a shell or an address would take for something else. Of two of one
name the later kind is told with its folder: `runs/tiny` beside a shipped `tiny`. No file's name holds a slash.
"""

import shlex
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import unquote

EARLIER = {"runs": "run-", "uploads": "upload-", "studies": "study-"}
"""What ids of a folder began with in addresses of earlier versions."""


class Named(NamedTuple):
    """Something with a name of its own within a folder; shipped models are in none."""

    folder: str
    name: str


def escaped(name: str) -> str:
    """The name as one word of a shell and of an address, which is no option and no hidden file."""
    head, rest = name[:1], name[1:]
    return _escaped(head, keep="_") + _escaped(rest, keep="_.-")


def _escaped(text: str, *, keep: str) -> str:
    return "".join(char if char.isalnum() or char in keep else _code(char) for char in text)


def _code(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode(errors="surrogateescape"))


def shown(model_id: str) -> str:
    """What people read for an id."""
    return unquote(model_id)


def in_shell(model_id: str) -> str:
    """The id as one word of a shell, as people read it where that is no option."""
    name = shown(model_id)
    return model_id if name.startswith("-") else shlex.quote(name)


def assign(things: Iterable[Named]) -> dict[Named, str]:
    """An id for each; the first of a name has it alone."""
    ids: dict[Named, str] = {}
    taken: set[str] = set()
    for thing in things:
        word = escaped(thing.name)
        ids[thing] = f"{thing.folder}/{word}" if word in taken else word
        taken.add(word)
    return ids


def spellings(ids: Mapping[Named, str]) -> dict[str, str]:
    """All that each id may be asked by: itself, with its folder, unescaped, and as earlier versions wrote it."""
    forms = (
        lambda thing: ids[thing],
        lambda thing: f"{thing.folder}/{escaped(thing.name)}",
        lambda thing: shown(ids[thing]),
        lambda thing: thing.name,
        lambda thing: EARLIER.get(thing.folder, "") + thing.name,
    )
    found: dict[str, str] = {}
    for form in forms:
        for thing, own in ids.items():
            found.setdefault(form(thing), own)
    return found
