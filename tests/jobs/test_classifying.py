"""The classifier of a dataset, trained in a process of its own."""

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from ganlab.access import actions
from ganlab.data import Pack, catalogue
from ganlab.data.adding import Added
from ganlab.jobs import classifying, work
from ganlab.metrics import classifiers, readers
from tests.access.test_actions import ADA, BOB, LOOK, OPEN
from tests.own_pictures import add, shades, unlabelled

WAIT_SECONDS = 90
MINE = Added("my-digits")


@pytest.fixture
def own_digits(own_data: Path, digits: Pack) -> Pack:
    return add(replace(digits, spec=replace(digits.spec, name=MINE.name), fingerprint=""))


def _wait(until: tuple[work.State, ...]) -> work.Status:
    deadline = time.monotonic() + WAIT_SECONDS
    while (status := classifying.status_of(MINE.name)) is None or status.state not in until:
        assert time.monotonic() < deadline, status
        time.sleep(0.1)
    return status


def test_it_can_be_watched_and_cancelled_and_begins_anew(own_digits: Pack) -> None:
    assert classifying.status_of(MINE.name) is None
    actions.train_classifier(OPEN, MINE)
    _wait(("training",))
    with pytest.raises(ValueError, match="my-digits is being trained; wait until it is done, or cancel that"):
        actions.train_classifier(OPEN, MINE)
    with pytest.raises(ValueError, match="the classifier of my-digits is being trained; cancel that first"):
        actions.delete(OPEN, MINE)
    actions.cancel_classifier(OPEN, MINE)
    assert _wait(("stopped", "failed", "trained")).state == "stopped"
    assert readers.weights(MINE.name) is None
    actions.delete(OPEN, MINE)
    assert not catalogue.added()
    assert not classifying.training_of(MINE.name).path.exists()


def test_it_lies_with_the_pack_and_says_how_good_it_is(own_digits: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classifiers, "MOST_EPOCHS", 4)
    training = classifying.training_of(MINE.name)
    training.path.mkdir(parents=True)
    work.write_status(training, work.Status(start="this"))
    monkeypatch.setattr("sys.argv", ["classifying", str(training.path), "this"])
    assert classifying.main() == 0
    assert classifying.status_of(MINE.name) == work.Status(state="trained", share=1.0)
    assert (readers.accuracy(MINE.name) or 0.0) > 0.9


@pytest.mark.parametrize(
    ("pack", "why"),
    [(shades(), "has 260 images; a classifier needs 1,000"), (unlabelled(shades(), "my.shades"), "have no labels")],
)
def test_what_it_cannot_read_is_told_before_a_process_starts(pack: Pack, why: str, own_data: Path) -> None:
    add(pack)
    with pytest.raises(ValueError, match=why):
        actions.train_classifier(OPEN, Added(pack.spec.name))
    assert classifying.status_of(pack.spec.name) is None


def test_only_its_owner_trains_it(own_digits: Pack) -> None:
    for visitor in (LOOK, BOB, ADA):  # it belongs to nobody who logs in
        for attempt in (actions.train_classifier, actions.cancel_classifier):
            with pytest.raises(ValueError, match=r"for looking|only an administrator can change my-digits"):
                attempt(visitor, MINE)
    assert classifying.status_of(MINE.name) is None


def test_a_start_that_never_came_does_not_bar_others(own_digits: Pack) -> None:
    training = classifying.training_of(MINE.name)
    training.path.mkdir(parents=True)
    work.write_status(training, work.Status(start="lost"))
    assert classifying.is_active(MINE.name)
    old = time.time() - 2 * work.STARTING_SECONDS
    os.utime(training.status, (old, old))
    status = classifying.status_of(MINE.name)
    assert status is not None
    assert (status.state, status.error) == ("failed", "no process came to do it; begin again")
