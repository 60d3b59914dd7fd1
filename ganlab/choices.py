"""Which of several names somebody meant, in the words of an error."""

import difflib
import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from ganlab.foreign import shortened

MOST_NAMED = 60
SAME_WORD = 0.8  # of difflib's ratio
MOST_LETTERS = 80  # of a name that is compared: a comparison takes the product of both lengths


def nearest(name: object, known: Iterable[str]) -> str:
    """The one of `known` that `name` is most like, whatever its capitals; empty where it is like none."""
    by_small = {one.lower(): one for one in known}
    close = difflib.get_close_matches(str(name)[:MOST_LETTERS].lower(), by_small, 1)
    return by_small[close[0]] if close else ""


def by_words(name: str, texts: Mapping[str, str]) -> list[str]:
    """Those keys of `texts` whose text has all words of the name, about as they are spelt: for other words for it."""
    words = _words(name)
    return [
        key
        for key, text in texts.items()
        if words and all(difflib.get_close_matches(word, _words(text), 1, SAME_WORD) for word in words)
    ]


def instead(
    name: object, known: Iterable[str], *, none: str = "none", texts: Mapping[str, str] = MappingProxyType({})
) -> str:
    """How a message about an unknown `name` ends: `, did you mean 'b'? choose from a, b` or `; choose from a, b`.

    none: what to say where nothing is known.
    texts: what some of the known ones are, where their words may be typed instead of their names.
    """
    names = list(known)
    close = nearest(name, names)
    meant = " or ".join(repr(shortened(one, 200)) for one in ([close] if close else by_words(str(name), texts)))
    more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
    hint = f", did you mean {meant}?" if meant else ";"
    return f"{hint} choose from {', '.join(names[:MOST_NAMED]) or none}{more}"


def _words(text: str) -> list[str]:
    return re.findall("[a-z]+", text[:MOST_LETTERS].lower())
