"""What others wrote: which text is taken, how it stands in messages, and JSON that may hold anything."""

import errno
import functools
import json
import os
import re
import stat
import unicodedata
from collections.abc import Callable
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, BinaryIO, Literal, TypeVar, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel, ValidationError, model_validator

Record = TypeVar("Record", bound=BaseModel)

MOST_SHOWN = 600  # letters of a message
MOST_KEPT = 4_000  # letters of a text in a record
MOST_PROBLEMS = 3  # of a file that are named in a message
MAX_JSON_BYTES = 8 * 2**20

_JOINERS = "\u200c\u200d"  # invisible, but part of Persian words and of emoji
_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")  # control and direction marks, halves of letters, line separators


_IN_OTHER_WORDS = {
    "model_type": "Input should be an object with names and values",
    **dict.fromkeys(("bool_parsing", "bool_type"), "Input should be true or false"),
    **dict.fromkeys(("int_parsing", "int_type", "int_from_float"), "Input should be a whole number"),
    **dict.fromkeys(("float_parsing", "float_type"), "Input should be a number"),
    "string_unicode": "Input should be text of UTF-8",
}
"""By the kind of pydantic's errors: what it says itself names a class of this program, or no valid choice."""

NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,62}")
"""Names that become folders and files, on every system."""


_MARKUP = re.compile(r"[\\`*_{}\[\]<>()#!|&~$]|:(?=//)|(?<=www)\.|^[-+=:]")
_NUMBER = re.compile(r"^(\d{1,9})([.)])")


def without_markup(words: str) -> str:
    """Any words in one line, so that Markdown sees no mark-up in them, no formulas, no addresses to link to."""
    plain = _MARKUP.sub(r"\\\g<0>", " ".join(words.split()))
    return _NUMBER.sub(r"\1\\\2", plain)


def plain_name(name: str) -> str:
    """The name, when it can become that of a folder and a file on every system; ValueError says which can."""
    if not NAME.fullmatch(name):
        raise ValueError(
            f"{shortened(name, 80)!r} is no name; use up to 63 small letters, digits, dots and hyphens, no dot or "
            "hyphen first"
        )
    return name


def is_real_text(text: str) -> bool:
    """Whether each letter can be stored, and shows as what it is: no control marks, no halves of letters."""
    return text.isprintable() or not any(map(_is_unseen, text))


def shortened(text: str, most: int = MOST_SHOWN) -> str:
    """The text as messages may show it, at most `most` letters: the middle of a longer one goes.

    Line breaks and tabs become spaces, other marks that cannot be seen a replacement character.
    """
    if len(text) > most:
        head = most * 2 // 3
        text = f"{text[:head]} ... {text[len(text) - (most - head - 5) :]}"
    text = re.sub(r"\s*[\r\n]+\s*", " ", text).replace("\t", " ")
    return text if text.isprintable() else "".join("\ufffd" if _is_unseen(letter) else letter for letter in text)


def reasons(error: ValidationError, whole: str = "") -> str:
    """What does not fit, as `place: reason`, without the values; `whole` is what the values are together."""
    found = error.errors(include_url=False, include_input=False, include_context=False)
    told = [
        f"{'.'.join(shortened(str(part), 60) for part in one['loc']) or whole}: "
        f"{_IN_OTHER_WORDS.get(one['type'], one['msg'].removeprefix('Value error, '))}"
        for one in found[:MOST_PROBLEMS]
    ]
    more = [f"and {len(found) - MOST_PROBLEMS} more"] if len(found) > MOST_PROBLEMS else []
    return shortened("; ".join([*(text.removeprefix(": ") for text in told), *more]))


class TrueIsNoNumber(BaseModel):
    """A record of settings: true and false stand for no number in it, which Python takes for 1 and 0."""

    @model_validator(mode="before")
    @classmethod
    def _as_words(cls, values: Any) -> Any:
        """Of numbers and choices, so that the field's own check refuses them and says what it takes."""
        if not isinstance(values, dict):
            return values
        return values | {name: json.dumps(values[name]) for name in _counted(cls) if isinstance(values.get(name), bool)}


def parse_as(
    model: type[Record], content: str | bytes, *, what: str, whole: str = "the file", most: int, remedy: str = ""
) -> Record:
    """The record that a JSON text holds. ValueError where it is longer than `most`, no UTF-8, or holds something else.

    A byte order mark, as editors of Windows write it, is passed over.

    what: what it should be, such as "file of kept latents".
    whole: what messages call the text.
    remedy: what to do about it.
    """
    if len(content) > most:
        unit = "letters" if isinstance(content, str) else "bytes"
        raise ValueError(f"it has {len(content):,} {unit}; a {what} has at most {most:,}")
    try:
        return model.model_validate_json(
            content.removeprefix("\ufeff") if isinstance(content, str) else decoded(content)
        )
    except ValueError as error:
        why = reasons(error, whole) if isinstance(error, ValidationError) else str(error)
        then = f"; {remedy}" if remedy else ""
        raise ValueError(f"it is no {what} ({why}){then}") from error


def decoded(content: bytes) -> str:
    """The text of a file, without a byte order mark. ValueError, with the remedy, where it is no UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"it is no UTF-8 ({error.reason} at byte {error.start:,}); save it as UTF-8") from None


def parse_json(text: str | bytes, an_object: Callable[[list[tuple[str, Any]]], Any] | None = None) -> Any:
    """The values that a JSON text holds; ValueError where it holds none that fit into memory or onto the stack.

    an_object: what makes an object of its names and values; a dict, in which the last of two of one name counts.
    """
    try:
        return json.loads(text, object_pairs_hook=an_object)  # noqa: TID251
    except RecursionError:
        raise ValueError("its lists lie in each other too deeply") from None
    except ValueError as error:
        if "set_int_max_str_digits" in str(error):  # a remedy for programmers
            raise ValueError("it has a whole number of thousands of digits") from None
        raise


def open_regular(path: Path) -> BinaryIO:
    """The file at `path`, open for reading. OSError for what is no regular file: a named pipe may block for ever."""
    number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    mode = os.fstat(number).st_mode
    if not stat.S_ISREG(mode):
        os.close(number)
        kind = errno.EISDIR if stat.S_ISDIR(mode) else errno.ENODEV
        raise OSError(kind, os.strerror(kind), str(path))
    return open(number, "rb")


def read_bytes(path: Path, most: int = -1) -> bytes:
    """What a regular file holds, at most its first `most` bytes. OSError as above."""
    with open_regular(path) as file:
        return file.read(most)


def read_end(path: Path, most: int) -> bytes:
    """At most the last `most` bytes of a regular file. OSError as above."""
    with open_regular(path) as file:
        file.seek(max(0, os.fstat(file.fileno()).st_size - most))
        return file.read(most)


def read_all(path: Path, max_bytes: int) -> bytes:
    """What a regular file holds. ValueError where that is more than `max_bytes`; OSError as above."""
    content = read_bytes(path, max_bytes + 1)
    if len(content) > max_bytes:
        raise ValueError(f"it has more than the {max_bytes:,} bytes that are read")
    return content


def read_json(path: Path, max_bytes: int = MAX_JSON_BYTES) -> Any:
    """The values in a JSON file, with or without a byte order mark. ValueError says what is wrong, not in which file.

    OSError where there is no such file.
    """
    return parse_json(decoded(read_all(path, max_bytes)))


def is_format(value: object, wanted: int) -> bool:
    """Whether a file says that it is of the format `wanted`: a whole number, and neither true nor 1.0."""
    return type(value) is int and value == wanted


@functools.cache  # the status of every run is read again and again
def _counted(record: type[BaseModel]) -> tuple[str, ...]:
    """The fields of a record that hold numbers or choices."""
    fields = {name: field.annotation for name, field in record.model_fields.items()}
    return tuple(name for name, kind in fields.items() if get_origin(kind) is Literal or _is_number(kind))


def _is_number(kind: Any) -> bool:
    """Whether a field of that type holds a number, or one or nothing."""
    if get_origin(kind) is Annotated:
        return _is_number(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        return bool not in get_args(kind) and any(map(_is_number, get_args(kind)))
    return kind in (int, float)


def _cut(text: str) -> str:
    return text if len(text) <= MOST_KEPT else shortened(text, MOST_KEPT)


def _is_unseen(letter: str) -> bool:
    return unicodedata.category(letter) in _UNSEEN and letter not in _JOINERS


def _real_text(text: str) -> str:
    if not is_real_text(text):
        raise ValueError("it holds control marks or halves of letters")
    return text


CutText = Annotated[str, AfterValidator(_cut)]
"""A field for what is told to people: a text of more than `MOST_KEPT` letters loses its middle, `...` says so."""
RealText = Annotated[str, AfterValidator(_real_text)]
"""A field that only takes real text."""
