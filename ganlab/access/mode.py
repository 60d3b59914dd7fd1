"""What the server is for: `GANLAB_ACCESS`."""

import os
from typing import Literal

from ganlab.choices import instead

Mode = Literal["open", "look", "login"]
"""Everybody may do everything; nobody may change anything; people log in, and what they make is theirs."""

MODES: dict[str, Mode] = {"open": "open", "look": "look", "login": "login"}


def mode() -> Mode:
    """The chosen mode, or `open`. ValueError lists the modes when it is none of them."""
    text = os.environ.get("GANLAB_ACCESS") or "open"
    if text not in MODES:
        raise ValueError(f"GANLAB_ACCESS is {text!r}{instead(text, MODES)}")
    return MODES[text]


def is_chosen() -> bool:
    """Whether whoever runs the server has said which mode it is in."""
    return bool(os.environ.get("GANLAB_ACCESS"))
