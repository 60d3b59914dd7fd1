"""What went wrong, as pages say it."""

from ganlab.explore import library
from ganlab.system_errors import in_words
from ganlab.ui.markdown import escaped


def told(problem: BaseException | str) -> str:
    """An error or a message that may hold anything, as Markdown that shows it as it is, without the server's paths."""
    return escaped(library.without_folders(problem if isinstance(problem, str) else in_words(problem)))
