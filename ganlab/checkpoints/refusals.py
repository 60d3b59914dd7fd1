"""How a file is refused: in words that begin with its path, and that stay short whatever stands in the file."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from safetensors import SafetensorError

from ganlab.foreign import shortened
from ganlab.system_errors import in_words

AGAIN = "copy or download it again, or export it again from its run"


@contextmanager
def refusals(path: Path) -> Iterator[None]:
    """Whatever a reader finds wrong with the file at `path`, as one ValueError that names it."""
    try:
        yield
    except OSError as error:
        raise ValueError(in_words(error, path)) from error
    except SafetensorError as error:
        raise ValueError(f"{path} is damaged or cut short ({shortened(str(error), 200)}); {AGAIN}") from error
    except ValueError as error:
        reason = str(error)
        begins = reason.startswith(str(path))
        told = shortened(reason.removeprefix(str(path)))
        raise ValueError(f"{path}{told}" if begins else f"{path}: {told}") from error
