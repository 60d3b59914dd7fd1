"""The browser's scripts: ES modules that the app serves, shared pages have beside them, and notebooks get as one text.

A module is named by its place below `folders.WEB`, such as `stage/stage.js`, and imports others by relative addresses.
"""

import functools
import hashlib
import posixpath
import re
from typing import Any

from ganlab import folders

_IMPORT = re.compile(r'^(?:import|export) [^;]*?"(\.{1,2}/[\w./-]+\.js)";$', re.MULTILINE)


@functools.cache
def text(name: str) -> str:
    """The file of that name: a script or a style."""
    return (folders.WEB / name).read_text(encoding="utf-8")


@functools.cache
def modules() -> tuple[str, ...]:
    """The names of all scripts."""
    return tuple(sorted(path.relative_to(folders.WEB).as_posix() for path in folders.WEB.rglob("*.js")))


@functools.cache
def digest() -> str:
    """16 hex digits that change whenever a script does."""
    whole = hashlib.sha256()
    for name in modules():
        whole.update(f"{name}\0{text(name)}\0".encode())
    return whole.hexdigest()[:16]


@functools.cache
def needed(entry: str) -> tuple[str, ...]:
    """What a module imports, directly or not, and itself: in an order in which each comes after what it imports.

    ValueError when an import leads to no module, or in a circle.
    """
    found: list[str] = []
    _visit(entry, found, ())
    return tuple(found)


def imports(name: str) -> dict[str, str]:
    """What a module imports itself: relative address => name."""
    folder = posixpath.dirname(name)
    return {path: posixpath.normpath(posixpath.join(folder, path)) for path in _IMPORT.findall(text(name))}


def _visit(name: str, found: list[str], above: tuple[str, ...]) -> None:
    if name in above:
        raise ValueError(f"scripts import each other in a circle: {' -> '.join([*above, name])}")
    if name not in modules():
        raise ValueError(f"{above[-1] if above else 'somebody'} imports {name}, and {folders.WEB} has no such script")
    for other in imports(name).values():
        if other not in found:
            _visit(other, found, (*above, name))
    found.append(name)


def linkable(entry: str) -> dict[str, dict[str, Any]]:
    """What `link.js` makes addresses of: name => code and imports, each after what it imports."""
    return {name: {"code": text(name), "imports": imports(name)} for name in needed(entry)}
