"""`publish`: models as a web page that needs no server."""

from pathlib import Path
from typing import Annotated

import tyro

from ganlab.commands import names
from ganlab.explore import ids
from ganlab.share import site
from ganlab.share.content import MOST_MODELS, gather


def publish(
    model: Annotated[tuple[str, ...], tyro.conf.Positional],
    *,
    out: Annotated[Path | None, tyro.conf.arg(help_behavior_hint="(default: the first model's name)")] = None,
    single_file: bool = False,
    space: bool = False,
    title: Annotated[str, tyro.conf.arg(help_behavior_hint="(default: the names of the models)")] = "",
) -> int:
    """Write models as a web page that needs no server: the live stage, measurements, licence and curves.

    Args:
        model: models: checkpoint files, or names of shipped checkpoints, uploads or runs; those that read the same
            latent stand on one stage.
        out: the folder to write, which must not be there yet; with --single-file the .html file.
        single_file: write one HTML file, which opens by a double click and without a network.
        space: add what makes the folder a static Space of Hugging Face.
        title: what stands at the top of the page.
    """
    if single_file and space:
        raise ValueError("a Space is a folder; leave out --single-file or --space")
    if not model:
        raise ValueError(
            f"name 1 to {MOST_MODELS} models for the page; python -m ganlab list shows those that are here"
        )
    found = [_named(name) for name in model]
    if out is None:
        first = found[0][0].replace("/", "-")
        out = Path(f"{first}.html" if single_file else first)
    if single_file:
        names.suffix(out, (".html",))
        site.check_free_file(out)
    else:
        site.check_free(out)
    page = gather(found, title)
    written = site.write_single(page, out) if single_file else site.write(page, out, for_space=space)
    print(f"{out}: {written / 1e6:.1f} MB")
    return 0


def _named(name: str) -> tuple[str, Path]:
    """What the model is called on the page, and its file."""
    path = names.model_file(name)
    return (path.stem if path == Path(name) else ids.shown(name)), path
