"""Text that others wrote (names in uploaded files, words of an address) inside Markdown and charts of our own.

Streamlit takes the labels of widgets, tooltips, the options of buttons in a row, toasts and progress for Markdown too;
it shows the options of a select box and the cells of a table as they are.
"""

import html
import re
from collections.abc import Collection
from itertools import islice

from ganlab.choices import nearest
from ganlab.foreign import shortened

MOST_LETTERS = 2_000
MOST_CHOICES = 12
_SPECIAL = re.compile(
    r"[\\`*\[\]<>$~|&#]"
    r"|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])"  # inside a word it stands for itself
)
_NAMED = re.compile(r":(?=[^\W\d]|[+-]|\d[\w+-]*:)")
"""`:word` is a directive, `:100:` a picture and `:material/delete:` an icon, the latter two also behind a backslash."""
_ADDRESS = re.compile(r"(?i)(://|www\.|@)")
_WORD_JOINER = "\u2060"  # invisible; the browser would find addresses and icons even behind backslashes


def escaped(text: str) -> str:
    """The text as it is written: no links, pictures, formulas, colours or tables; line breaks become spaces."""
    plain = _SPECIAL.sub(r"\\\g<0>", shortened(text, MOST_LETTERS))
    unnamed = _NAMED.sub(":" + _WORD_JOINER, plain)
    return _ADDRESS.sub(lambda found: found[0][0] + _WORD_JOINER + found[0][1:], unnamed)


def code(text: str) -> str:
    """The text as a span of code, whatever backticks it has."""
    text = shortened(text, MOST_LETTERS)
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    room = " " if len(fence) > 1 or text != text.strip() or not text else ""
    return f"{fence}{room}{text}{room}{fence}"


def choose_from(name: str, known: Collection[str]) -> str:
    """What follows the sentence that there is no `name`: what may have been meant, and what there is.

    At most twelve are named, since a control of the page has them all.
    """
    close = nearest(name, known)
    meant = f"Did you mean {code(close)}? " if close else ""
    more = f" and {len(known) - MOST_CHOICES:,} more" if len(known) > MOST_CHOICES else ""
    return f"{meant}Choose from {', '.join(map(code, islice(known, MOST_CHOICES)))}{more}."


def in_chart(text: str) -> str:
    """The same for words of a Plotly chart, which takes `<a href=...>` for a link and `%{x}` for a value."""
    return html.escape(shortened(text, MOST_LETTERS), quote=False).replace("%{", f"%{_WORD_JOINER}{{")
