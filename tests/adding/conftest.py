"""Packs of these tests lie in a data folder of the test alone."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _own_packs(own_data: Path) -> None:
    """See `own_data`."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder for pictures."""
    path = tmp_path / "pictures"
    path.mkdir()
    return path
