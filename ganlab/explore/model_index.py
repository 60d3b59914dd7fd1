"""What lists of models show and sort by, kept from one start to the next, so that only new files are opened.

Reading a card takes a millisecond, and 20 kB of memory. A gallery of thousands needs a line of each, and the cards of
those in sight alone.
"""

import math
import os
import sqlite3
import threading
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import astuple, dataclass
from pathlib import Path

from ganlab import caches, listings
from ganlab.checkpoints import Card
from ganlab.explore import library
from ganlab.explore.library import Model
from ganlab.file_versions import ABSENT, FileVersion, version
from ganlab.metrics import FLOOR, MIXTURE

MOST_LINES = 200_000  # 50 MB
DISTANCES = ("frechet_classifier", "frechet_pixels", "sliced_wasserstein")
VERSION = 1  # of what a line holds; a file of another one is left alone

WAIT_SECONDS = 1.0  # for another process that writes


@dataclass(frozen=True, slots=True)
class Line:
    """What is listed of a model that can be read."""

    family: str  # as recipes call it
    dataset: str
    size: int  # pixels of a side
    times_real: float  # see below
    metrics: tuple[str, ...]  # the names of those that were measured

    @property
    def likeness(self) -> tuple[bool, float, int, float]:
        """How close to real pictures, the highest the closest.

        Those that a classifier has judged come first, for pixels alone tell less; of those about as close, within a
        doubling, the larger pictures.
        """
        doublings = round(math.log2(max(self.times_real, 1))) if math.isfinite(self.times_real) else math.inf
        return ("frechet_classifier" in self.metrics, -doublings, self.size, -self.times_real)


@dataclass(frozen=True, slots=True)
class Indexed:
    """A model file as it is now."""

    line: Line | None  # None where it cannot be read; its card says why
    changed: float  # when it was written, seconds since the epoch; 0: it is not there


class ModelIndex:
    """The lines of all models that were asked for. `path` keeps them, if any; what cannot be kept is read again.

    Threads may share it.
    """

    def __init__(self, path: Path | None) -> None:
        self._path, self._lock = path, threading.Lock()
        self._lines: dict[str, tuple[FileVersion, Line | None]] | None = None

    def of(self, models: Sequence[Model]) -> list[Indexed]:
        """Each model, in this order; a file is opened only where it is new or has changed."""
        with self._lock:
            if self._lines is None:
                self._lines = self._kept()
            found, fresh = [], {}
            for model in models:
                place = os.path.abspath(model.path)
                now = version(place)
                if now == ABSENT:
                    found.append(Indexed(None, 0.0))
                    continue
                earlier = self._lines.get(place)
                if earlier is None or earlier[0] != now:
                    card = library.try_card(model)
                    fresh[place] = earlier = (now, line(card) if isinstance(card, Card) else None)
                found.append(Indexed(earlier[1], now.written_ns / 1e9))
            if fresh:
                self._lines |= fresh
                self._keep(fresh)
            if len(self._lines) > MOST_LINES:  # of files that have gone, too
                self._lines = {}
            return found

    def _kept(self) -> "dict[str, tuple[FileVersion, Line | None]]":
        lines: dict[str, tuple[FileVersion, Line | None]] = {}
        if self._path is None or not listings.is_file(self._path):
            return lines
        damaged = suppress(sqlite3.Error, ValueError, TypeError, AttributeError)  # then it is made again
        with damaged, closing(sqlite3.connect(self._path, timeout=WAIT_SECONDS)) as file:
            for place, *numbers, family, dataset, size, distance, metrics in file.execute("SELECT * FROM lines"):
                measured = tuple(metrics.split("\n") if metrics else ())
                known = Line(family, dataset, size, math.nan if distance is None else distance, measured)
                lines[place] = (FileVersion(*numbers), known)
        return lines

    def _keep(self, fresh: "dict[str, tuple[FileVersion, Line | None]]") -> None:
        rows = [
            (place, *known, *astuple(found)[:-1], "\n".join(found.metrics))
            for place, (known, found) in fresh.items()
            if found  # what cannot be read is looked at again at each start: the next version may read it
        ]
        if self._path is None or not rows:
            return
        try:
            self._write(self._path, rows)
        except (OSError, sqlite3.OperationalError):
            return  # a full disk, or one that others have been writing to all the time
        except sqlite3.DatabaseError:  # no such file, or a damaged one
            with suppress(OSError, sqlite3.Error):
                self._path.unlink()
                self._write(self._path, rows)

    def _write(self, path: Path, rows: Sequence[tuple[str | float, ...]]) -> None:
        with closing(sqlite3.connect(path, timeout=WAIT_SECONDS)) as file, file:
            file.execute(
                "CREATE TABLE IF NOT EXISTS lines (place TEXT PRIMARY KEY, inode INTEGER, bytes INTEGER, "
                "written INTEGER, changed INTEGER, family TEXT, dataset TEXT, size INTEGER, times_real REAL, "
                "metrics TEXT)"
            )
            file.executemany("INSERT OR REPLACE INTO lines VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
            file.execute(
                "DELETE FROM lines WHERE rowid <= (SELECT max(rowid) FROM lines) - ?", (MOST_LINES,)
            )  # the oldest: each new or changed line gets the next number


def in_own_folder() -> ModelIndex:
    """The index that this user's processes share, beside other files that can be made again."""
    folder = caches.own_folder()
    return ModelIndex(folder / f"models-{VERSION}.sqlite" if folder else None)


def line(card: Card) -> Line:
    """The card in short."""
    return Line(card.recipe.family, card.data.name, card.data.size, times_real(card), tuple(card.metrics))


def times_real(card: Card) -> float:
    """How many times as far from the training images as real test images are: 1 is perfect, infinite if unmeasured.

    By the Frechet distance of the classifier's features or that of the pixels, whichever is worse: features alone
    would call scenes with dull pixels better than real ones. Of a model with a mixture that of its samples counts.
    """
    ratios = [
        card.metrics.get(MIXTURE + name, card.metrics[name]) / card.metrics[FLOOR + name]
        for name in DISTANCES
        if name in card.metrics and card.metrics.get(FLOOR + name, 0) > 0
    ]
    return max(ratios, default=math.inf)
