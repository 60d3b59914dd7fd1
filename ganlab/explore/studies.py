"""The results of studies as the pages read them: checked, bounded, and each run with an id of its own."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from ganlab.file_versions import FileVersion, version
from ganlab.foreign import reasons
from ganlab.studies import results_files
from ganlab.studies.results import read_content
from ganlab.studies.schema import NAME, Result
from ganlab.system_errors import in_words

MAX_FILE_BYTES = 8 * 2**20  # twenty runs with their curves take a quarter of one
STUDIES = "studies"  # the folder that ids of results begin with, so that none is that of a model or a run


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyFile:
    """The results of one study; `problems` says in words what could not be read."""

    name: str
    title: str = ""
    runs: Mapping[str, Result] = field(default_factory=dict)  # by id
    problems: Sequence[str] = ()


def study_files() -> dict[str, StudyFile]:
    """The studies with results, by name; files that cannot be read are among them, with their problem."""
    files: dict[str, StudyFile] = {}
    for path in results_files():
        file = read(path)
        files[path.stem] = replace(file, problems=[*file.problems, *_clashes(file, files)])
    return files


def read(path: Path) -> StudyFile:
    """The results in `path`; what cannot be read becomes one of the file's problems, never an error."""
    try:
        if not re.fullmatch(NAME, path.stem):
            raise ValueError("has a name that cannot stand in an address; use a-z, 0-9, points and hyphens")
        found = version(path)
        if found.size_bytes > MAX_FILE_BYTES:
            raise ValueError(f"has {found.size_bytes:,} bytes; at most {MAX_FILE_BYTES:,} are read")
        return _read(path, found)
    except OSError as error:
        return StudyFile(name=path.stem, problems=[in_words(error).replace(str(path), path.name)])
    except ValueError as error:
        return StudyFile(name=path.stem, problems=[f"{path.name} {error}"])


def _clashes(file: StudyFile, others: Mapping[str, StudyFile]) -> list[str]:
    """A sentence for each other file with runs of the same ids, which then stand for the first file's."""
    return [
        f"{file.name}.json and {other.name}.json have runs of the same name; rename one of the files"
        for other in others.values()
        if file.runs.keys() & other.runs.keys()
    ]


def final(result: Result) -> tuple[int | None, dict[str, float]]:
    """The step and the metrics that stand for the run: its best snapshot's, as of any run, else the last measured."""
    last = max(result.measured, default=None)
    metrics = dict(result.best or (result.measured[last] if last is not None else {}))
    step = metrics.pop("step", last)
    known = {name: value for name, value in metrics.items() if value is not None}
    return None if step is None else int(step), known


@lru_cache(maxsize=32)  # every rerun of the page asks for the names; reading a file takes some milliseconds
def _read(path: Path, _version: FileVersion) -> StudyFile:
    content = read_content(path)
    found: dict[str, Result] = {}
    problems = []
    for place, plain in enumerate(content.runs, 1):
        try:
            result = Result.model_validate(plain)
        except ValidationError as error:
            problems.append(f"run {place} of {path.name} is left out ({reasons(error)})")
            continue
        name = _id(path.stem, result.name)
        if name in found:
            problems.append(f"run {place} of {path.name} is left out (there are two of the name {result.name})")
        found.setdefault(name, result)
    return StudyFile(name=path.stem, title=content.title or path.stem, runs=found, problems=problems)


def _id(study: str, run: str) -> str:
    """Names of runs begin with that of their study, as a rule; it is not said twice."""
    return f"{STUDIES}/{run}" if run.startswith(f"{study}-") else f"{STUDIES}/{study}-{run}"
