"""What only answers to reports show, each from its subjects; sections of other reports can stand beside it."""

import base64
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from scipy import stats

from ganlab.data.object_sets import LABELS, condition_sets
from ganlab.data.pictures import open_picture
from ganlab.explore import code_words, curves, readings
from ganlab.explore.grids import hold
from ganlab.explore.points import Point, latents
from ganlab.explore.summary import number
from ganlab.metrics.counts import chi_square, effective_classes
from ganlab.reports.answers import facts
from ganlab.reports.answers.values import study_result, study_results
from ganlab.reports.document import Block, Figure, Table, Text
from ganlab.reports.drawings import Bars, Line, Lines, Panel, Tiles
from ganlab.reports.sections import SECTIONS
from ganlab.reports.sections.losses import POINTS, SMOOTHING
from ganlab.reports.subject import Subject, captioned
from ganlab.studies import digits_appear
from ganlab.studies.digits import CUT, REPORTED_FID, TRIED
from ganlab.studies.schema import Result
from ganlab.studies.verdicts import verdicts

Build = Callable[[Sequence[Subject]], list[Block]]
COUNTED = 100
AGREE = 0.6  # a rank correlation from which two orders are said to agree
SCENE_COLUMNS = 8
CUT_STUDIES = {"stability-cut-replica": "its losses", "stability-cut": "our losses"}
"""By name, and whose losses they train with."""


def shown(name: str, subjects: Sequence[Subject]) -> list[Block]:
    """The blocks of an entry of SHOWN, or of a section that all reports may have."""
    if name in SHOWN:
        return SHOWN[name](subjects)
    section = SECTIONS[name](subjects)
    return list(section.blocks) if section else []


def names() -> set[str]:
    """All that a part can show."""
    return {*SHOWN, *SECTIONS}


def _sizes_grid(subjects: Sequence[Subject]) -> list[Block]:
    """Report D's table of nine sizes beside ours, the ratios, and whether both order the sizes alike."""
    measured = {
        size: result.measured[max(result.measured)].get("frechet_classifier")
        for size in REPORTED_FID
        if (result := study_result("sizes", f"sizes-dcgan-{size[0]}-{size[1]}"))
    }
    rows, pairs = [], []
    for latent, hidden in REPORTED_FID:
        reported, ours = REPORTED_FID[latent, hidden], measured.get((latent, hidden))
        pairs += [(reported, ours)] if ours is not None else []
        rows.append(
            (
                str(latent),
                str(hidden),
                f"{reported:.2f}",
                "" if ours is None else number(ours),
                f"{reported / REPORTED_FID[100, 64]:.2f}",
                "" if ours is None or not measured.get((100, 64)) else number(ours / (measured[100, 64] or 1.0)),
            )
        )
    heads = ("latent", "hidden", "FID, the report", "Frechet, here", "report / its 100-64", "here / our 100-64")
    caption = (
        "FID by latent and hidden size after 5,000 steps at batch 64 (report D, its table; one seed). Here: one seed "
        "each, 10,000 samples, features of our digit classifier (python -m ganlab study sizes)."
    )
    blocks: list[Block] = [Table(name="sizes-grid", caption=caption, heads=heads, rows=tuple(rows))]
    if len(pairs) == len(REPORTED_FID):
        hiddens = sorted({hidden for _, hidden in measured})
        blocks.append(Text(text=_in_words(measured, hiddens, pairs)))
        series = tuple(
            (
                f"hidden {hidden}",
                tuple(
                    float(measured.get((latent, hidden)) or np.nan) for latent in sorted({size[0] for size in measured})
                ),
            )
            for hidden in hiddens
        )
        labels = tuple(f"latent {latent}" for latent in sorted({size[0] for size in measured}))
        bars = Bars(labels=labels, series=series, y_title="Frechet distance")
        blocks.append(Figure(name="sizes-bars", caption="Ours: lower is better, one seed each.", drawing=bars))
    return blocks


def _in_words(
    measured: Mapping[tuple[int, int], float | None], hiddens: Sequence[int], pairs: Sequence[tuple[float, float]]
) -> str:
    """What the two grids agree on."""
    means = [
        [float(np.mean([value or np.nan for (_, size), value in grid.items() if size == hidden])) for hidden in hiddens]
        for grid in (REPORTED_FID, measured)
    ]
    theirs, ours = (
        ", ".join(f"{number(value)} at {hidden}" for hidden, value in zip(hiddens, row, strict=True)) for row in means
    )
    rank = float(stats.spearmanr([a for a, _ in pairs], [b for _, b in pairs]).statistic)
    agree = "agree" if rank >= AGREE else "agree in part" if rank >= AGREE / 2 else "hardly agree"
    gaps = [row[0] / min(row[1:]) for row in means]
    return (
        f"Means over latent sizes by hidden size: {theirs} in the report, {ours} here. The narrowest nets are "
        f"{gaps[0]:.1f} times as far away as the best ones in the report and {gaps[1]:.1f} times here. Size by size "
        f"the two orders {agree} (Spearman's rank correlation {rank:.2f}): with one seed each, neighbouring sizes "
        "cannot be told apart."
    )


def _reality(subjects: Sequence[Subject]) -> list[Block]:
    """Report D's own curves: D(x), and 1 - D(G(z)) before and after the update."""
    blocks: list[Block] = []
    told = (
        ("discriminator/real", "D(x)", 0.0, 1.0),
        ("discriminator/fake", "1 - D(G(z)) before", 1.0, -1.0),
        ("generator/fake", "1 - D(G(z)) after", 1.0, -1.0),
    )
    for subject in subjects:
        logged = subject.entry.curves
        half_life = SMOOTHING * float(logged.columns["step"].max())
        lines = []
        for place, (name, label, start, factor) in enumerate(told):
            if name in logged.columns:
                x, y = curves.line(logged, name, half_life=half_life, points=POINTS)
                lines.append(Line(label=label, x=x, y=start + factor * y, colour=place))
        panel = Panel(
            title="How real each side looks",
            y_title="probability",
            lines=tuple(lines),
            level=0.5,
            level_label="equilibrium",
            y_range=(-0.02, 1.02),
        )
        words = "The report's own curves: all three meet at one half where the players are equal."
        caption = captioned(subjects, subject, words)
        drawing = Lines(panels=(panel,), x_title="step")
        blocks.append(Figure(name=f"{subject.slug}-reality", caption=caption, drawing=drawing))
    return blocks


def _mlp_over_steps(subjects: Sequence[Subject]) -> list[Block]:
    """Losses of the nets of the study, from what it kept."""
    result = study_result("sizes", "mnist-mlp-32")
    if result is None or not result.curves:
        return []
    x = np.array(result.curves["step"], float)
    lines = tuple(
        Line(label=label, x=x, y=np.array(result.curves[name], float), colour=place)
        for place, (name, label) in enumerate((("discriminator/loss", "D"), ("generator/loss", "G")))
        if name in result.curves
    )
    panel = Panel(title="Losses", y_title="loss", lines=lines)
    caption = "The MLP of the study, means over stretches of the run (python -m ganlab study sizes)."
    return [Figure(name="mlp-losses", caption=caption, drawing=Lines(panels=(panel,), x_title="step"))]


def _counted_by_hand(subjects: Sequence[Subject]) -> list[Block]:
    """The 100 digits that the report counted, beside 100 of ours, each with its test against MNIST's shares."""
    blocks: list[Block] = []
    for subject in subjects:
        if subject.model is None or subject.pack is None:
            continue
        reader = readings.classifier_of(subject.model.card.data)
        if reader is None:
            continue
        images = subject.model.images(subject.model.latent.from_seeds(range(COUNTED)))
        digits = reader.read(images.permute(0, 3, 1, 2)).probabilities.argmax(1)
        ours, theirs = torch.bincount(digits, minlength=10), torch.tensor(facts.COUNTED_BY_HAND)
        prior = subject.pack.prior()
        rows = []
        for who, counts in (("the report, by hand", theirs), ("here, by a classifier", ours)):
            test = chi_square(counts, prior)
            diverse = effective_classes(counts / counts.sum())
            rows.append((who, *map(str, counts.tolist()), f"{test.statistic:.1f}", f"{test.p:.2g}", f"{diverse:.2f}"))
        heads = ("100 digits", *map(str, range(10)), "chi-square, 9 df", "p", "effective classes")
        caption = captioned(
            subjects, subject, f"Digits among {COUNTED} pictures; ours are those of seeds 0 to {COUNTED - 1}."
        )
        blocks.append(Table(name=f"{subject.slug}-hundred", caption=caption, heads=heads, rows=tuple(rows)))
        series = (
            ("the report", tuple((theirs / theirs.sum()).tolist())),
            ("here", tuple((ours / ours.sum()).tolist())),
            ("MNIST", tuple(prior.tolist())),
        )
        bars = Bars(labels=tuple(map(str, range(10))), series=series, y_title="share")
        blocks.append(
            Figure(name=f"{subject.slug}-hundred", caption="The same as shares beside MNIST's own.", drawing=bars)
        )
    return blocks


def _tried(subjects: Sequence[Subject]) -> list[Block]:
    """Report A's 20 settings, whether digits appeared there, and what the cut studies measured."""
    kept = {study: study_results(study) for study in CUT_STUDIES}
    rows = []
    settings = [(base.removeprefix("mnist-"), one) for base, several in TRIED.items() for one in several]
    for place, (net, one) in enumerate(settings, 1):
        cells = [cell for study, results in kept.items() for cell in _outcome(results, f"{net}-{place:02}")]
        setting = (net, str(one.latent_size), str(one.epochs), str(one.batch_size), f"{one.lr:g}")
        rows.append((*setting, "yes" if one.digits else "no", *cells))
    of_studies = [head for words in CUT_STUDIES.values() for head in (f"digits, {words}", f"recognisable, {words}")]
    heads = ("net", "latent", "epochs", "batch", "rate", "digits, the report", *of_studies)
    caption = (
        "The settings that the report tried and whether it saw digits, and the same settings here on "
        f"1/{CUT} of the images with narrow nets: digits appear where 60 % of 2,000 samples are recognisable and no "
        "digit has less than a tenth of its share (python -m ganlab study stability-cut-replica, and stability-cut). "
        "Empty: not run yet."
    )
    blocks: list[Block] = [Table(name="tried", caption=caption, heads=heads, rows=tuple(rows))]
    for study, results in kept.items():
        if results:
            blocks.append(Text(text=_verdict_words(CUT_STUDIES[study], results)))
            blocks += _kept_samples(study, results)
    return blocks


def _outcome(results: Sequence[Result], ending: str) -> tuple[str, str]:
    """Whether digits appear, and the share of recognisable samples; empty where the run was not made."""
    result = next((one for one in results if one.name.endswith(ending)), None)
    measured = result.measured[max(result.measured)] if result and result.measured else {}
    appear, share = digits_appear(measured), measured.get("confident")
    if appear is None or share is None:
        return "", ""
    return "yes" if appear else "no", number(share)


def _verdict_words(words: str, results: Sequence[Result]) -> str:
    found = verdicts(results)
    told = f"With {words}, digits appear in {found.runs - found.failed} of {found.runs} runs (the report: 8 of 20). "
    if found.precision is None or found.recall is None:
        return told + f"The monitor warned of {found.warned} runs, and {found.failed} failed."
    return told + (
        f"The monitor warned of {found.warned} while they went on: {found.precision:.0%} of its warnings were right "
        f"(precision), and it warned of {found.recall:.0%} of the runs that failed (recall)."
    )


def _kept_samples(study: str, results: Sequence[Result]) -> list[Block]:
    """A row of samples of each run, by the size of their pictures."""
    sheets = {
        result.name: np.asarray(open_picture(base64.b64decode(result.sheet))) for result in results if result.sheet
    }
    blocks: list[Block] = []
    for side in sorted({sheet.shape[0] for sheet in sheets.values()}):
        mine = {name: sheet for name, sheet in sheets.items() if sheet.shape[0] == side}
        tiles = [np.stack(np.split(sheet, sheet.shape[1] // side, axis=1))[..., None] for sheet in mine.values()]
        drawing = Tiles(
            images=np.concatenate(tiles),
            columns=len(tiles[0]),
            sides=[name.removeprefix(f"{study}-") for name in mine],
        )
        caption = f"{study}: samples of the first seeds at the last step, a row a run; 64 px are shown at 32."
        blocks.append(Figure(name=f"{study}-{side}", caption=caption, drawing=drawing))
    return blocks


def _code_table(subjects: Sequence[Subject]) -> list[Block]:
    """Which digit each value of c1 stands for, in the report and here."""
    blocks: list[Block] = []
    for subject in subjects:
        if subject.model is None:
            continue
        table = code_words.category(subject.model.card.codes, "c1").table
        rows = (
            ("the report", *map(str, facts.CODE_TABLE)),
            ("here", *(table.get(str(code), "") for code in range(10))),
        )
        caption = (
            "The digit that each value of c1 stands for. Which one it is, is chance; that each has another is not. "
            "Ours: the class that real test images with this code mostly have, one to one."
        )
        heads = ("c1", *map(str, range(10)))
        blocks.append(Table(name=f"{subject.slug}-code-table", caption=caption, heads=heads, rows=rows))
    return blocks


def _mixed_categories(subjects: Sequence[Subject]) -> list[Block]:
    """Two categories of an InfoGAN and half of each, from the same latents."""
    blocks: list[Block] = []
    for subject in subjects:
        model = subject.model
        if model is None:
            continue
        factor = next(factor for factor in code_words.categories(model.latent))
        words = code_words.label_words(model.latent, model.card.codes)[factor.name]
        first, second = factor.labels[:2]
        values = (first, f"{first}*0.5+{second}*0.5", second)
        points = [hold(Point(seed), factor.name, value) for value in values for seed in range(8)]
        images = model.images(latents(model.latent, points)).numpy()
        sides = (words[first], "half of each", words[second])
        caption = captioned(
            subjects, subject, "Two categories mixed: the same latents under one, half of each, the other."
        )
        drawing = Tiles(images=images, columns=8, sides=sides)
        blocks.append(Figure(name=f"{subject.slug}-mixed", caption=caption, drawing=drawing))
    return blocks


def _side_by_side(subjects: Sequence[Subject]) -> list[Block]:
    """Samples of each model below each other."""
    drawn = [subject for subject in subjects if subject.model is not None]
    images = [
        subject.model.images(subject.model.latent.from_seeds(range(10))).numpy() for subject in drawn if subject.model
    ]
    if not images:
        return []
    drawing = Tiles(images=np.concatenate(images), columns=10, sides=[subject.name for subject in drawn])
    caption = "Samples of seeds 0 to 9 of each model, nothing chosen."
    return [Figure(name="side-by-side", caption=caption, drawing=drawing)]


def _test_scenes(subjects: Sequence[Subject]) -> list[Block]:
    """One picture for each of the 32 sets of objects of the test list."""
    blocks: list[Block] = []
    sets = condition_sets("test")
    for subject in subjects:
        if subject.model is None:
            continue
        u = subject.model.latent.sample(len(sets), torch.Generator().manual_seed(0))
        u[:, subject.model.latent.columns("objects")] = sets.float()
        drawing = Tiles(images=subject.model.images(u).numpy(), columns=SCENE_COLUMNS)
        words = "; ".join(_objects(row.tolist()) for row in sets[:SCENE_COLUMNS])
        caption = f"The test list's {len(sets)} sets of objects, one latent each, row by row. The first row: {words}."
        caption = captioned(subjects, subject, caption)
        blocks.append(Figure(name=f"{subject.slug}-test-list", caption=caption, drawing=drawing))
    return blocks


def _objects(row: list[int]) -> str:
    return " and ".join(label for label, on in zip(LABELS, row, strict=True) if on)


def _students(subjects: Sequence[Subject]) -> list[Block]:
    """What others published on the same list."""
    own = [
        (f"here, {subject.name}", number(subject.entry.metrics["obeys_test"]), "50 latents a set, one seed")
        for subject in subjects
        if "obeys_test" in subject.entry.metrics
    ]
    rows = (*own, *((one.what, one.test, one.how) for one in facts.PUBLISHED_SCENES))
    caption = (
        "Share of the test list's objects that are found. The course's evaluator is not public: ours is another "
        "classifier, so that only the order compares. Others mostly tell the best of several epochs."
    )
    return [Table(name="published", caption=caption, heads=("model", "test list", "how"), rows=rows)]


SHOWN: dict[str, Build] = {
    "sizes-grid": _sizes_grid,
    "reality": _reality,
    "mlp-over-steps": _mlp_over_steps,
    "counted-by-hand": _counted_by_hand,
    "tried": _tried,
    "code-table": _code_table,
    "mixed-categories": _mixed_categories,
    "side-by-side": _side_by_side,
    "test-scenes": _test_scenes,
    "students": _students,
}
