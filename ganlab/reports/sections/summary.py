"""What was made, how large it is, and how good."""

from collections.abc import Sequence

from ganlab.counting import number
from ganlab.data.spec import size_in_words
from ganlab.explore import differences, seeds
from ganlab.explore.library import without_folders
from ganlab.explore.summary import ARROWS, explained
from ganlab.families import FAMILIES
from ganlab.metrics import FLOOR, METRICS
from ganlab.metrics.cost import cost
from ganlab.metrics.intervals import WAYS
from ganlab.metrics.outcome import in_full
from ganlab.reports.document import Block, Section, Table, Text
from ganlab.reports.subject import Subject, has_mixture

UNFINISHED = ("queued", "running", "cancelled", "interrupted")
PLAIN = " Of a model with a mixture prior, rows that do not name it are of samples of its plain prior."


def summary(subjects: Sequence[Subject]) -> Section | None:
    """Sizes and times, then all metrics beside those of real test images."""
    problems = [
        f"{subject.name}: {without_folders(problem)}." for subject in subjects for problem in subject.entry.problems
    ]
    blocks: list[Block] = [_sizes(subjects), *_unfinished(subjects)]
    if measured := _measured(subjects):
        blocks += [measured, *_over_seeds(subjects), _meanings(subjects)]
    return Section(title="Summary", blocks=(*blocks, *(Text(text=problem) for problem in problems)))


def _sizes(subjects: Sequence[Subject]) -> Table:
    called = differences.noun_of([subject.entry for subject in subjects])
    heads = ("model", "family", "data", "steps", f"{called}s seen", "training", "parameters", "MFLOP", "ms")
    return Table(
        name="sizes",
        caption=(
            f"Parameters are the generator's; MFLOP are millions of operations for one {called} (a multiplication and "
            f"an addition are two); ms is the time of one {called} in batches of 64 on the processor that wrote this, "
            "taken once: other work slows it."
        ),
        heads=heads,
        rows=tuple(_size(subject) for subject in subjects),
    )


def _size(subject: Subject) -> tuple[str, ...]:
    entry = subject.entry
    recipe = entry.recipe
    if recipe is None:
        return (subject.name, *[""] * 8)
    seconds = entry.curves.columns.get("seconds")
    trained = f"{seconds[-1] / 60:,.1f} min" if seconds is not None and len(seconds) else ""
    step = entry.step if entry.step is not None else 0
    family, data = FAMILIES[recipe.family].TITLE, f"{recipe.dataset}, {size_in_words(recipe.image_size)}"
    known = (subject.name, family, data, f"{step:,} of {recipe.steps:,}", f"{step * recipe.batch_size:,}", trained)
    if subject.model is None:
        return (*known, "", "", "")
    spent = cost(subject.model)
    return (*known, f"{spent.parameters:,}", number(spent.operations / 1e6), number(spent.milliseconds))


def _unfinished(subjects: Sequence[Subject]) -> list[Text]:
    """What is told of trainings that have not come to their end."""
    return [
        Text(
            text=f"{entry.source.name} is {entry.told_state}: all of this is of step {entry.step or 0:,} of "
            f"{entry.recipe.steps:,}, and the commands below train it to its end."
        )
        for entry in (subject.entry for subject in subjects)
        if entry.recipe is not None and entry.state in UNFINISHED
    ]


def _measured(subjects: Sequence[Subject]) -> Table | None:
    """Real images have a column of their own where all models learnt from the same data, else stand in each cell."""
    entries = [subject.entry for subject in subjects]
    together = len(differences.data_of(entries)) == 1
    called = differences.noun_of(entries)
    rows = []
    for name in differences.metrics_table(entries):
        cells = [_cell(name, subject, real=not together) for subject in subjects]
        floor = [in_full(differences.floor(entries), name, number)] if together else []
        rows.append((f"{METRICS[name].title} {ARROWS[METRICS[name].lower_is_better]}".rstrip(), *cells, *floor))
    if not rows:
        return None
    return Table(
        name="metrics",
        caption=(
            "Measured of the snapshot that was kept, one seed each; arrows point to the better end. In brackets 95 % "
            f"intervals over the {called}s ({WAYS}); after ± the deviation over subsets. Real {called}s are the test "
            "split: as many as Samples says, or Compared for kernel distance, precision to coverage, counts and bins."
            f"{PLAIN if any(map(has_mixture, subjects)) else ''}"
        ),
        heads=("metric", *(subject.name for subject in subjects), *([f"real {called}s"] if together else [])),
        rows=tuple(rows),
    )


def _over_seeds(subjects: Sequence[Subject]) -> list[Table]:
    """Of recipes with several seeds: mean, deviation and number."""
    groups = seeds.groups([subject.entry for subject in subjects], [subject.name for subject in subjects])
    several = [group for group in groups if len(group.places) > 1]
    found = [seeds.final_values([subjects[place].entry for place in group.places]) for group in several]
    names = [name for name in METRICS if any(name in values for values in found)]
    if not names:
        return []
    rows = tuple((METRICS[name].title, *(seeds.told(values.get(name)) for values in found)) for name in names)
    heads = ("metric", *(group.name for group in several))
    caption = (
        "Mean ± standard deviation over seeds of one recipe, and how many there are. A deviation of n seeds is itself "
        "known to a share of about 1/sqrt(2(n - 1)): 71 % for 2 seeds, 35 % for 5."
    )
    return [Table(name="over-seeds", caption=caption, heads=heads, rows=rows)]


def _cell(name: str, subject: Subject, *, real: bool) -> str:
    """The value with its interval where one was measured, and beside it that of real images."""
    known = subject.entry.metrics
    floor = in_full(known, FLOOR + name, number)
    return in_full(known, name, number) + (f" (real {floor})" if real and floor else "")


def _meanings(subjects: Sequence[Subject]) -> Table:
    names = differences.metrics_table([subject.entry for subject in subjects])
    rows = tuple((METRICS[name].title, explained(name)) for name in names)
    return Table(name="meanings", caption="How to read the metrics.", heads=("metric", "meaning"), rows=rows)
