"""The folder of datasets and packs."""

import os
from pathlib import Path

import platformdirs

from ganlab import folders

CHOOSE_FOLDER = "set GANLAB_DATA to a folder that can be written to, and GANLAB_RUNS to another for trainings"


def data_folder() -> Path:
    """Where datasets and packs live: `GANLAB_DATA`, or the user's cache folder.

    ValueError when its name is no UTF-8, or there is neither: containers run as users without a home, or with one that
    is not theirs.
    """
    if chosen := folders.chosen("GANLAB_DATA"):
        return chosen
    try:
        folder = Path(platformdirs.user_cache_dir("ganlab"))
    except RuntimeError as error:
        raise ValueError(f"this user has no home folder to keep datasets in ({error}); {CHOOSE_FOLDER}") from error
    # os.path, not Path: in a home that is another user's there may be no right to look.
    around = next(place for place in (folder, *folder.parents) if os.path.exists(place))
    if around != folder and not os.access(around, os.W_OK | os.X_OK):
        raise ValueError(f"datasets would be kept in {folder}, but {around} cannot be written to; {CHOOSE_FOLDER}")
    return folder
