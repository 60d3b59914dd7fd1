"""Packages that only one dataset, format or way to serve needs: each is in an extra, named where it is missing."""

import importlib.util

from ganlab import folders

EXTRAS = {
    "avatars": "drawing avatars",
    "mnist": "downloading MNIST or another data set of torchvision",
    "login": "GANLAB_ACCESS=login",
    "parquet": "reading Parquet files",
    "hub": "Hugging Face's hub",
    "fid": "measuring FID",
    "report": "writing reports",
    "notebook": "the live stage in notebooks",
    "tensorboard": "writing event files for TensorBoard",
    "video": "writing MP4 files",
}
"""What each is for; pyproject.toml says what is in it."""
FILES = {"login": "requirements-login.txt", "fid": "requirements-fid.txt"}
"""What brings it in a checkout, which is no package that pip knows; the others are in requirements.txt."""


def how_to_install(extra: str) -> str:
    """What is missing, and the command that gets it."""
    what = f'"ganlab[{extra}]"' if folders.is_installed() else f"-r {FILES.get(extra, 'requirements.txt')}"
    return f"{EXTRAS[extra]} needs packages that are not installed: pip install {what}"


def why_no_event_files() -> str:
    """What is missing for TensorBoard's event files, and the command that gets it; empty where nothing is."""
    return "" if importlib.util.find_spec("tensorboard") else how_to_install("tensorboard")


def require_event_files() -> None:
    """ValueError says the same."""
    if missing := why_no_event_files():
        raise ValueError(missing)
