"""Cards as torch finds them or a test declares them, and the names of devices that go with them."""

import json
import os
import subprocess
import sys
from collections.abc import Callable

import pytest
import torch

from ganlab import cards
from ganlab.devices import choose_device, is_name, names_here

Declare = Callable[..., None]


@pytest.fixture
def declare(monkeypatch: pytest.MonkeyPatch) -> Declare:
    def declared(*found: dict[str, object]) -> None:
        monkeypatch.setenv(cards.DECLARED, json.dumps(found))

    return declared


TWO: list[dict[str, object]] = [{"name": "A", "bytes": 80_000_000_000}, {"name": "B", "bytes": 24_000_000_000}]


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_a_machine_without_cards_has_none() -> None:
    assert cards.here() == cards.with_free_memory(os.environ) == []
    assert "cuda" not in names_here()


def test_several_cards_have_names(declare: Declare) -> None:
    declare(*TWO)
    assert [card.name for card in cards.here()] == ["A", "B"]
    assert [name for name in names_here() if name != "mps"] == ["auto", "cpu", "cuda", "cuda:0", "cuda:1"]
    assert choose_device("auto") == choose_device("cuda") == torch.device("cuda")
    assert choose_device("cuda:1") == torch.device("cuda", 1)
    with pytest.raises(ValueError, match=r"there is no device cuda:2 here; choose from auto, cpu, cuda.*cuda:1$"):
        choose_device("cuda:2")


def test_one_card_needs_no_number(declare: Declare) -> None:
    declare(TWO[0])
    assert "cuda:0" not in names_here()
    assert choose_device("cuda:0") == torch.device("cuda", 0)


@pytest.mark.parametrize("name", ["cuda:", "cuda:-1", "cuda:1.0", "cuda:x", "cpu:0", "mps:0", "auto:1", "cuda:²", ""])
def test_what_is_no_name_is_refused(name: str) -> None:
    assert not is_name(name)
    with pytest.raises(ValueError, match=r"unknown device .* choose from auto, cpu"):
        choose_device(name)


def test_a_trainer_sees_the_card_that_it_was_given_as_its_first(
    declare: Declare, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(cards.VISIBLE, "")
    given = cards.environment([1])
    assert given == {"CUDA_VISIBLE_DEVICES": "1", "GANLAB_CARD": "1", "GANLAB_CARDS": ""}
    monkeypatch.setenv(cards.GIVEN, given[cards.GIVEN])
    declare(TWO[1])  # stands for what the trainer sees
    assert choose_device("cuda:1") == torch.device("cuda", 0)
    assert cards.given() == (1,)


def test_whoever_sees_some_cards_only_passes_their_names_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cards.VISIBLE, "4, GPU-8a56,6")
    assert [cards.environment([number])[cards.VISIBLE] for number in range(3)] == ["4", "GPU-8a56", "6"]
    assert cards.environment([2, 0])[cards.VISIBLE] == "6,4"


@pytest.mark.parametrize("text", ["{}", "[3]", '[{"name": "A"}]', '[{"name": "A", "bytes": -1}]'])
def test_a_wrong_declaration_is_named(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cards.DECLARED, text)
    with pytest.raises(ValueError, match="GANLAB_CARDS declares no cards"):
        cards.here()


def test_the_process_that_asks_answers_in_json() -> None:
    done = subprocess.run([sys.executable, "-m", "ganlab.cards"], capture_output=True, encoding="utf-8", check=True)
    found = cards.Cards.validate_json(done.stdout)
    assert [card.bytes for card in found] == [card.bytes for card in cards.here()]
    assert all((card.free_bytes is None) == bool(card.problem) for card in found)
