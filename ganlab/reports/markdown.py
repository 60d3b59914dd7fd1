"""A report as Markdown that shows the figures beside it."""

import re
from collections.abc import Callable

from ganlab.foreign import without_markup
from ganlab.reports.document import Block, Code, Figure, Report, Table, Text, numeric
from ganlab.reports.drawings import Frames


def page(report: Report) -> str:
    """The whole file; pictures lie in `figures/`."""
    parts = [f"# {without_markup(report.title)}", without_markup(report.lead), f"*{without_markup(report.made)}*"]
    for section in report.sections:
        parts.append(f"## {without_markup(section.title)}")
        parts += [BLOCKS[type(block)](block) for block in section.blocks]
    return "\n\n".join(parts) + "\n"


def _paragraph(block: Text) -> str:
    return without_markup(block.text)


def _figure(block: Figure) -> str:
    kind = "gif" if isinstance(block.drawing, Frames) else "png"
    return f"![{without_markup(block.name)}](figures/{block.name}.{kind})\n\n*{without_markup(block.caption)}*"


def _table(block: Table) -> str:
    lines = [block.heads, ["---:" if right else "---" for right in numeric(block)]]
    rows = [*lines[:1], *lines[1:], *block.rows]
    shown = [[without_markup(cell) if place != 1 else cell for cell in row] for place, row in enumerate(rows)]
    return "\n".join("| " + " | ".join(row) + " |" for row in shown) + f"\n\n*{without_markup(block.caption)}*"


def _code(block: Code) -> str:
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", block.text)), default=0))
    caption = f"{without_markup(block.caption)}\n\n" if block.caption else ""
    return f"{caption}{fence}\n{block.text}\n{fence}"


BLOCKS: dict[type[Block], Callable[..., str]] = {Text: _paragraph, Figure: _figure, Table: _table, Code: _code}
