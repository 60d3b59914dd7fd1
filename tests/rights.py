"""Tests of what a user may not read or write, as any user: root is bound by the rights of files here, too."""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

CAPABILITIES_VERSION = 0x20080522
OVERRIDES = (1 << 1) | (1 << 2)  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH

Words = ctypes.c_uint32 * 2
Sets = ctypes.c_uint32 * 6  # effective, permitted, inheritable; twice


@contextmanager
def bound_by_rights() -> Iterator[None]:
    """Within the block, this thread and those that it starts may do what the bits of files and folders say."""
    if os.name != "posix":
        pytest.skip("files have such modes on POSIX only")
    if os.geteuid() != 0:
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header, before = Words(CAPABILITIES_VERSION, 0), Sets()
    assert libc.capget(header, before) == 0
    fewer = Sets(*before)
    fewer[0] &= ~OVERRIDES
    assert libc.capset(header, fewer) == 0
    try:
        yield
    finally:
        assert libc.capset(header, before) == 0


@contextmanager
def changed(path: Path, mode: int) -> Iterator[None]:
    """The file or folder has other rights, and everybody is bound by them."""
    before = path.stat().st_mode
    path.chmod(mode)
    try:
        with bound_by_rights():
            yield
    finally:
        path.chmod(before)
