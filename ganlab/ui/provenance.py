"""What downloads of the pages say of where their pictures come from, and the model that such a file names."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from ganlab import export
from ganlab.explore import ids, library, provenance
from ganlab.explore.library import Model
from ganlab.explore.points import Point
from ganlab.explore.provenance import Provenance, Walk
from ganlab.file_versions import FileVersion, version
from ganlab.foreign import shortened

UNKNOWN = "0" * 64
"""For the SHA-256 of a file that has gone since it drew the pictures; `find_model` then goes by its name."""


def text_of(model: Model, drawn: Sequence[Point] = (), *, walk: Walk | None = None) -> str:
    """The text for files of pictures that the model drew of these latents."""
    try:
        sha256 = digest(model.path)
    except OSError:  # pictures on a page can be had as long as they are seen there
        sha256 = UNKNOWN
    return provenance.of(model.id, sha256, drawn, walk=walk).text()


def digest(path: Path) -> str:
    """The file's SHA-256, computed again only when the file has changed."""
    return _digest(str(path), version(path))


def find_model(made: Provenance) -> tuple[Model, str]:
    """The model that drew the pictures, whatever it is called here, and a remark where it may be another one.

    ValueError where there is none.
    """
    models = library.models()
    named = [model for model in models if made.model in (model.id, ids.shown(model.id), model.path.stem)]
    for model in [*named, *models]:
        if _is(model, made.sha256):
            return model, ""
    if not named:
        raise ValueError(
            f"the model {shortened(made.model, 80)!r} that drew this picture is not here; upload its file in the "
            "gallery, and open the picture again"
        )
    return named[0], (
        f"The model {named[0].name} here is another file than the one that drew this picture, so that it may draw "
        "something else."
    )


def _is(model: Model, sha256: str) -> bool:
    try:
        return digest(model.path) == sha256
    except OSError:  # it has gone, or is not for this user to read
        return False


@st.cache_data(max_entries=512, show_spinner=False)
def _digest(path: str, version: FileVersion) -> str:
    return export.digest(Path(path))
