import shutil

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from ganlab import checkpoints
from ganlab.explore import library, points, training


def test_a_run_shows_the_wanted_latents_at_every_snapshot(run_folder):
    model = library.find(run_folder.name)
    drawn = points.row(50, 3)
    film = training.film(model, drawn)
    files = checkpoints.list_files(run_folder.snapshots)
    assert film.steps == [int(path.stem) for path in files] == sorted(film.steps)
    last = checkpoints.load(files[-1])
    expected = last.images(points.latents(last.latent, drawn))
    assert torch.equal(torch.from_numpy(film.images[-1]), expected)


def test_a_shipped_checkpoint_shows_the_sheets_that_it_carries(checkpoints_folder):
    model = library.find("tiny")
    assert not training.has_snapshots(model)
    film = training.film(model, points.row(50, 3))
    carried = checkpoints.read_sheets(model.path)
    assert film.steps == carried.steps
    assert torch.equal(torch.from_numpy(film.images), carried.images.permute(0, 1, 3, 4, 2))


@pytest.mark.parametrize(
    "changed",
    [
        {"sheets/images": torch.zeros(3, 28, 28)},
        {"sheets/steps": torch.zeros(2)},
        {"sheets/steps": None},
    ],
    ids=["no sheets", "too few steps", "no steps"],
)
def test_sheets_that_do_not_fit_are_refused(checkpoints_folder, changed):
    path = checkpoints_folder / "tiny.safetensors"
    with safe_open(path, "pt") as file:
        tensors = {key: file.get_tensor(key) for key in file.keys()} | changed  # noqa: SIM118
        save_file(
            {key: value for key, value in tensors.items() if value is not None},
            path,
            {key: text for key, text in file.metadata().items() if key != "crc32"},
        )
    with pytest.raises(ValueError, match=r"tiny.safetensors: its sample sheets do not fit"):
        training.film(library.find("tiny"), [])


def test_a_damaged_snapshot_is_named(run_folder):
    snapshot = checkpoints.list_files(run_folder.snapshots)[1]
    snapshot.write_bytes(snapshot.read_bytes()[:1000])
    with pytest.raises(ValueError, match=snapshot.name):
        training.film(library.find(run_folder.name), points.row(0, 1))


def test_a_run_whose_snapshots_are_gone_falls_back_to_its_checkpoint(run_folder):
    shutil.rmtree(run_folder.snapshots)
    film = training.film(library.find(run_folder.name), points.row(0, 1))
    assert film.images.shape[1] == 16
