"""Picking runs and models among many by what they are: their words, kind of model, data and study."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from ganlab import runs
from ganlab.checkpoints import Card
from ganlab.explore import library
from ganlab.explore.comparison import Source
from ganlab.explore.studies import StudyFile
from ganlab.families import FAMILIES
from ganlab.recipes import Recipe, parse_recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What is known of a source without reading its curves; empty where nobody knows it."""

    source: Source
    family: str = ""  # as pages show it
    dataset: str = ""
    size: int = 0  # pixels
    study: str = ""  # its name


def kinds(known: Mapping[str, Source], studies: Mapping[str, StudyFile]) -> list[Kind]:
    """One of each source, in their order; one whose recipe cannot be read has no family and no data."""
    study_of = {name: file.name for file in studies.values() for name in file.runs}
    return [_kind(source, study_of.get(source_id, "")) for source_id, source in known.items()]


def matching(
    found: Sequence[Kind],
    text: str = "",
    *,
    families: Collection[str] = (),
    datasets: Collection[str] = (),
    studies: Collection[str] = (),
) -> list[Kind]:
    """Those with every word of `text`, and with one of each collection that is not empty."""
    words = text.lower().split()
    return [
        kind
        for kind in found
        if all(word in _words(kind) for word in words)
        and (not families or kind.family in families)
        and (not datasets or kind.dataset in datasets)
        and (not studies or kind.study in studies)
    ]


def _kind(source: Source, study: str) -> Kind:
    recipe = _recipe(source)
    if recipe is None:
        return Kind(source=source, study=study)
    title = FAMILIES[recipe.family].TITLE
    return Kind(source=source, family=title, dataset=recipe.dataset, size=recipe.image_size, study=study)


def _recipe(source: Source) -> Recipe | None:
    try:
        if source.run:
            return runs.read_recipe(source.run)
        if source.result:
            return parse_recipe(source.result.recipe)
    except ValueError:
        return None
    card = library.try_card(source.model) if source.model else None
    return card.recipe if isinstance(card, Card) else None


def _words(kind: Kind) -> str:
    return f"{kind.source.name} {kind.family} {kind.dataset} {kind.size or ''} px {kind.study}".lower()
