"""`data add`, `show` and `remove`: datasets of one's own pictures."""

import sys
from typing import Annotated

import tyro
from tqdm import tqdm

from ganlab.commands import names
from ganlab.commands.tables import table
from ganlab.counting import counted
from ganlab.data import adding, catalogue, sources
from ganlab.data.adding import Colour, Crop, LabelCounts, Report, Settings, Size
from ganlab.data.packs import load_pack, pack_path
from ganlab.foreign import shortened
from ganlab.jobs import datasets
from ganlab.recipes.proposing import proposals

SHOWN = 8  # of many, in a summary


def add(
    source: Annotated[str, tyro.conf.Positional],
    *,
    name: str,
    size: Annotated[
        Size | None, tyro.conf.arg(help_behavior_hint="(default: 28, 32 or 64, as the pictures are)")
    ] = None,
    colour: Colour = "auto",
    crop: Crop = "centre",
    labels: str = "auto",
    test_share: float = 0.1,
    title: str = "",
    licence: str = "",
    zip_names: sources.Spelling = "auto",
) -> int:
    """Make a dataset of pictures of your own. Stopped, the same command goes on where it was.

    Args:
        source: a folder, zip or tar, or another source that docs/own-pictures.md names.
        name: what the dataset is called from now on.
        size: height and width of the images, pixels.
        colour: auto is grey where all pictures are.
        crop: the middle square (centre), everything squeezed into the square, or with white beside it (pad).
        labels: auto (the source's own, a list in it, or its folders), none, or a list in the source or elsewhere: .csv,
            .tsv, .jsonl, .json, .txt.
        test_share: share of the pictures that is held out, where the source has no test pictures.
        title: how pages call it; the name when empty.
        licence: the terms of the pictures, which go into every model of them.
        zip_names: how a zip spells names that it does not say to be UTF-8. auto reads them as UTF-8 where that is
            possible, else as cp437, the format's own.
    """
    adding.check_new(name)
    if not 0 <= test_share <= 0.5:
        raise ValueError(f"--test-share is {test_share:g}; choose a share from 0 to 0.5")
    try:
        with tqdm(total=1.0, bar_format="{l_bar}{bar}| {elapsed} {desc}") as bar:

            def progress(share: float, text: str) -> None:
                bar.set_description_str(text, refresh=False)
                bar.update(share - bar.n)

            collection = sources.open_source(
                source,
                lambda found: progress(0.0, f"found {counted(found, 'picture')}"),
                zip_names=zip_names,
            )
            found_labels = sources.labels_from(collection, labels)
            chosen = Settings(
                size=size or adding.proposed_size(adding.first_sides(collection)),
                colour=colour,
                crop=crop,
                test_share=test_share,
            )
            shape = adding.Shape(chosen.size, chosen.crop)
            survey = adding.survey(collection, adding.work_folder(), progress, shape=shape)
            plan = adding.plan(survey, found_labels, chosen, name)
            bar.reset()
            path = adding.add(plan, progress, title=title, licence=licence)
    except KeyboardInterrupt:
        print("the same command goes on where it was", file=sys.stderr)
        raise
    print("\n".join(_summary(plan.report, chosen)))
    print(f"{name}: {path.stat().st_size / 1e6:,.1f} MB in {path}")
    print(_training(name))
    return 0


def show(name: Annotated[str, tyro.conf.Positional]) -> int:
    """Show what is known of a dataset: pictures, labels with counts, where it came from, its size on disk.

    Args:
        name: a dataset; `data list` shows them.
    """
    name = names.dataset(name)
    if not catalogue.is_packed(name):
        raise ValueError(f"{name} is not packed; pack it first: python -m ganlab data pack {name}")
    path = pack_path(name)
    pack = load_pack(path)
    spec = pack.spec
    rows = [
        ["title", pack.title or catalogue.describe(name).title],
        ["pictures", f"{len(pack.images):,}, of which {pack.train:,} for training"],
        ["images", f"{spec.size} x {spec.size} pixels, {'grey' if spec.channels == 1 else 'colour'}"],
        ["licence", pack.licence],
        ["source", pack.source or "-"],
        ["made with", ", ".join(f"{key} {value}" for key, value in pack.made.items()) or "-"],
        ["fingerprint", pack.fingerprint or "-"],
        ["on disk", f"{path.stat().st_size / 1e6:,.1f} MB in {path}"],
    ]
    print(table([[title, shortened(text, 300)] for title, text in rows]))
    start = 0
    for condition in spec.conditions:
        numbers = pack.conditions[:, start : start + condition.dim].sum(0).tolist()
        start += condition.dim
        print(f"{condition.name} ({condition.kind})")
        print(
            table([[label, f"{number:,}"] for label, number in zip(condition.labels, numbers, strict=True)], indent=4)
        )
    return 0


def remove(name: Annotated[str, tyro.conf.Positional]) -> int:
    """Remove a dataset of your own from this machine; models of it stay, and open without it.

    Args:
        name: a dataset that was added; `data list` shows them.
    """
    if name in catalogue.BUILT_IN:
        raise ValueError(f"{name} comes with ganlab; remove its file by hand if you need the room: {pack_path(name)}")
    name = names.known_name("dataset of your own", name, catalogue.added())
    size = datasets.delete(adding.Added(name))
    print(f"removed {name}, {size / 1e6:,.1f} MB")
    return 0


def _summary(report: Report, settings: Settings) -> list[str]:
    """What was packed and what was not, a line each."""
    kind = "grey" if report.channels == 1 else "colour"
    held_out = ", held out by their content" if report.held_out else ""
    formats = ", ".join(f"{count.number:,} {count.name}" for count in report.formats)
    sizes = " / ".join(f"{s.width:,} x {s.height:,}" for s in (report.smallest, report.median, report.largest))
    lines = [
        f"{report.usable:,} of {counted(report.files, 'picture')}: {report.train:,} for training, "
        f"{report.test:,} for testing"
        f"{held_out}",
        f"formats: {formats}; smallest, median, largest: {sizes} pixels",
        f"images: {settings.size} x {settings.size} pixels, {kind}, {_cut(report, settings)}",
        *(_counts(one) for one in report.labels),
    ]
    if report.copies:
        copies = counted(report.copies, "picture is", "pictures are")
        stay = "; copies stay on one side" if report.held_out else ""
        lines.append(f"copies: {copies} the same as one before{stay}")
    for over in report.passed_over:
        lines.append(f"passed over: {over.counted}, such as {shortened(over.first, 120)}")
    lines += [f"left out: {one.why}" for one in report.unusable[:SHOWN]]
    if len(report.unusable) > SHOWN:
        lines.append(f"left out: {counted(len(report.unusable) - SHOWN, 'more file')}")
    return [*lines, *(f"note: {note}" for note in report.notes)]


def _counts(labels: LabelCounts) -> str:
    shown = ", ".join(f"{shortened(count.name, 40)} {count.number:,}" for count in labels.counts[:SHOWN])
    return f"{labels.name}: {shown}{f', and {len(labels.counts) - SHOWN:,} more' if len(labels.counts) > SHOWN else ''}"


def _cut(report: Report, settings: Settings) -> str:
    return {
        "centre": f"the middle square ({report.cut:.0%} of a picture is cut away on average)",
        "squeeze": "squeezed into the square",
        "pad": f"with white beside the picture ({report.cut:.0%} of an image on average)",
    }[settings.crop]


def _training(name: str) -> str:
    known = catalogue.describe(name)
    first = proposals(known.spec, known.train)[0]
    changes = " ".join(f"{key}={value}" for key, value in first.changes.items())
    return f"train it: python -m ganlab train {first.base} --set {changes}"
