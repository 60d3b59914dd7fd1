"""Which pack images of a size come from: none is enlarged where its source has more pixels."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from ganlab import data
from ganlab.data import avatars, catalogue
from ganlab.data.catalogue import BUILT_IN
from ganlab.data.dataset import silent
from ganlab.data.making import Making, collected
from ganlab.data.packs import pack_path
from ganlab.data.stream import at_once, resized
from ganlab.obstacles import obstacle
from ganlab.recipes import RECIPES
from tests import own_pictures


@pytest.fixture
def few_faces(own_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`avatars` of twelve faces, at both of its sizes."""

    def build(progress: data.Progress, size: int = 64) -> Making:
        return avatars.build(progress, count=12, train=9, size=size)

    made = replace(avatars.DATASET, build=build, larger={128: lambda progress: build(progress, 128)})
    monkeypatch.setitem(BUILT_IN, "avatars", made)


@pytest.mark.parametrize(
    ("name", "size", "pixels"),
    [
        ("avatars", None, 64),
        ("avatars", 28, 64),
        ("avatars", 64, 64),
        ("avatars", 128, 128),
        ("celeba", 128, 128),
        ("iclevr", 128, 128),
        ("mnist", 64, 28),
        ("mnist", 128, 28),
        ("digits", 64, 28),
    ],
)
def test_images_come_from_a_pack_of_as_many_pixels_or_of_all_that_there_are(
    name: str, size: int | None, pixels: int
) -> None:
    assert catalogue.pack_size(name, size) == pixels


def test_what_cannot_be_had_is_said_with_the_way_out(own_data: Path) -> None:
    with pytest.raises(ValueError, match=r"shapes has pictures of 64 px, .* to 128: lower image_size$"):
        catalogue.load("shapes", 128)
    own_pictures.add(own_pictures.shades())
    again = r"or add the pictures again with python -m ganlab data add SOURCE --name my\.shades --size 64"
    with pytest.raises(ValueError, match=f"my.shades has pictures of 28 px.*lower image_size, {again}"):
        catalogue.load("my.shades", 64)
    assert not catalogue.is_packed("my.shades", 64)
    assert catalogue.is_packed("my.shades", 28)
    made = RECIPES["mnist-dcgan-64"].with_settings({"dataset": "my.shades"})
    assert "none is enlarged to 64" in obstacle(made, "cpu")
    assert "none is enlarged to 128" in obstacle(RECIPES["faces-gan-128"].with_settings({"dataset": "shapes"}), "cpu")


def test_a_larger_pack_has_a_file_of_its_own(few_faces: None) -> None:
    assert catalogue.state("avatars", 128) == "drawn"
    small = data.load("avatars")
    before = pack_path("avatars").read_bytes()
    assert catalogue.state("avatars", 128) == "drawn"
    large = data.load("avatars", 128)
    assert catalogue.state("avatars", 128) == "packed"
    assert large.images.shape == (12, 3, 128, 128)
    assert torch.equal(large.images, collected(avatars.build(silent, count=12, train=9, size=128)).images)
    assert torch.equal(large.conditions, small.conditions)
    assert pack_path("avatars").read_bytes() == before
    assert torch.equal(data.load("avatars").images, small.images)
    assert catalogue.names() == list(BUILT_IN)  # it is no dataset of its own
    assert catalogue.training_images("avatars", 128) == 9


def test_the_faces_of_both_sizes_are_the_same(few_faces: None) -> None:
    """A renderer that draws at 128 px and one that draws at 64 agree but for edges."""
    small, large = data.load("avatars").images, resized(data.load("avatars", 128), 64).images
    difference = (small.float() - large.float()).abs()
    assert difference.mean() < 3
    enlarged = resized(data.load("avatars"), 128).images
    assert (enlarged.float() - data.load("avatars", 128).images.float()).abs().mean() > 2 * difference.mean() / 3


def test_a_damaged_larger_pack_is_made_again_by_its_own_command(few_faces: None) -> None:
    data.load("avatars", 128)
    path = catalogue.path_of("avatars", 128)
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(ValueError, match=r"avatars@128.*python -m ganlab data pack avatars --size 128"):
        data.load("avatars", 128)
    assert catalogue.pack("avatars", 128).images.shape[-1] == 128


def test_celeba_has_its_own_pixels_at_128(own_data: Path) -> None:
    """Not those of the pack at 64: a pattern of two source pixels survives."""
    from ganlab.data.celeba import NAMES

    folder = own_data / "celeba"
    (folder / "img_align_celeba").mkdir(parents=True)
    fine = np.kron(np.indices((109, 89)).sum(0) % 2, np.ones((2, 2))) * 255
    Image.fromarray(fine.astype(np.uint8)).convert("RGB").save(folder / "img_align_celeba" / "1.png")
    Image.new("RGB", (178, 218), "white").save(folder / "img_align_celeba" / "2.png")
    rows = [f"{n}.jpg {' '.join(['1'] * len(NAMES))}" for n in (1, 2)]
    (folder / "list_attr_celeba.txt").write_text("\n".join(["2", " ".join(NAMES), *rows]) + "\n", encoding="utf-8")
    (folder / "list_eval_partition.txt").write_text("1.jpg 0\n2.jpg 2\n", encoding="utf-8")
    small, large = data.load("celeba", 64), data.load("celeba", 128)
    assert large.images.shape == (2, 3, 128, 128)
    assert large.spec == replace(small.spec, size=128)
    assert large.images[0].float().std() > 3 * resized(small, 128).images[0].float().std()


@pytest.mark.parametrize(
    ("shape", "count"), [((1, 28, 28), 4096), ((3, 64, 64), 4096), ((3, 128, 128), 1024), ((1, 128, 128), 3072)]
)
def test_what_is_looked_at_together_takes_no_more_memory_at_128_px(shape: tuple[int, int, int], count: int) -> None:
    assert at_once(shape, 4096) == count


@pytest.mark.parametrize(
    ("name", "size", "command"),
    [
        ("mnist", 64, "python -m ganlab data pack mnist"),
        ("avatars", 28, "python -m ganlab data pack avatars"),
        ("avatars", 128, "python -m ganlab data pack avatars --size 128"),
        ("ring-8", 1, "python -m ganlab data pack ring-8"),
    ],
)
def test_the_command_that_packs_is_one_that_is_taken(name: str, size: int, command: str) -> None:
    assert catalogue.command_for(name, size) == command
    assert catalogue.pack_size(name, size) in catalogue.pack_sizes(name)


@pytest.mark.parametrize("size", [0, -3])
def test_images_without_pixels_are_refused(size: int) -> None:
    with pytest.raises(ValueError, match=f"no image has {size} pixels a side; choose from 64, 128"):
        data.load("avatars", size)
