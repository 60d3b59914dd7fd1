"""A report as one page that needs neither the app nor a network: pictures, plots and their script are inside."""

import base64
import html
import json
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path

from ganlab.explore import pictures
from ganlab.explore.pictures import Pixels
from ganlab.reports import interactive, small, static
from ganlab.reports.document import Block, Code, Figure, Report, Section, Table, Text, numeric
from ganlab.reports.drawings import Frames, Tiles

HERE = Path(__file__).parent
TILE = 64  # pixels that a tile is shown at, at least
POLICY = (
    "default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'; script-src 'unsafe-inline' 'unsafe-eval'; "
    "font-src data:"
)
"""Nothing is loaded; Plotly puts the code that draws many points together from text."""


def page(report: Report) -> str:
    """The whole file, with plots that answer to the pointer."""
    return _page(report, BLOCKS, "".join(_plot_data(figure) for figure in report.figures()))


def small_page(report: Report) -> str:
    """The whole file, with pictures in the place of plots."""
    return _page(report, BLOCKS | {Figure: _small_figure}, "")


def _page(report: Report, written: Mapping[type[Block], Callable[..., str]], scripts: str) -> str:
    drawn = f"<script>{_plotly()}</script><script>{_own('page.js')}</script>" if scripts else ""
    contents = "".join(
        f'<li><a href="#s{place}">{_text(section.title)}</a></li>' for place, section in enumerate(report.sections)
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_text(report.title)}</title><style>{_own('page.css')}</style></head><body>"
        f'<h1>{_text(report.title)}</h1><p>{_text(report.lead)}</p><p class="made">{_text(report.made)}</p>'
        f"<nav><ul>{contents}</ul></nav>"
        + "".join(_section(place, section, written) for place, section in enumerate(report.sections))
        + f"{scripts}{drawn}</body></html>\n"
    )


def _section(place: int, section: Section, written: Mapping[type[Block], Callable[..., str]]) -> str:
    blocks = "".join(written[type(block)](block) for block in section.blocks)
    return f'<section id="s{place}"><h2>{_text(section.title)}</h2>{blocks}</section>'


def _paragraph(block: Text) -> str:
    return f"<p>{_text(block.text)}</p>"


def _figure(block: Figure) -> str:
    return _framed(block, _drawn(block))


def _small_figure(block: Figure) -> str:
    """Words around a sheet stay text."""
    drawing = block.drawing
    picture = _image(small.draw(drawing), "webp", block.caption, ' loading="lazy"')
    if not isinstance(drawing, Tiles):
        shape = ' class="frames"' if isinstance(drawing, Frames) else ""
        return _framed(block, f"<div{shape}>{picture}</div>")
    heads = "".join(f"<span>{_text(head)}</span>" for head in drawing.heads)
    sides = "".join(f"<span>{_text(side)}</span>" for side in drawing.sides)
    above = f'<div class="heads">{heads}</div>' if heads else ""
    beside = f'<div class="sides">{sides}</div>' if sides else ""
    rows = -(-len(drawing.images) // drawing.columns)
    tall = rows * drawing.images.shape[1] / (drawing.columns * drawing.images.shape[2])
    return _framed(block, f'<div class="sheet" style="--tall:{tall:.3g}">{above}{beside}{picture}</div>')


def _framed(block: Figure, drawn: str) -> str:
    caption = f"<figcaption>{_text(block.caption)}</figcaption>"
    return f'<figure id="{_text(block.name)}">{drawn}{caption}</figure>'


def _drawn(block: Figure) -> str:
    drawing = block.drawing
    if isinstance(drawing, Tiles):
        return f'<div class="tiles">{_tiles(drawing, block.caption)}</div>'
    if isinstance(drawing, Frames):
        moving = _image(static.animated(drawing), "gif", block.caption)
        printed = _image(static.draw(drawing, "png"), "png", block.caption)
        return f'<div class="moving">{moving}</div><div class="printed">{printed}</div>'
    return f'<div data-plot="plot-{_text(block.name)}" role="img" aria-label="{_text(block.caption)}"></div>'


def _tiles(drawing: Tiles, caption: str) -> str:
    """With words a table of pictures, which can be read aloud; without, one picture."""
    scale = max(1, -(-TILE // drawing.images.shape[1]))
    if not drawing.heads and not drawing.sides:
        return _image(pictures.png(static.sheet(drawing)), "png", caption)
    heads = "".join(
        f'<th scope="col"><span style="--width:{drawing.images.shape[2] * scale}px">{_text(head)}</span></th>'
        for head in drawing.heads
    )
    corner = "<th></th>" if drawing.sides else ""
    rows = [f"<tr>{corner}{heads}</tr>"] if heads else []
    for row, start in enumerate(range(0, len(drawing.images), drawing.columns)):
        side = f'<th scope="row">{_text(drawing.sides[row])}</th>' if drawing.sides else ""
        tiles = drawing.images[start : start + drawing.columns]
        cells = "".join(f"<td>{_tile(tile, scale)}</td>" for tile in tiles)
        rows.append(f"<tr>{side}{cells}</tr>")
    columns = drawing.columns + bool(drawing.sides)
    return f'<table style="--columns:{columns}">{"".join(rows)}</table>'


def _tile(tile: Pixels, scale: int) -> str:
    side = tile.shape[0] * scale
    return _image(pictures.png(tile), "png", "", f' width="{side}" height="{side}"')


def _image(content: bytes, kind: str, words: str, size: str = "") -> str:
    return f'<img src="data:image/{kind};base64,{base64.b64encode(content).decode()}" alt="{_text(words)}"{size}>'


def _table(block: Table) -> str:
    shapes = [' class="number"' if right else "" for right in numeric(block)]
    heads = "".join(
        f'<th scope="col"{shape}>{_text(head)}</th>' for head, shape in zip(block.heads, shapes, strict=True)
    )
    rows = "".join(
        f"<tr>{''.join(f'<td{shape}>{_text(cell)}</td>' for cell, shape in zip(row, shapes, strict=True))}</tr>"
        for row in block.rows
    )
    caption = f"<caption>{_text(block.caption)}</caption>"
    return (
        f'<div class="scroll"><table class="numbers">{caption}<thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _code(block: Code) -> str:
    caption = f"<p>{_text(block.caption)}</p>" if block.caption else ""
    return f"{caption}<pre><code>{_text(block.text)}</code></pre>"


BLOCKS: dict[type[Block], Callable[..., str]] = {Text: _paragraph, Figure: _figure, Table: _table, Code: _code}


def _plot_data(figure: Figure) -> str:
    shown = interactive.plot(figure.drawing)
    if shown is None:
        return ""
    content = json.dumps(shown, allow_nan=False).replace("<", "\\u003c")  # no text of a run ends the script
    return f'<script type="application/json" id="plot-{_text(figure.name)}">{content}</script>'


def _plotly() -> str:
    """The script alone: to import the package takes half a second."""
    found = find_spec("plotly")
    assert found is not None  # the app cannot be installed without it
    assert found.origin is not None
    return (Path(found.origin).parent / "package_data" / "plotly.min.js").read_text(encoding="utf-8")


def _own(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def _text(text: str) -> str:
    return html.escape(text)
