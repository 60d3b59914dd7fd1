import os
import shlex
import shutil
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from ganlab import jobs, runs
from ganlab.commands import names
from ganlab.explore import library
from tests.marks import posix
from tests.rights import changed
from tests.tiny import TINY


def test_shipped_uploaded_and_run_models_each_have_an_id(checkpoints_folder, checkpoint_file, run_folder):
    uploaded = library.add_upload("My Model.safetensors", checkpoint_file.read_bytes())
    assert [model.id for model in library.models()] == ["tiny", uploaded.id, run_folder.name]
    assert uploaded.id.startswith("my-model-")
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
    model = library.find(run_folder.name)
    assert model.path.name == "00000060.safetensors"
    assert model.name == run_folder.name
    for path in run_folder.snapshots.glob("*"):
        if path.stem != "00000000":
            path.unlink()
    assert library.models() == []  # nothing has been learnt yet


def test_names_that_two_kinds_have_stay_apart(checkpoints_folder, checkpoint_file, run_folder):
    """Whatever shipped files are called, none can take the id of a run or an upload, nor hide one."""
    run_folder.path.rename(run_folder.path.with_name("tiny"))
    (checkpoints_folder / "uploads").mkdir()
    for name in ("run-tiny", "upload-tiny", "uploads/tiny", "tiny-001"):
        shutil.copy(checkpoint_file, checkpoints_folder / f"{name}.safetensors")
    shutil.copytree(run_folder.path.with_name("tiny"), run_folder.path.with_name("tiny-001"))
    found = library.models()
    ids = [model.id for model in found]
    assert sorted(ids) == ["run-tiny", "runs/tiny", "runs/tiny-001", "tiny", "tiny-001", "upload-tiny", "uploads/tiny"]
    assert len({model.path for model in found}) == len(ids)
    assert [library.find(model.id) for model in found] == found
    assert library.shown_names(ids) == {model_id: model_id for model_id in ids}


@pytest.mark.parametrize(
    ("name", "model_id"),
    [
        ("digits-quick-001", "digits-quick-001"),
        ("my best run", "my%20best%20run"),
        ("a,b;c&d=e?f#g", "a%2Cb%3Bc%26d%3De%3Ff%23g"),
        ("50%", "50%25"),
        ("-rf", "%2Drf"),
        ("$HOME `x`", "%24HOME%20%60x%60"),
        ("zahlen-ä", "zahlen-ä"),
        ("日本", "日本"),
    ],
)
def test_a_run_is_called_alike_in_addresses_and_in_the_shell(run_folder, name, model_id):
    run_folder.path.rename(run_folder.path.with_name(name))
    [model] = library.models()
    assert (model.id, model.name) == (model_id, name)
    assert library.shown_names([model.id]) == {model_id: name}
    assert parse_qs(f"model={model_id.replace('%', '%25')}")["model"] == [model_id]
    assert shlex.split(f"ganlab sample {model_id}") == ["ganlab", "sample", model_id]
    for asked in (model_id, name, f"runs/{model_id}", f"run-{name}"):
        assert library.find(asked) == model, asked
    assert names.run(model_id).name == names.run(name).name == name


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


@posix
def test_a_folder_that_is_a_link_to_itself_or_to_nowhere(monkeypatch, tmp_path):
    for name, target in (("loop", "loop"), ("nowhere", "gone")):
        (tmp_path / name).symlink_to(target)
        for variable in ("GANLAB_DATA", "GANLAB_RUNS", "GANLAB_CHECKPOINTS"):
            monkeypatch.setenv(variable, str(tmp_path / name))
        assert (
            library.without_folders(f"{tmp_path / name}/tiny.safetensors is damaged") == "tiny.safetensors is damaged"
        )
        assert library.models() == []
        with pytest.raises((ValueError, OSError)):  # and not for ever
            jobs.submit(TINY)


def test_a_closed_folder_of_models_is_told_where_a_name_is_asked_for(checkpoints_folder):
    with changed(checkpoints_folder, 0o000), pytest.raises(ValueError, match="may not be read by you"):
        names.model_file("tiny")


def test_a_run_is_called_the_same_whether_or_not_the_others_are_looked_at(checkpoints_folder, checkpoint_file):
    """The name of a shipped model is taken; a sweep of a hundred asks for a hundred ids, every second."""
    folders = [runs.create(runs.runs_folder() / name, TINY) for name in ("tiny", "other", "tiny two")]
    every = {named.name: own for named, own in library.named_ids().items() if named.folder == "runs"}
    assert every["tiny"] == "runs/tiny"
    shutil.rmtree(runs.runs_folder())
    assert library.run_ids(folders) == [every[folder.name] for folder in folders]
