"""What was read of a file is not shown of another one that lies in its place, whatever time and size that has."""

import os
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from ganlab import checkpoints, data, resume, runs, warm_start
from ganlab.data import Pack, catalogue, sources
from ganlab.data.packs import pack_path, save_pack
from ganlab.explore import beginnings, metrics_cache, model_index, quality, studies
from ganlab.explore.library import Model
from ganlab.families import gan, vae
from ganlab.file_versions import ABSENT, TICK_NS, at_once, version
from ganlab.metrics import classifier, classifiers
from ganlab.runs import RunFolder
from ganlab.runs.looks import Looks
from ganlab.studies.results import write_results
from ganlab.training_state import start
from ganlab.ui import cache, provenance
from ganlab.ui.maps import cache as maps_cache
from ganlab.ui.reconstruct import cache as reconstruct_cache
from ganlab.ui.reconstruct import plane
from ganlab.ui.training import jobs_list
from tests.adding.pictures import encoded, noise
from tests.untrained import save_untrained

BEFORE = {"same": 0, "older": -3 * 24 * 3600 * 10**9}  # how long the new file's time is before the old one's


@pytest.fixture(params=BEFORE)
def put(request: pytest.FixtureRequest) -> Callable[[Path, bytes], None]:
    """Puts other content in a file's place as `cp -p`, `rsync -t` and `git checkout` do: with the time it came with."""

    def replace_it(path: Path, content: bytes) -> None:
        status = path.stat()
        new = path.with_name(".new")
        new.write_bytes(content)
        moment = status.st_mtime_ns + BEFORE[request.param]
        os.utime(new, ns=(moment, moment))
        new.replace(path)

    return replace_it


Put = Callable[[Path, bytes], None]


def written_by(write: Callable[[Path], object], folder: Path) -> bytes:
    """What a function writes into a file."""
    path = folder / "other.safetensors"
    write(path)
    content = path.read_bytes()
    path.unlink()
    return content


def test_every_way_to_replace_a_file_is_another_version(tmp_path: Path, put: Put) -> None:
    path = tmp_path / "file"
    assert version(path) == version(tmp_path / "\0") == ABSENT
    path.write_bytes(b"one")
    first = version(path)
    assert version(path) == first
    put(path, b"two")
    second = version(path)
    with path.open("r+b") as file:
        file.write(b"six")
    os.utime(path, ns=(second.written_ns, second.written_ns))
    third = version(path)
    link = tmp_path / "link"
    link.symlink_to(path)
    assert version(link) == third
    assert len({first, second, third}) == 3


def test_a_version_outlives_its_tick(tmp_path: Path) -> None:
    """Where clocks of file systems are coarse, a later change would have the same time as one of this moment."""
    path = tmp_path / "file"
    path.touch()
    found = version(path)
    (tmp_path / "later").touch()
    assert (
        at_once(tmp_path / "later").changed_ns - found.changed_ns >= TICK_NS / 2
    )  # less than a wait, by the clock's step


def test_metrics_of_a_snapshot(run_folder: RunFolder, tmp_path: Path, put: Put) -> None:
    first, last = (checkpoints.list_files(run_folder.snapshots)[place] for place in (0, -1))
    before = quality.metrics_of(first)
    put(first, last.read_bytes())
    assert quality.metrics_of(first) == quality.metrics_of(last) != before


def test_what_a_training_may_begin_with(tmp_path: Path, digits: Pack, put: Put) -> None:
    path = tmp_path / "model.safetensors"
    save_untrained(path, "gan", gan.Config(width=4, latent_size=4), digits.spec)
    model = Model(id="model", name="model", path=path, origin="shipped")
    recipe = checkpoints.read_card(path).recipe
    [whole] = [one for one in [beginnings._beginning(model, warm_start.nets_of(recipe))] if one]
    other = gan.Config(width=4, latent_size=7)
    put(path, written_by(lambda new: save_untrained(new, "gan", other, digits.spec), tmp_path))
    part = beginnings._beginning(model, warm_start.nets_of(recipe))
    assert part is not None
    assert part.taken < whole.taken


def test_the_state_that_a_training_begins_with(run_folder: RunFolder, digits: Pack) -> None:
    """The run's checkpoint stays as it is while its saved state goes on, and it is the state whose step counts."""
    model = Model(id=run_folder.name, name=run_folder.name, path=run_folder.checkpoint, origin="run")
    recipe = runs.read_recipe(run_folder)
    nets, steps = warm_start.nets_of(recipe), []
    for _ in range(2):
        found = beginnings._beginning(model, nets)
        assert found is not None
        steps.append(found.step)
        resume.save_state(start(recipe, digits.spec, torch.device("cpu")), run_folder.resume)
    assert steps == [60, 0]


def test_what_a_classifier_says(tmp_path: Path, digits: Pack, put: Put) -> None:
    path = tmp_path / "digits.classifier.safetensors"
    net = classifier.Classifier()
    classifiers.save(net, path, digits, "", {"test_accuracy": 0.25})
    before = classifiers.load(path).net.state_dict()
    for weight in net.parameters():
        torch.nn.init.ones_(weight)
    put(path, written_by(lambda new: classifiers.save(net, new, digits, "", {"test_accuracy": 0.75}), tmp_path))
    assert classifiers.read_header(path).measured["test_accuracy"] == 0.75
    after = classifiers.load(path).net.state_dict()
    assert not all(torch.equal(before[name], after[name]) for name in before)


def test_results_of_a_study(tmp_path: Path, put: Put) -> None:
    path = tmp_path / "small.json"
    write_results(path, [], title="Sizes of two nets")
    assert studies.read(path).title == "Sizes of two nets"
    put(path, path.read_bytes().replace(b"two", b"ten"))
    assert studies.read(path).title == "Sizes of ten nets"


def test_a_dataset_of_ones_own(own_data: Path, digits: Pack, tmp_path: Path, put: Put) -> None:
    mine = replace(digits, spec=replace(digits.spec, name="mine"), title="one")
    save_pack(mine, pack_path("mine"))
    assert catalogue.describe("mine").title == "one"
    put(pack_path("mine"), written_by(lambda new: save_pack(replace(mine, title="two"), new), tmp_path))
    assert catalogue.describe("mine").title == "two"
    pack_path("mine").unlink()
    with pytest.raises(ValueError, match="unknown dataset"):
        catalogue.describe("mine")


def test_curves_that_were_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, put: Put) -> None:
    monkeypatch.setattr(metrics_cache, "WORTH_KEEPING_BYTES", 1)
    path = tmp_path / "metrics.jsonl"
    path.write_bytes(b'{"step": 1, "loss": 1.5}\n')
    assert metrics_cache.read(path).values["loss"].tolist() == [1.5]
    with path.open("r+b") as file:  # in its place, as rsync --inplace does
        file.write(b'{"step": 1, "loss": 2.5}\n')
    put(path, path.read_bytes())
    assert metrics_cache.read(path).values["loss"].tolist() == [2.5]
    assert metrics_cache.read(path).values["loss"].tolist() == [2.5]


def test_lists_of_models(tmp_path: Path, digits: Pack, checkpoint_file: Path, put: Put) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(checkpoint_file.read_bytes())
    model, index = (
        Model(id="model", name="model", path=path, origin="shipped"),
        model_index.ModelIndex(tmp_path / "index.sqlite"),
    )
    [before] = index.of([model])
    other = written_by(
        lambda new: save_untrained(new, "vae", vae.Config(width=4, latent_size=2), digits.spec), tmp_path
    )
    put(path, other)
    for one in (index, model_index.ModelIndex(tmp_path / "index.sqlite")):
        [after] = one.of([model])
        assert before.line is not None
        assert after.line is not None
        assert (before.line.family, after.line.family) == ("gan", "vae")


def test_files_of_runs(run_folder: RunFolder, put: Put) -> None:
    texts = Looks(lambda folder: folder.where.read_text(encoding="utf-8"), lambda _: 600.0, ("where.json",))
    run_folder.where.write_text("one", encoding="utf-8")
    for path in (run_folder.where, run_folder.path):
        os.utime(path, (1e9, 1e9))
    times = run_folder.path.stat()
    assert texts.over(runs.runs_folder()) == ["one"]
    put(run_folder.where, b"two")
    os.utime(run_folder.path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert texts.over(runs.runs_folder()) == ["two"]


def test_the_speed_of_a_run_that_has_ended(run_folder: RunFolder, put: Put) -> None:
    line = '{"step": 1, "images": 100, "seconds": %d}\n'
    run_folder.metrics.write_text(line % 1, encoding="utf-8")
    now = runs.read_status(run_folder)
    assert jobs_list._trained(run_folder.path, version(run_folder.metrics)).images_per_second == 100
    put(run_folder.metrics, (line % 4).encode())
    assert runs.read_status(run_folder) == now
    assert jobs_list._trained(run_folder.path, version(run_folder.metrics)).images_per_second == 25


@pytest.mark.parametrize("kind", ["folder", "list", "zip", "npz"])
def test_sources_of_pictures(tmp_path: Path, kind: str, put: Put) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    bitmaps = [encoded(noise(seed), "BMP") for seed in (1, 2)]  # of one size
    (folder / "a.bmp").write_bytes(bitmaps[0])
    source, changed = folder, folder / "a.bmp"
    if kind == "list":
        source = folder / "list.csv"
        source.write_text("file,class\na.bmp,a\n", encoding="utf-8")
    elif kind == "zip":
        source = changed = tmp_path / "pictures.zip"
        bitmaps = [written_by(lambda new, one=one: zipped(new, one), tmp_path) for one in bitmaps]
        source.write_bytes(bitmaps[0])
    elif kind == "npz":
        source = changed = tmp_path / "pictures.npz"
        arrays = [np.full((4, 8, 8), number, np.uint8) for number in (1, 2)]
        np.savez(source, x_train=arrays[0])
        bitmaps = [source.read_bytes(), written_by(lambda new: saved(new, arrays[1]), tmp_path)]
    before = sources.open_source(str(source)).identity
    assert sources.open_source(str(source)).identity == before
    put(changed, bitmaps[1])
    assert sources.open_source(str(source)).identity != before


def zipped(path: Path, content: bytes) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo("a.bmp"), content)


def saved(path: Path, array: np.ndarray) -> None:
    with path.open("wb") as file:
        np.savez(file, x_train=array)


@pytest.fixture
def encoder(tmp_path: Path, digits: Pack) -> Model:
    """An untrained model with an encoder and a plane for a latent."""
    path = tmp_path / "model.safetensors"
    save_untrained(path, "vae", vae.Config(width=4, latent_size=2), digits.spec)
    return Model(id="model", name="model", path=path, origin="shipped")


def test_pages_show_the_model_that_is_there(encoder: Model, digits: Pack, tmp_path: Path, put: Put) -> None:
    def shown() -> list[object]:
        here = data.load("digits")
        source = maps_cache.source(encoder, dataset="", real=0, generated=10, seed=0, space="pixels")
        return [
            provenance.digest(encoder.path),
            plane._sheet(str(encoder.path), version(encoder.path)).tobytes(),
            reconstruct_cache.encodings(encoder.path, here).latents.numpy().tobytes(),
            reconstruct_cache.test_error(encoder.path, here, measure=True),
            maps_cache.collection(source).images.tobytes(),
        ]

    before = shown()
    assert shown() == before
    other = vae.Config(width=6, latent_size=2)
    put(encoder.path, written_by(lambda new: save_untrained(new, "vae", other, digits.spec), tmp_path))
    assert all(one != other for one, other in zip(before, shown(), strict=True))


def test_pages_show_the_pictures_that_are_there(
    encoder: Model, own_data: Path, digits: Pack, tmp_path: Path, put: Put
) -> None:
    """A dataset that was packed again under its name is another one to whatever was computed from it."""

    def shown() -> list[object]:
        here = cache.pack("digits", 28)
        source = maps_cache.source(encoder, dataset="digits", real=10, generated=10, seed=0, space="pixels")
        return [
            reconstruct_cache.encodings(encoder.path, here).latents.numpy().tobytes(),
            reconstruct_cache.test_error(encoder.path, here, measure=True),
            maps_cache.collection(source).images.tobytes(),
        ]

    before = shown()
    flipped = replace(digits, images=digits.images.flip(3))
    put(pack_path("digits"), written_by(lambda new: save_pack(flipped, new), tmp_path))
    assert all(one != other for one, other in zip(before, shown(), strict=True))
