from collections.abc import Iterator

import pytest

from ganlab.recipes import Recipe
from tests.jobs import processes


@pytest.fixture
def recipe() -> Recipe:
    return processes.SHORT


@pytest.fixture(autouse=True)
def _processes_end(_own_folders: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    yield
    processes.end_all()
