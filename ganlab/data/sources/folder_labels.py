"""Labels that are told by folders: of splits, and of classes below them."""

import os
import re
import unicodedata
from collections.abc import Sequence

import numpy as np

from ganlab.counting import counted
from ganlab.data.sources.collection import NEITHER, TEST, TRAIN, UNKNOWN, Labels, Words
from ganlab.foreign import shortened
from ganlab.system_errors import printable

SIDES = dict.fromkeys(("train", "training", "trainset"), TRAIN) | dict.fromkeys(
    ("val", "valid", "validation", "dev", "test", "testing", "testset"), TEST
)
"""Names of folders, columns and files that say the split; what is for validation is tested on."""
MOST_LABEL_LETTERS = 200
SPLIT_DEPTHS = (0, 1)


def from_folders(names: Sequence[str]) -> Labels:
    """The split by folders called train, val or test, and a category `class` by the outermost folder besides.

    Folders that all pictures have in common say nothing. `names` are paths with `/`.
    """
    common = os.path.commonpath([*(os.path.dirname(name) for name in names)]) if names else ""
    depth = len(common.split("/")) if common else 0
    split_at = next((at for at in SPLIT_DEPTHS if _all_are_splits(names, depth + at)), None)
    sides = None
    if split_at is not None:
        sides = np.fromiter(
            (SIDES.get(_part(n, depth + split_at).lower(), NEITHER) for n in names), np.int8, len(names)
        )
    class_at = depth + (1 if split_at == 0 else 0)
    classes = sorted({label for name in names if (label := _part(name, class_at))}, key=in_order)
    origin = "folders of splits" if sides is not None else ""
    if len(classes) < 2:
        only = classes[0] if classes else common.rpartition("/")[2]
        inside = sum(1 for name in names if not classes or _part(name, class_at))
        who = (
            "all pictures"
            if inside == len(names)
            else f"{inside:,} of {counted(len(names), 'picture')}, and no others,"
        )
        notes = (f"{who} are in one folder, {shortened(only, 60)!r}: it is no label",) if only else ()
        return Labels(sides=sides, origin=origin, notes=notes)
    labels = distinct_labels(classes)
    code = {folder: place for place, folder in enumerate(classes)}
    codes = np.fromiter((code.get(_part(name, class_at), UNKNOWN) for name in names), np.int32, len(names))
    return Labels(
        columns=(Words("class", labels, codes),),
        sides=sides,
        origin="folders of splits and of classes" if sides is not None else "folders of classes",
        missing="lies in no folder of a class: move it into one, or choose --labels none",
    )


def distinct_labels(texts: Sequence[str]) -> tuple[str, ...]:
    """The texts as labels: one line, no blanks at the ends, at most 200 letters, no two the same."""
    labels: list[str] = []
    seen: set[str] = set()
    for text in texts:
        label = shortened(unicodedata.normalize("NFC", printable(text)), MOST_LABEL_LETTERS).strip() or "blank"
        again = 2
        while label in seen:
            label = f"{label[: MOST_LABEL_LETTERS - 8]} ({again})"
            again += 1
        seen.add(label)
        labels.append(label)
    return tuple(labels)


def in_order(text: str) -> tuple[tuple[tuple[int, float, str], ...], str]:
    """Sorts as people count, -1, 0, 2, 10; what differs in capitals or zeros alone has one order, too."""
    if re.fullmatch(r"-[0-9]{1,300}(\.[0-9]+)?", text):
        return ((0, float(text), ""),), text
    parts = re.findall(r"[0-9]+|[^0-9]+", text.casefold())
    return tuple((0, int(part[:300]), "") if part[0].isdecimal() else (1, 0, part) for part in parts), text


def _all_are_splits(names: Sequence[str], at: int) -> bool:
    """Whether every picture that has a folder there has one of a split, and both sides occur."""
    found: set[int] = set()
    for name in names:
        if part := _part(name, at):
            side = SIDES.get(part.lower())
            if side is None:
                return False
            found.add(side)
    return len(found) == 2


def _part(name: str, at: int) -> str:
    """The folder at that depth, in one spelling of its accents; empty where the picture lies higher."""
    parts = name.split("/", at + 1)
    return unicodedata.normalize("NFC", parts[at]) if len(parts) > at + 1 else ""
