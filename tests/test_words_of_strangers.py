"""Labels, titles and names of others in each kind of file, read back by a parser that is not ours."""

import ast
import csv
import html
import io
import json
import shlex
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ganlab.explore import ids, snippets
from ganlab.explore.points import Point
from ganlab.foreign import without_markup
from ganlab.reports import interactive, latex
from ganlab.reports.document import Code, Figure, Report, Section, Table, Text
from ganlab.reports.drawings import Bars, Heat, Line, Lines, Panel
from ganlab.reports.html import page
from ganlab.spreadsheets import as_csv

WORDS = [
    "plain words",
    "~struck~ ~~out~~",
    "$x^2$ costs $5",
    "&lt;b&gt; &amp; &#65;",
    "- a list",
    "+ a list",
    "* a list",
    "1. first",
    "23) second",
    "# heading",
    "> quoted",
    "=====",
    "---",
    "***",
    "[a](http://b.example) ![c](d)",
    "<http://b.example> www.b.example",
    "<script>alert(1)</script>",
    "a | b | c",
    "_em_ __strong__ `code`",
    "back\\slash \\input{/etc/passwd} \\end{document}",
    "[2cm] of a row",
    "*] {a} %comment",
    "^^41 ~ ?` !` ,, <<",
    "caf\u00e9 \u0142\u00f3d\u017a \u0126\u0149\u01d5 \u7537 \U0001f600",
    "\"quoted\" 'too'",
    "$(touch x) `touch x` ; rm -rf ~",
    "-o option",
    "--out=x",
    "class",
    "a\tb",
    ":::note",
    "%{x} {y!r}",
]


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.mark.parametrize("words", WORDS)
def test_markdown(words: str) -> None:
    """As a paragraph, a heading and a cell, by CommonMark's rules with the tables and strokes of GitHub's."""
    parser = pytest.importorskip("markdown_it").MarkdownIt().enable(["table", "strikethrough"])
    safe = without_markup(words)
    for text, tags in (
        (safe, ["p"]),
        (f"# {safe}", ["h1"]),
        (f"| a |\n| --- |\n| {safe} |", ["table", "thead", "tr", "th", "tbody", "tr", "td"]),
    ):
        found = Reader()
        found.feed(parser.render(text))
        assert found.tags == tags, text
        assert "".join(found.text).split()[-len(words.split()) :] == words.split()


@pytest.mark.parametrize("words", WORDS)
def test_a_page(words: str) -> None:
    report = _report(words)
    found, usual = Reader(), Reader()
    found.feed(page(report))
    usual.feed(page(_report("word")))
    assert found.tags == usual.tags
    assert found.text.count(words) == usual.text.count("word") > 5


def test_latex_sets_them_all(tmp_path: Path) -> None:
    if shutil.which("pdflatex") is None:
        pytest.skip("no pdflatex here")
    letters = " ".join(map(chr, [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x250)]))
    table = Table(
        name="t", caption="c", heads=(WORDS[20], "b"), rows=tuple((words, "1") for words in [*WORDS, letters])
    )
    blocks = [*(Text(text=words) for words in WORDS), *(Code(text=words) for words in WORDS)]
    report = Report(
        title=WORDS[19], lead=WORDS[20], sections=(Section(title=WORDS[18], blocks=(*blocks, table)),), made=""
    )
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "t.tex").write_text(latex.table(table), encoding="utf-8")
    (tmp_path / "a.tex").write_text(latex.document(report), encoding="utf-8")
    done = subprocess.run(
        ["pdflatex", "-halt-on-error", "-interaction=nonstopmode", "a.tex"], cwd=tmp_path, capture_output=True
    )
    assert done.returncode == 0, done.stdout.decode("latin-1")[-2000:]


def test_csv() -> None:
    rows = list(csv.reader(io.StringIO(as_csv([[words, 1] for words in WORDS]), newline="")))
    assert [row[0].removeprefix("'") for row in rows] == WORDS
    assert all(row[1:] == ["1"] for row in rows)


@pytest.mark.parametrize("words", WORDS)
def test_shell(words: str) -> None:
    model_id = ids.escaped(words)
    [word] = shlex.split(ids.in_shell(model_id))
    assert word in (words, model_id)
    assert not word.startswith("-")


@pytest.mark.parametrize("words", [*WORDS, "self", "seed", "for", "\ufb01t", "hair_colour"])
def test_python(words: str) -> None:
    code = snippets.sample(Path("/nowhere/a'b\".safetensors"), [Point(0, fixed=((words, words),))])
    call: Any = ast.parse(code).body[-1].value  # type: ignore[attr-defined]
    said = {keyword.arg: ast.literal_eval(keyword.value) for keyword in call.keywords}
    assert said.pop("seed") == 0
    assert said.get("fix", said) == {words: words}


@pytest.mark.parametrize("words", WORDS)
def test_charts(words: str) -> None:
    values = np.arange(3.0)
    lines = (Line(label=words, x=values, y=values),)
    for drawing in (
        Lines(panels=(Panel(title=words, y_title=words, lines=lines),), x_title=words),
        Bars(labels=(words,), series=((words, (1.0,)),), y_title=words),
        Heat(rows=(words,), columns=(words,), values=((1.0,),), down=words, across=words),
    ):
        plot = interactive.plot(drawing)
        assert plot is not None
        for trace in plot["data"]:
            trace.pop("legendgroup", None)  # which is not drawn
        shown = json.dumps(plot)
        assert "<script" not in shown
        assert "<http" not in shown
        assert json.dumps(html.escape(words, quote=False).replace("%{", "%&#123;"))[1:-1] in shown


def _report(words: str) -> Report:
    table = Table(name="t", caption=words, heads=(words,), rows=((words,),))
    heat = Heat(rows=(words,), columns=(words,), values=((1.0,),), down="", across="")
    blocks = (Text(text=words), Figure(name="f", caption=words, drawing=heat), table, Code(text=words))
    return Report(title=words, lead=words, sections=(Section(title=words, blocks=blocks),), made="now")
