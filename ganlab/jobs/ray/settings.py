"""Where a Ray cluster is and what a training takes there: `GANLAB_RAY_...`, and Ray's own variables for its token."""

import ipaddress
import os
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from ganlab.jobs.settings import WHOLE, Kind, checked
from ganlab.system_errors import in_words

PREFIX = "GANLAB_RAY_"
DEFAULT_ADDRESS = "http://127.0.0.1:8265"

ADDRESS = Kind(
    r"https?://[A-Za-z0-9.:\[\]_-]{1,255}(/[A-Za-z0-9._~/-]{0,255})?", f"an address such as {DEFAULT_ADDRESS}"
)
CARDS = Kind(r"[0-9]{1,3}", "a whole number from 0")
PYTHON = Kind(r"/[^\x00-\x1f]{1,1000}", "the path of a Python on the machines of the cluster, from / on")
YES = Kind("yes", "yes, or not at all")
TOKEN = re.compile(r"[\x21-\x7e]{1,4096}")

HOW_TO_TOKEN = (
    "put the token that the head was started with into RAY_AUTH_TOKEN, or name its file in RAY_AUTH_TOKEN_PATH"
)


@dataclass(frozen=True, slots=True)
class Head:
    """Where the head of a cluster listens, and the secret that it asks for."""

    address: str
    token: str = field(repr=False)

    @property
    def is_here(self) -> bool:
        return _is_here(self.address)


@dataclass(frozen=True, slots=True)
class Settings:
    """What is asked of a cluster."""

    head: Head
    cpus: int  # of each training
    cards: int
    at_once: int  # trainings; 0: as many as fit
    python: str


def settings() -> Settings:
    """All of them, checked. ValueError, with the remedy, when one cannot be, and where trainings would be open to all.

    Whoever reaches a head can run programs there. So one on another machine gets nothing without a token, and no
    token over a connection that others can read.
    """
    head = Head(_address(), _token())
    if not head.is_here and not head.token:
        raise ValueError(
            f"the Ray head at {head.address} is on another machine, and nothing is sent there without a token, since "
            f"without one everybody who reaches it can run programs on it; {HOW_TO_TOKEN}"
        )
    in_the_clear = checked(PREFIX + "UNENCRYPTED", YES)
    if not head.is_here and not in_the_clear and head.address.startswith("http:"):
        raise ValueError(
            f"the token would go to the Ray head at {head.address} unencrypted; use an address with https://, or a "
            f"tunnel such as `ssh -L 8265:127.0.0.1:8265 HEAD` with {DEFAULT_ADDRESS}, or set {PREFIX}UNENCRYPTED=yes "
            "where nobody else is on that network"
        )
    return Settings(
        head=head,
        cpus=int(checked(PREFIX + "CPUS", WHOLE, "2")),
        cards=int(checked(PREFIX + "GPUS", CARDS, "0")),
        at_once=int(checked(PREFIX + "AT_ONCE", WHOLE) or 0),
        python=checked(PREFIX + "PYTHON", PYTHON, sys.executable),
    )


def is_asked_for() -> bool:
    """Whether this machine has settings for Ray, and so means to use it."""
    return any(name.startswith(PREFIX) and value for name, value in os.environ.items()) or bool(_rays_address())


def _address() -> str:
    address = checked(PREFIX + "ADDRESS", ADDRESS) or _rays_address() or DEFAULT_ADDRESS
    try:
        port = urlsplit(address).port
    except ValueError:
        port = 0
    if port == 0 or not urlsplit(address).hostname:
        raise ValueError(f"{PREFIX}ADDRESS is {address[:100]!r}; set it to {ADDRESS.told}")
    return address.rstrip("/")


def _rays_address() -> str:
    """`RAY_ADDRESS`, where it names what `ray job` talks to; it may also name a port that is no web server's."""
    address = os.environ.get("RAY_ADDRESS", "")
    return address if re.fullmatch(ADDRESS.pattern, address) else ""


def _is_here(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _token() -> str:
    """Where Ray itself looks for it, in the same order; empty where there is none. ValueError when it cannot be one."""
    if token := os.environ.get("RAY_AUTH_TOKEN", "").strip():
        return _possible(token, "RAY_AUTH_TOKEN")
    chosen = os.environ.get("RAY_AUTH_TOKEN_PATH", "")
    try:
        path = Path(chosen) if chosen else Path.home() / ".ray" / "auth_token"
        with path.open("rb") as file:
            return _possible(file.read(10_000).decode("ascii", "replace").strip(), str(path))
    except (OSError, RuntimeError) as error:
        if chosen:
            raise ValueError(f"RAY_AUTH_TOKEN_PATH: {in_words(error)}") from error
        return ""  # no such file, or no home to have it in


def _possible(token: str, source: str) -> str:
    if token and not TOKEN.fullmatch(token):
        raise ValueError(f"{source} holds no token: it is one word of letters, digits and marks")
    return token
