"""Files that come from who may only look, or has logged in."""

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from ganlab.explore.picture_files import MAX_BYTES
from ganlab.ui import gate
from ganlab.ui.gate import MOST_PICTURES, Gate, Held


@pytest.fixture
def client() -> Iterator[TestClient]:
    async def take(request: Request) -> PlainTextResponse:
        return PlainTextResponse("", 204)

    routes = [Route("/_stcore/upload_file/{session}/{file}", take, methods=["PUT", "DELETE"])]
    with TestClient(Starlette(routes=routes, middleware=[Middleware(Gate)])) as one:
        yield one


def test_a_session_has_few_pictures_in_memory_at_a_time(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANLAB_ACCESS", "look")

    def put(session: str, file: str) -> int:
        headers = {"content-length": str(MAX_BYTES)}
        return client.put(f"/_stcore/upload_file/{session}/{file}", headers=headers, content=b"").status_code

    assert [put("mine", f"file{n}") for n in range(MOST_PICTURES + 2)] == [204] * MOST_PICTURES + [413] * 2
    assert put("mine", "file0") == 204  # the same once more
    assert put("other", "file0") == 204
    client.delete("/_stcore/upload_file/mine/file1")
    assert [put("mine", "new"), put("mine", "newer")] == [204, 413]


def test_who_has_logged_in_drops_no_more_than_a_person_may_keep(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GANLAB_ACCESS", "login")
    monkeypatch.setenv("GANLAB_QUOTA_MB_PERSON", "3")
    monkeypatch.setattr(gate, "claims", lambda cookies: {"is_logged_in": True, "iss": "https://a.example", "sub": "1"})

    def put(file: str, size: str) -> int:
        return client.put(
            f"/_stcore/upload_file/mine/{file}", headers={"content-length": size}, content=b""
        ).status_code

    assert [put("one", "2000000"), put("two", "1000000"), put("three", "1")] == [204, 204, 413]
    client.delete("/_stcore/upload_file/mine/two")
    assert [put("three", "1"), put("four", "many")] == [204, 411]


def test_sessions_that_nobody_has_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "MOST_SESSIONS", 3)
    held = Held()
    for number in range(10):
        held.add(str(number), "file", 1, 1)
    assert list(held.sessions) == ["7", "8", "9"]
