"""All actions of the pages in one table: who may not is refused in words and writes nothing; what is made counts."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from ganlab import runs
from ganlab.access import actions
from ganlab.access.visitor import Visitor
from ganlab.data import catalogue
from ganlab.data.adding import Added, Settings
from ganlab.explore.library import Model
from ganlab.jobs import additions, work
from ganlab.jobs.additions import Addition, Wish
from ganlab.jobs.dropped import Dropped
from ganlab.jobs.local import scheduler_lock
from ganlab.jobs.work import Status
from ganlab.owners import Person, write_owner
from ganlab.runs import RunFolder
from tests.access.test_actions import ADA, ANONYMOUS, BOB, LOOK, fill, snapshot, train
from tests.own_pictures import add, shades
from tests.tiny import TINY

PICTURE = Dropped("one.png", b"no picture, which its process would find")


@dataclass(frozen=True)
class Made:
    """One thing of each kind, all of them Ada's."""

    waiting: RunFolder
    ended: RunFolder
    upload: Model
    addition: Addition
    dataset: Added
    content: bytes  # of a checkpoint


@dataclass(frozen=True)
class Row:
    """An action as a visitor asks for it, and what follows where they may."""

    ask: Callable[[Visitor, Made, Path], Any]
    counts: bool = True  # whether it needs room, so that whoever has none is refused
    owned: Callable[[Any], Person | None] | None = field(default=None)  # whose it is then, where that is cheap to try


ROWS = {
    "train": Row(lambda who, made, here: train(who), owned=lambda found: actions.owner(found[0])),
    "add_examples": Row(lambda who, made, here: actions.add_examples(who), owned=lambda found: actions.owner(found[0])),
    "make_run_of_game": Row(lambda who, made, here: actions.make_run_of_game(who), owned=lambda found: found),
    "resume": Row(lambda who, made, here: actions.resume(who, made.ended)),
    "cancel": Row(lambda who, made, here: actions.cancel(who, made.waiting), counts=False),
    "delete": Row(lambda who, made, here: actions.delete(who, made.upload), counts=False),
    "upload": Row(lambda who, made, here: actions.upload(who, "one.safetensors", made.content), owned=actions.owner),
    "take_from_hub": Row(lambda who, made, here: actions.take_from_hub(who, "ada/nets", serves_others=False)),
    "pack": Row(lambda who, made, here: actions.pack(who, "ring-8", None, lambda share, text: None), counts=False),
    "add_pictures": Row(lambda who, made, here: actions.add_pictures(who, [PICTURE]), owned=actions.owner),
    "add_folder": Row(lambda who, made, here: actions.add_folder(who, str(here), serves_others=False)),
    "look_again": Row(lambda who, made, here: actions.look_again(who, made.addition)),
    "pack_pictures": Row(
        lambda who, made, here: actions.pack_pictures(who, made.addition, Wish(name="x", settings=Settings(size=28)), 1)
    ),
    "train_classifier": Row(lambda who, made, here: actions.train_classifier(who, made.dataset)),
    "cancel_classifier": Row(lambda who, made, here: actions.cancel_classifier(who, made.dataset), counts=False),
    "make_report": Row(lambda who, made, here: actions.make_report(who, [], "short", lambda *told: None), counts=False),
    "time_training": Row(lambda who, made, here: actions.time_training(who, TINY, "cpu"), counts=False),
}
"""Packs of datasets that come along are everybody's, timings and reports leave nothing: none needs a person's room."""


@pytest.fixture
def made(own_data: Path, checkpoint_file: Path, monkeypatch: pytest.MonkeyPatch):
    """No process is started: the test holds the scheduler's lock, and additions are as a process has left them."""
    monkeypatch.setenv("GANLAB_HUB", "everybody")
    with FileLock(scheduler_lock(runs.runs_folder().resolve())):
        [waiting], [ended] = train(ADA), train(ADA)
        actions.cancel(ADA, ended)
        content = checkpoint_file.read_bytes()
        upload = actions.upload(ADA, "mine.safetensors", content)
        addition = Addition(additions.additions_folder() / "0123456789abcdef")
        addition.path.mkdir(parents=True)
        work.write_values(addition.source, additions.Source(path=str(addition.dropped), title="Mine"))
        work.write_status(addition, Status(state="looked", share=1.0))
        dataset = Added(add(shades()).spec.name)
        for owner in (addition.owner, dataset.owner):
            write_owner(owner, ADA.person)
        yield Made(waiting, ended, upload, addition, dataset, content)


def test_the_table_has_every_action() -> None:
    public = {
        name
        for name, one in inspect.getmembers(actions, inspect.isfunction)
        if one.__module__ == actions.__name__
        and not name.startswith("_")
        and "visitor" in inspect.signature(one).parameters
    }
    assert public - {"against_changing"} == ROWS.keys()


@pytest.mark.parametrize("visitor", [LOOK, ANONYMOUS], ids=["look", "nobody"])
def test_who_only_looks_writes_nothing(visitor: Visitor, made: Made, tmp_path: Path) -> None:
    before = snapshot(tmp_path)
    for row in ROWS.values():
        with pytest.raises(ValueError, match=r"^(this server is for looking: nobody can|log in to) [a-z]+"):
            row.ask(visitor, made, tmp_path)
    assert snapshot(tmp_path) == before


def test_another_person_changes_nothing_that_is_there(made: Made, tmp_path: Path) -> None:
    before = snapshot(tmp_path)
    for name in ("resume", "cancel", "delete", "look_again", "pack_pictures", "train_classifier", "cancel_classifier"):
        with pytest.raises(ValueError, match=r"only its owner ada@example\.org or an administrator can"):
            ROWS[name].ask(BOB, made, tmp_path)
    assert snapshot(tmp_path) == before


def test_who_has_no_room_makes_nothing_more(made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANLAB_QUOTA_MB_PERSON", "1")
    fill(made.ended, 2)
    before = snapshot(tmp_path)
    for name, row in ROWS.items():
        if row.counts:
            with pytest.raises(ValueError, match=r"of 1 MB|drop the pictures instead") as refused:
                row.ask(ADA, made, tmp_path)
            assert name == "add_folder" or "Delete what you no longer need" in str(refused.value)
    assert snapshot(tmp_path) == before


def test_a_game_becomes_no_run_where_that_would_not_fit(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANLAB_QUOTA_MB_PERSON", str(actions.GAME_BYTES // 1_000_000))
    with pytest.raises(ValueError, match=r"of 15 MB, and this would add 15\.0 MB"):
        actions.make_run_of_game(ADA)


def test_what_is_made_belongs_to_who_made_it(made: Made, tmp_path: Path) -> None:
    for name, row in ROWS.items():
        if row.owned:
            assert row.owned(row.ask(BOB, made, tmp_path)) == BOB.person, name


def test_a_classifier_counts_with_its_dataset(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANLAB_QUOTA_MB_PERSON", "3")
    with catalogue.classifier_path(made.dataset.name).open("wb") as file:
        file.truncate(4_000_000)
    with pytest.raises(ValueError, match=rf"Delete .*{made.dataset.name} \(4\.2 MB\)"):
        train(ADA)
