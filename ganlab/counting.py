"""Numbers with their nouns, in the singular or the plural."""

from typing import NamedTuple


class Noun(NamedTuple):
    """What there may be one of, or many."""

    one: str
    many: str

    def counted(self, number: int) -> str:
        return counted(number, *self)


def counted(number: int, one: str, many: str = "") -> str:
    """`1 file` or `1,200 files`; `many` where it is not `one` with an s, as in `1 picture is`, `2 pictures are`."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def bytes_in_words(count: int) -> str:
    """Bytes in the unit that a person would choose."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"
