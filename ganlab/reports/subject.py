"""What a report is about: runs and models with all that can be read of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ganlab import checkpoints
from ganlab.checkpoints import Checkpoint
from ganlab.counting import counted
from ganlab.data import Pack, catalogue
from ganlab.explore import comparison, library
from ganlab.explore.comparison import Entry, Source
from ganlab.reports.file_words import file_words
from ganlab.system_errors import in_words

Tell = Callable[[float, str], object]
MOST = 12  # runs and models in a report


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Subject:
    """One run or model."""

    slug: str  # begins the names of its files; unique in a report
    entry: Entry
    model: Checkpoint | None  # None while a run has no snapshot, and of a study's result
    pack: Pack | None  # the model's dataset at its size; None where it is not here
    without_pack: str = ""  # why, in a clause

    @property
    def name(self) -> str:
        return self.entry.source.name


def gather(sources: Sequence[Source], tell: Tell) -> list[Subject]:
    """Read all of the sources. ValueError for none, for too many, and where nothing of any can be read."""
    if not 1 <= len(sources) <= MOST:
        raise ValueError(f"a report is about 1 to {MOST} runs or models; {counted(len(sources), 'was', 'were')} named")
    packs: dict[tuple[str, int], tuple[Pack | None, str]] = {}
    found: list[Subject] = []
    slugs = file_words((source.name for source in sources), "model")
    for place, source in enumerate(sources):
        tell(place / len(sources), f"reading {source.name}")
        entry, model = _read(source)
        pack, why = None, ""
        if model is not None:
            data = model.card.data
            key = (data.name, data.size)
            if key not in packs:
                packs[key] = _pack(model)
            pack, why = packs[key]
        found.append(Subject(slug=slugs[place], entry=entry, model=model, pack=pack, without_pack=why))
    if not any(subject.model or subject.entry.recipe or subject.entry.curves for subject in found):
        raise ValueError("; ".join(dict.fromkeys(problem for one in found for problem in one.entry.problems)))
    return found


def has_mixture(subject: Subject) -> bool:
    """Whether its model draws from a mixture that was fitted to its encodings."""
    return subject.model is not None and subject.model.latent.mixture is not None


def captioned(subjects: Sequence[Subject], subject: Subject, words: str) -> str:
    """A caption, which begins with the model's name where there are several."""
    return words if len(subjects) == 1 else f"{subject.name}: {words[:1].lower()}{words[1:]}"


def _read(source: Source) -> tuple[Entry, Checkpoint | None]:
    """What cannot be read becomes one of the entry's problems: the others are reported all the same."""
    entry = comparison.read(source)
    try:
        model, found = _model(source), list(entry.problems)
    except (ValueError, OSError) as error:
        model, found = None, [*entry.problems, in_words(error)]
    told = [problem.replace(f"{source.model.path.parent}/", "") if source.model else problem for problem in found]
    return replace(entry, problems=list(dict.fromkeys(told))), model


def _model(source: Source) -> Checkpoint | None:
    model = source.model or (library.run_model(source.run) if source.run else None)
    return checkpoints.load(model.path) if model else None


def _pack(model: Checkpoint) -> tuple[Pack | None, str]:
    """Nothing is downloaded or drawn for a report."""
    card = model.card
    if why := library.without_pictures(card):
        return None, why
    if not catalogue.is_packed(card.data.name, card.data.size):
        return None, f"{card.data.name} is not packed here (python -m ganlab data pack {card.data.name})"
    try:
        return catalogue.load(card.data.name, card.data.size), ""
    except ValueError as error:
        return None, str(error)
