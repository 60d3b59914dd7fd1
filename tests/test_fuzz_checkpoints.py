"""A share of what `tests/fuzz_checkpoints.py` does by hand: changed files make no trouble, read or on any page."""

from pathlib import Path

import pytest
import streamlit as st

from ganlab.explore import library
from ganlab.explore.library import Model
from tests.fuzz_checkpoints import Trouble, fuzz
from tests.fuzzing.bases import bases
from tests.fuzzing.uses import use
from tests.fuzzing.visits import visit_gallery, visit_pages

FILES, SECONDS = 400, 20
ON_PAGES = 3


def fed(tmp_path: Path, seed: int, *, keep: bool = False, count: int = FILES) -> tuple[list[Trouble], list[Model]]:
    found = list(fuzz(count, seed, tmp_path, seconds=SECONDS, keep=keep))
    return [one for one in found if isinstance(one, Trouble)], [one for one in found if isinstance(one, Model)]


def test_the_files_that_mutations_begin_with_are_good(tmp_path: Path) -> None:
    for path in bases(tmp_path):
        use(library.add_upload(path.name, path.read_bytes()), exports=True)


def test_changed_files_are_refused_in_words_or_can_be_used(tmp_path: Path) -> None:
    troubles, models = fed(tmp_path, seed=0)
    assert not troubles, troubles[0].what
    assert len(models) >= 10
    assert not library.models()


@pytest.mark.slow
def test_changed_files_that_are_taken_in_can_be_seen_on_every_page(tmp_path: Path) -> None:
    st.cache_data.clear()
    st.cache_resource.clear()
    troubles, models = fed(tmp_path, seed=7, keep=True, count=60)
    assert not troubles, troubles[0].what
    assert len(models) >= ON_PAGES
    found = visit_gallery(models)
    for model in models[:ON_PAGES]:
        found += visit_pages(model)
    assert not found, found[0]
