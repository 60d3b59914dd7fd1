"""The card that a model has on the hub: README.md with front matter that the hub reads."""

import math

from ganlab.checkpoints import Card
from ganlab.counting import counted, number
from ganlab.data.spec import said_of
from ganlab.families import FAMILIES
from ganlab.foreign import shortened, without_markup
from ganlab.metrics import FLOOR, METRICS
from ganlab.version import __version__

TASKS = {"image": "unconditional-image-generation", "point": "other"}
"""What the hub calls it to draw images without being asked for any; for points, it has no name."""
LIBRARY = "ganlab"


def card_text(card: Card, repo: str, licence: str, sha256: str) -> str:
    """README.md of a model that goes to the repository `repo`."""
    from huggingface_hub import EvalResult, ModelCardData

    dataset, drawn, task = card.data.name, card.data.noun, TASKS[card.data.noun]
    title = shortened(card.origin.title or dataset, 100)
    measured = {name: card.metrics[name] for name in METRICS if _is_shown(card, name)}
    results = [
        EvalResult(
            task_type=task,
            dataset_type=dataset,
            dataset_name=title,
            metric_type=name,
            metric_name=METRICS[name].title,
            metric_value=float(f"{value:.6g}"),
        )
        for name, value in measured.items()
    ]
    kind = "autoencoder" if card.recipe.family == "vae" else "gan"
    terms = {} if licence != "other" else {"license_name": "not-stated"}
    data = ModelCardData(
        license=licence,
        library_name=LIBRARY,
        pipeline_tag=task,
        tags=[LIBRARY, card.recipe.family, kind, f"{drawn}-generation"],
        model_name=card.name,
        eval_results=results or None,
        **terms,
    )
    rows = [f"| {METRICS[n].title} | {number(value)} | {_real(card, n)} |" for n, value in measured.items()]
    head = f"| | model | {said_of('real pictures', card.data.size)} |"
    table = "\n".join([head, "|:--|--:|--:|", *rows]) if rows else "Nothing was measured."
    return _PAGE.format(
        front=data.to_yaml(),
        name=without_markup(card.name),
        family=FAMILIES[card.recipe.family].TITLE,
        drawn="points of the plane" if card.data.points else f"pictures of {card.data.size} x {card.data.size} pixels",
        what=said_of("pictures", card.data.size),
        title=without_markup(title),
        terms=without_markup(shortened(card.origin.licence, 500)) or "not stated",
        steps=counted(card.step, "step"),
        repo=repo,
        table=table,
        sha256=sha256,
        version=__version__,
    )


def is_ours(text: str) -> bool:
    """Whether a README.md is a card that ganlab wrote."""
    first, *lines = text.splitlines() or [""]
    front = lines[: lines.index("---")] if first == "---" and "---" in lines else []
    return f"library_name: {LIBRARY}" in front


def _is_shown(card: Card, name: str) -> bool:
    return name != "samples" and math.isfinite(card.metrics.get(name, math.nan))


def _real(card: Card, name: str) -> str:
    value = card.metrics.get(FLOOR + name, math.nan)
    return number(value) if math.isfinite(value) else ""


_PAGE = """---
{front}
---

# {name}

A {family} that draws {drawn}. It learnt from: {title}, in {steps}.
Terms of the {what}: {terms}.

```python
import ganlab  # pip install "ganlab[hub]"

model = ganlab.load("hf://{repo}")
model.sample(16, seed=0)
```

## What its samples measure

{table}

SHA-256 of the file: `{sha256}`. Recipe, seeds and training curves are inside it. Written by ganlab {version}.
"""
