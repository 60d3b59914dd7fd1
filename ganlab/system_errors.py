"""Errors of the operating system in words: which file or folder, what is wrong with it, and what to do."""

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from safetensors import SafetensorError


class _Words(NamedTuple):
    problem: str  # follows the path
    remedy: str


_NOT_ALLOWED = _Words(
    "is not yours to use like this (permission denied)",
    "let its owner give you the right, or choose another folder",
)
_NO_LOCKS = _Words("is on a disk whose files cannot be locked", "choose a folder on a local disk")
_LOST_LINK = _Words("is a link that leads nowhere", "mount its disk, or remove the link")
WORDS: dict[int, _Words] = {
    errno.EACCES: _NOT_ALLOWED,
    errno.EPERM: _NOT_ALLOWED,
    errno.EROFS: _Words("is on a disk that may only be read", "choose a folder on another disk"),
    errno.ENOSPC: _Words(
        "could not be written: the disk is full", "Free some space on that disk, or choose another folder"
    ),
    errno.EDQUOT: _Words(
        "could not be written: your share of the disk is used up",
        "Free some space on that disk, or choose another folder",
    ),
    errno.EFBIG: _Words(
        "could not be written: it is larger than a file may be here",
        "Free some space on that disk, or choose another folder",
    ),
    errno.ENOENT: _Words("is not there", "check its name, or put it back"),
    errno.EEXIST: _Words("is there already", "choose another name, or move it away"),
    errno.ENAMETOOLONG: _Words("has a name that is too long for this disk", "choose a shorter one"),
    errno.EILSEQ: _Words("has a name with letters that this disk does not take", "choose another name"),
    errno.EISDIR: _Words("is a folder where a file must be", "move it away, or choose another name"),
    errno.ENOTDIR: _Words(
        "goes through a file where a folder must be", "move that file away, or choose another folder"
    ),
    errno.ENOTEMPTY: _Words("is a folder that is not empty", "move away what is in it"),
    errno.ELOOP: _Words("is a link that leads back to itself", "remove the link"),
    errno.EMFILE: _Words(
        "cannot be opened: this program has too many files open", "raise the limit (ulimit -n), or start it again"
    ),
    errno.ENFILE: _Words("cannot be opened: this machine has too many files open", "end other programs"),
    errno.ENOLCK: _NO_LOCKS,
    errno.ENOSYS: _NO_LOCKS,
    errno.EIO: _Words(
        "cannot be read or written: its disk reports an error", "look after that disk, and copy the file"
    ),
    errno.ENXIO: _Words("cannot be used: its disk has gone", "connect that disk again"),
    errno.ENODEV: _Words("is not a file that can be read like this", "choose a file on a disk"),
    errno.ESTALE: _Words("was taken away by the server of a network share", "connect that share again"),
    errno.ETIMEDOUT: _Words("is on a network share that does not answer", "connect that share again"),
    errno.EBUSY: _Words("is in use by another program", "end that program, or try again later"),
    errno.ETXTBSY: _Words("is in use by another program", "end that program, or try again later"),
}
NO_TEMPORARY = "No usable temporary directory"
"""How Python says that there is none: with the number of a file that is not there, and no file."""
HALF = re.compile("[\ud800-\udfff]")
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def in_words(error: BaseException, path: Path | None = None) -> str:
    """What went wrong, as one sentence without a full stop; an error that is not the system's as it says itself.

    It names the error's own path or paths, else `path`.
    """
    if not isinstance(error, OSError):
        return printable(str(error))
    if NO_TEMPORARY in str(error):
        return "no folder for temporary files can be written to; set TMPDIR to one that can"
    number = error_number(error)
    words = WORDS.get(number) if number is not None else None
    if number == errno.EEXIST and _leads_nowhere(error.filename):  # as making a folder in its place answers
        words = _LOST_LINK
    names = [os.fsdecode(name) for name in (error.filename, error.filename2) if isinstance(name, str | bytes)]
    subject = " or ".join(dict.fromkeys(names)) or (str(path) if path else "")
    if words is None or not subject:
        return printable(_as_it_says(error, words, subject))
    return printable(f"{subject} {words.problem}{_joined(words.remedy)}")


def error_number(error: BaseException) -> int | None:
    """The system's number of an error; safetensors, which is written in Rust, has it in its text alone."""
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno
    found = re.search(r"\(os error (\d+)\)", str(error))
    if found:
        return int(found[1])
    return errno.ENOENT if isinstance(error, FileNotFoundError) else None


def printable(text: str) -> str:
    """The text with bytes of names that are no UTF-8 written as `\\xff`, and halves of letters as `\\ud800`.

    Nothing can print, send or save them else.
    """
    return HALF.sub(lambda found: _spelt(ord(found[0])), text)


def text_path(path: Path) -> Path:
    """The path itself. ValueError when its bytes are no UTF-8: safetensors opens none such, no page can show it."""
    if printable(str(path)) != str(path):
        raise ValueError(f"{printable(str(path))} has a name that is no UTF-8; give the file or folder another")
    return path


def is_readable(path: Path) -> bool:
    """Whether this process may read the file or folder."""
    return os.access(path, os.R_OK, effective_ids=os.access in os.supports_effective_ids)


@contextmanager
def about(path: Path) -> Iterator[None]:
    """Give errors of the system that the block raises without a path this one; of safetensors, too."""
    try:
        yield
    except (OSError, SafetensorError) as error:
        if getattr(error, "filename", None) is not None:
            raise
        if isinstance(error, FileNotFoundError):  # safetensors says so of every file that it cannot open
            os.close(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)))
        number = error_number(error)
        if number is None:
            raise
        raise OSError(number, os.strerror(number), str(path)) from error


def _leads_nowhere(path: object) -> bool:
    return isinstance(path, str | bytes) and os.path.islink(path) and not os.path.exists(path)


def _as_it_says(error: OSError, words: _Words | None, subject: str) -> str:
    if words:
        return f"a file {words.problem}{_joined(words.remedy)}"
    reason = error.strerror or str(error) or type(error).__name__
    return f"{subject} cannot be used ({reason})" if subject else reason


def _joined(remedy: str) -> str:
    return f". {remedy}" if remedy[:1].isupper() else f"; {remedy}"


def _spelt(half: int) -> str:
    return f"\\x{half - 0xDC00:02x}" if 0xDC80 <= half <= 0xDCFF else f"\\u{half:04x}"
