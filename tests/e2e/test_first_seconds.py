"""What a first visitor waits for: requests that cannot succeed, and small messages that the network holds back."""

import http.client
import statistics
import time
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from .conftest import Server
from .steps import Settle

pytestmark = pytest.mark.e2e


def test_files_are_not_held_back_by_nagles_algorithm(server: Server) -> None:
    """With it, each file on a connection that is in use waits 40 ms for the browser's delayed confirmation."""
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc)
    seconds = []
    for _ in range(40):
        began = time.perf_counter()
        connection.request("GET", "/favicon.png")
        connection.getresponse().read()
        seconds.append(time.perf_counter() - began)
    connection.close()
    assert statistics.median(seconds) < 0.03


@pytest.mark.parametrize("name", ["", "codes", "map", "compare"])
def test_a_link_to_a_page_asks_for_nothing_in_vain(server: Server, page: Page, settle: Settle, name: str) -> None:
    asked: list[str] = []
    failed: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("response", lambda response: failed.extend([response.url] * (response.status >= 400)))
    page.goto(server.address(name))
    settle(page)
    assert failed == []
    assert [urlsplit(url).path for url in asked if "/_stcore/h" in url] == ["/_stcore/health", "/_stcore/host-config"]
