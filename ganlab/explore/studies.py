"""The results of studies as the pages read them: checked, bounded, and each run with an id of its own."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, FiniteFloat, TypeAdapter, ValidationError

from ganlab.foreign import RealText, reasons
from ganlab.studies import results_files
from ganlab.system_errors import in_words

MAX_FILE_BYTES = 8 * 2**20  # twenty runs with their curves take a quarter of one
MAX_RUNS = 200
MOST_ENTRIES = 1000  # settings, metrics, curves of a run
STUDIES = "studies"  # the folder that ids of results begin with, so that none is that of a model or a run
NAME = r"^[a-z0-9][a-z0-9.-]{0,62}$"  # as that of a recipe: safe in an address

Word = Annotated[RealText, Field(max_length=200)]
Whole = Annotated[int, Field(ge=-(2**53), le=2**53)]
Step = Annotated[int, Field(ge=0, le=2**53)]
Value = bool | Whole | FiniteFloat | Word
Numbers = Annotated[dict[Word, FiniteFloat | None], Field(max_length=MOST_ENTRIES)]


def _with_a_step(metrics: Numbers | None) -> Numbers | None:
    """Metrics beside the `step` that they were measured at."""
    step = (metrics or {}).get("step")
    if step is not None and not (step.is_integer() and 0 <= step <= 2**53):
        raise ValueError(f"its step is {step:g}")
    return metrics


class Result(BaseModel):
    """What the file knows of one run. The recipe is checked when it is asked for: it may be of a later version."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(pattern=NAME)
    settings: dict[Word, Value] = Field(max_length=MOST_ENTRIES)
    reported: dict[Word, Value] = Field({}, max_length=MOST_ENTRIES)
    state: Literal["done", "collapsed"] = "done"
    findings: list[Annotated[str, Field(pattern=r"^[a-z-]{1,40}$")]] = []
    measured: dict[Step, Numbers] = Field({}, max_length=MOST_ENTRIES)
    best: Annotated[Numbers | None, AfterValidator(_with_a_step)] = None  # of the checkpoint that was kept
    curves: dict[Word, list[FiniteFloat | None]] = Field({}, max_length=MOST_ENTRIES)
    recipe: dict[str, Any] = {}


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
        status = path.stat()
        if status.st_size > MAX_FILE_BYTES:
            raise ValueError(f"has {status.st_size:,} bytes; at most {MAX_FILE_BYTES:,} are read")
        return _read(path, status.st_mtime_ns, status.st_size)
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


class _Content(BaseModel):
    """The file as a whole; its runs are checked one by one, so that a damaged one does not take the others along."""

    title: Word = ""
    runs: list[Any] = Field(max_length=MAX_RUNS)


_CONTENT, _RESULT = TypeAdapter(_Content), TypeAdapter(Result)


@lru_cache(maxsize=32)  # every rerun of the page asks for the names; reading a file takes some milliseconds
def _read(path: Path, _changed_ns: int, _bytes: int) -> StudyFile:
    try:
        content = _CONTENT.validate_json(path.read_bytes())
    except ValidationError as error:
        raise ValueError(f"does not hold the results of a study ({reasons(error)}); move it away") from error
    found: dict[str, Result] = {}
    problems = []
    for place, plain in enumerate(content.runs, 1):
        try:
            result = _RESULT.validate_python(plain)
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
