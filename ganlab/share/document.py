"""The HTML of a shared page: stages at its top, and what is known of each model below."""

import base64
import hashlib
import html
import json
from collections.abc import Mapping, Sequence
from typing import Any

from ganlab import web
from ganlab.checkpoints import Card
from ganlab.data.spec import said_of
from ganlab.explore import curves, summary
from ganlab.explore.summary import Measurement
from ganlab.share import theme
from ganlab.share.content import KEYS, Page, Shown, described
from ganlab.share.curves import figures
from ganlab.version import __version__

NOTHING = {"default-src": "'none'", "base-uri": "'none'", "form-action": "'none'"}
WITHOUT_SCRIPTS = "The pictures are drawn by a script, which this browser does not run."


def style() -> str:
    """One style sheet for the page and its stages."""
    return "\n".join([theme.style(":root"), web.text("stage/stage.css"), web.text("share/page.css")])


def page(shared: Page, files: Mapping[str, str], head: str, scripts: str, policy: Mapping[str, str]) -> str:
    """The whole document.

    files: names of the runtime's `script` and `wasm`, as the page's own script knows them.
    head: style and what else stands there, as HTML.
    scripts: what stands at the end, as HTML.
    policy: what the page may load, by directive, in addition to nothing.
    """
    size = max(shown.card.data.size for shown in shared.models)  # that of points where there is nothing else
    unseen = said_of(WITHOUT_SCRIPTS, size)
    rules = "; ".join(f"{name} {sources}" for name, sources in {**NOTHING, **policy}.items())
    stages = [
        {"title": ", ".join(shown.name for shown in group), "keys": KEYS, "explore": described(group)}
        for group in shared.stages
    ]
    data = embedded({"stages": stages, "files": dict(files)})
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{text(rules)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<link rel="icon" href="data:,">\n'
        f"<title>{text(shared.title)}</title>\n{head}\n</head>\n<body>\n"
        f"<h1>{text(shared.title)}</h1>\n"
        f"<p>Move a slider: your browser draws {said_of('each picture', size)} itself, and no server is asked.</p>\n"
        f'<div id="stage">The models are being made ready.<noscript> {unseen}</noscript></div>\n'
        + "".join(map(_about, shared.models))
        + f'<p class="made">Made by ganlab {__version__}. {said_of("Pictures", size)} are drawn by ONNX Runtime Web, '
        "copyright Microsoft Corporation, MIT licence.</p>\n"
        f'<script type="application/json" id="data">{data}</script>\n{scripts}\n</body>\n</html>\n'
    )


def embedded(value: Any) -> str:
    """JSON that no text in it ends the element of."""
    return json.dumps(value, allow_nan=False).replace("<", "\\u003c")


def digest(code: str) -> str:
    """How a policy names an inline script or style."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}'"


def text(words: str) -> str:
    """Any words, as HTML shows them."""
    return html.escape(words)


def _about(shown: Shown) -> str:
    card = shown.card
    rows = summary.measurements(card)
    parts = [
        f"<h2>{text(shown.name)}</h2>\n",
        f'<p class="facts">{text(summary.facts(card))}</p>\n',
        f"<p>Learnt from {text(summary.origin(card))}.</p>\n",
        *(f"<p>{text(told)}</p>\n" for told in (summary.training(card), summary.not_measured(card.left_out)) if told),
        *(
            [f"<p>Its encoder, which reads {said_of('pictures', card.data.size)}, is not on this page.</p>\n"]
            if "encoder" in card.parameters
            else []
        ),
        *(["<h3>Measured</h3>\n", _table(rows)] if rows else []),
        *_curves(shown, card),
    ]
    return f"<section>\n{''.join(parts)}</section>\n"


def _curves(shown: Shown, card: Card) -> list[str]:
    try:
        drawn = figures(curves.of_checkpoint(shown.path, card.recipe))
    except ValueError as error:
        return [f"<p>The curves cannot be shown: {text(str(error))}.</p>\n"]
    return ["<h3>Training</h3>\n", drawn, "\n"] if drawn else []


def _table(rows: Sequence[Measurement]) -> str:
    floor = any(row.floor for row in rows)
    heads = f"<tr><th></th><th>model</th>{'<th>real data</th>' * floor}</tr>"
    body = "".join(
        f'<tr><th scope="row" title="{text(row.text)}">{text(row.title)} {row.arrow}</th><td>{text(row.value)}</td>'
        + f"<td>{text(row.floor)}</td>" * floor
        + "</tr>"
        for row in rows
    )
    return f'<div class="scroll"><table><thead>{heads}</thead><tbody>{body}</tbody></table></div>\n'
