"""Each action, by each kind of visitor, in each mode: what is refused leaves everything as it was."""

import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest
from filelock import FileLock

from ganlab import runs
from ganlab.access import actions, limits
from ganlab.access.quotas import MEGABYTE
from ganlab.access.visitor import Visitor
from ganlab.commands import listing
from ganlab.explore import library
from ganlab.jobs.local import scheduler_lock
from ganlab.owners import Person, read_owner
from tests.tiny import TINY

OPEN, LOOK, ANONYMOUS = Visitor("open"), Visitor("look"), Visitor("login")
ADA = Visitor("login", Person(issuer="https://login.example", subject="1", name="ada@example.org"))
BOB = Visitor("login", Person(issuer="https://login.example", subject="2", name="bob@example.org"))
ADMIN = Visitor("login", Person(issuer="https://login.example", subject="3", name="admin@example.org"), admin=True)
SAME_NUMBER = Visitor("login", Person(issuer="https://other.example", subject="1", name="ada@example.org"))


@pytest.fixture(autouse=True)
def _nothing_is_started(_own_folders):
    """The test holds the scheduler's lock, so that runs wait."""
    with FileLock(scheduler_lock(runs.runs_folder().resolve())):
        yield


def train(visitor, count=1):
    return actions.train(visitor, [TINY] * count, device="cpu", on_collapse="continue")


def snapshot(folder):
    """All files under a folder, with their contents."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and ".quotas" not in path.name}


def test_what_people_make_is_theirs(checkpoint_file):
    [run] = train(ADA)
    assert read_owner(run.owner) == ADA.person
    model = actions.upload(BOB, "mine.safetensors", checkpoint_file.read_bytes())
    assert actions.owner(model) == BOB.person
    assert [found.id for found in library.models()] == [model.id]  # the owner's file is no model


def test_where_nobody_logs_in_nothing_belongs_to_anybody(checkpoint_file):
    [run] = train(OPEN)
    assert actions.owner(run) is None
    assert actions.owner(actions.upload(OPEN, "mine.safetensors", checkpoint_file.read_bytes())) is None


@pytest.mark.parametrize(("visitor", "reason"), [(LOOK, "for looking: nobody can"), (ANONYMOUS, "log in to")])
def test_nobody_makes_anything_where_looking_is_all(tmp_path, checkpoint_file, visitor, reason):
    before = snapshot(tmp_path)
    for attempt in (
        lambda: train(visitor),
        lambda: actions.upload(visitor, "mine.safetensors", checkpoint_file.read_bytes()),
        lambda: actions.pack(visitor, "shapes", None, lambda share, text: None),
        lambda: actions.time_training(visitor, TINY, "cpu"),
    ):
        with pytest.raises(ValueError, match=reason):
            attempt()
    assert snapshot(tmp_path) == before


STRANGERS = [LOOK, ANONYMOUS, BOB, SAME_NUMBER]


@pytest.mark.parametrize("visitor", STRANGERS)
def test_strangers_change_no_run_and_no_upload(tmp_path, checkpoint_file, visitor):
    [waiting] = train(ADA)
    [ended] = train(ADA)
    actions.cancel(ADA, ended)
    model = actions.upload(ADA, "mine.safetensors", checkpoint_file.read_bytes())
    before = snapshot(tmp_path)
    for attempt in (
        lambda: actions.cancel(visitor, waiting),
        lambda: actions.resume(visitor, ended),
        lambda: actions.delete(visitor, ended),
        lambda: actions.delete(visitor, model),
    ):
        with pytest.raises(ValueError, match=r"for looking|log in|only its owner ada@example.org or an"):
            attempt()
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize("visitor", [ADA, ADMIN])
def test_owners_and_administrators_cancel_resume_and_delete(checkpoint_file, visitor):
    [run] = train(ADA)
    model = actions.upload(ADA, "mine.safetensors", checkpoint_file.read_bytes())
    actions.cancel(visitor, run)
    assert runs.read_status(run).state == "cancelled"
    actions.resume(visitor, run)
    assert runs.read_status(run).state == "queued"
    assert read_owner(run.owner) == ADA.person  # whoever resumes it
    actions.cancel(visitor, run)
    actions.delete(visitor, run)
    actions.delete(visitor, model)
    assert not run.path.exists()
    assert not list(model.path.parent.iterdir())


@pytest.mark.parametrize("content", [None, "", "{}", '{"issuer": "https://login.example"}', "\x00\xff"])
def test_a_run_without_a_readable_owner_is_the_administrators(content):
    [run] = train(OPEN)
    if content is not None:
        run.owner.write_text(content, encoding="latin-1")
    with pytest.raises(ValueError, match="only an administrator can cancel tiny-001, which belongs to nobody"):
        actions.cancel(ADA, run)
    actions.cancel(ADMIN, run)
    assert runs.read_status(run).state == "cancelled"


def test_the_same_file_again_stays_its_first_owners(checkpoint_file):
    content = checkpoint_file.read_bytes()
    first = actions.upload(ADA, "mine.safetensors", content)
    again = actions.upload(BOB, "mine.safetensors", content)
    assert again == first
    assert actions.owner(again) == ADA.person
    with pytest.raises(ValueError, match="only its owner ada"):
        actions.delete(BOB, again)


def test_a_file_made_to_meet_anothers_name_replaces_nothing(checkpoint_file):
    """Eight digits of a digest can be met by trying; here the other file is put there by hand."""
    content = checkpoint_file.read_bytes()
    first = actions.upload(ADA, "mine.safetensors", content)
    first.path.write_bytes(b"another file with the same eight digits")
    second = actions.upload(BOB, "mine.safetensors", content)
    assert second.path != first.path
    assert first.path.read_bytes() == b"another file with the same eight digits"
    assert (actions.owner(first), actions.owner(second)) == (ADA.person, BOB.person)


def test_an_upload_is_not_its_deleted_predecessors_owners(checkpoint_file):
    content = checkpoint_file.read_bytes()
    actions.delete(ADA, actions.upload(ADA, "mine.safetensors", content))
    assert actions.owner(actions.upload(BOB, "mine.safetensors", content)) == BOB.person


def test_the_owner_of_an_upload_that_was_renamed_by_hand_is_told_of(checkpoint_file, capsys):
    model = actions.upload(ADA, "mine.safetensors", checkpoint_file.read_bytes())
    assert library.lone_owners() == []
    owner = library.owner_path(model.path)
    model.path.rename(model.path.with_stem("other"))
    [told] = library.lone_owners()
    assert told.startswith(f"{owner} says whom an upload belongs to that is not there; rename it")
    assert ADA.person.name not in told
    listing.list_all()
    assert told in capsys.readouterr().out.splitlines()
    owner.rename(library.owner_path(model.path.with_stem("other")))
    assert library.lone_owners() == []
    assert actions.owner(library.find("uploads/other")) == ADA.person


def test_a_refused_upload_has_no_owner(truncated_file):
    with pytest.raises(ValueError, match="cut short"):
        actions.upload(ADA, "mine.safetensors", truncated_file.read_bytes())
    assert not list((library.checkpoints_folder() / "uploads").iterdir())


def test_a_person_has_so_many_runs_at_a_time(monkeypatch):
    monkeypatch.setenv("GANLAB_QUOTA_RUNS", "2")
    first, _ = train(ADA, 2)
    with pytest.raises(ValueError, match=r"you have 2 trainings waiting or running; a person can have 2 here\. Cancel"):
        train(ADA)
    train(BOB)
    train(ADMIN, 5)
    actions.cancel(ADA, first)
    train(ADA)
    with pytest.raises(ValueError, match="2 trainings waiting"):
        actions.resume(ADA, first)


def test_a_sweep_is_queued_as_a_whole_or_not_at_all(monkeypatch):
    monkeypatch.setenv("GANLAB_QUOTA_RUNS", "3")
    train(ADA)
    with pytest.raises(ValueError, match="ask for 3 more"):
        train(ADA, 3)
    assert len(runs.list_runs()) == 1


def test_many_clicks_at_once_do_not_pass_the_quota(monkeypatch):
    monkeypatch.setenv("GANLAB_QUOTA_RUNS", "3")

    def click(_):
        try:
            return len(train(ADA))
        except ValueError:
            return 0

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(click, range(16))) == 3
    assert len(runs.list_runs()) == 3


def fill(run, megabytes):
    """A file of that size without content, which counts as if it had some."""
    with (run.path / "snapshot").open("wb") as file:
        file.truncate(int(megabytes * MEGABYTE))


def test_a_full_person_is_told_what_to_delete(monkeypatch, checkpoint_file):
    monkeypatch.setenv("GANLAB_QUOTA_MB_PERSON", "10")
    small, large = train(ADA, 2)
    fill(small, 3)
    fill(large, 8)
    named = rf"{large.name} \(8\.0 MB\), {small.name} \(3\.0 MB\)"
    told = rf"your runs, uploads and datasets take 11\.0 of 10 MB.*Delete .*{named}"
    with pytest.raises(ValueError, match=told):
        train(ADA)
    with pytest.raises(ValueError, match=r"11\.0 of 10 MB, and this would add 0"):
        actions.upload(ADA, "mine.safetensors", checkpoint_file.read_bytes())
    train(BOB)
    actions.cancel(ADA, large)
    actions.delete(ADA, large)
    train(ADA)


def test_an_upload_that_does_not_fit_is_refused_before_it_is_kept(monkeypatch, checkpoint_file):
    size = checkpoint_file.stat().st_size
    monkeypatch.setenv("GANLAB_QUOTA_MB_PERSON", "1")
    [run] = train(ADA)
    fill(run, 1 - size / 2 / MEGABYTE)
    with pytest.raises(ValueError, match="of 1 MB, and this would add"):
        actions.upload(ADA, "mine.safetensors", checkpoint_file.read_bytes())
    assert not library.models()
    actions.upload(ADMIN, "mine.safetensors", checkpoint_file.read_bytes())


def test_uploads_count_for_who_made_them(monkeypatch, checkpoint_file):
    size = checkpoint_file.stat().st_size
    monkeypatch.setattr("ganlab.access.quotas.MEGABYTE", size)
    monkeypatch.setenv("GANLAB_QUOTA_MB_PERSON", "1")
    actions.upload(ADA, "mine.safetensors", checkpoint_file.read_bytes())
    with pytest.raises(ValueError, match=r"Delete what you no longer need: mine-"):
        train(ADA)
    train(BOB)


def test_games_that_become_runs_at_the_same_time_count_together(monkeypatch):
    monkeypatch.setenv("GANLAB_QUOTA_MB_PERSON", "20")
    assert actions.make_run_of_game(ADA, 1) == ADA.person
    with pytest.raises(ValueError, match="would add"):
        actions.make_run_of_game(ADA, 2)


def test_all_together_fill_only_so_much_administrators_included(monkeypatch):
    monkeypatch.setenv("GANLAB_QUOTA_MB", "10")
    [run] = train(ADA)
    fill(run, 11)
    for visitor in (ADA, ADMIN):
        with pytest.raises(ValueError, match=r"the runs, uploads and datasets of all people take 11\.0 of 10 MB"):
            train(visitor)
    with pytest.raises(ValueError, match="nothing here that you could delete; ask an administrator"):
        train(BOB)


def test_quotas_hold_only_where_people_log_in(monkeypatch):
    monkeypatch.setenv("GANLAB_QUOTA_RUNS", "1")
    monkeypatch.setenv("GANLAB_QUOTA_MB", "1")
    [run] = train(OPEN)
    fill(run, 2)
    train(OPEN, 3)


def test_the_defaults_let_a_class_work():
    """Thirty people within their own quota fit into a few times the quota of all, and a sweep of four values fits."""
    found = limits.Quotas()
    assert found.runs >= 4
    assert found.person_mb < found.all_mb


def test_every_refusal_is_words_without_a_path(tmp_path, monkeypatch):
    monkeypatch.setenv("GANLAB_QUOTA_RUNS", "1")
    [run] = train(ADA)
    for visitor, action in itertools.product([BOB, ANONYMOUS, LOOK], [actions.cancel, actions.delete]):
        with pytest.raises(ValueError, match=r"^[a-z].*") as refused:
            action(visitor, run)
        assert str(tmp_path) not in str(refused.value)
