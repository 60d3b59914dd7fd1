"""Where what comes with ganlab lies, and where what users make goes."""

import os
from pathlib import Path

import platformdirs

from ganlab.system_errors import text_path

PACKAGE = Path(__file__).parent
TOP_LEVEL = PACKAGE / "top_level"  # in a wheel: what lies at the top of a checkout; `hatch_build.py` puts it there

WEB = PACKAGE / "ui" / "web"  # scripts and styles of the browser: of the app, of shared pages and of notebooks


def is_installed() -> bool:
    """Whether ganlab was installed from a wheel; not, where it runs in a checkout."""
    return TOP_LEVEL.is_dir()


def root() -> Path:
    """The folder that holds `app.py`, `pages`, `checkpoints` and `studies` as they came."""
    return TOP_LEVEL if is_installed() else PACKAGE.parent


def chosen(variable: str) -> Path | None:
    """The folder that a variable names; None where it names none, or is blank.

    A `~` is the user's home, also where no shell has read it: in a unit of systemd, in a container's file. ValueError
    where its name is no UTF-8, or there is no such home.
    """
    text = os.environ.get(variable, "")
    if not text.strip():
        return None
    try:
        return text_path(Path(text).expanduser())
    except RuntimeError as error:
        raise ValueError(f"{variable} is {text!r}, and there is no such home; write the whole path") from error


def own(name: str, variable: str) -> Path:
    """The folder `name` among the user's own, for an installed ganlab.

    `variable` names another place. ValueError, with the remedy, for a user who has no home folder.
    """
    try:
        folder = platformdirs.user_data_path("ganlab", appauthor=False)
    except RuntimeError as error:
        raise ValueError(
            f"this user has no home folder to keep {name} in ({error}); "
            f"set {variable} to a folder that can be written to"
        ) from error
    return text_path(folder / name)
