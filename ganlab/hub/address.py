"""hf://OWNER/NAME, hf://OWNER/NAME@REVISION, and a file in either."""

import re
from typing import NamedTuple

from ganlab.foreign import shortened

SCHEME = "hf://"
_WORD = r"[A-Za-z0-9](?:[\w.-]{0,94}\w)?"
_ADDRESS = re.compile(
    rf"(?:hf://)?({_WORD}/{_WORD})(?:@([\w.-]{{1,100}}(?:/[\w.-]{{1,100}})*?))?(?:/((?:[\w.-]+/)*[\w.-]+\.\w+))?"
)


class Address(NamedTuple):
    """A model of the hub."""

    repo: str  # owner/name
    revision: str | None = None  # a branch, a tag or a commit; None: what the owner shows
    file: str | None = None  # in the repository; None: the only checkpoint there

    def __str__(self) -> str:
        revision = f"@{self.revision}" if self.revision else ""
        return f"{SCHEME}{self.repo}{revision}{f'/{self.file}' if self.file else ''}"


def parse_address(text: str) -> Address:
    """The address that people write, with `hf://` or without. ValueError says how it is written."""
    found = _ADDRESS.fullmatch(text.strip().rstrip("/"))
    if not found or ".." in text or "--" in found[1]:
        raise ValueError(
            f"{shortened(text, 120)} is no model of the hub; write hf://OWNER/NAME, hf://OWNER/NAME@REVISION or "
            "hf://OWNER/NAME/FILE.safetensors"
        )
    return Address(found[1], found[2], found[3])
