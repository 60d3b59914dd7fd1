"""Sections that say the same of one subject after the other: the loop, names of files and captions are here."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from ganlab.explore.library import without_folders
from ganlab.reports.document import Block, Figure, Section, Table, Text
from ganlab.reports.subject import Subject, captioned

Build = Callable[[Sequence[Subject]], Section | None]
Of = Callable[[Subject], list[Block]]


def of_each(title: str, of: Of) -> Build:
    """A section of the blocks that `of` makes of each subject, or none where there are no blocks.

    Names of files begin with the subject's; captions and texts too, where there are several. Of a subject of which the
    blocks cannot be made, the reason stands in their place, and the others are complete.
    """

    def build(subjects: Sequence[Subject]) -> Section | None:
        blocks = tuple(_own(subjects, subject, block) for subject in subjects for block in _made(of, subject))
        return Section(title=title, blocks=blocks) if blocks else None

    return build


def _made(of: Of, subject: Subject) -> list[Block]:
    try:
        return of(subject)
    except ValueError as error:
        return [Text(text=f"Left out: {without_folders(str(error))}.")]


def _own(subjects: Sequence[Subject], subject: Subject, block: Block) -> Block:
    if isinstance(block, Figure | Table):
        return replace(block, name=f"{subject.slug}-{block.name}", caption=captioned(subjects, subject, block.caption))
    return replace(block, text=captioned(subjects, subject, block.text)) if isinstance(block, Text) else block
