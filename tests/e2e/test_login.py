"""Logging in at a real OpenID Connect provider, in a real Chromium: two people, an administrator, and a liar."""

import re
import secrets
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from ganlab import export, runs
from ganlab.explore.picture_files import MAX_BYTES
from ganlab.owners import read_owner
from ganlab.runs import RunFolder
from tests.e2e.conftest import Server, serve
from tests.e2e.login_provider import CLIENT, SECRET, Provider, serve_provider
from tests.ports import free_port

Settle = Callable[[Page], None]
ADMIN = "grace@example.org"
WAIT_MILLISECONDS = 60_000


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with serve_provider() as started:
        yield started


@pytest.fixture(scope="module")
def class_server(
    provider: Provider, data_folder: Path, checkpoint_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """The app where people log in, with one small model."""
    folder, port = tmp_path_factory.mktemp("class"), free_port()
    callback = f"http://localhost:{port}/oauth2callback"
    provider.redirects.add(callback)
    (folder / "secrets.toml").write_text(
        f"""[auth]
redirect_uri = "{callback}"
cookie_secret = "{secrets.token_hex()}"
client_id = "{CLIENT}"
client_secret = "{SECRET}"
server_metadata_url = "{provider.issuer}/.well-known/openid-configuration"
""",
        encoding="utf-8",
    )
    (folder / "models").mkdir()
    shutil.copy(checkpoint_file, folder / "models" / "tiny.safetensors")
    settings = {"GANLAB_ACCESS": "login", "GANLAB_ADMINS": ADMIN, "GANLAB_QUOTA_RUNS": "1"}
    options = [f"--secrets.files={folder / 'secrets.toml'}"]
    with serve(folder / "app", data_folder, folder / "models", port=port, settings=settings, options=options) as app:
        yield app._replace(url=f"http://localhost:{port}")  # a cookie is for a name, and the redirect has this one


@pytest.fixture
def enter(browser: Browser, class_server: Server, settle: Settle) -> Iterator[Callable[[str], Page]]:
    """`enter("ada")`: a browser of her own, through the provider's page, at the gallery."""
    opened = []

    def go(person: str) -> Page:
        context = browser.new_context(reduced_motion="reduce", viewport={"width": 1400, "height": 1000})
        opened.append(context)
        page = context.new_page()
        page.goto(class_server.address())
        page.get_by_role("button", name="Log in").click(timeout=WAIT_MILLISECONDS)
        page.get_by_role("link", name=person).click(timeout=WAIT_MILLISECONDS)
        page.get_by_role("button", name="Log out").wait_for(timeout=WAIT_MILLISECONDS)
        settle(page)
        return page

    yield go
    for context in opened:
        context.close()


def get(address: str, **headers: str) -> int:
    """The status of an answer."""
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def shown(address: str) -> str:
    """A mail address as pages write it: the browser makes no link of it."""
    return address.replace("@", "@\u2060")


def the_run(server: Server) -> RunFolder:
    """The only run of the server."""
    [path] = server.runs.glob("*/recipe.json")
    return RunFolder(path.parent)


def test_nobody_sees_anything_before_logging_in(page: Page, class_server: Server, settle: Settle) -> None:
    for address in ("", "train", "sample?model=tiny"):
        page.goto(class_server.address(address))
        expect(page.get_by_role("button", name="Log in")).to_be_visible(timeout=WAIT_MILLISECONDS)
        settle(page)
        assert page.get_by_test_id("stSidebarNav").count() == 0
        assert "tiny" not in page.inner_text("body")


def test_who_follows_a_link_comes_there_after_logging_in(
    browser: Browser, class_server: Server, settle: Settle
) -> None:
    context = browser.new_context(reduced_motion="reduce", viewport={"width": 1400, "height": 1000})
    page = context.new_page()
    page.goto(class_server.address("sample?model=tiny&count=4&seed=77"))
    page.get_by_role("button", name="Log in").click(timeout=WAIT_MILLISECONDS)
    page.get_by_role("link", name="ada").click(timeout=WAIT_MILLISECONDS)
    expect(page.get_by_role("heading", name="Sample", exact=True)).to_be_visible(timeout=WAIT_MILLISECONDS)
    settle(page)
    assert "seed=77" in page.url
    expect(page.get_by_text("4 pictures, seeds 77 to 80")).to_be_visible()
    page.goto(class_server.address())  # it was for once
    settle(page)
    page.wait_for_timeout(500)
    expect(page.get_by_role("heading", name="Gallery", exact=True)).to_be_visible()
    context.close()


def test_nets_are_only_for_who_is_logged_in(
    enter: Callable[[str], Page], class_server: Server, data_folder: Path, checkpoint_file: Path
) -> None:
    kept = export.keep(checkpoint_file)
    digest, rest = kept.name.split(".", 1)
    address = class_server.address(f"live/models/{digest}/{rest}")
    assert get(address) == 401
    assert get(address, Cookie="_streamlit_user=made-up") == 401
    ada = enter("ada")
    assert ada.request.get(address).status == 200
    cookies = {cookie["name"]: cookie["value"] for cookie in ada.context.cookies()}
    genuine = cookies["_streamlit_user"]
    assert get(address, Cookie=f"_streamlit_user={genuine}") == 200
    forged = f"{genuine[:20]}{'A' if genuine[20] != 'A' else 'B'}{genuine[21:]}"
    assert get(address, Cookie=f"_streamlit_user={forged}") == 401


def test_trainings_belong_to_people(
    enter: Callable[[str], Page], class_server: Server, provider: Provider, settle: Settle
) -> None:
    ada = enter("ada")
    expect(ada.get_by_test_id("stSidebar")).to_contain_text(shown("ada@example.org"))
    assert ada.locator("a[href^='mailto:']").count() == 0
    ada.goto(class_server.address("train?recipe=digits-quick&digits-quick.steps=100000"))  # it outlasts the test
    ada.get_by_role("button", name="Start training").click(timeout=WAIT_MILLISECONDS)
    expect(ada.get_by_role("button", name="Cancel")).to_be_enabled(timeout=WAIT_MILLISECONDS)
    run = the_run(class_server)
    owner = read_owner(run.owner)
    assert owner is not None
    assert (owner.issuer, owner.subject, owner.name) == (provider.issuer, "1001", "ada@example.org")

    ada.wait_for_timeout(1500)  # or the second click is taken for half of a double click
    ada.get_by_role("button", name="Quick start: digits").click()
    expect(ada.get_by_test_id("stToast")).to_contain_text("a person can have 1 here", timeout=WAIT_MILLISECONDS)
    assert the_run(class_server).name == run.name
    ada.context.close()  # a page that watches a training takes processor time from the next person's

    for stranger in ("bob", "mallory"):  # she is no administrator, whatever she calls herself
        other = enter(stranger)
        assert "administrator" not in other.get_by_test_id("stSidebar").inner_text()
        other.goto(class_server.address(f"train?run={run.name}"))
        button = other.get_by_role("button", name="Cancel")
        expect(button).to_be_disabled(timeout=WAIT_MILLISECONDS)
        expect(other.get_by_text(f"by {shown('ada@example.org')}")).to_be_visible()
        other.context.close()
    assert runs.read_status(run).state in ("queued", "running")

    grace = enter("grace")
    expect(grace.get_by_test_id("stSidebar")).to_contain_text(f"{shown('Grace@example.org')} (administrator)")
    grace.goto(class_server.address(f"train?run={run.name}"))
    grace.get_by_role("button", name="Cancel").click(timeout=WAIT_MILLISECONDS)
    expect(grace.get_by_role("button", name="Resume")).to_be_visible(timeout=60_000)
    assert runs.read_status(run).state == "cancelled"
    assert not provider.refusals


def test_uploads_belong_to_people(
    enter: Callable[[str], Page], class_server: Server, checkpoint_file: Path, settle: Settle
) -> None:
    ada = enter("ada")
    ada.get_by_role("button", name="Upload a model").click()
    ada.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        {"name": "adas.safetensors", "mimeType": "application/octet-stream", "buffer": checkpoint_file.read_bytes()}
    )
    expect(ada.get_by_text("uploaded by you")).to_be_visible(timeout=WAIT_MILLISECONDS)
    [uploaded] = (class_server.checkpoints / "uploads").glob("adas-*.safetensors")

    bob = enter("bob")
    expect(bob.get_by_text(f"uploaded by {shown('ada@example.org')}")).to_be_visible(timeout=WAIT_MILLISECONDS)
    assert bob.get_by_role("button", name=re.compile("Delete")).count() == 0

    grace = enter("grace")
    grace.get_by_role("button", name="Delete").click(timeout=WAIT_MILLISECONDS)
    grace.get_by_role("button", name="Delete it").click()
    expect(grace.get_by_text("uploaded by")).to_have_count(0, timeout=WAIT_MILLISECONDS)
    assert not uploaded.exists()


def test_who_logs_out_is_out(enter: Callable[[str], Page], class_server: Server) -> None:
    ada = enter("ada")
    with ada.expect_response(re.compile("/auth/logout")):  # which takes the cookie back
        ada.get_by_role("button", name="Log out").click()
    expect(ada.get_by_role("button", name="Log in")).to_be_visible(timeout=WAIT_MILLISECONDS)
    ada.goto(class_server.address("train"))
    expect(ada.get_by_role("button", name="Log in")).to_be_visible(timeout=WAIT_MILLISECONDS)


PUT = """async ({url, size}) => {
  const token = document.cookie.split('; ').find((part) => part.startsWith('_streamlit_xsrf='))?.slice(16);
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(size)]), 'x.bin');
  const answer = await fetch(url, {method: 'PUT', body: form, headers: {'X-Xsrftoken': token ?? ''}});
  return answer.status;
}"""
"""Sends a file as Streamlit's uploader does, for a page that has none."""


def test_a_file_is_not_even_taken_from_who_is_not_logged_in(page: Page, class_server: Server, settle: Settle) -> None:
    page.goto(class_server.address())
    settle(page)
    assert page.evaluate(PUT, {"url": "/_stcore/upload_file/any/any", "size": 10}) == 401


def test_where_looking_is_all_only_pictures_are_taken(
    browser: Browser, data_folder: Path, tmp_path: Path, checkpoints_folder: Path, settle: Settle
) -> None:
    with serve(tmp_path / "look", data_folder, checkpoints_folder, settings={"GANLAB_ACCESS": "look"}) as app:
        page = browser.new_page()
        page.goto(app.address())
        settle(page)
        sizes = {
            size: page.evaluate(PUT, {"url": "/_stcore/upload_file/any/any", "size": size}) for size in (10, 2**25)
        }
        assert MAX_BYTES < 2**25
        assert sizes == {10: 400, 2**25: 413}  # the small one gets as far as the unknown session
        page.close()
