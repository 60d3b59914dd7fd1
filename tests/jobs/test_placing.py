"""Each run has a card of its own, nothing begins where its memory does not fit, and nobody is passed over for ever."""

import random
from typing import Any

import pytest

from ganlab.cards import Card
from ganlab.jobs.placing import Placed, Room, Seated, place, seat_of
from ganlab.runs import Status

GB = 10**9
ROOM = Room(slots=1, slots_a_card=1)


def card(gigabytes: int, free: int | None = None) -> Card:
    return Card(name="A card", bytes=gigabytes * GB, free_bytes=None if free is None else free * GB)


def waits(gigabytes: int | None, device: str = "auto", **more: Any) -> Status:
    needed = None if gigabytes is None else gigabytes * GB
    return Status(state="queued", steps=9, queued=1.0, device=device, card_bytes=needed, **more)


def placed(*line: Status, on: list[Card] | None, seated: tuple[Seated, ...] = (), room: Room = ROOM) -> Placed:
    return place([(f"run-{turn}", status) for turn, status in enumerate(line, 1)], seated, on, room)


def test_four_runs_get_four_cards() -> None:
    found = placed(*[waits(3)] * 5, on=[card(24), card(80), card(24), card(24)])
    assert found == Placed({"run-1": (1,), "run-2": (0,), "run-3": (2,), "run-4": (3,)}), "the one with most room first"


def test_what_needs_no_card_has_slots_of_its_own() -> None:
    seated = (Seated("other", (0,), 3 * GB),)
    assert placed(waits(None, "cpu"), waits(None, "cpu"), on=[card(24)], seated=seated).begin == {"run-1": ()}


def test_without_cards_there_are_slots_as_before() -> None:
    seated = (Seated("from a terminal", (0,)),)  # `auto`, which was the CPU
    two = Room(slots=2)
    assert placed(waits(None), waits(None), on=[], seated=seated, room=two).begin == {"run-1": ()}
    assert placed(waits(3), waits(3), on=[], room=two).begin == {"run-1": (), "run-2": ()}, "the cards have gone"


def test_a_run_takes_a_slot_for_each_of_its_processes() -> None:
    """In turn: what needs few slots does not pass what needs many for ever."""
    pair, four, room = waits(None, processes=2), waits(None, processes=4), Room(slots=3)
    assert placed(pair, waits(None), waits(None), on=[], room=room).begin == {"run-1": (), "run-2": ()}
    told = "It waits for processors: it has 2 processes, and 2 of 3 slots are taken"
    seated = (seat_of("other", Status(state="running", steps=9, queued=1.0, processes=2)),)
    assert placed(pair, waits(None), on=[], seated=seated, room=room) == Placed(held_back={"run-1": told})
    assert placed(four, waits(None), on=[], room=room).begin == {"run-1": ()}, "alone, since it would never fit"
    assert placed(four, on=[], seated=(Seated("other"),), room=room).begin == {}
    assert placed(pair, waits(3), on=[card(24)], seated=seated, room=room).begin == {"run-2": (0,)}, "cards go on"


def test_a_certain_card_is_waited_for() -> None:
    found = placed(waits(3, "cuda:1"), waits(3, "cuda:1"), waits(3), on=[card(24), card(24)])
    assert found.begin == {"run-1": (1,), "run-3": (0,)}
    gone = placed(waits(3, "cuda:7"), on=[card(24)])
    assert gone == Placed(held_back={"run-1": "There is no cuda:7 any more. Cancel it, and train it on another device"})


def test_what_does_not_fit_is_held_back_with_the_figures() -> None:
    found = placed(waits(10), on=[card(24, free=4), card(24, free=6)])
    assert found == Placed(
        held_back={
            "run-1": "It waits for memory: it takes about 10.0 GB, and there is 4.0 GB on card 0, 6.0 GB on card 1"
        }
    )
    assert placed(waits(10), on=[card(24, free=4), card(24, free=11)]).begin == {"run-1": (1,)}
    assert placed(waits(10), on=[card(24)]).begin == {"run-1": (0,)}, (
        "what is free cannot be told: by the estimates alone"
    )


def test_memory_that_a_run_will_take_is_not_given_twice() -> None:
    """What has begun and not stepped yet is still told as free."""
    two = Room(slots=1, slots_a_card=2)
    starting, stepping = Seated("one", (0,), 14 * GB), Seated("one", (0,), 14 * GB, steps_taken=True)
    assert placed(waits(10), on=[card(24, free=23)], seated=(starting,), room=two).begin == {}
    assert placed(waits(10), on=[card(24, free=10)], seated=(stepping,), room=two).begin == {"run-1": (0,)}
    assert placed(
        waits(10), waits(10), waits(10), on=[card(24, free=23)], room=Room(slots=1, slots_a_card=3)
    ).begin == {
        "run-1": (0,),
        "run-2": (0,),
    }


def test_smaller_ones_do_not_pass_a_large_one_for_ever() -> None:
    """It keeps the card where it will fit; what came later begins on the other."""
    room = Room(slots=1, slots_a_card=4)
    cards = [card(24, free=14), card(8, free=8)]
    busy = (Seated("first", (0,), 10 * GB, steps_taken=True),)
    found = placed(waits(20), waits(3), waits(3), waits(3), on=cards, seated=busy, room=room)
    assert found.begin == {"run-2": (1,), "run-3": (1,)}
    assert set(found.held_back) == {"run-1", "run-4"}
    assert placed(waits(20), waits(3), on=[card(24, free=24), card(8, free=8)], room=room).begin["run-1"] == (0,)


def test_more_than_any_card_has_begins_on_an_empty_one() -> None:
    """Whoever queued it was warned, and estimates may be wrong; else it would wait for ever."""
    assert placed(waits(30), on=[card(24, free=23)]).begin == {"run-1": (0,)}
    two = Room(slots=1, slots_a_card=2)
    assert placed(waits(30), on=[card(24, free=23)], seated=(Seated("one", (0,), GB, True),), room=two).begin == {}


def test_cards_that_cannot_be_asked_let_only_those_begin_that_need_none() -> None:
    assert placed(waits(3), waits(None, "cpu"), on=None).begin == {"run-2": ()}


@pytest.mark.parametrize(
    ("device", "queued", "given", "expected"),
    [
        ("auto", 1.0, [3], (3,)),
        ("cuda", 1.0, [3, 5], (3, 5)),
        ("cpu", 1.0, [], ()),
        ("auto", 0.0, [], (0, 1)),
        ("cuda:2", 0.0, [], (2,)),
        ("mps", 0.0, [], ()),
        ("cpu", 0.0, [], ()),
    ],
)
def test_where_a_run_sits(device: str, queued: float, given: list[int], expected: tuple[int, ...]) -> None:
    """A run of two processes, from the queue or from a terminal."""
    known: dict[str, Any] = {"cards": given, "card_bytes": 7, "processes": 2}
    status = Status(state="running", steps=9, step=1, device=device, queued=queued, **known)
    assert seat_of("run", status) == Seated("run", expected, 7, steps_taken=True, processes=2)


def test_a_run_takes_a_card_for_each_of_its_processes() -> None:
    """In turn: what needs one card does not pass what needs two for ever."""
    pair, three = waits(3, processes=2), [card(24)] * 3
    assert placed(pair, waits(3), waits(3), on=three).begin == {"run-1": (0, 1), "run-2": (2,)}
    two_busy = (Seated("one", (0,), GB), Seated("two", (2,), GB))
    told = "It waits for cards: it has 2 processes, and 1 card has room"
    assert placed(pair, waits(3), on=three, seated=two_busy) == Placed(held_back={"run-1": told})
    assert placed(pair, waits(3), on=three, seated=two_busy[:1]).begin == {"run-1": (1, 2)}
    both = (Seated("pair", (0, 2), GB, processes=2),)
    assert placed(waits(3), waits(3), on=three, seated=both, room=Room(slots=9)).begin == {"run-1": (1,)}


def test_each_card_of_several_has_to_have_the_memory() -> None:
    found = placed(waits(20, processes=2), on=[card(24), card(8), card(24, free=21)])
    assert found.begin == {"run-1": (0, 2)}
    assert placed(waits(20, processes=2), on=[card(24), card(8)]).begin == {"run-1": (0, 1)}, "fits nowhere: was warned"
    told = "It has 3 processes, and this machine has 2 cards. Cancel it, and train it with fewer processes"
    never = placed(waits(3, processes=3), waits(3), on=[card(24), card(24)])
    assert never == Placed({"run-2": (0,)}, {"run-1": told})


def test_no_card_is_ever_too_full_and_all_are_trained() -> None:
    """A thousand runs of any size come and go on cards of any size, of which others use a part."""
    rng = random.Random(0)
    for _ in range(20):
        room = Room(slots=2, slots_a_card=rng.randint(1, 3))
        sizes, others = [rng.randint(8, 80) for _ in range(4)], [rng.randint(0, 4) for _ in range(4)]
        line = [
            (f"run-{turn}", waits(rng.choice([None, *range(1, 90)]), processes=rng.choice([1, 1, 2])))
            for turn in range(50)
        ]
        training: dict[str, Seated] = {}
        for _ in range(500):
            used = [sum(one.bytes for one in training.values() if number in one.cards) for number in range(4)]
            cards = [
                Card(name="any", bytes=size * GB, free_bytes=max(0, (size - other) * GB - taken))
                for size, other, taken in zip(sizes, others, used, strict=True)
            ]
            found = place(line, training.values(), cards, room)
            for name, numbers in found.begin.items():
                status = dict(line)[name]
                assert len(set(numbers)) == len(numbers) == (status.processes if status.card_bytes else 0)
                training[name] = Seated(name, numbers, status.card_bytes or 0, True, status.processes)
            line = [run for run in line if run[0] not in found.begin]
            for number, size in enumerate(sizes):
                there = [one for one in training.values() if number in one.cards]
                assert len(there) <= room.slots_a_card
                assert len(there) == 1 or sum(one.bytes for one in there) <= (size - others[number]) * GB
            assert sum(one.processes for one in training.values() if not one.cards) <= room.slots
            for name in rng.sample(sorted(training), len(training) // 2):
                del training[name]
            training = {} if rng.random() < 0.2 else training
            if not line:
                break
        fits = {
            name
            for name, status in line
            if status.card_bytes and status.card_bytes <= (sorted(sizes)[-status.processes] - 4) * GB
        }
        assert not fits, "left waiting"
