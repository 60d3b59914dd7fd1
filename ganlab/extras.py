"""Packages that only one dataset or way to serve needs: each is in an extra of the package, and named when missing."""

import importlib.util

EXTRAS = {
    "avatars": "drawing avatars",
    "mnist": "downloading MNIST",
    "login": "GANLAB_ACCESS=login",
    "parquet": "reading Parquet files",
    "hub": "Hugging Face's hub",
    "fid": "FID",
    "report": "writing reports",
    "notebook": "the live stage in notebooks",
    "tensorboard": "event files for TensorBoard",
    "video": "MP4 files",
}
"""What each is for; pyproject.toml says what is in it."""


def how_to_install(extra: str) -> str:
    """What is missing, and the command that gets it."""
    return f"{EXTRAS[extra]} needs packages that are not installed: pip install 'ganlab[{extra}]'"


def why_no_event_files() -> str:
    """What is missing for TensorBoard's event files, and the command that gets it; empty where nothing is."""
    return "" if importlib.util.find_spec("tensorboard") else how_to_install("tensorboard")


def require_event_files() -> None:
    """ValueError says the same."""
    if missing := why_no_event_files():
        raise ValueError(missing)
