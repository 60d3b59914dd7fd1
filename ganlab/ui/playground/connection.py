"""The connection between a page and the process of its game: commands go one way, frames the other.

Each page has a game of its own, and its process ends with the connection.
"""

import asyncio
import contextlib
import json
import struct
import sys
from typing import Any

from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from ganlab.access import limits
from ganlab.access.mode import mode
from ganlab.access.visitor import person_of, visitor
from ganlab.foreign import parse_json
from ganlab.jobs.processes import environment
from ganlab.system_errors import in_words
from ganlab.ui.assets import base_path, is_ours
from ganlab.ui.gate import claims

ADDRESS = "live/playground"  # from the app's root
MOST_GAMES = 4  # at a time: each takes a core while it plays, and 300 MB
MOST_LETTERS = 4_096  # of a command
COMMANDS = frozenset({"set", "begin", "play", "speed", "step", "back", "seen"})
"""What a page may ask the process for; that the game becomes a run, it asks the server for."""
MOST_BYTES = 2**20  # of a frame
LOGGED_OUT = "You are no longer logged in. Load this page again to log in: the address keeps the settings."
POLICY, BUSY = 1008, 1013  # codes of the WebSocket protocol
END_SECONDS = 2.0

ANSWERS = (b'{"kind": "run"', b'{"kind": "no run"')  # how a process begins to say what came of a run
_games: set[object] = set()  # a place for each, taken before its process starts
_writing: set[object] = set()  # the places of those that become a run just now


def routes() -> list[WebSocketRoute]:
    """For `st.App`, as those of `ganlab.ui.assets`."""
    return [WebSocketRoute(f"{base_path()}/{ADDRESS}", play)]


async def play(socket: WebSocket) -> None:
    """Play one game for a page of this server."""
    if not is_ours(socket):
        await socket.close(POLICY)
        return
    await socket.accept()  # before any refusal, or the page hears no reason and asks again for ever
    if mode() == "login" and person_of(_claims(socket)) is None:
        await socket.send_text(json.dumps({"kind": "ended", "text": LOGGED_OUT}))
        await socket.close(POLICY)
        return
    if len(_games) >= MOST_GAMES:
        told = {"kind": "refused", "text": f"{MOST_GAMES} games are played already; try again when one has ended"}
        await socket.send_text(json.dumps(told))
        await socket.close(BUSY)
        return
    place = object()
    _games.add(place)
    try:
        await _play(socket, place)
    except OSError as error:  # no process more, no memory
        await socket.send_text(json.dumps({"kind": "refused", "text": in_words(error)}))
        await socket.close(BUSY)
    finally:
        _games.discard(place)
        _writing.discard(place)


async def _play(socket: WebSocket, place: object) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "ganlab.playground"),
        *("--idle-seconds", str(limits.idle_seconds())),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=environment() | {"OMP_NUM_THREADS": "1"},
    )
    ways = {
        asyncio.create_task(_commands(socket, process, place)),
        asyncio.create_task(_frames(socket, process, place)),
    }
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        with contextlib.suppress(ProcessLookupError):
            process.kill()  # it has nothing to save
        await asyncio.gather(*ways, return_exceptions=True)
        await process.wait()
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):  # the page has closed it
            await socket.close()


async def _commands(socket: WebSocket, process: asyncio.subprocess.Process, place: object) -> None:
    assert process.stdin is not None
    with contextlib.suppress(WebSocketDisconnect, ConnectionError):
        while True:
            text = await socket.receive_text()
            asked = _asked(text)
            command = await _run_command(socket, place) if asked == "run" else text if asked in COMMANDS else ""
            if command:
                process.stdin.write(command.replace("\n", " ").encode() + b"\n")
                await process.stdin.drain()


def _asked(text: str) -> str:
    """What a page asks for; nothing where it is no command."""
    try:
        found = parse_json(text) if len(text) <= MOST_LETTERS else {}
    except ValueError:
        return ""
    return str(found.get("do")) if isinstance(found, dict) else ""


async def _run_command(socket: WebSocket, place: object) -> str:
    """The command by which the game becomes a run of whoever asks; where they may make none, the page is told why."""
    from ganlab.access import actions  # here, not above: it brings torch along, which the server starts without

    try:
        if place in _writing:
            raise ValueError("this game is being made a run already; wait until that is done")
        _writing.add(place)
        try:
            owner = await asyncio.to_thread(actions.make_run_of_game, visitor(_claims(socket)), len(_writing))
        except ValueError:
            _writing.discard(place)
            raise
    except ValueError as error:
        await socket.send_text(json.dumps({"kind": "told", "text": str(error)}))
        return ""
    return json.dumps({"do": "become a run", "value": {"owner": owner.model_dump() if owner else None}})


def _claims(socket: WebSocket) -> dict[str, Any]:
    return claims(socket.cookies) if mode() == "login" else {}


async def _frames(socket: WebSocket, process: asyncio.subprocess.Process, place: object) -> None:
    assert process.stdout is not None
    with contextlib.suppress(asyncio.IncompleteReadError, WebSocketDisconnect, ConnectionError, RuntimeError):
        while True:
            (size,) = struct.unpack("<I", await process.stdout.readexactly(4))
            if size > MOST_BYTES:
                return
            frame = await process.stdout.readexactly(size)
            if frame[4:].startswith(ANSWERS):
                _writing.discard(place)
            await socket.send_bytes(frame)
