"""The 24 objects of i-CLEVR, and the lists of objects that conditional models are tested on."""

import itertools
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor

from ganlab import foreign, listings
from ganlab.choices import instead
from ganlab.data.evaluation import ConditionList
from ganlab.data.folder import data_folder
from ganlab.foreign import shortened
from ganlab.latents import Attributes
from ganlab.system_errors import in_words

Form = Literal["cube", "sphere", "cylinder"]
FORMS: tuple[Form, ...] = ("cube", "sphere", "cylinder")
COLOURS = ("gray", "red", "blue", "green", "brown", "purple", "cyan", "yellow")
LABELS = tuple(f"{colour} {form}" for form, colour in itertools.product(FORMS, COLOURS))
MOST_LIST_BYTES = 64 * 2**20  # that of all 54,027 images has 4 MB
OBJECTS = Attributes(name="objects", labels=LABELS, at_least=1, at_most=3)


def condition_sets(name: str = "test") -> Tensor:
    """The list of object sets called `name`, uint8 [K, 24].

    `<name>.json` in the data folder's `iclevr` counts where it exists; `test` (the 32 sets of the course's
    test.json, 31 of which occur in training) and `unseen` (the 136 triples that never do) are there without it.
    """
    path = data_folder() / "iclevr" / f"{name}.json"
    if name.isidentifier() and listings.is_file(path):
        return multi_hot(read_json(path, list), path)
    known = _shipped()
    if name not in known:
        raise ValueError(f"there is no list of object sets {name!r}{instead(name, known)}, or add {path}")
    return known[name].clone()


def unseen_sets(count: int = 64, seed: int = 0) -> Tensor:
    """Sets of three objects that occur together in no training image, uint8 [count, 24]."""
    every = _shipped()["unseen"]
    if not 1 <= count <= len(every):
        raise ValueError(f"there are {len(every)} unseen sets; {count} were asked for")
    return every[torch.randperm(len(every), generator=torch.Generator().manual_seed(seed))[:count]]


def multi_hot(sets: list[Any], source: Path) -> Tensor:
    """Lists of labels as rows of zeros and ones, uint8 [K, 24]; ValueError names `source` and the wrong list."""
    rows = torch.zeros(len(sets), len(LABELS), dtype=torch.uint8)
    for row, labels in zip(rows, sets, strict=True):
        if not isinstance(labels, list) or not 1 <= len(set(map(str, labels))) == len(labels) <= OBJECTS.at_most:
            told = shortened(repr(labels), 200)
            raise ValueError(
                f"{source}: {told} is not a list of 1 to {OBJECTS.at_most} different objects; mend the file"
            )
        for label in labels:
            if label not in LABELS:
                raise ValueError(f"{source}: there is no object {shortened(repr(label), 60)}{instead(label, LABELS)}")
            row[LABELS.index(label)] = 1
    return rows


def read_json(path: Path, kind: type) -> Any:
    """The file's value; ValueError, naming the file, when it is missing, no JSON or not a `kind`."""
    try:
        value = foreign.read_json(path, MOST_LIST_BYTES)
    except FileNotFoundError:
        raise ValueError(f"{path} is not there; copy it there with the other files of the dataset") from None
    except OSError as error:
        raise ValueError(in_words(error, path)) from error
    except ValueError as error:
        raise ValueError(f"{path} cannot be read ({error}); copy it again from the source") from error
    if not isinstance(value, kind) or not value:
        raise ValueError(f"{path} holds no {'list' if kind is list else 'table'}; copy it again from the source")
    return value


@cache
def _shipped() -> dict[str, Tensor]:
    source = files("ganlab.data").joinpath("object_sets.json")
    lists = foreign.parse_json(source.read_text(encoding="utf-8"))
    return {name: multi_hot(sets, Path(str(source))) for name, sets in lists.items()}


LISTS = (
    ConditionList(
        "obeys_test", "Obeys the test list", "labels found over the test list of sets, 50 latents a set", condition_sets
    ),
    ConditionList(
        "obeys_unseen",
        "Obeys new sets",
        "labels found over 64 sets of objects that training never shows",
        unseen_sets,
    ),
)
