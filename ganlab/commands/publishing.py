"""`table`: writes what the headers of the shipped checkpoints say as a page beside them."""

from ganlab import checkpoints, folders
from ganlab.checkpoints import Card
from ganlab.data import describe
from ganlab.data.spec import said_of
from ganlab.export import digest
from ganlab.families import FAMILIES
from ganlab.metrics import FLOOR
from ganlab.metrics.cost import cost
from ganlab.whole_files import replacing

FOLDER = folders.root() / "checkpoints"
COLUMNS = {  # metric => heading, format
    "confident": ("recognisable", "{:.1%}"),
    "mixture_confident": ("of a mixture", "{:.1%}"),
    "histogram_kl": ("histogram KL (nats)", "{:.4f}"),
    "smallest_share": ("rarest digit", "{:.2f}"),
    "frechet_classifier": ("Frechet", "{:.2f}"),
    "mixture_frechet_classifier": ("of a mixture", "{:.2f}"),
    "modes": ("modes of 1,000", "{:,.0f}"),
    "modes_kl": ("modes KL (nats)", "{:.3f}"),
    "code_accuracy": ("c1 names", "{:.1%}"),
    "obeys": ("obeys", "{:.1%}"),
    "obeys_test": ("obeys the test list", "{:.1%}"),
    "obeys_unseen": ("obeys new sets", "{:.1%}"),
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
        text = TEXT.format(tables=tables(cards), commands="\n".join(commands), sums="\n".join(sums))
        part.write_text(text, encoding="utf-8")
    print(path)
    return 0


def tables(cards: list[Card]) -> str:
    """A heading, the terms of the images and a table for each dataset."""
    parts = []
    for name in dict.fromkeys(card.data.name for card in cards):
        own = [card for card in cards if card.data.name == name]
        known = describe(name)
        what = said_of("Images", own[0].data.size)
        parts.append(f"## {known.title}\n\n{what}: {known.licence}.\n\n{table(own)}")
    return "\n\n".join(parts)


def table(cards: list[Card]) -> str:
    """Markdown, a row a model of one dataset and one for real test images; a dash where a number does not apply."""
    columns = {key: column for key, column in COLUMNS.items() if any(key in card.metrics for card in cards)}
    size = cards[0].data.size
    facts = ["model", "family", "step", "generator", said_of("a picture", size), "file"]
    heads = [*facts, *(head for head, _ in columns.values()), "training"]
    real = {key.removeprefix(FLOOR): value for key, value in cards[0].metrics.items() if key.startswith(FLOOR)}
    floor = [said_of("real test images", size), *[""] * (len(facts) - 1), *_numbers(real, columns), ""]
    rows = [heads, ["---"] * len(heads), *([*_facts(c), *_numbers(c.metrics, columns), _time(c)] for c in cards), floor]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _facts(card: Card) -> list[str]:
    return [
        f"`{card.name}`",
        FAMILIES[card.recipe.family].TITLE,
        f"{card.step:,} of {card.recipe.steps:,}",
        f"{card.parameters['generator'] / 1e6:.2f} M",
        f"{cost(checkpoints.load(card.path)).operations / 1e6:.1f} MFLOP",
        f"{card.bytes / 1e6:.1f} MB",
    ]


def _numbers(metrics: dict[str, float], columns: dict[str, tuple[str, str]]) -> list[str]:
    return [form.format(metrics[key]) if key in metrics else "-" for key, (_, form) in columns.items()]


def _time(card: Card) -> str:
    return f"{float(checkpoints.read_curves(card.path)['seconds'][-1]) / 60:.0f} min"


TEXT = """# Checkpoints

Trained models, each from its recipe in `ganlab/recipes/`, seed 0. Their licence is MIT, like that of the rest of the
project; the terms of the images that they learnt from stand with each table. The weights of generators and
encoders are the averaged ones at the step that measured best while training. This page is made from the files' headers
by `python -m ganlab table`.

{tables}

## How to read the numbers

Of 10,000 samples each, without truncation, read by a classifier that was trained here on the same dataset
(`ganlab/data/classifiers`). The one of digits names 99.3 % of MNIST's test split rightly, that of faces
all visible labels of 2,000 held-out faces, that of scenes 97.6 % of the labels of held-out scenes. A classifier is sure
of noise, too: read each number with the others.

- **generator**: its parameters; **a picture**: floating point operations for one, a multiplication and an addition
  are two;
- **recognisable**: share that the classifier gives more than 0.9 to one digit;
- **histogram KL**: the digits drawn against their shares in the training split;
- **rarest digit**: the least share relative to the data's (1 is even, 0 is missing);
- **Frechet**: distance of the classifier's features from those of the training images. The fewer images are measured,
  the larger it comes out, and the classifier knows the training images: a model, measured on 10,000, may therefore
  stand below i-CLEVR's 1,800 held-out scenes;
- **of a mixture**: the same for latents drawn from a mixture of Gaussians that was fitted to the encodings, and is in
  the file;
- **c1 names**: share of real test images whose code, as the recognizer reads it, is that of their class, after the best
  one-to-one matching;
- **obeys**: share of the labels asked for that the classifier finds; **the test list**: the object sets of i-CLEVR's
  test.json, 50 latents each; **new sets**: 64 sets of objects that no training image shows together;
- **MSE**: squared error of reconstructed test images, pixels in [0, 1].

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
