"""Who may add pictures and delete datasets, and what becomes of an addition when its process, or its source, goes."""

import io
import shutil
import time
import zipfile
from pathlib import Path

import pytest
from filelock import FileLock
from PIL import Image

from ganlab import jobs, runs
from ganlab.access import actions
from ganlab.data import adding, catalogue
from ganlab.data.adding import Added, Settings
from ganlab.full_disk import DiskFullError
from ganlab.jobs import additions, work
from ganlab.jobs.additions import Addition, Wish
from ganlab.jobs.dropped import Dropped
from ganlab.jobs.local import scheduler_lock
from ganlab.jobs.work import Status
from ganlab.owners import read_owner, write_owner
from tests.access.test_actions import ADA, ADMIN, ANONYMOUS, BOB, LOOK, OPEN, SAME_NUMBER, snapshot
from tests.marks import posix
from tests.own_pictures import add, shades
from tests.tiny import TINY

WORK_SECONDS = 120
WISH = Wish(name="mine", settings=Settings(size=28))


@pytest.fixture(autouse=True)
def _own_packs(own_data):
    """See `own_data`."""


def pictures(count=12):
    files = []
    for number in range(count):
        buffer = io.BytesIO()
        Image.new("RGB", (40, 30), (20 * number, 0, 99)).save(buffer, "PNG")
        files.append(Dropped("same name.png", buffer.getvalue()))
    return files


def wait(addition):
    deadline = time.monotonic() + WORK_SECONDS
    while (status := work.read_status(addition)).active:
        assert time.monotonic() < deadline, status
        time.sleep(0.1)
    return status


@pytest.mark.parametrize(("visitor", "reason"), [(LOOK, "for looking: nobody can"), (ANONYMOUS, "log in to")])
def test_nobody_adds_pictures_where_looking_is_all(tmp_path, visitor, reason):
    before = snapshot(tmp_path)
    for attempt in (
        lambda: actions.add_pictures(visitor, pictures()),
        lambda: actions.add_folder(visitor, str(tmp_path), serves_others=False),
    ):
        with pytest.raises(ValueError, match=reason):
            attempt()
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize(("visitor", "serves_others"), [(OPEN, True), (ADA, False), (ADMIN, False)])
def test_folders_of_the_server_are_read_only_where_nobody_else_comes_in(tmp_path, visitor, serves_others):
    with pytest.raises(ValueError, match="drop the pictures instead"):
        actions.add_folder(visitor, str(tmp_path), serves_others=serves_others)
    assert not additions.additions()


def test_dropped_pictures_become_a_dataset_of_who_dropped_them(tmp_path):
    addition = actions.add_pictures(ADA, pictures())
    assert wait(addition) == Status(state="looked", share=1.0)
    for visitor in (LOOK, ANONYMOUS, BOB, SAME_NUMBER):
        for attempt in (
            lambda v=visitor: actions.pack_pictures(v, addition, WISH, 1),
            lambda v=visitor: actions.cancel(v, addition),
            lambda v=visitor: actions.look_again(v, addition),
            lambda v=visitor: actions.delete(v, addition),
        ):
            with pytest.raises(ValueError, match=r"for looking|log in|only its owner ada@example.org or an"):
                attempt()
    assert len(additions.looked(addition).examples) == 12  # all files of one name were kept
    actions.pack_pictures(ADA, addition, WISH, 1)
    assert wait(addition) == Status(state="packed", share=1.0)
    assert catalogue.describe("mine").spec.size == 28
    assert read_owner(Added("mine").owner) == ADA.person
    actions.delete(ADA, addition)
    assert not additions.additions()
    with pytest.raises(ValueError, match="only its owner ada"):
        actions.delete(BOB, Added("mine"))
    actions.delete(ADMIN, Added("mine"))
    assert not adding.added()
    assert not Added("mine").owner.exists()


def test_a_list_that_is_dropped_with_a_zip_tells_labels(tmp_path):
    """By its name alone: a path of the server is none of the lists."""
    archive, rows = io.BytesIO(), "file,kind\n" + "".join(f"{n}.png,{'ab'[n % 2]}\n" for n in range(12))
    with zipfile.ZipFile(archive, "w") as out:
        for number, file in enumerate(pictures()):
            out.writestr(f"{number}.png", file.content)
    outside = tmp_path / "outside.csv"
    outside.write_text(rows, encoding="utf-8")
    dropped = [Dropped("shapes.zip", archive.getvalue()), Dropped("kinds.csv", rows.encode())]
    addition = actions.add_pictures(OPEN, dropped)
    assert wait(addition) == Status(state="looked", share=1.0)
    assert additions.read_source(addition).title == "shapes.zip"
    actions.pack_pictures(OPEN, addition, WISH.model_copy(update={"labels": str(outside)}), 1)
    assert "there is no list" in wait(addition).error
    wish = {
        "labels": "kinds.csv",
        "title": "Two kinds",
        "licence": "CC0",
        "settings": Settings(size=28, test_share=0.5),
    }
    actions.pack_pictures(OPEN, addition, WISH.model_copy(update=wish), 1)
    assert wait(addition) == Status(state="packed", share=1.0)
    made = catalogue.packed("mine")
    assert (made.spec.classes, made.title, made.licence) == (("a", "b"), "Two kinds", "CC0")
    assert 2 <= made.train <= 10


def test_the_room_of_datasets_and_of_what_is_dropped_counts(monkeypatch):
    monkeypatch.setenv("GANLAB_QUOTA_MB_PERSON", "1")
    big = [Dropped("noise.png", bytes(1_100_000))]
    with pytest.raises(ValueError, match=r"would add 1\.1 MB"):
        actions.add_pictures(ADA, big)
    assert not additions.additions()
    add(shades(count=1400, train=1200))
    write_owner(Added("my.shades").owner, ADA.person)
    with pytest.raises(ValueError, match=r"take 1\.1 of 1 MB.*my\.shades \(1\.1 MB\)"):
        actions.add_pictures(ADA, pictures(1))


def test_the_room_that_is_promised_to_a_packing_counts_while_it_lasts(monkeypatch):
    monkeypatch.setenv("GANLAB_QUOTA_MB_PERSON", "20")
    several = [actions.add_pictures(ADA, pictures()) for _ in range(2)]
    for addition in several:
        wait(addition)
    monkeypatch.setattr(work, "start", lambda one, process: work.write_status(one, Status(state="starting")))
    actions.pack_pictures(ADA, several[0], WISH, 15_000_000)
    with pytest.raises(ValueError, match=r"this would add 15\.0 MB"):
        actions.pack_pictures(ADA, several[1], WISH.model_copy(update={"name": "other"}), 15_000_000)
    work.write_status(several[0], Status(state="failed"))
    actions.pack_pictures(ADA, several[1], WISH.model_copy(update={"name": "other"}), 15_000_000)


def test_a_dataset_that_is_trained_on_stays():
    add(shades())
    with FileLock(scheduler_lock(runs.runs_folder().resolve())):  # runs wait
        recipe = TINY.with_settings({"dataset": "my.shades"})
        [run] = actions.train(OPEN, [recipe], device="cpu", on_collapse="continue")
        with pytest.raises(ValueError, match=f"my.shades is being trained on \\({run.name}\\)"):
            actions.delete(OPEN, Added("my.shades"))
        jobs.cancel(run)
        actions.delete(OPEN, Added("my.shades"))
    assert not catalogue.added()


def test_an_addition_whose_process_died_says_so_and_goes_on():
    addition = actions.add_pictures(OPEN, pictures())
    assert wait(addition) == Status(state="looked", share=1.0)
    work.write_status(addition, Status(state="packing", share=0.4))  # as a killed process leaves it
    assert "has ended" in work.read_status(addition).error
    actions.pack_pictures(OPEN, addition, WISH, 1)
    assert wait(addition) == Status(state="packed", share=1.0)


def test_a_folder_whose_pictures_change_is_looked_at_again(tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number, file in enumerate(pictures()):
        (folder / f"{number}.png").write_bytes(file.content)
    addition = actions.add_folder(OPEN, str(folder), serves_others=False)
    assert wait(addition) == Status(state="looked", share=1.0)
    (folder / "0.png").unlink()
    with pytest.raises(ValueError, match="have changed"):
        additions.looked(addition)
    actions.look_again(OPEN, addition)
    assert wait(addition) == Status(state="looked", share=1.0)
    assert len(additions.looked(addition).survey.findings) == 11


def test_damaged_files_of_an_addition_harm_no_other():
    addition = actions.add_pictures(OPEN, pictures())
    assert wait(addition) == Status(state="looked", share=1.0)
    for number, content in enumerate([b"", b'{"path": 1}', b"[" * 100_000, '{"path": "x"}'.encode("utf-16")]):
        damaged = Addition(Path(shutil.copytree(addition.path, addition.path.with_name(f"damaged-{number}"))))
        damaged.source.write_bytes(content)
        damaged.wish.write_bytes(content)
        with pytest.raises(ValueError, match=r"come from cannot be read .*choose other pictures, or drop them again"):
            additions.looked(damaged)
        assert additions.read_wish(damaged) is None
        assert {one.name for one in additions.additions()} == {addition.name, damaged.name}
        assert len(additions.looked(addition).examples) == 12
        actions.delete(OPEN, damaged)
    assert additions.additions() == [addition]


@posix
def test_pictures_that_do_not_fit_onto_the_disk_leave_nothing(tmp_path):
    """Files of more than a megabyte cannot be written."""
    import resource  # POSIX only

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, before[1]))
        with pytest.raises(DiskFullError, match=r"big\.png could not be written: .*Free some space"):
            actions.add_pictures(OPEN, [*pictures(2), Dropped("big.png", bytes(2**20 + 1))])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not list(additions.additions_folder().iterdir())


@pytest.mark.parametrize("text", ["", "pictures", "/no/such/folder", "\0", "~nobody-of-that-name/pictures"])
def test_a_folder_that_is_not_there_is_told(text):
    with pytest.raises(ValueError, match="is not there; write the whole path"):
        actions.add_folder(OPEN, text, serves_others=False)


def test_names_of_dropped_files_lead_nowhere(tmp_path):
    """Each name twice."""
    names = ["../../up.png", "..", "a/b/c.png", "x" * 400 + ".png", "con\0.png", "\\\\host\\x.png", "😀.png"]
    [file] = pictures(1)
    addition = additions.begin([file._replace(name=name) for name in names for _ in range(2)])
    assert wait(addition).state == "looked"
    dropped = [path for path in tmp_path.rglob("*") if path.is_file() and path.read_bytes() == file.content]
    assert {path.parent for path in dropped} == {addition.dropped}
    assert len(dropped) == 2 * len(names)
