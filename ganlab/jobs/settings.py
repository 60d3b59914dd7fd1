"""Settings of places to train at: variables of the environment, checked before they reach another program."""

import os
import re
from typing import NamedTuple

from ganlab.foreign import shortened


class Kind(NamedTuple):
    """Which texts a setting may have, and how that is told."""

    pattern: str
    told: str


WHOLE = Kind(r"[1-9][0-9]{0,4}", "a whole number from 1")


def checked(variable: str, kind: Kind, otherwise: str = "") -> str:
    """The text of a variable, or `otherwise`. ValueError names one that cannot be, and what can."""
    text = os.environ.get(variable) or otherwise
    if text and not re.fullmatch(kind.pattern, text):
        raise ValueError(f"{variable} is {shortened(text, 100)!r}; set it to {kind.told}")
    return text
