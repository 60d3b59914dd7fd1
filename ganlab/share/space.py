"""What makes a folder a static Space of Hugging Face: the card at its top, and which files are large."""

import json
from collections.abc import Iterator

from ganlab.explore import summary
from ganlab.foreign import without_markup
from ganlab.share.content import Page

LARGE = ("*.wasm", "*.onnx")


def files(page: Page) -> Iterator[tuple[str, bytes]]:
    """The README whose front matter the hub reads, and the attributes for git's large files."""
    yield "README.md", card(page).encode()
    yield ".gitattributes", "".join(f"{name} filter=lfs diff=lfs merge=lfs -text\n" for name in LARGE).encode()


def card(page: Page) -> str:
    """Front matter as YAML, whose strings are written as JSON's, and what the models learnt from."""
    front = {
        "title": page.title,
        "colorFrom": "green",
        "colorTo": "gray",
        "sdk": "static",
        "app_file": "index.html",
        "pinned": False,
        "tags": ["ganlab", "generative-model"],
    }
    lines = [f"{name}: {json.dumps(value)}" for name, value in front.items()]
    models = [
        f"- {without_markup(shown.name)}: learnt from {without_markup(summary.origin(shown.card))}."
        for shown in page.models
    ]
    return "\n".join(
        [
            "---",
            *lines,
            "---",
            "",
            "Pictures of small generative models, drawn in the visitor's browser. The page was made by ganlab.",
            "",
            *models,
            "",
        ]
    )
