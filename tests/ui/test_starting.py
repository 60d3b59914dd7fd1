"""What is looked at before the server starts."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ganlab.access import limits, rights
from ganlab.ui import starting
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
AUTH = """[auth]
redirect_uri = "http://localhost:8501/oauth2callback"
cookie_secret = "0123456789abcdef0123456789abcdef"
client_id = "ganlab"
client_secret = "secret"
server_metadata_url = "https://login.example/.well-known/openid-configuration"
"""


@pytest.mark.parametrize(
    ("address", "hosts", "others"),
    [
        ("127.0.0.1", ["localhost", "127.0.0.1", "::1"], False),
        ("localhost", [], False),
        ("::1", [], False),
        ("127.1.2.3", [], False),
        ("unix:///run/ganlab.sock", [], False),
        (None, [], True),  # Streamlit then listens everywhere
        ("", [], True),
        ("0.0.0.0", ["localhost"], True),
        ("::", [], True),
        ("192.168.1.20", [], True),
        ("127.0.0.1", ["localhost", "gan.example.org"], True),  # a proxy is in front
        ("127.0.0.1.example.org", [], True),
    ],
)
def test_others_come_in_by_address_or_by_name(address, hosts, others):
    assert starting.serves_others(address, hosts) is others


def start(tmp_path, *, secrets="", seconds=60.0, until="You can now view", options=(), **settings):
    """What the server prints before it ends by itself, or until it has said `until`; and how it ended."""
    (tmp_path / "secrets.toml").write_text(secrets, encoding="utf-8")
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={free_port()}"]
    command += [f"--secrets.files={tmp_path / 'secrets.toml'}", *options]
    log = tmp_path / "log.txt"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | settings, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
        )
    deadline = time.monotonic() + seconds
    while process.poll() is None and until not in log.read_text(encoding="utf-8") and time.monotonic() < deadline:
        time.sleep(0.1)
    ended = process.poll()
    process.terminate()
    process.wait(20)
    return log.read_text(encoding="utf-8"), ended


NEVER = "what no server says"


@pytest.mark.parametrize(
    ("settings", "secrets", "reason"),
    [
        ({"GANLAB_ACCESS": "closed"}, "", "GANLAB_ACCESS is 'closed'; choose from open, look, login"),
        ({"GANLAB_ADMINS": "ada"}, "", "GANLAB_ADMINS has 'ada'"),
        ({"GANLAB_QUOTA_MB": "lots"}, "", "GANLAB_QUOTA_MB is 'lots'; set it to a whole number from 1"),
        ({"GANLAB_ACCESS": "login"}, "", "needs a login provider in .streamlit/secrets.toml"),
        ({"GANLAB_ACCESS": "login"}, AUTH.replace("0123456789abcdef", "x"), "cookie_secret"),
        ({"GANLAB_ACCESS": "login"}, AUTH.replace('client_secret = "secret"', ""), "missing the following keys"),
        ({"GANLAB_ACCESS": "login"}, AUTH.replace("oauth2callback", "back"), "has to end with /oauth2callback"),
    ],
)
def test_settings_that_make_no_sense_keep_the_server_from_starting(tmp_path, settings, secrets, reason):
    said, ended = start(tmp_path, secrets=secrets, until=NEVER, **settings)
    assert ended == 1
    assert reason in said
    assert "Traceback" not in said


def test_a_server_for_others_says_in_its_log_that_nobody_chose(tmp_path):
    everywhere = ["--server.address=0.0.0.0"]
    said, _ = start(tmp_path, options=everywhere, until="GANLAB_ACCESS=open, look or login")
    assert "Everybody who can open this address can train, upload and delete" in said
    for settings, options in (({"GANLAB_ACCESS": "open"}, everywhere), ({}, [])):
        said, _ = start(tmp_path, options=options, until="GANLAB_ACCESS=", seconds=6, **settings)
        assert "GANLAB_ACCESS" not in said


def test_good_settings_start(tmp_path):
    said, ended = start(tmp_path, secrets=AUTH, until=NEVER, seconds=6, GANLAB_ACCESS="login")
    assert ended is None
    assert "does not start" not in said


@pytest.mark.parametrize(
    ("check", "name", "text"),
    [
        (rights.hub_users, "GANLAB_HUB", "everyone"),
        (rights.hub_users, "GANLAB_HUB", "none"),
        (limits.idle_seconds, "GANLAB_IDLE_SECONDS", "15m"),
        (limits.idle_seconds, "GANLAB_IDLE_SECONDS", "0"),
        (limits.idle_seconds, "GANLAB_IDLE_SECONDS", "9" * 400),
    ],
)
def test_a_setting_that_cannot_be_is_not_passed_over(check, name, text, monkeypatch):
    check()
    monkeypatch.setenv(name, text)
    with pytest.raises(ValueError, match=rf"^{name} is '{text[:50]}.*'.*from"):
        check()
