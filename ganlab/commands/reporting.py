"""`report`: a folder with all that can be said of runs and models."""

import sys
from pathlib import Path
from typing import Annotated

import tyro
from tqdm import tqdm

from ganlab.commands import names
from ganlab.explore import comparison
from ganlab.explore.comparison import Source
from ganlab.explore.library import Model
from ganlab.reports.composing import compose
from ganlab.reports.subject import gather
from ganlab.reports.writing import write
from ganlab.whole_files import check_name


def report(
    name: Annotated[tuple[str, ...], tyro.conf.Positional],
    *,
    out: Path = Path("report"),
    template: str = "full",
) -> int:
    """Write a report of runs and models: a page that opens anywhere, figures, tables, Markdown and LaTeX.

    Args:
        name: runs, models, results of studies, or checkpoint files; one or more.
        out: the folder to write into; files of an earlier report are replaced.
        template: short, or full with everything that the models can do.
    """
    check_name(out)
    known = comparison.sources()
    sources = [_source(one, known) for one in name]
    with tqdm(total=100, unit="%", bar_format="{l_bar}{bar}| {desc}", file=sys.stderr, disable=None) as bar:

        def tell(share: float, text: str) -> None:
            bar.set_description_str(text)
            bar.update(round(100 * share) - bar.n)

        subjects = gather(sources, tell)
        written = write(compose(subjects, template, tell), out, tell)
    print(written[0])
    return 0


def _source(name: str, known: dict[str, Source]) -> Source:
    """A run, a model or a result by name, or a checkpoint file by its path."""
    path = Path(name)
    if path.suffix == ".safetensors" or path.is_file():
        return Source(id=path.stem, name=path.stem, model=Model(path.stem, path, "shipped", path.stem))
    spelled = comparison.spellings(known)
    by_name = {source.name: source for source in known.values()}
    if name in spelled:
        return known[spelled[name]]
    return by_name[names.known_name("run or model", name, by_name)]
