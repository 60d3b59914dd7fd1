"""Files whose header is good and whose weights are not: only who loads them finds out."""

import shutil
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from ganlab import checkpoints
from ganlab.families import cgan
from tests.app.pictures_on_page import stage
from tests.untrained import save_untrained


def spoil(path: Path) -> None:
    """Make one weight of the generator infinite."""
    with safe_open(path, "pt") as file:
        tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
        name = next(key for key in tensors if key.startswith("generator.") and tensors[key].is_floating_point())
        tensors[name] = torch.full_like(tensors[name], torch.inf)
        header = {key: value for key, value in file.metadata().items() if key != "crc32"}
        save_file(tensors, path, header)
    checkpoints.read_card(path)


def titles(app) -> list[str]:
    return [model["title"] for model in stage(app)["models"]]


@pytest.fixture
def bad(checkpoints_folder):
    """A copy of `tiny` that cannot be drawn with."""
    path = Path(shutil.copy(checkpoints_folder / "tiny.safetensors", checkpoints_folder / "bad.safetensors"))
    spoil(path)
    return path


def test_sample_leaves_a_bad_neighbour_out_with_the_reason(open_page, bad):
    app = open_page("sample", model="tiny", beside="bad")  # as older versions wrote it
    assert not app.exception
    assert titles(app) == ["tiny"]
    assert app.error[0].value.startswith("bad.safetensors: generator")


def test_sample_leaves_a_bad_snapshot_out_with_the_reason(open_page, run_folder):
    path = checkpoints.list_files(run_folder.snapshots)[0]
    others = len(titles(open_page("sample", model=run_folder.name, snapshots="true"))) - 1
    spoil(path)
    app = open_page("sample", model=run_folder.name, snapshots="true")
    assert not app.exception
    assert len(titles(app)) == others
    assert path.name in app.error[0].value


@pytest.mark.parametrize("page", ["codes", "attributes"])
def test_codes_and_attributes_leave_a_bad_neighbour_out(open_page, checkpoints_folder, digits, page):
    for name in ("good", "spoilt"):
        save_untrained(checkpoints_folder / f"{name}.safetensors", "cgan", cgan.Config(width=4), digits.spec)
    spoil(checkpoints_folder / "spoilt.safetensors")
    app = open_page(page, model="good", **{"other-models": "spoilt"})
    assert not app.exception
    assert titles(app) == ["good"]
    assert app.error[0].value.startswith("spoilt.safetensors: generator")


def test_compare_counts_and_draws_the_others(open_page, bad):
    app = open_page("compare", curves="bad,tiny", costs="true", stage="true")
    assert not app.exception
    assert titles(app) == ["tiny"]
    costs = next(table.value for table in app.dataframe if "Parameters" in table.value)
    assert costs["Name"].tolist() == ["tiny"]
    assert len([error for error in app.error if error.value.startswith("bad.safetensors: generator")]) == 2
