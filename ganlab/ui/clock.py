"""Times of day as the visitor's clock shows them; where the browser does not tell its zone, as the server's does."""

import os
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import streamlit as st

LOCAL = Path("/etc/localtime")


class Zone(NamedTuple):
    """A time zone, and whose it is, in words."""

    rules: tzinfo
    text: str


def zone() -> Zone:
    """The visitor's time zone, else the server's, else UTC."""
    for name, whose in ((st.context.timezone, "your browser's"), (_of_server(), "the server's")):
        rules = _rules(name)
        if rules is not None:
            return Zone(rules, f"{name}, {whose} time zone")
    return Zone(UTC, "UTC")


def moment(seconds: float, rules: tzinfo) -> datetime | None:
    """Seconds since the epoch in a zone; none for 0, which stands for never, and for what is no time at all."""
    try:
        return datetime.fromtimestamp(seconds, rules) if seconds else None
    except (OverflowError, ValueError, OSError):  # a damaged file may hold anything
        return None


def _of_server() -> str:
    """The name of the server's zone, as far as it can be told."""
    name = os.environ.get("TZ", "").lstrip(":")
    _, found, linked = os.path.realpath(LOCAL).partition("zoneinfo/")
    return name or (linked if found else "")


def _rules(name: str | None) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):  # no such zone, no name of one, a folder of zones
        return None
