"""Files that are damaged, for tests of what is then said."""

from pathlib import Path

import pytest

from ganlab import data
from ganlab.data.packs import pack_path


def damage_digits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """GANLAB_DATA of the test's own, in which the pack of `digits` is cut short."""
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path / "damaged"))
    data.load("digits")
    path = pack_path("digits")
    path.write_bytes(path.read_bytes()[:-1000])
