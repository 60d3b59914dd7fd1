from collections.abc import Iterator

import pytest

from ganlab.recipes import Recipe
from tests.jobs import processes


@pytest.fixture
def recipe() -> Recipe:
    return processes.SHORT


@pytest.fixture(autouse=True)
def _processes_end(_own_folders: None) -> Iterator[None]:
    yield
    processes.end_all()
