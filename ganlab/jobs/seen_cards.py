"""What a scheduler saw of the cards last, in a file beside the runs: pages read it, and ask no card themselves."""

from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

from ganlab import listings
from ganlab.cards import Card
from ganlab.counting import bytes_in_words
from ganlab.foreign import CutText, read_json
from ganlab.whole_files import replacing


class SeenCards(BaseModel):
    """The cards, and who waits for room on them."""

    model_config = ConfigDict(frozen=True)

    cards: list[Card] = []
    problem: CutText = ""  # why they cannot be asked
    held_back: dict[str, str] = {}  # why a run waits, in words, by its name


class Sitting(NamedTuple):
    """A card and the names of the runs that train on it."""

    number: int
    card: Card
    runs: list[str]

    @property
    def memory(self) -> str:
        """Words for what is taken of it, or why that cannot be told."""
        whole = bytes_in_words(self.card.bytes)
        if self.card.free_bytes is None:
            return f"{whole}, and how much is free cannot be told{self.card.problem and f' ({self.card.problem})'}"
        return f"{bytes_in_words(self.card.bytes - self.card.free_bytes)} of {whole} used"


NOTHING = SeenCards()


def write(root: Path, seen: SeenCards) -> None:
    """For the readers of the runs folder `root`; without cards there is no file."""
    if seen == NOTHING:
        _path(root).unlink(missing_ok=True)
        return
    with replacing(_path(root)) as part:
        part.write_text(seen.model_dump_json(), encoding="utf-8")


def read(root: Path) -> SeenCards:
    """Nothing where no scheduler has written any."""
    if not listings.is_file(_path(root)):
        return NOTHING
    try:
        return SeenCards.model_validate(read_json(_path(root)))
    except (ValidationError, ValueError, OSError):  # made again within a minute
        return NOTHING


def _path(root: Path) -> Path:
    return root / ".cards.json"
