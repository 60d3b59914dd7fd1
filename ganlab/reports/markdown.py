"""A report as Markdown that shows the figures beside it."""

import re
from collections.abc import Callable

from ganlab.reports.document import Block, Code, Figure, Report, Table, Text, numeric
from ganlab.reports.drawings import Frames

_SPECIAL = re.compile(r"[\\`*_\[\]<>|#]")


def page(report: Report) -> str:
    """The whole file; pictures lie in `figures/`."""
    parts = [f"# {_text(report.title)}", _text(report.lead), f"*{_text(report.made)}*"]
    for section in report.sections:
        parts.append(f"## {_text(section.title)}")
        parts += [BLOCKS[type(block)](block) for block in section.blocks]
    return "\n\n".join(parts) + "\n"


def _paragraph(block: Text) -> str:
    return _text(block.text)


def _figure(block: Figure) -> str:
    kind = "gif" if isinstance(block.drawing, Frames) else "png"
    return f"![{_text(block.name)}](figures/{block.name}.{kind})\n\n*{_text(block.caption)}*"


def _table(block: Table) -> str:
    lines = [block.heads, ["---:" if right else "---" for right in numeric(block)]]
    rows = [*lines[:1], *lines[1:], *block.rows]
    shown = [[_text(cell) if place != 1 else cell for cell in row] for place, row in enumerate(rows)]
    return "\n".join("| " + " | ".join(row) + " |" for row in shown) + f"\n\n*{_text(block.caption)}*"


def _code(block: Code) -> str:
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", block.text)), default=0))
    caption = f"{_text(block.caption)}\n\n" if block.caption else ""
    return f"{caption}{fence}\n{block.text}\n{fence}"


BLOCKS: dict[type[Block], Callable[..., str]] = {Text: _paragraph, Figure: _figure, Table: _table, Code: _code}


def _text(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", " ".join(text.split()))
