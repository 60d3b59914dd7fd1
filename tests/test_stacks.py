"""Modes of Stacked MNIST, against closed forms and real digits."""

import math

import pytest
import torch

from ganlab.data import Pack, stacked_mnist
from ganlab.metrics.readers import reader
from ganlab.metrics.stacks import channel_reader, divergence_from_uniform, modes_drawn, read_stacks


def test_modes_of_an_even_generator_and_of_one_that_collapsed() -> None:
    even = torch.arange(1000).repeat(26)
    assert modes_drawn(even) == 1000
    assert divergence_from_uniform(even, 1000) == pytest.approx(0, abs=1e-12)
    one = torch.full((26_000,), 123)
    assert modes_drawn(one) == 1
    assert divergence_from_uniform(one, 1000) == pytest.approx(math.log(1000))
    half = torch.arange(500).repeat(52)
    assert divergence_from_uniform(half, 1000) == pytest.approx(math.log(2))


def test_sampling_alone_makes_a_divergence_of_modes_by_twice_the_samples() -> None:
    rng = torch.Generator().manual_seed(0)
    found = [divergence_from_uniform(torch.randint(1000, (26_000,), generator=rng), 1000) for _ in range(20)]
    assert sum(found) / len(found) == pytest.approx(999 / 52_000, abs=5e-4)


def test_real_digits_have_nearly_all_modes(mnist: Pack) -> None:
    """5,200 stacks, a fifth of the protocol's: the chance that a mode is not drawn is exp(-5.2), so 994 are."""
    known = channel_reader("stacked-mnist")
    assert known is not None
    digits = mnist.split("test")[0].expand(-1, 3, -1, -1)
    stacks = stacked_mnist.restacked(digits, 5_200)
    found, modes = read_stacks(stacks, known)
    assert modes == 1000
    assert modes_drawn(found) == pytest.approx(1000 * (1 - math.exp(-5.2)), abs=8)
    # of sampling, of MNIST's own shares of digits (three times KL of them), and what the classifier misreads
    assert divergence_from_uniform(found, 1000) == pytest.approx(999 / 10_400 + 0.0043, abs=0.015)


def test_a_stack_is_read_in_the_order_of_its_channels(mnist: Pack) -> None:
    known = reader("mnist")
    assert known is not None
    images, conditions = mnist.split("test")
    places = [next(i for i, row in enumerate(conditions.argmax(1).tolist()) if row == digit) for digit in (7, 0, 2)]
    stack = images[places, 0][None]  # [1, 3, 28, 28]
    assert read_stacks(stack, known)[0].tolist() == [702]
