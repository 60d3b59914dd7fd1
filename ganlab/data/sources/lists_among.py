"""Which files among the pictures of a source may be lists of their labels."""

from collections.abc import Callable
from pathlib import PurePosixPath

from ganlab.data.sources.list_files import LISTS, MOST_LIST_BYTES, SUFFIXES

MOST_OTHERS = 20  # that are not called as lists usually are; more are captions, one a picture
MOST_OTHER_BYTES = 64 * 2**20  # of them together: an archive's are kept in memory


class ListsAmong:
    """Collects them: those that are called as lists usually are, and a few others, of which people can choose one."""

    def __init__(self) -> None:
        self._usual: dict[str, Callable[[], bytes]] = {}
        self._others: dict[str, Callable[[], bytes]] = {}
        self._other_bytes = 0

    def wants(self, name: str, size: int) -> bool:
        """Whether the file of `size` bytes may be one, and is to be added."""
        path = PurePosixPath(name)
        if path.name.lower() in LISTS:
            return size <= MOST_LIST_BYTES
        if path.suffix.lower() not in SUFFIXES or len(self._others) > MOST_OTHERS:
            return False
        self._other_bytes += size
        return self._other_bytes <= MOST_OTHER_BYTES

    def add(self, name: str, read: Callable[[], bytes]) -> None:
        (self._usual if PurePosixPath(name).name.lower() in LISTS else self._others)[name] = read

    def found(self) -> dict[str, Callable[[], bytes]]:
        """What reads each list, by its name."""
        return self._usual | (self._others if len(self._others) <= MOST_OTHERS else {})
