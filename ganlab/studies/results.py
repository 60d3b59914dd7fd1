"""The results of a study as one small JSON file: settings, measurements, curves."""

import json
import math
import os
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from ganlab import folders, listings
from ganlab.foreign import read_json, shortened
from ganlab.system_errors import text_path
from ganlab.whole_files import replacing

VARIABLE = "GANLAB_STUDIES"
CURVE_POINTS = 100
SIGNIFICANT = 4  # digits, of curves and measurements

DIGITS_APPEAR = {"confident": 0.6, "smallest_share": 0.1}
"""Least values where digits appear: most samples are recognisable, and none of the ten is missing."""

SHOWN = ("code_accuracy", "frechet_classifier", "confident", "smallest_share", "frechet_pixels")
"""Metrics that tables of a study show, as far as they were measured."""

Result = dict[str, Any]
"""What is known of one run: `name`, `settings`, `reported`, `state`, `measured`, `curves` and more, as plain values."""


def studies_folder() -> Path:
    """Where studies' results are written: `GANLAB_STUDIES`, or `studies` in the checkout, or among the user's files.

    ValueError: a name not UTF-8, or a user without a home.
    """
    if chosen := os.environ.get(VARIABLE):
        return text_path(Path(chosen))
    return folders.own("studies", VARIABLE) if folders.is_installed() else folders.root() / "studies"


def results_files() -> list[Path]:
    """The files of all studies by name: those that came along, too, unless the user has one of the same name."""
    found = listings.entries(studies_folder(), "*.json")
    names = {path.name for path in found}
    shipped = [] if os.environ.get(VARIABLE) else listings.entries(folders.root() / "studies", "*.json")
    return sorted([*found, *(path for path in shipped if path.name not in names)], key=lambda path: path.name)


def results_path(name: str) -> Path:
    """Where the results of a study are kept."""
    return studies_folder() / f"{name}.json"


def read_results(path: Path) -> dict[str, Any]:
    """The file's content, or nothing when there is none. ValueError names a file that is none of ours."""
    if not path.is_file():
        return {}
    try:
        found = read_json(path)
    except ValueError as error:
        raise ValueError(f"{path} cannot be read ({shortened(str(error), 200)}); move it away") from error
    runs = found.get("runs") if isinstance(found, dict) else None
    if not isinstance(runs, list) or not all(map(_is_result, runs)):
        raise ValueError(f"{path} does not hold the results of a study; move it away")
    return found


def write_results(path: Path, content: Mapping[str, Any]) -> None:
    """One run a line, so that a change of one is a change of one line; a reader sees the old file or the new one."""
    head = json.dumps({key: value for key, value in content.items() if key != "runs"}, allow_nan=False)
    lines = ",\n".join(json.dumps(result, allow_nan=False, separators=(",", ":")) for result in content["runs"])
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as part:
        part.write_text(f'{head[:-1]}, "runs": [\n{lines}\n]}}\n', encoding="utf-8")


def digits_appear(measured: Mapping[str, float | None]) -> bool | None:
    """Whether a generator draws digits, from its metrics; None where the digit classifier did not look."""
    known = {name: value for name in DIGITS_APPEAR if (value := measured.get(name)) is not None}
    if len(known) < len(DIGITS_APPEAR):
        return None
    return all(value >= DIGITS_APPEAR[name] for name, value in known.items())


def thinned(lines: Sequence[Mapping[str, float]], points: int = CURVE_POINTS) -> dict[str, list[float | None]]:
    """Report lines as one list a quantity of at most `points` means over stretches of equal length.

    `step`, `images` and `seconds` are those of a stretch's end. What is not a number becomes None.
    """
    if not lines:
        return {}
    count = min(points, len(lines))
    bounds = [round(i * len(lines) / count) for i in range(count + 1)]
    names = dict.fromkeys(name for line in lines for name in line)
    return {name: [_point(name, lines[first:last]) for first, last in pairwise(bounds)] for name in names}


def rounded(values: Mapping[str, float]) -> dict[str, float | None]:
    """Measurements with so many digits as they deserve."""
    return {name: _rounded(value) for name, value in values.items()}


def _is_result(run: Any) -> bool:
    """Whether it can be told which run this is; pages check the rest."""
    return isinstance(run, dict) and isinstance(run.get("name"), str)


def _point(name: str, lines: Sequence[Mapping[str, float]]) -> float | None:
    if name in ("step", "images", "seconds"):
        return lines[-1].get(name)
    values = [line[name] for line in lines if name in line]
    return _rounded(math.fsum(values) / len(values)) if values and all(map(math.isfinite, values)) else None


def _rounded(value: float) -> float | None:
    return float(f"{value:.{SIGNIFICANT}g}") if math.isfinite(value) else None
