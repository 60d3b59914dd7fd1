"""What went wrong, as pages say it."""

from ganlab.explore import library
from ganlab.system_errors import in_words
from ganlab.ui.markdown import escaped


def of_system(error: BaseException) -> str:
    """What is wrong with a file or folder, as Markdown, such as a model that somebody else has deleted meanwhile.

    Empty for an error that the system has no part in.
    """
    part: BaseException | None = error
    while isinstance(part, ValueError):  # a reader's refusal, and what it was raised from
        part = part.__cause__
    return told(error) if isinstance(part, OSError) else ""


def told(problem: BaseException | str) -> str:
    """An error or a message that may hold anything, as Markdown that shows it as it is, without the server's paths."""
    return escaped(library.without_folders(problem if isinstance(problem, str) else in_words(problem)))
