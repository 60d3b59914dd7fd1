"""`table`: writes what the headers of the shipped checkpoints say as a page beside them."""

from pathlib import Path

from ganlab import checkpoints
from ganlab.checkpoints import Card
from ganlab.export import digest
from ganlab.families import FAMILIES
from ganlab.metrics import FLOOR
from ganlab.whole_files import replacing

FOLDER = Path(__file__).parents[2] / "checkpoints"
COLUMNS = {  # metric => heading, format
    "confident": ("recognisable", "{:.1%}"),
    "histogram_kl": ("histogram KL (nats)", "{:.4f}"),
    "smallest_share": ("rarest digit", "{:.2f}"),
    "frechet_classifier": ("Frechet", "{:.2f}"),
    "code_accuracy": ("c1 names", "{:.1%}"),
    "obeys": ("obeys", "{:.1%}"),
    "reconstruction_mse": ("MSE", "{:.4f}"),
}


def publish() -> int:
    """Write checkpoints/README.md from the headers of the files beside it."""
    cards = [checkpoints.read_card(path) for path in checkpoints.list_files(FOLDER)]
    commands = (
        f"python -m ganlab train {card.name} --out runs/{card.name}\n"
        f"python -m ganlab export runs/{card.name} --out checkpoints/{card.name}.safetensors"
        for card in cards
    )
    sums = (f"{digest(card.path)}  {card.path.name}" for card in cards)
    path = FOLDER / "README.md"
    with replacing(path) as part:
        part.write_text(TEXT.format(table=table(cards), commands="\n".join(commands), sums="\n".join(sums)))
    print(path)
    return 0


def table(cards: list[Card]) -> str:
    """Markdown, a row a model and one for real test digits; a dash where a number does not apply."""
    heads = ["model", "family", "step", "generator", "file", *(head for head, _ in COLUMNS.values()), "training"]
    rows = [heads, ["---"] * len(heads), *(_row(card) for card in cards), _floor(cards)]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _row(card: Card) -> list[str]:
    seconds = float(checkpoints.read_curves(card.path)["seconds"][-1])
    return [
        f"`{card.name}`",
        FAMILIES[card.recipe.family].TITLE,
        f"{card.step:,} of {card.recipe.steps:,}",
        f"{card.parameters['generator'] / 1e6:.2f} M",
        f"{card.bytes / 1e6:.1f} MB",
        *_numbers(card.metrics),
        f"{seconds / 60:.0f} min",
    ]


def _floor(cards: list[Card]) -> list[str]:
    digits = next(card for card in cards if card.data.name == "mnist")
    real = {key.removeprefix(FLOOR): value for key, value in digits.metrics.items() if key.startswith(FLOOR)}
    return ["real test digits", "", "", "", "", *_numbers(real), ""]


def _numbers(metrics: dict[str, float]) -> list[str]:
    return [form.format(metrics[key]) if key in metrics else "-" for key, (_, form) in COLUMNS.items()]


TEXT = """# Checkpoints

Models trained on MNIST (CC BY-SA 3.0), each from its recipe in `ganlab/recipes/`, seed 0. Licence: MIT, like the rest
of the project. The weights in a file are the averaged ones at the step that measured best while training. This page is
made from the files' headers by `python -m ganlab table`.

{table}

Of 10,000 samples each, without truncation: **recognisable** is the share that a digit classifier gives more than 0.9 to
one digit; **histogram KL** compares the digits drawn with their shares in the training split; **rarest digit** is the
least share relative to the data's (1 is even, 0 is missing); **Frechet** is the distance of the classifier's features
from those of the 60,000 training images. A classifier is sure of noise, too: read the first number with the others. The
classifier (`ganlab/metrics/mnist-classifier.safetensors`) names 99.3 % of the test split rightly.

**c1 names** is the share of real test digits whose code, as the recognizer reads it, is that of their class, after the
best one-to-one matching; **obeys** is the share of samples that show what was asked for, as the classifier sees them;
**MSE** is the squared error of reconstructed test images, pixels in [0, 1].
`python -m ganlab evaluate NAME` measures again.

**Training** is time in the loop on one thread of a busy 2-core machine in bfloat16, other trainings beside it.

## Train them again

```
{commands}
```

The classifiers: `python -m ganlab classifier mnist --epochs 6`, `classifier iclevr`, `classifier avatars --epochs 4`.

## SHA-256

```
{sums}
```

Models that you upload in the app go to `checkpoints/uploads/`, which git ignores.
"""
