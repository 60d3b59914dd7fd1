"""Where a Ray head may be, what is said of one that is away, slow or another server, and the command of a job."""

import http.server
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ganlab import jobs, runs
from ganlab.jobs.ray import asking, head, sending
from ganlab.jobs.ray.settings import settings
from ganlab.recipes import Recipe
from ganlab.runs import RunFolder
from tests.ports import free_port

TOKEN = "f" * 64


@pytest.fixture(autouse=True)
def _without_rays_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RAY_ADDRESS", "RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


def refusal() -> str:
    return jobs.against_sending("ray")


@pytest.mark.parametrize(
    "here", ["http://127.0.0.1:8265", "http://localhost:8265/", "http://[::1]:8265", "http://127.8.9.1"]
)
def test_a_head_of_this_machine_needs_no_token(here: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANLAB_RAY_ADDRESS", here)
    assert settings().head.token == ""


@pytest.mark.parametrize(
    "away", ["http://192.0.2.1:8265", "https://ray.example", "http://0.0.0.0:8265", "http://127.0.0.1.example"]
)
def test_another_machine_gets_nothing_without_a_token(
    away: str, recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GANLAB_RAY_ADDRESS", away)
    with pytest.raises(ValueError, match="is on another machine, and nothing is sent there without a token"):
        jobs.submit(recipe, where="ray")
    assert list(runs.runs_folder().iterdir()) == []
    monkeypatch.setenv("RAY_AUTH_TOKEN", TOKEN)
    if away.startswith("https:"):
        assert settings().head.token == TOKEN
        return
    assert "the token would go to the Ray head at" in refusal()
    assert TOKEN not in refusal()
    monkeypatch.setenv("GANLAB_RAY_UNENCRYPTED", "yes")
    assert settings().head.address == away


def test_the_token_is_found_where_ray_looks_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".ray").mkdir()
    (tmp_path / ".ray" / "auth_token").write_text("home\n", encoding="utf-8")
    assert settings().head.token == "home"
    (tmp_path / "named").write_text("named", encoding="utf-8")
    monkeypatch.setenv("RAY_AUTH_TOKEN_PATH", str(tmp_path / "named"))
    assert settings().head.token == "named"
    monkeypatch.setenv("RAY_AUTH_TOKEN", "said")
    assert settings().head.token == "said"
    assert "said" not in repr(settings())
    monkeypatch.setenv("RAY_AUTH_TOKEN", "two\r\nHost: words")
    assert refusal() == "RAY_AUTH_TOKEN holds no token: it is one word of letters, digits and marks"
    monkeypatch.delenv("RAY_AUTH_TOKEN")
    monkeypatch.setenv("RAY_AUTH_TOKEN_PATH", str(tmp_path / "gone"))
    assert refusal().startswith(f"RAY_AUTH_TOKEN_PATH: {tmp_path / 'gone'} ")


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        *(
            ("ADDRESS", bad)
            for bad in ("ray://x:10001", "file:///etc", "http://a@b", "http://x:99999", "http://", "x:8265")
        ),
        *(("CPUS", bad) for bad in ("0", "-1", "1.5", "many")),
        *(("GPUS", bad) for bad in ("-1", "0.5")),
        *(("AT_ONCE", bad) for bad in ("0", "all")),
        ("PYTHON", "python"),
        ("UNENCRYPTED", "1"),
    ],
)
def test_a_setting_that_cannot_be_is_named_with_what_can(name: str, bad: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"GANLAB_RAY_{name}", bad)
    assert refusal().startswith(f"GANLAB_RAY_{name} is {bad!r}; set it to ")


def test_rays_own_address_counts_where_it_is_a_web_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not sending.offered()
    monkeypatch.setenv("RAY_ADDRESS", "10.0.0.1:6379")
    assert (settings().head.address, sending.offered()) == ("http://127.0.0.1:8265", False)
    monkeypatch.setenv("RAY_ADDRESS", "http://127.0.0.1:9000")
    assert (settings().head.address, sending.offered()) == ("http://127.0.0.1:9000", True)


def test_nothing_that_answers_and_what_is_no_head(recipe: Recipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANLAB_RAY_ADDRESS", nowhere := f"http://127.0.0.1:{free_port()}")
    with pytest.raises(ValueError, match=f"no Ray head answers at {nowhere}"):
        jobs.submit(recipe, where="ray")
    with served(lambda handler: handler.send_error(404)) as address:
        monkeypatch.setenv("GANLAB_RAY_ADDRESS", address)
        assert refusal().startswith(f"what answers at {address} is no Ray head with its dashboard")
    for body in (b"<html>", b"{}", b'[{"submission_id": 3}]', b"[" * 100_000):
        with served(lambda handler, body=body: reply(handler, body)) as address:
            monkeypatch.setenv("GANLAB_RAY_ADDRESS", address)
            assert "is no Ray head" in refusal()


def test_a_token_goes_nowhere_on(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []
    with served(lambda handler: (heard.append(handler.path), reply(handler, b"[]"))) as second:

        def elsewhere(handler: http.server.BaseHTTPRequestHandler) -> None:
            handler.send_response(307)
            handler.send_header("Location", f"{second}/api/jobs/")
            handler.end_headers()

        with served(elsewhere) as first:
            monkeypatch.setenv("GANLAB_RAY_ADDRESS", first)
            monkeypatch.setenv("RAY_AUTH_TOKEN", TOKEN)
            assert "is no Ray head" in refusal()
    assert heard == []


def test_a_head_that_hangs_holds_nobody_up_for_long(recipe: Recipe, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked once; who looks in the seconds after that is told the same at once."""
    monkeypatch.setattr(head, "LOOK_SECONDS", 0.5)
    folder = runs.create(runs.runs_folder() / "sent", recipe, queued=time.time(), backend="ray")
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        monkeypatch.setenv("GANLAB_RAY_ADDRESS", f"http://127.0.0.1:{deaf.getsockname()[1]}")
        assert "did not answer within 0 s; try again later" in refusal()
        began = time.monotonic()
        for _ in range(20):
            (job,) = jobs.list_jobs()
        assert time.monotonic() - began < 0.5
    assert job.status.state == "queued"
    assert "try again later. This is what the run said last" in job.status.error
    jobs.cancel(folder)
    assert jobs.look_at(folder).status.state == "cancelled"


def test_an_answer_is_asked_for_again_after_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "FRESH_SECONDS", 0.3)
    heard: list[str] = []
    with served(lambda handler: (heard.append(handler.path), reply(handler, b"[]"))) as address:
        monkeypatch.setenv("GANLAB_RAY_ADDRESS", address)
        assert [refusal() for _ in range(5)] == [""] * 5
        assert heard == ["/api/jobs/"]
        time.sleep(0.3)
        assert refusal() == ""
    assert heard == ["/api/jobs/"] * 2


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
def test_a_jobs_command_becomes_the_trainer_whatever_the_folders_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shell runs it, with a Python that tells its arguments, its number of a process and what it was given."""
    python = tmp_path / "my python"
    python.write_text(
        '#!/bin/sh\nprintf "%s|" "$@" "$$" "$GANLAB_DATA" "$OMP_NUM_THREADS" "$SECRET"\n', encoding="utf-8"
    )
    python.chmod(0o700)
    monkeypatch.setenv("GANLAB_RAY_PYTHON", str(python))
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path / "my 'data'"))
    monkeypatch.setenv("SECRET", "of this process")
    for name in ("plain", "with space", "it's", '$(touch gone) `x` \\ "q" %a', "two\nlines", "ünï", "-x"):
        folder = RunFolder(tmp_path / "runs" / name)
        folder.path.mkdir(parents=True)
        command = sending.command(folder, "ganlab-1", settings())
        with subprocess.Popen(command, shell=True, cwd=tmp_path, env={"PATH": "/usr/bin:/bin"}) as shell:
            assert shell.wait(10) == 0
        told = folder.log.read_text(encoding="utf-8").split("|")
        trainer = ["-m", "ganlab.jobs.ray.trainer", str(folder.path), "ganlab-1", str(shell.pid)]
        assert told == [*trainer, str(tmp_path / "my 'data'"), "2", "", ""]
    assert not (tmp_path / "gone").exists()


Answer = Callable[[http.server.BaseHTTPRequestHandler], object]


def reply(handler: http.server.BaseHTTPRequestHandler, body: bytes) -> None:
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write(body)


@contextmanager
def served(answer: Answer) -> Iterator[str]:
    """A web server of this machine that gives that answer to everyone; yields its address."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
