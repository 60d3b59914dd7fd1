"""What is printed must not end work: the terminal may be closed, the reader of a pipe may go, a log's disk be full."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from typing import Any, TextIO


class Audience:
    """Whether anybody can still be shown anything."""

    def __init__(self, when_gone: Callable[[], object] = lambda: None) -> None:
        self.gone = False
        self._when_gone = when_gone

    def leave(self) -> None:
        if not self.gone:
            self.gone = True
            self._when_gone()


@contextmanager
def shown_to(audience: Audience) -> Iterator[None]:
    """Within the block, what cannot be printed goes nowhere, and the audience is told once that it is gone."""
    with redirect_stdout(_Stream(sys.stdout, audience)), redirect_stderr(_Stream(sys.stderr, audience)):
        yield


class _Stream:
    """A text stream that swallows what its target does not take any more."""

    def __init__(self, target: TextIO, audience: Audience) -> None:
        self._target, self._audience = target, audience

    def write(self, text: str) -> int:
        self._try(lambda: self._target.write(text))
        return len(text)

    def flush(self) -> None:
        self._try(self._target.flush)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._target, name)

    def _try(self, action: Callable[[], object]) -> None:
        try:
            action()
        except OSError:
            with suppress(OSError, ValueError):  # what is buffered would fail once more when Python ends
                os.dup2(os.open(os.devnull, os.O_WRONLY), self._target.fileno())
            self._audience.leave()
