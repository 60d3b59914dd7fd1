"""The app below a path of another server: one that strips the path, one that does not, and the app's own setting."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.tiny_vae import train_vae

from .conftest import serve
from .proxy import Proxy, proxied
from .steps import Settle, installed, open_live, pixels, settle_and_draw

pytestmark = pytest.mark.e2e

PREFIX = "/user/ada/proxy/8501"


@contextmanager
def _stripping(folder: Path, data: Path) -> Iterator[Proxy]:
    with serve(folder, data) as server, proxied(_port(server.url), PREFIX, strip=True) as proxy:
        yield proxy


@contextmanager
def _passing(folder: Path, data: Path) -> Iterator[Proxy]:
    with serve(folder, data, base=PREFIX) as server, proxied(_port(server.url), PREFIX, strip=False) as proxy:
        yield proxy


@contextmanager
def _alone(folder: Path, data: Path) -> Iterator[Proxy]:
    with serve(folder, data, base="/lab") as server:
        yield Proxy(server.url, [])


def _port(url: str) -> int:
    return urlsplit(url).port or 0


@pytest.fixture(scope="module", params=[_stripping, _passing, _alone], ids=["stripped", "passed on", "baseUrlPath"])
def below(request, data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with request.param(tmp_path_factory.mktemp("app"), data_folder) as served:
        yield served
        assert served.outside == []


@installed
def test_the_stage_is_drawn_by_the_browser(page: Page, below: Proxy, settle: Settle) -> None:
    open_live(page, f"{below.url}/sample?model=mnist-dcgan-28&seed=5", settle)
    expect(page.locator(".notice:visible")).to_have_count(0)
    page.get_by_role("button", name="Randomise").click()
    settle_and_draw(page, settle)
    assert pixels(page.locator(".pictures canvas")).std() > 10
    fetched = page.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)")
    live = [address for address in fetched if "/live/" in address]
    assert live
    assert all(address.startswith(f"{below.url}/live/") for address in live)


def test_links_back_and_the_address_stay_below_the_path(page: Page, below: Proxy, settle: Settle) -> None:
    page.goto(f"{below.url}/")
    settle_and_draw(page, settle)
    page.get_by_test_id("stMain").get_by_role("link", name="Sample").first.click()
    settle_and_draw(page, settle)
    expect(page.locator("h1")).to_have_text("Sample")
    assert page.url.startswith(f"{below.url}/sample?")
    page.reload()
    settle_and_draw(page, settle)
    expect(page.locator("h1")).to_have_text("Sample")
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Train").click()
    settle_and_draw(page, settle)
    assert page.url.startswith(f"{below.url}/train")
    page.go_back()
    settle_and_draw(page, settle)
    expect(page.locator("h1")).to_have_text("Sample")


def test_redirects_stay_below_the_path(page: Page, below: Proxy, settle: Settle) -> None:
    for asked, path, title in (
        ("/gallery?page=1", "/", "Gallery"),
        ("/sample/?seed=7", "/sample", "Sample"),
        ("/gallery/?page=1", "/", "Gallery"),
    ):
        page.goto(f"{below.url}{asked}")
        settle(page)
        assert page.url.split("?")[0] == f"{below.url}{path}"
        expect(page.locator("h1")).to_have_text(title)


def test_pictures_and_downloads_are_found(page: Page, below: Proxy, settle: Settle) -> None:
    page.goto(f"{below.url}/")
    settle_and_draw(page, settle)
    loaded = "[...document.querySelectorAll('[data-testid=stMain] img')].every((image) => image.naturalWidth > 0)"
    page.wait_for_function(loaded)
    page.goto(f"{below.url}/sample?model=mnist-dcgan-28")
    settle_and_draw(page, settle)
    with page.expect_download() as caught:
        page.get_by_role("button", name="PNG").first.click()
    assert caught.value.path().read_bytes()[1:4] == b"PNG"


@installed
def test_nets_of_other_components_are_found(
    page: Page, data_folder: Path, tmp_path_factory: pytest.TempPathFactory, settle: Settle
) -> None:
    models = tmp_path_factory.mktemp("models")
    train_vae(tmp_path_factory.mktemp("vae")).rename(models / "vae.safetensors")
    with (
        serve(tmp_path_factory.mktemp("app"), data_folder, models) as server,
        proxied(_port(server.url), PREFIX, strip=True) as proxy,
    ):
        with page.expect_response(lambda answer: "encoder" in answer.url) as answer:
            page.goto(f"{proxy.url}/reconstruct?view=your+own")
            settle_and_draw(page, settle)
        assert answer.value.status == 200
        assert proxy.outside == []
        page.close()  # which may still ask for the runtime when the server has ended
