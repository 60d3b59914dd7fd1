"""The socket of a game, as pages open it."""

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from ganlab.ui.playground import connection


def test_whoever_is_no_longer_logged_in_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANLAB_ACCESS", "login")
    client = TestClient(Starlette(routes=connection.routes()))
    with client.websocket_connect(f"/{connection.ADDRESS}", headers={"host": "localhost"}) as socket:
        assert socket.receive_json() == {"kind": "ended", "text": connection.LOGGED_OUT}
        with pytest.raises(WebSocketDisconnect):
            socket.receive_text()
