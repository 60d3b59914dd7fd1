"""What browsers save files as: words of others, as far as files on all systems can be called so."""

import re
import unicodedata

from ganlab.foreign import shortened
from ganlab.whole_files import NOT_ON_WINDOWS

MOST_BYTES = 200  # with the ending; browsers add a number where there is a file of that name
NO_LETTERS = re.compile(r'[<>:"/\\|?*%\x00-\x1f\ufffd]+')
OTHERWISE = "ganlab"


def saved_as(stem: str, ending: str) -> str:
    """A name for a file, with `ending` behind the dot: no path, no hidden file, no device of Windows, bounded."""
    plain = NO_LETTERS.sub("-", shortened(unicodedata.normalize("NFC", stem), 4 * MOST_BYTES)).strip(". -")
    short = plain.encode("utf-8", "ignore")[: MOST_BYTES - len(ending) - 1].decode("utf-8", "ignore").rstrip(". -")
    name = f"{short or OTHERWISE}.{ending}"
    return f"_{name}" if NOT_ON_WINDOWS.fullmatch(name) else name
