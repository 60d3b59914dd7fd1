import os
import shutil
from pathlib import Path

import pytest

from ganlab import runs
from ganlab.explore import library


def test_shipped_uploaded_and_run_models_each_have_an_id(checkpoints_folder, checkpoint_file, run_folder):
    uploaded = library.add_upload("My Model.safetensors", checkpoint_file.read_bytes())
    assert [model.id for model in library.models()] == ["tiny", uploaded.id, f"run-{run_folder.name}"]
    assert uploaded.id.startswith("upload-my-model-")
    assert library.find(uploaded.id) == uploaded


@pytest.mark.parametrize("model_id", ["nope", "../tiny", "/etc/passwd", ""])
def test_an_unknown_id_is_refused_with_the_known_ones(checkpoints_folder, model_id):
    with pytest.raises(ValueError, match="choose from tiny"):
        library.find(model_id)


@pytest.mark.parametrize("name", ["../../evil.safetensors", "a/b.safetensors", "ä ö.safetensors", ".safetensors"])
def test_an_upload_stays_in_the_uploads_folder_whatever_its_name(checkpoint_file, name):
    model = library.add_upload(name, checkpoint_file.read_bytes())
    assert model.path.parent == Path(os.environ["GANLAB_CHECKPOINTS"]) / "uploads"
    assert model.path.read_bytes() == checkpoint_file.read_bytes()


@pytest.mark.parametrize(
    ("kind", "reason"), [("truncated_file", "stolen.safetensors .*cut short"), ("pickle_file", "is a pickle")]
)
def test_a_refused_upload_says_why_and_leaves_nothing(request, checkpoint_file, kind, reason):
    kept = library.add_upload("good.safetensors", checkpoint_file.read_bytes())
    bad = request.getfixturevalue(kind)
    with pytest.raises(ValueError, match=reason):
        library.add_upload("stolen.safetensors", bad.read_bytes())
    assert list(kept.path.parent.iterdir()) == [kept.path]
    assert not (bad.parent / "ran").exists()


def test_an_upload_that_is_too_large_is_refused_unread(monkeypatch):
    monkeypatch.setattr(library, "MAX_FILE_BYTES", 10)
    with pytest.raises(ValueError, match="at most 10"):
        library.add_upload("big.safetensors", b"x" * 11)


def test_only_uploads_can_be_deleted(checkpoints_folder, checkpoint_file):
    uploaded = library.add_upload("mine.safetensors", checkpoint_file.read_bytes())
    library.delete_upload(uploaded)
    assert not uploaded.path.exists()
    with pytest.raises(ValueError, match="was not uploaded"):
        library.delete_upload(library.find("tiny"))
    assert (checkpoints_folder / "tiny.safetensors").is_file()


def test_a_file_that_cannot_be_read_is_listed_with_the_reason(checkpoints_folder, truncated_file):
    shutil.copy(truncated_file, checkpoints_folder / "broken.safetensors")
    assert "cut short" in library.try_card(library.find("broken"))


def test_a_run_without_a_result_is_opened_at_its_newest_snapshot(run_folder):
    run_folder.checkpoint.unlink()
    model = library.find(f"run-{run_folder.name}")
    assert model.path.name == "00000060.safetensors"
    assert library.run_name(model) == run_folder.name
    for path in run_folder.snapshots.glob("*"):
        if path.stem != "00000000":
            path.unlink()
    assert library.models() == []  # nothing has been learnt yet


def test_a_run_and_an_upload_are_shown_by_their_own_names_unless_two_would_be_the_same():
    names = library.shown_names(["tiny", "run-digits-quick-001", "upload-mine-0a1b2c3d", "run-tiny"])
    assert names == {
        "tiny": "tiny",
        "run-digits-quick-001": "digits-quick-001",
        "upload-mine-0a1b2c3d": "mine-0a1b2c3d",
        "run-tiny": "run-tiny",
    }


def test_a_refusal_says_where_models_can_be_downloaded(checkpoint_file):
    with pytest.raises(
        ValueError,
        match=r"model\.onnx is not a .* downloaded as such files on Train, and those",
    ):
        library.add_upload("model.onnx", checkpoint_file.read_bytes())


def test_the_newest_snapshot_is_that_of_the_highest_step_whatever_else_lies_there(run_folder):
    run_folder.checkpoint.unlink()
    last = runs.numbered(run_folder.snapshots, ".safetensors")
    shutil.copy(next(iter(last.values())), run_folder.snapshots / "zebra.safetensors")
    found = library.run_model(run_folder)
    assert found is not None
    assert found.path == last[max(last)]
    assert library.snapshots(run_folder.name) == list(last.values())


def test_messages_are_shown_without_the_folders_of_the_server():
    uploads, runs_folder = library.checkpoints_folder() / "uploads", runs.runs_folder()
    text = f"{uploads}/a.safetensors is damaged; {runs_folder}/tiny-001 has no {runs_folder}/tiny-001/status.json"
    assert library.without_folders(text) == "a.safetensors is damaged; tiny-001 has no tiny-001/status.json"


def test_a_folder_that_is_part_of_a_word_stays(monkeypatch):
    monkeypatch.setenv("GANLAB_RUNS", "runs")
    assert library.without_folders("runs/a-001 is no run; dry-runs/b is") == "a-001 is no run; dry-runs/b is"
