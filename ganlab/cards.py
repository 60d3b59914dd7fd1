"""The cards of this machine, which are GPUs for CUDA: their names, their memory, and how much of it is free.

torch.cuda is asked about them here alone. Tests and simulations declare cards instead.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from ganlab.counting import is_whole
from ganlab.foreign import TrueIsNoNumber, reasons, shortened

DECLARED = "GANLAB_CARDS"
"""Of the environment: cards that stand for those of this machine, as a JSON list with the fields of `Card`."""
VISIBLE = "CUDA_VISIBLE_DEVICES"
GIVEN = "GANLAB_CARD"
"""Of a trainer's environment: the numbers of the cards that it was given, with commas between. It sees those alone."""
TIMEOUT_SECONDS = 60.0

Bytes = Annotated[int, Field(ge=0, le=2**60)]


class Card(TrueIsNoNumber):
    """A card; its number is its place in the list."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(max_length=200)]
    bytes: Bytes  # of memory, in all
    free_bytes: Bytes | None = None
    """What nobody has taken, whether with ganlab or without; None where it was not asked or could not be told."""
    problem: str = ""
    """Why its free memory cannot be told."""


Cards = TypeAdapter(list[Card])


def here() -> list[Card]:
    """The cards of this machine without their free memory, which only a process with a share of it can ask for.

    ValueError where `GANLAB_CARDS` declares none that make sense.
    """
    if (declared := _declared()) is not None:
        return declared
    import torch  # 2 s and 250 MB, which a scheduler without cards does not need

    if not torch.cuda.is_available():
        return []
    found = map(torch.cuda.get_device_properties, range(torch.cuda.device_count()))
    return [Card(name=shortened(card.name, 200), bytes=card.total_memory) for card in found]


def are_here() -> bool:
    """Whether there is a card at all."""
    return bool(here())


def with_free_memory(environment: Mapping[str, str]) -> list[Card]:
    """The cards, and how much of the memory of each is free, whoever uses the rest.

    A process of its own asks, in `environment`: whoever asks takes some hundred megabytes of each card until he ends.
    ValueError when it fails.
    """
    if (declared := _declared()) is not None:
        return declared
    try:
        done = subprocess.run(
            [sys.executable, "-m", "ganlab.cards"],
            capture_output=True,
            encoding="utf-8",
            timeout=TIMEOUT_SECONDS,
            env=dict(environment),
        )
    except subprocess.TimeoutExpired:
        raise ValueError(f"the cards gave no answer in {TIMEOUT_SECONDS:.0f} s; restart the machine's driver") from None
    if done.returncode != 0:
        raise ValueError(f"the cards cannot be asked ({shortened(done.stderr.strip()[-300:]) or 'without a word'})")
    return Cards.validate_json(done.stdout)


def environment(numbers: Sequence[int]) -> dict[str, str]:
    """What a trainer's environment needs, so that it sees the cards of those numbers alone, in that order."""
    visible = [name.strip() for name in os.environ.get(VISIBLE, "").split(",") if name.strip()]
    return {
        VISIBLE: ",".join(visible[number] if number < len(visible) else str(number) for number in numbers),
        GIVEN: ",".join(map(str, numbers)),
        DECLARED: "",  # it asks torch what it sees
    }


def given(environment: Mapping[str, str] = os.environ) -> tuple[int, ...]:
    """The numbers of the cards that a process with that environment was given; none when it was given none."""
    texts = environment.get(GIVEN, "").split(",")
    return tuple(map(int, texts)) if all(map(is_whole, texts)) else ()


def in_words(numbers: Sequence[int]) -> str:
    """`card 3`, or `cards 0 and 2`; empty for none."""
    *first, last = map(str, numbers) if numbers else [""]
    return f"cards {', '.join(first)} and {last}" if first else f"card {last}" if last else ""


def number_in(device: str) -> int | None:
    """That of the card which a device's name asks for: 1 of `cuda:1`; None where it asks for no certain one."""
    kind, _, number = device.partition(":")
    return int(number) if kind == "cuda" and number.isascii() and number.isdecimal() and len(number) < 4 else None


def _declared() -> list[Card] | None:
    text = os.environ.get(DECLARED)
    if not text:
        return None
    try:
        return Cards.validate_json(text)
    except ValidationError as error:
        raise ValueError(f"{DECLARED} declares no cards ({reasons(error, 'its value')}); unset it") from None


def _with_free_memory() -> list[Card]:
    import torch

    found = []
    for number, card in enumerate(here()):
        try:
            found.append(card.model_copy(update={"free_bytes": torch.cuda.mem_get_info(number)[0]}))
        except RuntimeError as error:  # in exclusive use by somebody, or broken
            found.append(card.model_copy(update={"problem": shortened(str(error).strip().splitlines()[0], 200)}))
    return found


if __name__ == "__main__":
    print(json.dumps([card.model_dump() for card in _with_free_memory()]))
