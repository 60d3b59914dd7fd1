"""From subjects and a template to a report."""

from collections.abc import Sequence

from ganlab.choices import instead
from ganlab.data.spec import data_in_words
from ganlab.families import FAMILIES
from ganlab.foreign import shortened
from ganlab.reports.document import Report, Section
from ganlab.reports.sections import SECTIONS
from ganlab.reports.subject import Subject, Tell
from ganlab.reports.templates import TEMPLATES
from ganlab.reports.writing import made_now


def compose(subjects: Sequence[Subject], template: str, tell: Tell) -> Report:
    """The report of a template of TEMPLATES; ValueError lists them."""
    if template not in TEMPLATES:
        raise ValueError(f"there is no template {shortened(template, 60)!r}{instead(template, TEMPLATES)}")
    names = TEMPLATES[template].sections
    sections: list[Section] = []
    for place, name in enumerate(names):
        tell(place / len(names), name.replace("-", " "))
        section = SECTIONS[name](subjects)
        if section is not None:
            sections.append(section)
    return Report(title=_title(subjects), lead=_lead(subjects), sections=tuple(sections), made=made_now())


def _title(subjects: Sequence[Subject]) -> str:
    names = [subject.name for subject in subjects]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _lead(subjects: Sequence[Subject]) -> str:
    told = []
    for subject in subjects:
        recipe = subject.entry.recipe
        if recipe is None:
            told.append(f"{subject.name}, whose recipe is not known")
            continue
        state = "" if subject.entry.state in ("", "done") else f", {subject.entry.told_state}"
        family = FAMILIES[recipe.family].TITLE
        data = data_in_words(recipe.dataset, recipe.image_size)
        told.append(f"{subject.name}: {_article(family)} {family} that learnt from {data}, seed {recipe.seed}{state}")
    return "; ".join(told) + "."


def _article(word: str) -> str:
    return "an" if word[:1].lower() in "aeio" else "a"
