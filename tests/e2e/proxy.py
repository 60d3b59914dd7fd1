"""A small real proxy: it serves the app below a path of another server, sockets included, as JupyterHub does."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import NamedTuple

CHUNK = 65536


class Proxy(NamedTuple):
    """A running proxy."""

    url: str
    """Of the app behind it, with the path."""
    outside: list[str]
    """What browsers have asked for outside of that path."""


@contextmanager
def proxied(port: int, prefix: str, *, strip: bool) -> Iterator[Proxy]:
    """Serve the app at `port` of this machine below `prefix`, which the app sees unless it is to be stripped."""
    outside: list[str] = []

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            _pass_on(self.request, port, prefix, strip=strip, outside=outside)

    class Server(ThreadingTCPServer):
        daemon_threads = True
        request_queue_size = 128

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield Proxy(f"http://127.0.0.1:{server.server_address[1]}{prefix}", outside)
        finally:
            server.shutdown()


def _pass_on(client: socket.socket, port: int, prefix: str, *, strip: bool, outside: list[str]) -> None:
    """One request a connection, so that the path of each is seen; bytes in both directions until both ends close."""
    head = b""
    while b"\r\n\r\n" not in head:
        received = client.recv(CHUNK)
        if not received:
            return
        head += received
    line, _, rest = head.partition(b"\r\n")
    method, target, version = line.decode("ascii").split(" ")
    if not target.startswith(f"{prefix}/"):
        outside.append(target)
        client.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        return
    if strip:
        target = target[len(prefix) :]
    if b"\nupgrade:" not in rest.lower():
        rest = b"Connection: close\r\n" + re.sub(rb"(?im)^connection:.*\r\n", b"", rest)
    with socket.create_connection(("127.0.0.1", port)) as app:
        app.sendall(f"{method} {target} {version}\r\n".encode("ascii") + rest)
        back = threading.Thread(target=_copy, args=(app, client), daemon=True)
        back.start()
        _copy(client, app)
        back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while received := source.recv(CHUNK):
            target.sendall(received)
        target.shutdown(socket.SHUT_WR)
    except OSError:  # the other side has gone
        pass
