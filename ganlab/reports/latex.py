"""A report as LaTeX: a whole document of the article class, and each table in a file that any document can include."""

import textwrap
from collections.abc import Callable

from ganlab.reports.document import Block, Code, Figure, Report, Table, Text, numeric

PREAMBLE = r"""\documentclass[a4paper]{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage[margin=2.5cm]{geometry}
\usepackage{graphicx,hyperref}
\IfFileExists{booktabs.sty}{\usepackage{booktabs}}{%
  \newcommand{\toprule}{\hline}\newcommand{\midrule}{\hline}\newcommand{\bottomrule}{\hline}}
\makeatletter % figures and tables stand where they are: floats would end up under other headings
\newenvironment{placed}[1]{\par\addvspace{\bigskipamount}\noindent\begin{minipage}{\linewidth}%
  \def\@captype{#1}\centering}{\end{minipage}\par\addvspace{\bigskipamount}}
\makeatother
"""
CODE_WIDTH = 90  # letters; longer lines go on below
SPECIAL = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "[": "{[}",  # after a row's end it would begin the height of the gap
    "*": "{*}",
    "·": r"\textperiodcentered{}",
    "±": r"$\pm$",
    "→": r"$\rightarrow$",
    "↑": r"$\uparrow$",
    "↓": r"$\downarrow$",
    "\u2014": "---",
    "\u2013": "--",
    "\u00d7": r"$\times$",
}
UNSET = frozenset("\u0126\u0127\u0138\u013f\u0140\u0149\u0166\u0167\u017f")
"""Letters before U+0180 that pdflatex's fonts do not have."""
LONG = 60  # letters; a column of longer texts has lines of its own
TEXT = r"p{0.55\linewidth}"
WIDE = 5  # columns; a table of more is set small


def document(report: Report) -> str:
    """The whole file; figures lie in `figures/`, tables in `tables/`."""
    parts = [PREAMBLE, rf"\title{{{_text(report.title)}}}", rf"\date{{{_text(report.made)}}}", r"\begin{document}"]
    parts += [r"\maketitle", _text(report.lead)]
    for section in report.sections:
        parts.append(rf"\section{{{_text(section.title)}}}")
        parts += [BLOCKS[type(block)](block) for block in section.blocks]
    return "\n\n".join([*parts, r"\end{document}"]) + "\n"


def table(block: Table) -> str:
    """A `tabular` with rules by booktabs."""
    right = numeric(block)
    kinds = "".join(
        "r" if numbers else TEXT if max(map(len, column)) > LONG else "l"
        for numbers, column in zip(right, zip(block.heads, *block.rows, strict=True), strict=True)
    )
    rows = [rf"{' & '.join(map(_text, row))} \\" for row in (block.heads, *block.rows)]
    lines = [rf"\begin{{tabular}}{{{kinds}}}", r"\toprule", rows[0], r"\midrule", *rows[1:], r"\bottomrule"]
    return "\n".join([*lines, r"\end{tabular}"]) + "\n"


def _paragraph(block: Text) -> str:
    return _text(block.text)


def _figure(block: Figure) -> str:
    return (
        "\\begin{placed}{figure}\n"
        rf"\includegraphics[width=\linewidth,height=0.8\textheight,keepaspectratio]{{figures/{block.name}.png}}"
        f"\n\\caption{{{_text(block.caption)}}}\n\\label{{fig:{block.name}}}\n\\end{{placed}}"
    )


def _table(block: Table) -> str:
    size = "\\footnotesize\n" if len(block.heads) > WIDE else ""
    return (
        f"\\begin{{placed}}{{table}}\n{size}"
        rf"\resizebox{{\ifdim\width>\linewidth\linewidth\else\width\fi}}{{!}}{{\input{{tables/{block.name}.tex}}}}"
        f"\n\\caption{{{_text(block.caption)}}}\n\\label{{tab:{block.name}}}\n\\end{{placed}}"
    )


def _code(block: Code) -> str:
    caption = f"{_text(block.caption)}\n\n" if block.caption else ""
    lines = [part for line in block.text.splitlines() for part in textwrap.wrap(line, CODE_WIDTH) or [""]]
    text = "\n".join(lines).encode("ascii", "replace").decode().replace(r"\end{verbatim}", r"\end {verbatim}")
    return f"{caption}{{\\footnotesize\n\\begin{{verbatim}}\n{text}\n\\end{{verbatim}}\n}}"


BLOCKS: dict[type[Block], Callable[..., str]] = {Text: _paragraph, Figure: _figure, Table: _table, Code: _code}


def _text(text: str) -> str:
    known = "".join(SPECIAL.get(letter, letter) for letter in " ".join(text.split()))
    return "".join(letter if ord(letter) < 0x180 and letter not in UNSET else "?" for letter in known)
