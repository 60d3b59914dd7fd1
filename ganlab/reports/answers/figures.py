"""What a part of an answer can show: what only answers have, and the sections of all reports."""

from collections.abc import Callable, Sequence

from ganlab.reports.answers import pictures, sizes
from ganlab.reports.answers.failing import failures
from ganlab.reports.answers.tried import CUT_STUDIES, tried
from ganlab.reports.document import Block
from ganlab.reports.sections import SECTIONS
from ganlab.reports.subject import Subject

Build = Callable[[Sequence[Subject]], list[Block]]


def shown(name: str, subjects: Sequence[Subject]) -> list[Block]:
    """The blocks of an entry of SHOWN, or of a section that all reports may have."""
    if name in SHOWN:
        return SHOWN[name](subjects)
    section = SECTIONS[name](subjects)
    return list(section.blocks) if section else []


def names() -> set[str]:
    """All that a part can show."""
    return {*SHOWN, *SECTIONS}


SHOWN: dict[str, Build] = {
    "sizes-grid": sizes.sizes_grid,
    "mlp-over-steps": sizes.mlp_over_steps,
    "reality": sizes.reality,
    "every-size": sizes.every_size,
    "counted-by-hand": sizes.counted_by_hand,
    "tried": tried,
    "failures": failures,
    "code-table": pictures.code_table,
    "mixed-categories": pictures.mixed_categories,
    "side-by-side": pictures.side_by_side,
    "test-scenes": pictures.test_list,
    "published": pictures.published,
}

STUDIES: dict[str, tuple[str, ...]] = {
    "sizes-grid": ("sizes",),
    "mlp-over-steps": ("sizes",),
    "reality": ("sizes",),
    "every-size": ("sizes",),
    "tried": tuple(CUT_STUDIES),
}
"""The studies whose results they show."""
