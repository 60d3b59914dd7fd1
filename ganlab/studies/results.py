"""The results of a study as one small JSON file: settings, measurements, curves."""

import json
import math
import os
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ganlab import folders, listings
from ganlab.foreign import read_json, reasons, shortened
from ganlab.studies.schema import Content, Result
from ganlab.whole_files import replacing

VARIABLE = "GANLAB_STUDIES"
CURVE_POINTS = 100
SIGNIFICANT = 4  # digits, of curves and measurements

DIGITS_APPEAR = {"confident": 0.6, "smallest_share": 0.1}
"""Least values where digits appear: most samples are recognisable, and none of the ten is missing."""

SHOWN = (
    "code_accuracy",
    "frechet_classifier",
    "confident",
    "smallest_share",
    "frechet_pixels",
    "frechet_places",
    "modes_found",
    "good_points",
    "points_kl",
)
"""Metrics that tables of a study show, as far as they were measured."""


def studies_folder() -> Path:
    """Where studies' results are written: `GANLAB_STUDIES`, or `studies` in the checkout, or among the user's files.

    ValueError: a name not UTF-8, or a user without a home.
    """
    if chosen := folders.chosen(VARIABLE):
        return chosen
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


def read_results(path: Path) -> list[Result]:
    """What the file knows of each run, nothing when there is no file. ValueError names a file that is none of ours."""
    if not path.is_file():
        return []
    try:
        content = read_content(path)
    except ValueError as error:
        raise ValueError(f"{path} {error}") from error
    return [_result(plain, place, path) for place, plain in enumerate(content.runs, 1)]


def read_content(path: Path) -> Content:
    """The file as a whole. ValueError says what is wrong with it, and not which file it is."""
    try:
        return Content.model_validate(read_json(path))
    except ValueError as error:  # pydantic's, json's, and that of bytes which are no text
        why = reasons(error) if isinstance(error, ValidationError) else shortened(str(error), 200)
        raise ValueError(f"does not hold the results of a study ({why}); move it away") from error


def write_results(path: Path, results: Sequence[Result], **head: str) -> None:
    """One run a line, so that a change of one is a change of one line; a reader sees the old file or the new one.

    `head` is what the file says of the study: fields of `Content`.
    """
    first = Content(runs=[], **head).model_dump(mode="json", exclude_unset=True, exclude={"runs"})
    lines = ",\n".join(
        json.dumps(result.model_dump(mode="json", exclude_unset=True), allow_nan=False, separators=(",", ":"))
        for result in results
    )
    start = ", ".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in first.items())
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as part:
        part.write_text(f'{{{start}{", " * bool(start)}"runs": [\n{lines}\n]}}\n', encoding="utf-8")


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


def _result(plain: Any, place: int, path: Path) -> Result:
    try:
        return Result.model_validate(plain)
    except ValidationError as error:
        raise ValueError(f"run {place} of {path} cannot be read ({reasons(error)}); move the file away") from error


def _point(name: str, lines: Sequence[Mapping[str, float]]) -> float | None:
    if name in ("step", "images", "seconds"):
        end = lines[-1].get(name)
        return end if end is not None and math.isfinite(end) else None
    values = [line[name] for line in lines if name in line]
    return _rounded(math.fsum(values) / len(values)) if values and all(map(math.isfinite, values)) else None


def _rounded(value: float) -> float | None:
    return float(f"{value:.{SIGNIFICANT}g}") if math.isfinite(value) else None
