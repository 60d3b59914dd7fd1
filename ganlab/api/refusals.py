"""What the system refuses, as a ValueError that names the path and the remedy: callers meet no other error."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ganlab.system_errors import in_words


@contextmanager
def as_values(path: Path | None = None) -> Iterator[None]:
    """Errors of the system that the block, or the function that this decorates, raises; `path` where they name none."""
    try:
        yield
    except OSError as error:
        ours = error.errno is None and not isinstance(error, FileNotFoundError)  # in words, with the path, already
        raise ValueError(in_words(error, None if ours else path)) from error
