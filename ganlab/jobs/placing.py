"""Which queued run begins now, and on which card: oldest first, a card of its own, and only where its memory fits.

Nothing here reads a file or asks a card: what is known of them comes in as records, and what is to be done goes out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ganlab import cards
from ganlab.cards import Card
from ganlab.counting import bytes_in_words, counted
from ganlab.runs import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How many processes of trainings may go on at a time; most trainings have one."""

    slots: int  # of those that sit on no card
    slots_a_card: int = 1


@dataclass(frozen=True, slots=True)
class Seated:
    """A training that goes on."""

    name: str
    cards: tuple[int, ...] = ()  # their numbers, one a process; none where it sits on none
    bytes: int = 0  # that it takes of each card, by estimate
    steps_taken: bool = False  # then what is free on the cards is told without them
    processes: int = 1


@dataclass(frozen=True, slots=True)
class Placed:
    """What is to be done with those that wait."""

    begin: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """The runs that begin now, with the numbers of their cards, one a process; none where one sits on none."""
    held_back: dict[str, str] = field(default_factory=dict)
    """Why a run waits although a card has a free slot, in words, without a full stop."""


def seat_of(name: str, status: Status) -> Seated:
    """Where a run that trains sits. A trainer of a terminal chose by itself: the first card, or as many as it has
    processes, unless it was told."""
    given = tuple(status.cards)
    if not given and not status.queued:
        number = cards.number_in(status.device)
        first = range(status.processes) if status.device in ("auto", "cuda") else ()
        given = tuple(first) if number is None else (number,)
    return Seated(name, given, status.card_bytes or 0, steps_taken=status.step > 0, processes=status.processes)


def place(
    line: Sequence[tuple[str, Status]], seated: Iterable[Seated], found: Sequence[Card] | None, room: Room
) -> Placed:
    """Find places for the runs of a `line`, the first in turn first; `found` is None where cards cannot be asked.

    A run of several processes takes a card for each. One that a card would have room for, were those gone that train
    on it, keeps that card to itself until they are: what came later begins on other cards alone. One that no card has
    room for, even when all is free, begins on an empty one: the estimate may be wrong, and whoever queued it was
    warned. Those that sit on no card begin in turn: one of several processes waits until there are slots for all of
    them, and where there never are, until it is alone.
    """
    placed, desks = Placed(), [_Desk(number, card) for number, card in enumerate(found or [])]
    off_cards, is_full = 0, False  # slots that are taken; whether the rest is kept for one that needs more
    for one in seated:
        for number in one.cards:
            if number < len(desks):
                desks[number].seat(one)
        if not one.cards or found == []:
            off_cards += one.processes
    free = [desk for desk in desks if desk.runs < room.slots_a_card]
    for name, status in line:
        is_full = is_full or off_cards >= room.slots
        if is_full and not free:
            break
        if status.card_bytes is None or found == []:
            if not is_full and (off_cards == 0 or off_cards + status.processes <= room.slots):
                placed.begin[name] = ()
                off_cards += status.processes
            elif not is_full:
                placed.held_back[name] = _why_not_yet(status.processes, room.slots, off_cards)
                is_full = True
            continue
        wanted = cards.number_in(status.device)
        eligible = [desk for desk in desks if wanted in (None, desk.number)]
        needed, count = status.card_bytes, status.processes
        if found and len(eligible) < count:
            placed.held_back[name] = _why_never(status, len(found))
            continue
        tried = [desk for desk in free if desk in eligible]
        fits_nowhere = sum(needed <= desk.card.bytes for desk in eligible) < count
        fitting = [desk for desk in tried if (desk.runs == 0 if fits_nowhere else desk.fits(needed))]
        if found and len(fitting) >= count:
            taken = sorted(fitting, key=_Desk.by_room)[:count]
            placed.begin[name] = tuple(sorted(desk.number for desk in taken))
            for desk in taken:
                desk.seat(Seated(name, bytes=needed))
        elif tried:
            placed.held_back[name] = _why_no_card_yet(count, len(fitting)) if fitting else _why(needed, tried)
            later = [desk for desk in eligible if not desk.kept and (fits_nowhere or desk.will_fit(needed))]
            if len(later) >= count:  # else others, who are no runs of ours, have to go first
                for desk in sorted(later, key=_Desk.by_room)[:count]:
                    desk.kept = True
        free = [desk for desk in free if desk.runs < room.slots_a_card and not desk.kept]
    return placed


class _Desk:
    """A card and those that sit there."""

    def __init__(self, number: int, card: Card) -> None:
        self.number, self.card = number, card
        self.runs = self.planned_bytes = self.stepping_bytes = 0
        self.kept = False  # for a run that waits for those to go

    def seat(self, one: Seated) -> None:
        self.runs += 1
        self.planned_bytes += one.bytes
        self.stepping_bytes += one.bytes if one.steps_taken else 0

    @property
    def left_bytes(self) -> int:
        """What is left for another: by what all are expected to take, and by what is free once all have begun."""
        planned = self.card.bytes - self.planned_bytes
        if self.card.free_bytes is None:
            return planned
        return min(planned, self.card.free_bytes - (self.planned_bytes - self.stepping_bytes))

    def fits(self, needed_bytes: int) -> bool:
        return needed_bytes <= self.left_bytes

    def will_fit(self, needed_bytes: int) -> bool:
        """Whether it fits once those are gone that train there now; others who use the card stay."""
        free = self.card.bytes if self.card.free_bytes is None else self.card.free_bytes + self.stepping_bytes
        return needed_bytes <= min(free, self.card.bytes)

    def by_room(self) -> tuple[int, int, int]:
        """The emptiest first."""
        return self.runs, -self.left_bytes, self.number


def _why_not_yet(processes: int, slots: int, taken: int) -> str:
    return f"It waits for processors: it has {processes} processes, and {taken} of {counted(slots, 'slot')} are taken"


def _why_no_card_yet(processes: int, free: int) -> str:
    return f"It waits for cards: it has {processes} processes, and {counted(free, 'card has', 'cards have')} room"


def _why_never(status: Status, cards_here: int) -> str:
    if status.processes == 1:
        return f"There is no {status.device} any more. Cancel it, and train it on another device"
    return (
        f"It has {status.processes} processes, and this machine has {counted(cards_here, 'card')}. Cancel it, and "
        "train it with fewer processes"
    )


def _why(needed_bytes: int, tried: Sequence[_Desk]) -> str:
    left = ", ".join(f"{bytes_in_words(max(0, desk.left_bytes))} on card {desk.number}" for desk in tried)
    return f"It waits for memory: it takes about {bytes_in_words(needed_bytes)}, and there is {left}"
