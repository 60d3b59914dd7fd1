"""What the codes of an InfoGAN do: the figures and tables of its paper, for every code that the model has."""

from collections.abc import Sequence

from ganlab.checkpoints import Checkpoint
from ganlab.checkpoints.codes import Codes
from ganlab.explore import capabilities, code_words
from ganlab.explore import codes as grids_of
from ganlab.explore.grids import Grid
from ganlab.explore.points import Point
from ganlab.explore.summary import number
from ganlab.reports.document import Block, Figure, Section, Table
from ganlab.reports.drawings import Tiles
from ganlab.reports.subject import Subject, captioned

STEPS = 10
MOST_LABELS = 12  # rows of a grid


def codes(subjects: Sequence[Subject]) -> Section | None:
    """Categories over columns (Figure 2 (a)), one label a row, continuous codes from -2 to 2 ((c) and (d)), tables."""
    blocks: list[Block] = []
    for subject in subjects:
        if subject.model is not None and capabilities.own_codes(subject.model.latent, subject.model.card.data):
            blocks += _categories(subjects, subject, subject.model) + _numbers(subjects, subject, subject.model)
    return Section(title="Codes that nobody labelled", blocks=tuple(blocks)) if blocks else None


def _categories(subjects: Sequence[Subject], subject: Subject, model: Checkpoint) -> list[Block]:
    own = capabilities.own_codes(model.latent, model.card.data)
    blocks: list[Block] = []
    for factor in code_words.categories(model.latent):
        if factor.name not in own:
            continue
        heads = code_words.label_heads(model.latent, model.card.codes, factor.name)
        if factor.dim <= 2 * MOST_LABELS:
            grid = grids_of.one_latent_a_row(model.latent, Point(0), factor.name, rows=STEPS)
            words = (
                f"Each row is one latent, each column one label of {factor.name}: only the code changes along a row."
            )
            blocks.append(_figure(subjects, subject, f"{factor.name}-varied", words, _drawn(model, grid, heads=heads)))
            grid = grids_of.one_label_a_row(model.latent, Point(0), factor.name, columns=STEPS)
            words = f"Each row is one label of {factor.name}, each picture another latent: what the code holds fast."
            blocks.append(_figure(subjects, subject, f"{factor.name}-held", words, _drawn(model, grid, sides=heads)))
        if rows := code_words.label_rows(factor, code_words.category(model.card.codes, factor.name)):
            words = (
                f"What the labels of {factor.name} stand for: the class of real test images that the recognizer gives "
                "the label to, one to one, and what most pictures of the label show."
            )
            blocks.append(_table(subjects, subject, f"{factor.name}-labels", words, rows))
    return blocks


def _numbers(subjects: Sequence[Subject], subject: Subject, model: Checkpoint) -> list[Block]:
    blocks: list[Block] = []
    category = next((factor for factor in code_words.categories(model.latent) if factor.dim <= MOST_LABELS), None)
    known = grids_of.continuous(model.latent)
    titles = code_words.axis_words(model.card.codes, known)
    for axis in known:
        grid = grids_of.sweep(model.latent, Point(0), axis, category.name if category else "", STEPS + 1)
        title = titles.get(axis.name, axis.title)
        words = f"{title}, from {axis.low:g} to {axis.high:g} (training drew from the middle half), all else held."
        name = axis.name.replace(".", "-").replace("~", "-")
        blocks.append(_figure(subjects, subject, f"{name}-swept", words, _drawn(model, grid)))
    if rows := code_words.code_rows(_of(model)):
        words = "How closely qualities of the strokes follow each code: Spearman's rank correlation along sweeps."
        blocks.append(_table(subjects, subject, "numbers", words, rows))
    return blocks


def _of(model: Checkpoint) -> Codes:
    return model.card.codes


def _drawn(model: Checkpoint, grid: Grid, *, heads: Sequence[str] = (), sides: Sequence[str] = ()) -> Tiles:
    images = model.images(grid.latents(model.latent)).numpy()
    return Tiles(images=images, columns=grid.columns, heads=heads or grid.heads, sides=sides or grid.sides)


def _figure(subjects: Sequence[Subject], subject: Subject, kind: str, words: str, drawing: Tiles) -> Figure:
    return Figure(name=f"{subject.slug}-{kind}", caption=captioned(subjects, subject, words), drawing=drawing)


def _table(subjects: Sequence[Subject], subject: Subject, kind: str, words: str, rows: list[dict]) -> Table:
    heads = tuple(dict.fromkeys(key for row in rows for key in row))
    cells = tuple(tuple(_cell(row.get(head)) for head in heads) for row in rows)
    return Table(name=f"{subject.slug}-{kind}", caption=captioned(subjects, subject, words), heads=heads, rows=cells)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return number(value) if isinstance(value, float) else str(value)
