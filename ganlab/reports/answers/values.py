"""Where a number of ours is found, and the command that gives it again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import mean, stdev
from typing import Literal

from ganlab.counting import number
from ganlab.explore import code_words
from ganlab.metrics import FLOOR, readers
from ganlab.metrics.outcome import in_full
from ganlab.reports.sections.losses import end
from ganlab.reports.subject import Subject
from ganlab.studies import read_results, results_files
from ganlab.studies.schema import Result


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A value as text; empty where nothing was measured."""

    text: str
    how: str  # seeds and samples
    command: str = ""


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric of a shipped checkpoint, with its interval where it has one, beside that of real test images."""

    model: str
    name: str
    of: str = ""  # what it was measured on, where those are not the model's samples


@dataclass(frozen=True, slots=True)
class Logged:
    """A logged quantity of a shipped checkpoint, the mean over the last tenth of its training."""

    model: str
    quantity: str


@dataclass(frozen=True, slots=True)
class OfStudy:
    """A metric of one run of a study, at a step or at the last that was measured."""

    study: str
    run: str
    name: str
    step: int = 0


@dataclass(frozen=True, slots=True)
class OverSeeds:
    """Mean and standard deviation of a metric over some runs of a study."""

    study: str
    runs: tuple[str, ...]
    name: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Share of the labels of real test images that the classifier finds which reads a model's samples: the ceiling."""

    model: str


@dataclass(frozen=True, slots=True)
class DigitsNamed:
    """How many digits the values of a model's c1 stand for, by its table."""

    model: str


@dataclass(frozen=True, slots=True)
class Ratio:
    """What one model costs as a share of what another does."""

    model: str
    of: str
    what: Literal["parameters", "time"]  # of the generator; of training with an image


@dataclass(frozen=True, slots=True)
class Said:
    """What is no measurement, in words."""

    text: str


Value = Metric | Logged | OfStudy | OverSeeds | Reader | DigitsNamed | Ratio | Said
Subjects = Mapping[str, Subject]  # by name of the model


def find(value: Value, subjects: Subjects) -> Found:
    """What is known of it here."""
    return FINDERS[type(value)](value, subjects)


def study_result(study: str, run: str) -> Result | None:
    """What a study that was run here, or whose results came along, kept of a run."""
    return next((result for result in study_results(study) if result.name == run), None)


def study_results(study: str) -> list[Result]:
    """All that is kept of a study; empty where it was not run."""
    path = next((path for path in results_files() if path.stem == study), None)
    return read_results(path) if path else []


def _metric(value: Metric, subjects: Subjects) -> Found:
    measured = subjects[value.model].entry.metrics
    if value.name not in measured:
        return Found(text="", how="not measured")
    text = in_full(measured, value.name, number)
    floor = measured.get(FLOOR + value.name)
    text += f" (real {number(floor)})" if floor is not None else ""
    how = (
        (value.of or f"{measured.get('samples', 0):,.0f} samples")
        + ", one seed"
        + (", 95 % interval" if f"{value.name}_low" in measured else "")
    )
    return Found(text=text, how=how, command=f"python -m ganlab evaluate {value.model}")


def _logged(value: Logged, subjects: Subjects) -> Found:
    columns = subjects[value.model].entry.curves.columns
    command = f"python -m ganlab train {value.model}"
    if value.quantity not in columns:
        return Found(text="", how="not logged", command=command)
    text = number(end(columns[value.quantity]))
    return Found(text=text, how="mean over the last tenth of the training, one seed", command=command)


def _of_study(value: OfStudy, subjects: Subjects) -> Found:
    result = study_result(value.study, value.run)
    step = value.step or max(result.measured, default=0) if result else 0
    found = result.measured.get(step, {}).get(value.name) if result else None
    command = f"python -m ganlab study {value.study}"
    if found is None:
        return Found(text="", how="not run here", command=command)
    return Found(text=number(found), how=f"step {step:,}, one seed", command=command)


def _over_seeds(value: OverSeeds, subjects: Subjects) -> Found:
    results = [result for run in value.runs if (result := study_result(value.study, run))]
    numbers = [found for result in results if (found := result.measured[max(result.measured)].get(value.name))]
    command = f"python -m ganlab study {value.study}"
    if len(numbers) < 2:
        return Found(text="", how="not run here", command=command)
    text = f"{number(mean(numbers))} ± {number(stdev(numbers))}"
    return Found(text=text, how=f"mean ± standard deviation, n = {len(numbers)} seeds", command=command)


def _reader(value: Reader, subjects: Subjects) -> Found:
    recipe = subjects[value.model].entry.recipe
    accuracy = readers.accuracy(recipe.dataset) if recipe else None
    if accuracy is None:
        return Found(text="", how="not measured")
    return Found(text=number(accuracy), how="our classifier on real test images", command="python -m ganlab data list")


def _digits_named(value: DigitsNamed, subjects: Subjects) -> Found:
    model = subjects[value.model].model
    table = code_words.category(model.card.codes, "c1").table if model else {}
    if not table:
        return Found(text="", how="not measured")
    how = "the class that real test images of each value mostly have, one to one; one seed"
    command = f"python -m ganlab evaluate {value.model}"
    return Found(text=f"{len(set(table.values()))} of {len(table)}", how=how, command=command)


def _ratio(value: Ratio, subjects: Subjects) -> Found:
    pair = [subjects[name] for name in (value.model, value.of)]
    if value.what == "parameters":
        counts = [subject.model.card.parameters["generator"] for subject in pair if subject.model]
        how = f"weights of the generators of {value.model} and {value.of}"
    else:
        columns = [subject.entry.curves.columns for subject in pair]
        counts = [
            each["seconds"][-1] / each["images"][-1] for each in columns if "seconds" in each and "images" in each
        ]
        how = f"seconds of training an image, {value.model} and {value.of}; one run each, on a core that others shared"
    if len(counts) < 2:
        return Found(text="", how="not known")
    return Found(text=number(float(counts[0] / counts[1])), how=how, command=f"python -m ganlab train {value.model}")


def _said(value: Said, subjects: Subjects) -> Found:
    return Found(text=value.text, how="")


FINDERS: dict[type, Callable[..., Found]] = {
    Metric: _metric,
    Logged: _logged,
    OfStudy: _of_study,
    OverSeeds: _over_seeds,
    Reader: _reader,
    DigitsNamed: _digits_named,
    Ratio: _ratio,
    Said: _said,
}
