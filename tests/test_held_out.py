"""A test split for a dataset that comes without one."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from ganlab.data import DataSpec, Pack
from ganlab.data.held_out import split_summary
from ganlab.data.making import making
from ganlab.data.packs import load_pack
from ganlab.data.writing import write_pack
from ganlab.latents import Category

SPEC = DataSpec(name="mine", channels=1, size=8, conditions=(Category(name="kind", labels=("a", "b")),))


def pack(images: Tensor, train: int) -> Pack:
    conditions = torch.tensor([1, 0]).byte().expand(len(images), 2).contiguous()
    return Pack(spec=SPEC, images=images, conditions=conditions, train=train, licence="none")


def drawn(count: int) -> Tensor:
    return torch.randint(256, (count, 1, 8, 8), generator=torch.Generator().manual_seed(0)).byte()


def written(pack: Pack, folder: Path) -> Pack:
    write_pack(making(pack), folder / "mine.safetensors")
    return load_pack(folder / "mine.safetensors")


def contents(images: Tensor) -> list[bytes]:
    return [image.numpy().tobytes() for image in images]


def test_a_tenth_is_held_out_whatever_the_order_of_the_images(tmp_path: Path) -> None:
    images = drawn(200)
    split = written(pack(images, 200), tmp_path)
    assert (split.train, len(split.images), split.held_out) == (180, 200, True)
    assert sorted(contents(split.images)) == sorted(contents(images))
    again = written(pack(images.flip(0), 200), tmp_path)
    assert set(contents(again.split("test")[0])) == set(contents(split.split("test")[0]))
    assert contents(split.split("train")[0]) == [c for c in contents(images) if c in contents(split.images[:180])]
    assert split_summary(split).startswith("180 training and 20 test images (a tenth of the training images")


def test_equal_images_stay_on_one_side(tmp_path: Path) -> None:
    split = written(pack(drawn(20).repeat(5, 1, 1, 1), 100), tmp_path)
    train, test = (set(contents(split.split(name)[0])) for name in ("train", "test"))
    assert (len(train), len(test)) == (18, 2)
    assert not train & test


def test_a_split_of_the_source_stays_as_it_is(tmp_path: Path) -> None:
    own = pack(drawn(10), 9)
    same = written(own, tmp_path)
    assert (same.train, same.held_out, torch.equal(same.images, own.images)) == (9, False, True)
    assert split_summary(own) == "9 training and 1 test image"


@pytest.mark.parametrize("images", [drawn(1), torch.zeros(5, 1, 8, 8).byte()], ids=["one", "all alike"])
def test_nothing_is_held_out_of_what_cannot_be_split(images: Tensor, tmp_path: Path) -> None:
    split = written(pack(images, len(images)), tmp_path)
    assert (split.train, split.held_out) == (len(images), False)
    assert "what needs test images is not measured" in split_summary(split)


def test_a_list_that_leaves_nothing_for_training_is_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="none of 10 images of mine is for training"):
        written(pack(drawn(10), 0), tmp_path)
