"""What the codes of an InfoGAN do: the figures and tables of its paper, for every code that the model has."""

from collections.abc import Sequence

from ganlab.checkpoints import Checkpoint
from ganlab.checkpoints.codes import Codes
from ganlab.counting import number
from ganlab.explore import capabilities, code_words
from ganlab.explore import codes as grids_of
from ganlab.explore.grids import Grid
from ganlab.explore.points import Point
from ganlab.reports.document import Block, Figure, Table
from ganlab.reports.drawings import Tiles
from ganlab.reports.subject import Subject

STEPS = 10
MOST_LABELS = 12  # rows of a grid


def of_codes(subject: Subject) -> list[Block]:
    """Categories over columns (Figure 2 (a)), one label a row, continuous codes from -2 to 2 ((c) and (d)), tables."""
    model = subject.model
    if model is None or not capabilities.own_codes(model.latent, model.card.data):
        return []
    return _categories(model) + _numbers(model)


def _categories(model: Checkpoint) -> list[Block]:
    own = capabilities.own_codes(model.latent, model.card.data)
    called = model.card.data.noun
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
            blocks.append(_figure(f"{factor.name}-varied", words, _drawn(model, grid, heads=heads)))
            grid = grids_of.one_label_a_row(model.latent, Point(0), factor.name, columns=STEPS)
            words = f"Each row is one label of {factor.name}, each {called} another latent: what the code holds fast."
            blocks.append(_figure(f"{factor.name}-held", words, _drawn(model, grid, sides=heads)))
        if rows := code_words.label_rows(factor, code_words.category(model.card.codes, factor.name)):
            words = (
                f"What the labels of {factor.name} stand for: the class of real test {called}s that the recognizer "
                f"gives the label to, one to one, and what most {called}s of the label show."
            )
            blocks.append(_table(f"{factor.name}-labels", words, rows))
    return blocks


def _numbers(model: Checkpoint) -> list[Block]:
    blocks: list[Block] = []
    category = next((factor for factor in code_words.categories(model.latent) if factor.dim <= MOST_LABELS), None)
    known = grids_of.continuous(model.latent)
    titles = code_words.axis_words(model.card.codes, known)
    for axis in known:
        grid = grids_of.sweep(model.latent, Point(0), axis, category.name if category else "", STEPS + 1)
        title = titles.get(axis.name, axis.title)
        words = f"{title}, from {axis.low:g} to {axis.high:g} (training drew from the middle half), all else held."
        if category:
            words += f" Each row is one label of {category.name}, by its name, on the latent of seed 0."
        name = axis.name.replace(".", "-").replace("~", "-")
        blocks.append(_figure(f"{name}-swept", words, _drawn(model, grid)))
    if rows := code_words.code_rows(_of(model)):
        words = "How closely qualities of the strokes follow each code: Spearman's rank correlation along sweeps."
        blocks.append(_table("numbers", words, rows))
    return blocks


def _of(model: Checkpoint) -> Codes:
    return model.card.codes


def _drawn(model: Checkpoint, grid: Grid, *, heads: Sequence[str] = (), sides: Sequence[str] = ()) -> Tiles:
    images = model.images(grid.latents(model.latent)).numpy()
    return Tiles(images=images, columns=grid.columns, heads=heads or grid.heads, sides=sides or grid.sides)


def _figure(name: str, caption: str, drawing: Tiles) -> Figure:
    return Figure(name=name, caption=caption, drawing=drawing)


def _table(name: str, caption: str, rows: list[dict]) -> Table:
    heads = tuple(dict.fromkeys(key for row in rows for key in row))
    cells = tuple(tuple(_cell(row.get(head)) for head in heads) for row in rows)
    return Table(name=name, caption=caption, heads=heads, rows=cells)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return number(value) if isinstance(value, float) else str(value)
