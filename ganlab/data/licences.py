"""Whether the terms of pictures let some of them travel with a model."""

import re

FREE = re.compile(r"\b(CC0|CC[ -]BY([ -]SA)?|MIT|BSD|Apache|public domain)\b", re.IGNORECASE)
BARRED = re.compile(
    r"\b(NC|ND|non-?commercial|research|no derivatives|not for passing on|unknown|private)\b", re.IGNORECASE
)


def may_be_passed_on(licence: str) -> bool:
    """Whether the text names a free licence and nothing that limits it; pictures without terms stay where they are."""
    return bool(FREE.search(licence)) and not BARRED.search(licence)
