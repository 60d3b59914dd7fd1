"""Names of a report's files, made of words of others."""

import re
import unicodedata
from collections.abc import Iterable

MOST_LETTERS = 40


def file_words(words: Iterable[str], otherwise: str) -> list[str]:
    """For each of the words ASCII letters, digits and hyphens, no two of them alike; `otherwise` where none is left."""
    found: list[str] = []
    for word in words:
        plain = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode().lower()
        short = re.sub(r"[^a-z0-9]+", "-", plain)[:MOST_LETTERS].strip("-") or otherwise
        one, number = short, 1
        while one in found:
            number += 1
            one = f"{short}-{number}"
        found.append(one)
    return found
