"""`report`: a folder with all that can be said of runs and models."""

import sys
from pathlib import Path
from typing import Annotated

import tyro
from tqdm import tqdm

from ganlab import listings
from ganlab.commands import names
from ganlab.explore import comparison, studies
from ganlab.explore.comparison import Source
from ganlab.explore.library import Model
from ganlab.foreign import MOST_PROBLEMS
from ganlab.reports.answers import ANSWERS
from ganlab.reports.answers.composing import compose_answer
from ganlab.reports.composing import compose
from ganlab.reports.subject import gather
from ganlab.reports.templates import TEMPLATES
from ganlab.reports.writing import write, write_small
from ganlab.studies import studies_folder
from ganlab.whole_files import check_name


def report(
    name: Annotated[tuple[str, ...], tyro.conf.Positional] = (),
    *,
    out: Path = Path("report"),
    template: str = "full",
    small: bool = False,
) -> int:
    """Write a report of runs and models: a page that opens anywhere, figures, tables, Markdown and LaTeX.

    Args:
        name: runs, models, results of studies, or checkpoint files; one or more, and none for an answer to a report.
        out: the folder to write into; files of an earlier report are replaced.
        template: short, or full with everything that the models can do; or one of the answers to the five course
            reports, of the models that come along: mnist-gans, faces, infogan-codes, latent-hidden-fid, iclevr.
        small: write the page alone, with pictures instead of interactive plots, as the file --out.
    """
    check_name(out)
    names.known_name("template", template, [*TEMPLATES, *ANSWERS])
    known = comparison.sources()
    if small and out.suffix != ".html":
        raise ValueError(f"--small writes one page: name it, as in --out {out.name}.html")
    if template in ANSWERS and name:
        raise ValueError(f"the template {template} is about models of its own; leave {name[0]} out")
    if not name and template not in ANSWERS:
        raise ValueError(f"name runs or models, or one of the templates {', '.join(ANSWERS)}")
    wanted = (*ANSWERS[template].models, *ANSWERS[template].runs) if template in ANSWERS else name
    sources = [_source(one, known) for one in wanted]
    with tqdm(total=100, unit="%", bar_format="{l_bar}{bar}| {desc}", file=sys.stderr, disable=None) as bar:

        def tell(share: float, text: str) -> None:
            bar.set_description_str(text)
            bar.update(round(100 * share) - bar.n)

        subjects = gather(sources, tell)
        if template in ANSWERS:
            made = compose_answer(template, ANSWERS[template], subjects, tell)
        else:
            made = compose(subjects, template, tell)
        written = [write_small(made, out)] if small else write(made, out, tell)
    print(written[0])
    return 0


def _source(name: str, known: dict[str, Source]) -> Source:
    """A run, a model or a result by name, or a checkpoint file by its path."""
    path = Path(name)
    if path.suffix == ".safetensors" or listings.is_file(path):
        return Source(id=path.stem, name=path.stem, model=Model(path.stem, path, "shipped", path.stem))
    spelled = comparison.spellings(known)
    by_name = {source.name: source for source in known.values()}
    if name in spelled:
        return known[spelled[name]]
    try:
        return by_name[names.known_name("run or model", name, by_name)]
    except ValueError as error:
        unread = [problem for file in studies.study_files().values() for problem in file.problems]
        unread = [*filter(None, [listings.unlisted(studies_folder())]), *unread]
        raise ValueError("; ".join([str(error), *unread[:MOST_PROBLEMS]])) from None
