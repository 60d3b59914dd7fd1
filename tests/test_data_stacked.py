"""Stacked MNIST, made from a small MNIST that the test writes."""

from pathlib import Path

import pytest
import torch

from ganlab import data
from ganlab.data import Pack, catalogue
from ganlab.data.mnist import MNIST_FILES
from ganlab.data.packs import pack_path, save_pack


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Pack:
    """An MNIST of 50 images, packed: each is of one grey value, five times its position."""
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path))
    images = (torch.arange(50) * 5).byte()[:, None, None, None].expand(50, 1, 28, 28).contiguous()
    digits = torch.randint(10, (50,), generator=torch.Generator().manual_seed(0))
    pack = Pack(spec=MNIST_FILES.spec, images=images, conditions=torch.eye(10)[digits].byte(), train=40, licence="x")
    save_pack(pack, pack_path("mnist"))
    return pack


def test_each_colour_is_a_digit_of_mnist_with_its_label(small: Pack) -> None:
    pack = data.load("stacked-mnist")
    assert pack.images.shape == (50, 3, 28, 28)
    assert pack.train == 40
    sources = pack.images[:, :, 0, 0].long() // 5  # positions in MNIST
    assert torch.equal(pack.images, small.images[sources][:, :, 0])
    assert torch.equal(pack.conditions.view(50, 3, 10), small.conditions[sources])
    assert [condition.name for condition in pack.spec.conditions] == ["red", "green", "blue"]


def test_each_digit_comes_once_in_each_colour_and_splits_stay_apart(small: Pack) -> None:
    sources = data.load("stacked-mnist").images[:, :, 0, 0].long() // 5
    for part, expected in ((sources[:40], torch.arange(40)), (sources[40:], torch.arange(40, 50))):
        assert torch.equal(part.sort(0).values, expected[:, None].expand(-1, 3))
    assert not (sources[:, 0] == sources[:, 1]).all()


def test_its_state_is_that_of_mnist(small: Pack) -> None:
    assert catalogue.state("stacked-mnist") == "files"
    pack_path("mnist").unlink()
    assert catalogue.state("stacked-mnist") == "download"
