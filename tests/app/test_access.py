"""Pages in each access mode; and pages that were drawn before the mode or the visitor changed."""

import shutil

import pytest
import streamlit as st
from filelock import FileLock
from streamlit import config
from streamlit.testing.v1 import AppTest

from ganlab import jobs, runs
from ganlab.data import catalogue
from ganlab.explore import library
from ganlab.file_versions import version
from ganlab.jobs.local import scheduler_lock
from ganlab.owners import Person, read_owner, write_owner
from tests.app.cards import with_numbers
from tests.jobs.processes import SHORT

ADA = {
    "is_logged_in": True,
    "iss": "https://login.example",
    "sub": "1",
    "email": "ada_*l*@example.org",
    "email_verified": True,
}
BOB = ADA | {"sub": "2", "email": "bob@example.org"}
PERSON = Person(issuer="https://login.example", subject="1", name="ada_*l*@example.org")
SMALL = {"recipe": "digits-quick", "digits-quick.width": "4", "digits-quick.batch_size": "16"}


@pytest.fixture(autouse=True)
def _nothing_is_started(_own_folders):
    """The test holds the scheduler's lock, so that runs wait."""
    with FileLock(scheduler_lock(runs.runs_folder().resolve())):
        yield


@pytest.fixture
def open_as(open_page, monkeypatch):
    """`open_as(ADA, "train", run="x")`: a page as somebody who has logged in."""

    def open_it(user: dict, name: str, **address: str) -> AppTest:
        monkeypatch.setenv("GANLAB_ACCESS", "login")
        app = open_page(name, **address)  # as nobody yet
        app.user = dict(user)
        return app.run()

    return open_it


def waiting(owner: Person | None = None) -> runs.RunFolder:
    return jobs.submit_all([SHORT.with_settings({"steps": 100_000})], device="cpu", owner=owner)[0]


def plain(text: str) -> str:
    """What is read of escaped Markdown."""
    return text.replace("\\", "").replace("\u2060", "")


def told(app: AppTest) -> str:
    """What a refused click says."""
    [toast] = app.toast
    return plain(toast.value)


def words(app: AppTest) -> str:
    texts = [element.value for kind in (app.title, app.markdown, app.caption, app.info) for element in kind]
    return plain(" ".join(texts))


@pytest.mark.parametrize("key", ["quick_start", "start"])
def test_looking_starts_nothing(open_page, monkeypatch, key):
    monkeypatch.setenv("GANLAB_ACCESS", "look")
    app = open_page("train", **SMALL)
    assert not app.exception
    assert app.button(key=key).disabled
    assert "This server is for looking: nobody can start trainings here." in words(app)


@pytest.mark.parametrize("key", ["quick_start", "start"])
def test_a_start_button_that_was_drawn_while_all_was_open_is_refused(open_page, monkeypatch, key):
    app = open_page("train", **SMALL)
    monkeypatch.setenv("GANLAB_ACCESS", "look")
    app.button(key=key).click().run()
    assert told(app) == "this server is for looking: nobody can start trainings here"
    assert not runs.list_runs()


def test_a_timing_that_was_asked_for_while_all_was_open_is_refused(open_page, monkeypatch):
    app = open_page("train", **SMALL)
    monkeypatch.setenv("GANLAB_ACCESS", "look")
    app.button(key="time").click().run()
    assert [error.value for error in app.error] == ["this server is for looking: nobody can start trainings here"]
    assert app.button(key="time").disabled


def test_a_cancel_button_of_an_earlier_page_is_refused(open_page, monkeypatch):
    folder = waiting()
    app = open_page("train", run=folder.name)
    monkeypatch.setenv("GANLAB_ACCESS", "look")
    app.button(key=f"cancel {folder.name}").click().run()
    assert "nobody can cancel anything" in told(app)
    assert runs.read_status(folder).state == "queued"
    assert app.button(key=f"cancel {folder.name}").disabled


@pytest.mark.parametrize("action", ["resume", "delete"])
def test_resume_and_delete_buttons_of_an_earlier_page_are_refused(open_page, monkeypatch, action):
    folder = waiting()
    jobs.cancel(folder)
    app = open_page("train", run=folder.name)
    monkeypatch.setenv("GANLAB_ACCESS", "look")
    app.button(key=f"{action} {folder.name}").click().run()
    assert f"nobody can {action} anything" in told(app)
    assert runs.read_status(folder).state == "cancelled"


def test_an_uploader_of_an_earlier_page_takes_nothing(open_page, monkeypatch, checkpoint_file):
    app = open_page("gallery")
    monkeypatch.setenv("GANLAB_ACCESS", "look")
    app.file_uploader[0].upload("mine.safetensors", checkpoint_file.read_bytes()).run()
    assert not library.models()
    assert not app.file_uploader
    assert "nobody can upload models here" in words(app)


def test_a_delete_button_of_an_earlier_gallery_is_refused(open_page, monkeypatch, checkpoint_file):
    model = library.add_upload("mine.safetensors", checkpoint_file.read_bytes())
    app = open_page("gallery")
    monkeypatch.setenv("GANLAB_ACCESS", "look")
    app.button(key=f"delete-{model.id}").click().run()
    assert "nobody can delete anything" in told(app)
    assert library.models() == [model]


def test_a_pack_button_of_an_earlier_page_packs_nothing(open_page, monkeypatch):
    app = open_page("train", recipe="digits-quick", **{"digits-quick.dataset": "shapes"})
    monkeypatch.setenv("GANLAB_ACCESS", "look")
    app.button(key="pack").click().run()
    assert "nobody can prepare datasets here" in app.error[0].value
    assert not catalogue.is_packed("shapes")
    assert app.button(key="pack").disabled


@pytest.mark.parametrize("page", ["sample", "interpolate", "compare", "map", "gallery"])
def test_looking_is_all_there(open_page, monkeypatch, checkpoints_folder, page):
    monkeypatch.setenv("GANLAB_ACCESS", "look")
    app = open_page(page, layout="PCA")
    assert not app.exception
    assert not app.error
    assert "for looking" not in " ".join(title.value for title in app.title)


@pytest.mark.parametrize("user", [{"is_logged_in": False}, {}, {"is_logged_in": True, "email": "ada@example.org"}])
@pytest.mark.parametrize("page", ["gallery", "train", "sample"])
def test_nobody_sees_a_page_before_logging_in(open_as, checkpoints_folder, page, user):
    app = open_as(user, page)
    assert not app.exception
    assert words(app).startswith("ganlab Small generative models")
    assert not app.image
    assert not [button for button in app.button if not button.key.startswith(("login", "run_again"))]


def test_a_training_belongs_to_who_starts_it(open_as):
    app = open_as(ADA, "train", **SMALL)
    app.button(key="start").click().run()
    assert not app.exception
    [folder] = runs.list_runs()
    assert read_owner(folder.owner) == PERSON
    assert "by you" in words(app)
    assert app.dataframe[0].value["By"].tolist() == ["you"]


def test_others_look_at_a_training_but_cannot_cancel_it(open_as, monkeypatch):
    folder = waiting(PERSON)
    app = open_as(BOB, "train", run=folder.name)
    button = app.button(key=f"cancel {folder.name}")
    assert button.disabled
    assert "Only its owner ada_*l*@example.org or an administrator" in plain(button.help)
    assert "by ada_*l*@example.org" in words(app)
    assert "*l*" not in button.help  # it is Markdown
    monkeypatch.setenv("GANLAB_ADMINS", BOB["email"])
    app.run().button(key=f"cancel {folder.name}").click().run()
    assert runs.read_status(folder).state == "cancelled"


def test_the_visitor_is_who_clicks_not_who_saw_the_page(open_as):
    folder = waiting(PERSON)
    app = open_as(ADA, "train", run=folder.name)
    assert not app.button(key=f"cancel {folder.name}").disabled
    app.user = dict(BOB)
    app.button(key=f"cancel {folder.name}").click().run()
    assert "only its owner ada" in told(app)
    assert runs.read_status(folder).state == "queued"


def test_a_run_that_changed_hands_is_looked_at_anew(open_as):
    folder = waiting(PERSON)
    app = open_as(ADA, "train", run=folder.name)
    write_owner(folder.owner, PERSON.model_copy(update={"subject": "9", "name": "eve@example.org"}))
    app.button(key=f"cancel {folder.name}").click().run()
    assert "only its owner eve" in told(app)
    assert runs.read_status(folder).state == "queued"


def test_whoever_logged_out_does_nothing_more(open_as):
    folder = waiting(PERSON)
    app = open_as(ADA, "train", run=folder.name)
    app.user = {"is_logged_in": False}
    app.button(key=f"cancel {folder.name}").click().run()
    assert runs.read_status(folder).state == "queued"
    assert "Log in to see them" in words(app)


def test_an_upload_shows_whose_it_is_and_only_they_delete_it(open_as, checkpoint_file):
    app = open_as(ADA, "gallery")
    app.file_uploader[0].upload("mine.safetensors", checkpoint_file.read_bytes()).run()
    [model] = library.models()
    assert read_owner(library.owner_path(model.path)) == PERSON
    assert "[uploaded by you]" in words(app.run())
    stale = open_as(ADA, "gallery")
    assert f"delete-{model.id}" in [button.key for button in stale.button]
    app = open_as(BOB, "gallery")
    assert "[uploaded by ada_*l*@example.org]" in words(app)
    assert f"delete-{model.id}" not in [button.key for button in app.button]
    stale.user = dict(BOB)
    stale.button(key=f"delete-{model.id}").click().run()
    assert "only its owner ada" in told(stale)
    assert library.models() == [model]


def test_a_reached_quota_is_told_in_words(open_as, monkeypatch):
    monkeypatch.setenv("GANLAB_QUOTA_RUNS", "1")
    folder = waiting(PERSON)
    app = open_as(ADA, "train", **SMALL)
    app.button(key="start").click().run()
    assert told(app).startswith("you have 1 training waiting or running; a person can have 1 here. Cancel one")
    assert folder.name in told(app)
    assert len(runs.list_runs()) == 1


@pytest.fixture
def _listens_everywhere():
    before = st.get_option("server.address")
    config._set_option("server.address", "0.0.0.0", "test")
    yield
    config._set_option("server.address", before, "test")


@pytest.mark.usefixtures("_listens_everywhere")
def test_a_page_for_others_says_calmly_that_nobody_chose(open_page, monkeypatch):
    assert "Everybody who can open this address can train" in words(open_page("gallery"))
    monkeypatch.setenv("GANLAB_ACCESS", "open")
    assert "Everybody who can" not in words(open_page("gallery"))


@pytest.fixture
def open_report(open_page, checkpoints_folder):
    """The gallery with the popover that makes a report of the model `tiny`."""
    app = with_numbers(open_page("gallery"), "tiny")
    app.session_state["report-tiny"] = True
    return app.run()


def test_who_may_only_look_makes_no_report(open_report, monkeypatch):
    assert not open_report.button(key="report-make-tiny").disabled
    monkeypatch.setenv("GANLAB_ACCESS", "look")
    open_report.button(key="report-make-tiny").click().run()
    refusal = "this server is for looking: nobody can make reports here"
    assert [error.value for error in open_report.error] == [refusal]
    assert open_report.button(key="report-make-tiny").disabled


def test_a_report_of_a_file_that_was_replaced_is_not_offered(open_report, checkpoints_folder):
    path = checkpoints_folder / "tiny.safetensors"
    open_report.session_state["report_made"] = (((("tiny", version(path)),), "full"), b"a report")
    labels = [button.proto.label for button in open_report.run().get("download_button")]
    assert "Download (ZIP)" in labels
    shutil.copy(path, path.with_suffix(".other"))
    path.with_suffix(".other").replace(path)
    labels = [button.proto.label for button in open_report.run().get("download_button")]
    assert labels == ["Download"]


def test_browsers_are_told_no_path_of_the_server(open_page, checkpoints_folder):
    [button] = open_page("gallery").get("download_button")
    assert str(checkpoints_folder) not in button.proto.id
