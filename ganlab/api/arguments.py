"""What callers pass, whatever type of number, text or path stands for it; ValueError, in words, for what does not."""

import operator
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import numpy as np

from ganlab.foreign import shortened

Value = TypeVar("Value")
MOST_SHOWN = 60  # letters of a value in a message
MOST_DIGITS = 4_000  # of a whole number, which Python writes out


def whole(name: str, value: object, *, least: int | None = None, most: int | None = None) -> int:
    """A whole number: Python's, NumPy's or torch's, but no truth value and no number with a fraction."""
    try:
        found = None if _is_switch(value) else operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        found = None
    if found is None:
        raise ValueError(f"{name} is {_told(value)}; it must be a whole number")
    if least is not None and found < least:
        raise ValueError(f"{name} is {_told(found)}; it must be {least} or more")
    if most is not None and found > most:
        raise ValueError(f"{name} is {_told(found)}; it must be {most:,} or less")
    return found


def real(name: str, value: object) -> float:
    """A number of any kind that is no text; infinite ones and NaN are numbers, too."""
    try:
        found = None if _is_switch(value) or isinstance(value, str | bytes) else float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError, RuntimeError):  # the last is torch's, of several numbers
        found = None
    if found is None:
        raise ValueError(f"{name} is {_told(value)}; it must be a number")
    return found


def switch(name: str, value: object) -> bool:
    """A truth value itself: `"no"` would be true."""
    if not isinstance(value, bool | np.bool_):
        raise ValueError(f"{name} is {_told(value)}; it must be True or False")
    return bool(value)


def text(name: str, value: object) -> str:
    """A text itself."""
    if not isinstance(value, str):
        raise ValueError(f"{name} is {_told(value)}; it must be text")
    return value


def path_text(name: str, value: object) -> str:
    """A path, or a name, as text."""
    found = os.fspath(value) if isinstance(value, str | os.PathLike) else None
    if not isinstance(found, str):
        raise ValueError(f"{name} is {_told(value)}; it must be text or a path")
    return found


def file_path(name: str, value: object) -> Path:
    """A path; `~` is the user's home, which no shell has read here."""
    path = Path(path_text(name, value))
    try:
        return path.expanduser()
    except RuntimeError as error:
        raise ValueError(f"{name} is {_told(str(path))}, and there is no such home; write the whole path") from error


def together(some: Mapping[str, Value] | None, others: Mapping[str, Value], *, name: str) -> dict[str, Value]:
    """Both in one. ValueError where the first is no mapping, or both have a key."""
    if some is not None and not isinstance(some, Mapping):
        raise ValueError(f"{name} is {_told(some)}; it must be a dict of names and values")
    if twice := sorted(map(str, (some or {}).keys() & others.keys())):
        raise ValueError(f"{twice[0]} is given twice, also in {name}; leave out one of them")
    return {**(some or {}), **others}


def _is_switch(value: object) -> bool:
    return isinstance(value, bool | np.bool_)


def _told(value: object) -> str:
    """The value in a message; Python writes no number of thousands of digits."""
    if isinstance(value, int) and value.bit_length() > MOST_DIGITS:
        return "a number of thousands of digits"
    return shortened(repr(value) if isinstance(value, str | bytes) else str(value), MOST_SHOWN)
