"""Datasets and packs: against scikit-learn and torchvision, and with files that were cut short."""

import gzip
import json
import os
import stat
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from sklearn.datasets import load_digits
from torch.utils._python_dispatch import TorchDispatchMode

from ganlab import data
from ganlab.data import (
    BUILT_IN,
    DataSpec,
    Pack,
    Stream,
    catalogue,
    parse_spec,
    resized,
    spec_values,
    to_float,
    to_uint8,
)
from ganlab.data.mnist import FASHION_FILES, IdxFiles
from ganlab.data.moves import moved
from ganlab.data.packs import load_pack, pack_path, save_pack
from ganlab.data.selection import select
from ganlab.data.torchvision_import import torchvision
from ganlab.latents import Attributes, Category
from tests.marks import posix


@pytest.fixture
def small() -> Pack:
    """Ten images of one grey value each: the value is ten times the label."""
    labels = torch.arange(10)
    images = (labels * 10).byte()[:, None, None, None].expand(10, 1, 28, 28).contiguous()
    spec = DataSpec(
        name="small", channels=1, size=28, conditions=(Category(name="letter", labels=tuple("abcdefghij")),)
    )
    return Pack(spec=spec, images=images, conditions=torch.eye(10).byte(), train=8, licence="none")


def test_digits_are_those_of_scikit_learn(digits: Pack) -> None:
    source = load_digits()
    assert torch.equal(digits.labels, torch.from_numpy(source.target))
    shrunk = F.avg_pool2d(digits.images.float()[:, :, 2:26, 2:26], 3).flatten(1)
    original = torch.from_numpy(source.data).float() * 255 / 16
    together = torch.stack([shrunk.flatten(), original.flatten()])
    assert torch.corrcoef(together)[0, 1] > 0.99
    assert (digits.images[:, :, :2] == 0).all()
    assert digits.train == 1500


def test_mnist_is_that_of_torchvision(mnist: Pack) -> None:
    assert mnist.images.shape == (70_000, 1, 28, 28)
    assert mnist.train == 60_000
    assert mnist.labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]  # as everyone knows them
    assert mnist.images[:60_000].double().mean().item() / 255 == pytest.approx(0.1307, abs=1e-4)  # its published mean
    assert torch.bincount(mnist.labels[60_000:]).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]


def test_a_part_of_a_pack_is_for_testing_as_a_whole(small: Pack) -> None:
    some = small.part("test", torch.tensor([1, 0]))
    assert some.labels.tolist() == [9, 8]
    assert some.images.flatten(1)[:, 0].tolist() == [90, 80]
    assert some.train == 0
    assert small.part("train").labels.tolist() == [0, 1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_dataset_is_described(name: str) -> None:
    dataset = data.describe(name)
    assert dataset.spec.name == name
    if dataset.spec.points:
        assert dataset.spec.shape == (2, 1, 1)
    else:
        assert dataset.spec.size in (28, 64)
        assert dataset.spec.channels in (1, 3)
        assert dataset.spec.condition_dim >= 10
    assert dataset.train >= 1_000
    assert parse_spec(spec_values(dataset.spec)) == dataset.spec


@pytest.mark.parametrize("name", BUILT_IN)
def test_nothing_is_packed_in_an_empty_folder(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path))
    assert catalogue.state(name) in ("offline", "drawn", "download", "missing")


def test_an_unknown_dataset_lists_the_known_ones() -> None:
    with pytest.raises(
        ValueError, match=r"unknown dataset 'mnst', did you mean 'mnist'\? choose from digits, mnist, fashion-mnist"
    ):
        data.load("mnst")


def test_pack_round_trip(small: Pack, tmp_path: Path) -> None:
    path = tmp_path / "deep" / "small.safetensors"
    save_pack(small, path)
    again = load_pack(path)
    assert again.spec == small.spec
    assert torch.equal(again.images, small.images)
    assert torch.equal(again.labels, small.labels)
    assert (again.train, again.licence) == (small.train, small.licence)
    assert [p.name for p in path.parent.iterdir()] == ["small.safetensors"]


@posix
def test_a_pack_is_for_everybody_whom_the_folder_is_for(small: Pack, tmp_path: Path) -> None:
    path = tmp_path / "small.safetensors"
    save_pack(small, path)
    (tmp_path / "other").touch()
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE((tmp_path / "other").stat().st_mode)


def test_packing_removes_what_was_left_over_by_the_day_before_and_nothing_else(small: Pack, tmp_path: Path) -> None:
    yesterday, now = time.time() - 25 * 3600, time.time()
    files = {
        "celeba.v2.safetensors.0a1b2c3d.part": yesterday,
        ".tmpAbC123": yesterday,
        "mnist.v2.safetensors": yesterday,
        "digits.v2.safetensors.0a1b2c3d.part": now,
        ".tmpDeF456": now,
    }
    for name, changed in files.items():
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (changed, changed))
    save_pack(small, tmp_path / "small.safetensors")
    left = {"mnist.v2.safetensors", "digits.v2.safetensors.0a1b2c3d.part", ".tmpDeF456", "small.safetensors"}
    assert {path.name for path in tmp_path.iterdir() if path.is_file()} == left


def test_a_pack_cut_short_names_the_file_and_the_remedy(small: Pack, tmp_path: Path) -> None:
    path = tmp_path / "small.safetensors"
    save_pack(small, path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(
        ValueError, match=r"small\.safetensors cannot be read .*pack it again with python -m ganlab data pack small"
    ):
        load_pack(path)


def test_another_safetensors_file_is_not_a_pack(tmp_path: Path) -> None:
    path = tmp_path / "other.safetensors"
    save_file({"x": torch.zeros(1)}, path)
    with pytest.raises(ValueError, match="not a pack of format 2"):
        load_pack(path)


def test_a_missing_pack_is_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, digits: Pack) -> None:
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path))
    said: list[tuple[float, str]] = []
    made = data.load("digits", progress=lambda share, text: said.append((share, text)))
    assert torch.equal(made.images, digits.images)
    assert pack_path("digits").is_relative_to(tmp_path)
    assert [share for share, _ in said] == sorted(share for share, _ in said)
    assert said[-1][0] == 1.0


def write_idx(folder: Path, name: str, array: np.ndarray) -> Path:
    """A file in MNIST's format: two zeros, the type (8: bytes), the rank, the sizes, the values."""
    folder.mkdir(parents=True, exist_ok=True)
    head = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    path = folder / name
    path.write_bytes(head + array.astype(np.uint8).tobytes())
    return path


@pytest.fixture
def idx_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Files of a Fashion-MNIST of 30 images, under the test's own GANLAB_DATA."""
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path))
    folder = tmp_path / "FashionMNIST" / "raw"
    pixels = np.random.default_rng(0).integers(0, 256, (30, 28, 28))
    for split, part in (("train", slice(0, 20)), ("t10k", slice(20, 30))):
        write_idx(folder, f"{split}-images-idx3-ubyte", pixels[part])
        write_idx(folder, f"{split}-labels-idx1-ubyte", np.arange(30)[part] % 10)
    return folder


def test_idx_files_become_a_pack(idx_folder: Path) -> None:
    pack = data.load("fashion-mnist")
    pixels = np.random.default_rng(0).integers(0, 256, (30, 28, 28))
    assert torch.equal(pack.images[:, 0], torch.from_numpy(pixels).byte())
    assert torch.equal(pack.labels, torch.arange(30) % 10)
    assert pack.train == 20


def test_idx_files_need_no_torchvision(idx_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compressed or not: a machine that only trains has torch alone."""
    expected = data.load("fashion-mnist")
    pack_path("fashion-mnist").unlink()
    for path in idx_folder.glob("t10k*"):
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    monkeypatch.setitem(sys.modules, "torchvision", None)
    torchvision.cache_clear()
    again = data.load("fashion-mnist")
    torchvision.cache_clear()
    assert torch.equal(again.images, expected.images)
    assert torch.equal(again.conditions, expected.conditions)


@pytest.mark.parametrize("times", [1, 2])
def test_idx_files_may_be_compressed_more_than_once(idx_folder: Path, times: int) -> None:
    """A server that compresses what it sends does so with files that are compressed, and some programs keep that."""
    expected = data.load("fashion-mnist")
    pack_path("fashion-mnist").unlink()
    for path in idx_folder.iterdir():
        for _ in range(times):
            path.write_bytes(gzip.compress(path.read_bytes()))
    assert torch.equal(data.load("fashion-mnist").images, expected.images)


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (struct.pack("<IIII", 0x0803, 20, 28, 28), "must be big-endian"),
        (struct.pack(">IIII", 0x0D03, 20, 28, 28), "numbers of another type"),
    ],
)
def test_idx_files_of_another_order_or_type_say_so(idx_folder: Path, head: bytes, words: str) -> None:
    (idx_folder / "train-images-idx3-ubyte").write_bytes(head + bytes(20 * 28 * 28 * 4))
    with pytest.raises(ValueError, match=words):
        data.load("fashion-mnist")


@pytest.mark.parametrize("keep", [0, 3, 4, 10, 1000])
def test_idx_files_cut_short_are_named(idx_folder: Path, keep: int) -> None:
    path = idx_folder / "t10k-images-idx3-ubyte"
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(
        ValueError, match=r"t10k-images-idx3-ubyte is cut short or damaged.*copy it again, or move all four away"
    ):
        data.load("fashion-mnist")
    assert not pack_path("fashion-mnist").exists()


def test_a_compressed_idx_file_cut_short_is_named(idx_folder: Path) -> None:
    path = idx_folder / "train-images-idx3-ubyte"
    packed = path.with_name(path.name + ".gz")
    packed.write_bytes(gzip.compress(path.read_bytes())[:-500])
    path.unlink()
    with pytest.raises(ValueError, match=r"ubyte\.gz cannot be read .*copy it again"):
        data.load("fashion-mnist")


SPELLINGS = {
    "as torchvision unpacks them": "{0}-idx{1}-ubyte",
    "as they come": "{0}-idx{1}-ubyte.gz",
    "with a dot": "{0}.idx{1}-ubyte",
    "with a dot, as they come": "{0}.idx{1}-ubyte.gz",
    "in folders of their own": "{0}-idx{1}-ubyte/{0}-idx{1}-ubyte",
    "beside the folder": "../{0}-idx{1}-ubyte",
}


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=list(SPELLINGS))
def test_idx_files_are_found_in_all_usual_spellings(
    idx_folder: Path, spelling: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torchvision().datasets.FashionMNIST, "mirrors", ["http://127.0.0.1:9/"])
    as_it_was = IdxFiles.build(FASHION_FILES, catalogue.silent)
    for split in ("train", "t10k"):
        for what, rank in (("images", 3), ("labels", 1)):
            old = idx_folder / f"{split}-{what}-idx{rank}-ubyte"
            content = old.read_bytes()
            old.unlink()
            new = idx_folder / spelling.format(f"{split}-{what}", rank)
            new.parent.mkdir(exist_ok=True)
            new.write_bytes(gzip.compress(content) if new.suffix == ".gz" else content)
    assert catalogue.state("fashion-mnist") == "files"
    pack = data.load("fashion-mnist")
    assert torch.equal(pack.images, as_it_was.images)
    assert torch.equal(pack.conditions, as_it_was.conditions)


@pytest.mark.parametrize("named", ["", ".gz"])
def test_idx_files_are_unpacked_by_what_they_hold(idx_folder: Path, named: str) -> None:
    """Browsers unpack what they download and keep its name, archivers the other way round."""
    expected = data.load("fashion-mnist")
    pack_path("fashion-mnist").unlink()
    for path in idx_folder.iterdir():
        content = path.read_bytes()
        path.unlink()
        path.with_name(path.name.upper() + named).write_bytes(content if named else gzip.compress(content))
    assert catalogue.state("fashion-mnist") == "files"
    again = data.load("fashion-mnist")
    assert torch.equal(again.images, expected.images)
    assert torch.equal(again.conditions, expected.conditions)


def test_idx_files_without_test_images_give_some_of_the_others(idx_folder: Path) -> None:
    write_idx(idx_folder, "t10k-images-idx3-ubyte", np.zeros((0, 28, 28)))
    write_idx(idx_folder, "t10k-labels-idx1-ubyte", np.zeros(0))
    pack = data.load("fashion-mnist")
    assert (pack.train, len(pack.images), pack.held_out) == (18, 20, True)


def test_what_is_there_is_never_downloaded_over(idx_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torchvision().datasets.FashionMNIST, "mirrors", ["http://127.0.0.1:9/"])
    path = idx_folder / "train-labels-idx1-ubyte"
    path.rename(idx_folder / "train-labels.bin")
    before = {file.name: file.read_bytes() for file in idx_folder.iterdir()}
    with pytest.raises(
        ValueError, match=r"train-images-idx3-ubyte.*but not train-labels-idx1-ubyte.*move what is there"
    ):
        data.load("fashion-mnist")
    for file in idx_folder.glob("*-idx*"):
        file.unlink()
    with pytest.raises(ValueError, match=r"has train-labels\.bin, but not train-images"):
        data.load("fashion-mnist")
    assert (idx_folder / "train-labels.bin").read_bytes() == before["train-labels.bin"]


def _idx(name: str, array: np.ndarray) -> Callable[[Path], object]:
    return lambda folder: write_idx(folder, name, array)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_idx("train-labels-idx1-ubyte", np.arange(20) + 3), r"train-labels-idx1-ubyte has the label 22; .* 0 to 9"),
        (_idx("t10k-labels-idx1-ubyte", np.full(10, 255)), r"t10k-labels-idx1-ubyte has the label 255"),
        (_idx("train-labels-idx1-ubyte", np.arange(10)), r"train-labels\S+ has 10 labels, and \S+images\S+ 20 images"),
        (_idx("t10k-labels-idx1-ubyte", np.arange(12) % 10), r"t10k-labels\S+ has 12 labels, and \S+ 10 images"),
        (_idx("train-images-idx3-ubyte", np.zeros((20, 32, 32))), r"has 20 x 32 x 32 values, not up to \S+ x 28 x 28"),
        (_idx("train-images-idx3-ubyte", np.zeros((20, 784))), r"does not begin like a file of its name"),
        (_idx("train-images-idx3-ubyte", np.zeros((21, 28, 28))), r"has 20 labels, and \S+ 21 images"),
    ],
)
def test_idx_files_that_do_not_fit_together_are_named(
    idx_folder: Path, damage: Callable[[Path], object], message: str
) -> None:
    damage(idx_folder)
    with pytest.raises(ValueError, match=message):
        data.load("fashion-mnist")
    assert not pack_path("fashion-mnist").exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"images": torch.zeros(9, 1, 28, 28).byte()}, r"conditions are uint8 \[10, 10\], not uint8 \[9, 10\]"),
        ({"images": torch.zeros(()).byte()}, r"images are uint8 \[\], not uint8 \[0, 1, 28, 28\]"),
        ({"images": torch.zeros(10, 1, 28, 28)}, r"images are float32 .* not uint8"),
        ({"images": torch.zeros(10, 3, 28, 28).byte()}, r"images are uint8 \[10, 3, 28, 28\], not uint8 \[10, 1,"),
        ({"conditions": torch.eye(10, 9).byte()}, r"conditions are uint8 \[10, 9\]"),
        ({"conditions": 2 * torch.eye(10).byte()}, r"conditions go to 2; they can only be 0 or 1"),
        ({"conditions": torch.ones(10, 10).byte()}, r"have 10 to 10 labels of 'letter' each"),
        ({"conditions": torch.zeros(10, 10).byte()}, r"have 0 to 0 labels of 'letter' each"),
        ({"train": 11}, r"has 10 images, of which 11 are said to be for training"),
        ({"train": -1}, r"of which -1 are said"),
        ({"train": "8"}, r"of which 8 are said"),
        ({"spec": None}, r"DataSpec"),
    ],
)
def test_a_pack_whose_parts_do_not_fit_names_the_file_and_the_remedy(
    small: Pack, tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    path = tmp_path / "letters.v2.safetensors"
    tensors = {"images": small.images, "conditions": small.conditions} | {
        key: value for key, value in changes.items() if isinstance(value, torch.Tensor)
    }
    header = {"format": 2, "spec": spec_values(small.spec), "train": small.train, "licence": ""} | {
        key: value for key, value in changes.items() if not isinstance(value, torch.Tensor)
    }
    save_file(tensors, path, {"pack": json.dumps(header)})
    with pytest.raises(ValueError, match=rf"letters\S+ cannot be read .*{message}.*data pack letters") as raised:
        load_pack(path)
    assert "\n" not in str(raised.value)


def test_a_pack_under_another_datasets_name_is_refused_and_made_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, digits: Pack, small: Pack
) -> None:
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path))
    save_pack(small, pack_path("digits"))
    with pytest.raises(ValueError, match=r"holds 'small' .*, not 'digits' .*ganlab data pack digits"):
        data.load("digits")
    assert torch.equal(catalogue.pack("digits").images, digits.images)
    assert torch.equal(data.load("digits").conditions, digits.conditions)


def test_without_files_and_network_there_are_two_ways_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path))
    nowhere = [f"http://127.0.0.1:9/{name}/" for name in "ab"]  # a port where nobody listens
    monkeypatch.setattr(torchvision().datasets.FashionMNIST, "mirrors", nowhere)
    with pytest.raises(ValueError, match=r"could not be downloaded .*onnect to the internet.*copy the four"):
        data.load("fashion-mnist")


@pytest.mark.parametrize("size", [32, 64, 14])
def test_resized_is_near_pillows_resize(digits: Pack, size: int) -> None:
    from PIL import Image

    few = Pack(spec=digits.spec, images=digits.images[:5], conditions=digits.conditions[:5], train=3, licence="")
    ours = resized(few, size)
    assert ours.spec.size == size
    assert ours.images.shape == (5, 1, size, size)
    for mine, original in zip(ours.images[:, 0], few.images[:, 0], strict=True):
        pillow = np.asarray(Image.fromarray(original.numpy()).resize((size, size), Image.Resampling.BILINEAR))
        assert np.abs(mine.numpy().astype(int) - pillow).max() <= 2


def test_resized_to_the_same_size_is_the_same_pack(digits: Pack) -> None:
    assert resized(digits, 28) is digits


def test_pixels_survive_the_way_to_floats_and_back() -> None:
    pixels = torch.arange(256).byte()
    floats = to_float(pixels)
    assert (floats.min(), floats.max()) == (-1, 1)
    assert torch.equal(to_uint8(floats), pixels)
    assert to_uint8(torch.tensor([-3.0, 3.0])).tolist() == [0, 255]


@pytest.mark.parametrize("batch_size", [3, 4, 8])
def test_every_training_image_comes_once_an_epoch(small: Pack, batch_size: int) -> None:
    stream = Stream(small, batch_size=batch_size, seed=1, device=torch.device("cpu"))
    steps = 3 * 8  # a whole number of epochs for each of the batch sizes
    labels = torch.cat([stream.batch(step).conditions.argmax(1) for step in range(steps)])
    epochs = labels[: len(labels) // 8 * 8].view(-1, 8)
    assert (epochs.sort(1).values == torch.arange(8)).all()  # and none of the test split
    assert not torch.equal(epochs[0], epochs[1])


def test_a_batch_depends_on_nothing_but_the_step(small: Pack) -> None:
    def stream() -> Stream:
        return Stream(small, batch_size=3, seed=1, device=torch.device("cpu"))

    forward, backward = stream(), stream()
    expected = {step: forward.batch(step) for step in range(40)}
    for step in (39, 0, 17, 18, 3, 39):
        assert torch.equal(backward.batch(step).conditions, expected[step].conditions)
        assert torch.equal(stream().batch(step).images, expected[step].images)


def test_half_of_the_images_are_mirrored_and_which_depends_on_the_step(digits: Pack) -> None:
    def fresh(mirror: bool, seed: int = 1) -> Stream:
        return Stream(digits, batch_size=100, seed=seed, device=torch.device("cpu"), mirror=mirror)

    stream, plain, chosen = fresh(mirror=True), fresh(mirror=False), []
    for step in range(20):  # more than an epoch
        images, straight = stream.batch(step).images, plain.batch(step).images
        flipped = (images == straight.flip(3)).all((1, 2, 3))
        assert (flipped | (images == straight).all((1, 2, 3))).all()
        chosen.append(flipped)
    assert 0.45 < torch.cat(chosen).float().mean() < 0.55  # 2,000 images: four standard errors
    assert torch.equal(fresh(mirror=True).batch(7).images, stream.batch(7).images)
    assert not torch.equal(chosen[7], chosen[8])


@pytest.mark.parametrize("step", [0, 14, 15, 30])
def test_the_batch_of_a_seed_and_a_step_is_what_it_always_was(digits: Pack, step: int) -> None:
    """Written out, since runs that are resumed and settings that are published count on it."""
    stream = Stream(digits, batch_size=97, seed=3, device=torch.device("cpu"), mirror=True)
    orders = [torch.randperm(1500, generator=torch.Generator().manual_seed(3 * 1_000_003 + e)) for e in range(3)]
    places = torch.cat(orders)[step * 97 : (step + 1) * 97]
    rng = torch.Generator().manual_seed(3 * 1_000_003 + step)
    mirrored = torch.rand(97, 1, 1, 1, generator=rng) < 0.5
    straight = to_float(digits.images[places])
    batch = stream.batch(step)
    assert torch.equal(batch.images, torch.where(mirrored, straight.flip(3), straight))
    assert torch.equal(batch.conditions, digits.conditions[places].float())


def test_an_epochs_order_goes_to_the_device_once(digits: Pack) -> None:
    """Each time the host would wait for the device. One without memory is enough to see what is sent to it."""
    stream = Stream(digits, batch_size=250, seed=0, device=torch.device("meta"))
    sent = []
    for step in range(14):  # two epochs of six steps, and two
        with _Sent() as seen:
            stream.batch(step)
        sent.append(seen.count)
    assert sent == [1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0]


class _Sent(TorchDispatchMode):
    """Counts tensors that go from the CPU to another device."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        made = function(*args, **(kwargs or {}))
        if function is torch.ops.aten._to_copy.default:
            self.count += args[0].device.type == "cpu" and made.device.type != "cpu"
        return made


WORLD = DataSpec(
    name="world",
    channels=1,
    size=28,
    conditions=(
        Attributes(name="look", labels=("hat", "beard", "glasses", "smile")),
        Category(name="place", labels=("left", "right")),
        Attributes(name="sky", labels=("sun", "rain"), rates=(0.7, 0.1)),
    ),
)


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("", [0, 1, 2, 3, 4, 5, 6, 7]),
        ("place", [4, 5]),
        ("hat + glasses + smile + rain", [0, 2, 3, 7]),
        ("smile+place+sun", [3, 4, 5, 6]),
    ],
)
def test_the_selected_conditions_have_their_own_columns(text: str, columns: list[int]) -> None:
    values = torch.arange(24.0).view(3, 8)
    chosen = select(WORLD, text)
    assert torch.equal(chosen.of(values), values[:, columns])
    assert sum(condition.dim for condition in chosen.conditions) == len(columns)
    # A list of columns as an index would be sent to the device, and waited for; the gradient tells the way taken.
    assert chosen.of(values.requires_grad_()).grad_fn.name() == "CatBackward0"


def test_what_the_program_draws_has_words_for_its_button() -> None:
    for dataset in BUILT_IN.values():
        assert bool(dataset.makes) == (dataset.source == "drawn")


def test_selected_attributes_keep_their_rates() -> None:
    (rain,) = select(WORLD, "rain").conditions
    assert rain == Attributes(name="sky", labels=("rain",), rates=(0.1,))


def test_images_are_moved_as_finely_where_the_nets_work_in_bfloat16(digits: Pack) -> None:
    images, rng = to_float(digits.images[:20]), torch.Generator()
    expected = moved(images, rng.manual_seed(0))
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(moved(images, rng.manual_seed(0)), expected)


def test_labels_belong_to_their_images(small: Pack) -> None:
    batch = Stream(small, batch_size=8, seed=0, device=torch.device("cpu")).batch(0)
    assert torch.equal(to_uint8(batch.images[:, 0, 0, 0]), (batch.conditions.argmax(1) * 10).byte())


def test_another_seed_gives_another_order(small: Pack) -> None:
    streams = [Stream(small, batch_size=8, seed=seed, device=torch.device("cpu")) for seed in (0, 1)]
    orders = [stream.batch(0).conditions.tolist() for stream in streams]
    assert orders[0] != orders[1]


def test_a_batch_larger_than_the_data_is_refused(small: Pack) -> None:
    with pytest.raises(ValueError, match=r"batch_size 9 is larger than .* at most 8"):
        Stream(small, batch_size=9, seed=0, device=torch.device("cpu"))


def test_splits_and_prior(small: Pack) -> None:
    assert [len(small.split(name)[0]) for name in ("train", "test")] == [8, 2]
    assert small.prior().tolist() == [0.125] * 8 + [0, 0]
    with pytest.raises(ValueError, match="unknown split 'valid'"):
        small.split("valid")
