"""Numbers as people read them, and with their nouns in the singular or the plural."""

from collections.abc import Sequence
from typing import NamedTuple

LEAST_NUMBER = 0.00001  # that is not only told to be nearer to 0
MOST_DIGITS = 18  # that fit into 64 bits


class Noun(NamedTuple):
    """What there may be one of, or many."""

    one: str
    many: str

    def counted(self, number: int) -> str:
        return counted(number, *self)


def is_whole(text: str) -> bool:
    """Whether the text is a whole number, written out in digits; Python refuses to read one of thousands of them."""
    return text.isdecimal() and len(text) <= MOST_DIGITS


def counted(number: int, one: str, many: str = "") -> str:
    """`1 file` or `1,200 files`; `many` where it is not `one` with an s, as in `1 picture is`, `2 pictures are`."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def named(names: Sequence[str], most: int) -> str:
    """The names in a row, or the first of them and how many more there are: `a, b and 97 more`."""
    if len(names) <= most + 1:
        return ", ".join(names)
    return f"{', '.join(names[:most])} and {len(names) - most:,} more"


def number(value: float) -> str:
    """Three digits that count, or all before the point, without an exponent: `0.0123`, `3,911`, `<0.00001`."""
    if abs(value) >= 999.5:
        return f"{value:,.0f}"
    if abs(value) >= 0.001 or value == 0:
        return f"{value:.3g}"
    if abs(value) < LEAST_NUMBER:
        return f"<{LEAST_NUMBER:.5f}" if value > 0 else f">-{LEAST_NUMBER:.5f}"
    return f"{value:.5f}"


def times_in_words(ratio: float) -> str:
    """A positive ratio, as in `200 times`, `40% of` or `a 1,500th of`."""
    if ratio > 1:
        return f"{number(ratio)} times"
    if ratio > 0.1:
        return f"{ratio:.0%} of"
    part = int(float(f"{1 / ratio:.2g}"))
    last = "th" if part % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(part % 10, "th")
    return f"a {part:,}{last} of"


def bytes_in_words(count: int) -> str:
    """Bytes in the unit that a person would choose."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"
