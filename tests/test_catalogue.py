"""Datasets that users added: known from their packs alone, trained on like the built-in ones, opened elsewhere."""

import hashlib
import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from ganlab import checkpoints, data, runs
from ganlab.data import BUILT_IN, Pack, catalogue
from ganlab.data.licences import may_be_passed_on
from ganlab.data.packs import fingerprint, load_pack, pack_path, read_header
from ganlab.data.spec import spec_values
from ganlab.execute import execute
from ganlab.explore import curves
from ganlab.explore.summary import origin
from ganlab.obstacles import obstacle
from ganlab.resume import OtherPicturesError
from ganlab.runs import RunFolder
from tests.own_pictures import SPEC, add, shades
from tests.tiny import SMALL

NAME = SPEC.name
OWN = SMALL.with_settings({"dataset": NAME, "name": "own", "steps": 8})


@pytest.fixture
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A GANLAB_DATA in which there is nothing yet."""
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture(scope="module")
def own_run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A finished run on the user's own pictures; read it, never change it."""
    folder = tmp_path_factory.mktemp("own")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GANLAB_DATA", str(folder / "data"))
        add(shades())
        run = runs.create(folder / "own-001", OWN, device="cpu")
        for _ in execute(run):
            pass
    return run


def test_an_added_pack_is_a_dataset_like_the_built_in_ones(own_folder: Path) -> None:
    assert catalogue.names() == list(BUILT_IN)
    pack = add(shades())
    assert catalogue.names() == [*BUILT_IN, NAME]
    found = catalogue.describe(NAME)
    assert (found.title, found.spec, found.train, found.licence) == ("Two shades of grey", SPEC, 200, "CC0")
    assert catalogue.state(NAME) == "packed"
    loaded = data.load(NAME)
    assert torch.equal(loaded.images, pack.images)
    assert (loaded.source, loaded.made) == ("a folder", {"size": 28, "crop": "centre"})
    assert data.load(NAME, 14).images.shape == (260, 1, 14, 14)


def test_a_record_is_remembered_until_the_pack_changes(own_folder: Path) -> None:
    add(shades())
    assert catalogue.describe(NAME) is catalogue.describe(NAME)
    add(replace(shades(count=300), title="More shades"))
    assert catalogue.describe(NAME).title == "More shades"
    pack_path(NAME).unlink()
    assert not catalogue.is_known(NAME)
    with pytest.raises(ValueError, match=r"unknown dataset 'my\.shades'.* choose from digits, mnist"):
        catalogue.describe(NAME)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", ".hidden", "A", "名前", "a" * 64, "a/b", "a\0b"])
def test_no_text_becomes_a_path_that_is_no_name(own_folder: Path, name: str) -> None:
    assert not catalogue.is_known(name)
    assert not catalogue.is_packed(name)
    assert catalogue.find(name) is None


def test_packs_that_are_none_are_listed_and_say_why(own_folder: Path) -> None:
    add(shades())
    pack_path("cut").write_bytes(pack_path(NAME).read_bytes()[:500])
    shutil.copy(pack_path(NAME), pack_path("renamed"))
    (pack_path(NAME).parent / "Not A Name.v2.safetensors").write_bytes(b"")
    assert catalogue.names() == [*BUILT_IN, "cut", NAME, "renamed"]
    with pytest.raises(ValueError, match=r"cut\.v2\.safetensors cannot be read .*; add the pictures again with"):
        catalogue.describe("cut")
    with pytest.raises(ValueError, match=r"renamed.* holds the dataset 'my\.shades'; rename the file after it"):
        catalogue.describe("renamed")
    assert catalogue.find("cut") is None


def test_a_built_in_name_is_the_built_in_dataset(own_folder: Path) -> None:
    other = shades()
    add(replace(other, spec=replace(other.spec, name="mnist")))
    assert catalogue.names() == list(BUILT_IN)
    assert catalogue.describe("mnist") is BUILT_IN["mnist"]
    with pytest.raises(ValueError, match="it holds 'mnist' of 28 pixels and 2 conditions, not 'mnist' of 28 and 10"):
        data.load("mnist")


def test_the_fingerprint_is_sha256_of_spec_split_and_bytes(own_folder: Path) -> None:
    pack = add(shades())
    head = json.dumps([spec_values(pack.spec), 200], sort_keys=True).encode()
    expected = hashlib.sha256(head + pack.images.numpy().tobytes() + pack.conditions.numpy().tobytes()).hexdigest()
    assert fingerprint(pack) == read_header(pack_path(NAME)).fingerprint == expected
    changed = pack.images.clone()
    changed[-1, 0, -1, -1] ^= 1
    others = [
        replace(pack, images=changed),
        replace(pack, train=199),
        replace(pack, conditions=pack.conditions.flip(1)),
    ]
    assert len({expected, *map(fingerprint, others)}) == 4


def test_a_pack_of_the_first_versions_still_opens(own_folder: Path) -> None:
    add(shades())
    with safe_open(pack_path(NAME), "pt") as file:
        header = json.loads(file.metadata()["pack"])
        tensors = {key: file.get_tensor(key).clone() for key in file.keys()}  # noqa: SIM118
    kept = {key: header[key] for key in ("format", "spec", "train", "licence")}
    save_file(tensors, pack_path(NAME), {"pack": json.dumps(kept)})
    pack = load_pack(pack_path(NAME))
    assert (pack.title, pack.source, pack.fingerprint, pack.made, pack.held_out) == ("", "", "", {}, False)
    assert catalogue.describe(NAME).title == NAME


def test_images_of_a_pack_stay_in_the_file(own_folder: Path) -> None:
    """Loading maps the pack: its memory is counted where files are (`RssFile`), not where a program's own is."""
    large = torch.zeros(60_000, 1, 64, 64, dtype=torch.uint8)  # 246 MB
    spec = replace(SPEC, size=64, conditions=())
    add(Pack(spec=spec, images=large, conditions=large.new_zeros(len(large), 0), train=50_000, licence=""))
    del large

    def own_bytes() -> int:
        status = Path("/proc/self/status").read_text(encoding="utf-8")
        return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("RssAnon"))

    before = own_bytes()
    pack = data.load(NAME)
    assert pack.images[::5000].sum() == 0
    assert own_bytes() - before < 20e6


def test_a_recipe_of_a_dataset_that_is_not_here_opens_and_cannot_start(own_folder: Path) -> None:
    assert OWN.dataset == NAME
    assert f"unknown dataset '{NAME}'" in obstacle(OWN, "cpu")
    add(shades())
    assert obstacle(OWN, "cpu") == ""


def test_a_checkpoint_of_own_pictures_needs_neither_pictures_nor_pack(own_run: RunFolder, own_folder: Path) -> None:
    card = checkpoints.read_card(own_run.checkpoint)
    assert not catalogue.is_known(NAME)
    assert card.data == SPEC
    assert card.origin.model_dump() == {
        "title": "Two shades of grey",
        "licence": "CC0",
        "fingerprint": fingerprint(shades()),
        "train": 200,
    }
    assert origin(card) == "Two shades of grey. CC0"
    assert checkpoints.load(own_run.checkpoint).images(card.latent.from_seeds([0, 1])).shape == (2, 28, 28, 1)
    found = curves.of_checkpoint(own_run.checkpoint, card.recipe, card.origin.train)
    assert found.columns["epoch"][-1] == pytest.approx(8 * 16 / 200)
    assert "epoch" not in curves.of_run(own_run, card.recipe).columns
    assert catalogue.strangeness(card.data, card.origin.fingerprint) == f"the pictures of '{NAME}' are not here"


def test_a_few_real_pictures_travel_where_the_licence_lets_them(own_run: RunFolder) -> None:
    test_images = shades().images[200:]
    carried = checkpoints.read_real(own_run.checkpoint)
    assert carried is not None
    assert carried.shape == (16, 1, 28, 28)
    assert all((image == test_images).flatten(1).all(1).any() for image in carried)
    assert checkpoints.real_pictures(replace(shades(), licence="")) is None
    assert checkpoints.real_pictures(replace(shades(), licence="CC BY-NC 4.0")) is None
    large = replace(
        shades(10, 10), spec=replace(SPEC, channels=3, size=128), images=torch.zeros(10, 3, 128, 128).byte()
    )
    few = checkpoints.real_pictures(large)
    assert few is not None
    assert few.numel() <= 65_536


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("digits", True),
        ("mnist", True),
        ("fashion-mnist", True),
        ("avatars", True),
        ("shapes", True),
        ("celeba", False),
        ("iclevr", False),
    ],
)
def test_which_built_in_pictures_may_be_passed_on(name: str, expected: bool) -> None:
    assert may_be_passed_on(BUILT_IN[name].licence) is expected


def test_a_run_resumed_on_other_pictures_of_the_same_name_is_refused(own_folder: Path, tmp_path: Path) -> None:
    add(shades())
    folder = runs.create(tmp_path / "own-001", OWN.with_settings({"steps": 400}), device="cpu")
    for _ in execute(folder):
        folder.stop.touch()
    stopped_at = runs.read_status(folder).step
    assert 0 < stopped_at < 400

    add(shades(seed=1))
    with pytest.raises(
        OtherPicturesError, match=r"'my\.shades' are not those .*Put the pack back .* or start a new run"
    ):
        list(execute(folder, continue_run=True))
    assert runs.read_status(folder).step == stopped_at

    add(shades())
    folder.stop.unlink(missing_ok=True)
    reports = list(execute(folder, continue_run=True))
    assert reports[-1].step == 400


def test_pictures_of_the_same_name_are_not_taken_for_those_of_a_model(own_run: RunFolder, own_folder: Path) -> None:
    card = checkpoints.read_card(own_run.checkpoint)
    add(shades())
    assert catalogue.strangeness(card.data, card.origin.fingerprint) == ""
    add(shades(seed=1))
    others = f"the pictures called '{NAME}' here are not those that this model learnt from"
    assert catalogue.strangeness(card.data, card.origin.fingerprint) == others
    os.truncate(pack_path(NAME), 100)
    assert "cannot be read" in catalogue.strangeness(card.data, card.origin.fingerprint)


@pytest.mark.parametrize(
    ("origin_values", "message"),
    [
        ({"fingerprint": "x" * 64}, "origin.fingerprint"),
        ({"train": -1}, "origin.train"),
        ({"title": "a" * 2000}, "origin.title"),
        ({"title": "a\u202eb"}, "origin.title"),
        ([], "origin"),
    ],
)
def test_a_strangers_origin_is_checked(own_run: RunFolder, tmp_path: Path, origin_values: object, message: str) -> None:
    path = _changed(own_run.checkpoint, tmp_path / "other.safetensors", {"origin": json.dumps(origin_values)}, {})
    with pytest.raises(ValueError, match=message):
        checkpoints.read_card(path)


@pytest.mark.parametrize(
    ("real", "message"),
    [
        (torch.zeros(16, 3, 28, 28, dtype=torch.uint8), "real pictures do not fit"),
        (torch.zeros(0, 1, 28, 28, dtype=torch.uint8), "real pictures do not fit"),
        (torch.zeros(16, 1, 28, 28), "is .*, not of pixels"),
        (torch.zeros(100, 1, 28, 28, dtype=torch.uint8), "more than 65,536 bytes of real pictures"),
    ],
)
def test_a_strangers_real_pictures_are_checked(
    own_run: RunFolder, tmp_path: Path, real: torch.Tensor, message: str
) -> None:
    path = _changed(own_run.checkpoint, tmp_path / "other.safetensors", {}, {"real/images": real})
    with pytest.raises(ValueError, match=message):
        checkpoints.read_real(path)


def _changed(path: Path, to: Path, header: dict[str, str], tensors: dict[str, torch.Tensor]) -> Path:
    with safe_open(path, "pt") as file:
        found = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
        metadata = {key: value for key, value in file.metadata().items() if key != "sums"}
    save_file(found | tensors, to, metadata | header)
    return to


def test_texts_of_a_packs_header_are_bounded(own_folder: Path) -> None:
    add(replace(shades(), title="t" * 10**6, licence="l" * 10**6 + "\x1b[2J"))
    found = catalogue.describe(SPEC.name)
    assert len(found.title) <= 1000
    assert len(found.licence) <= 1000
    assert "\x1b" not in found.licence
