"""What is looked at once, before the server starts: settings that make no sense, and whether others can come in."""

import logging
from collections.abc import Callable, Sequence
from ipaddress import ip_address

import streamlit as st
from streamlit.auth_util import get_secrets_auth_section, is_authlib_installed, validate_auth_credentials
from streamlit.errors import StreamlitAuthError

from ganlab.access import limits, mode, rights, visitor
from ganlab.extras import how_to_install
from ganlab.ui import headers
from ganlab.ui.login import providers

COOKIE_SECRET_LETTERS = 32
NOT_CHOSEN = (
    "Everybody who can open this address can train, upload and delete. Whoever runs the server chooses that, or "
    "something else, with GANLAB_ACCESS=open, look or login; see docs/serving.md."
)


def check() -> None:
    """Refuse to start with settings that make no sense, and say in the log when nobody chose who may do what."""
    checks: list[Callable[[], object]] = [
        mode.mode,
        visitor.administrators,
        limits.quotas,
        rights.hub_users,
        limits.idle_seconds,
        _check_login,
        headers.middleware,
    ]
    for look in checks:
        try:
            look()
        except ValueError as error:
            raise SystemExit(f"ganlab does not start: {error}") from None
    if text := notice():
        logging.getLogger("ganlab").warning(text)


def notice() -> str:
    """What everybody should know who comes from another machine while nobody chose an access mode; else empty."""
    if mode.is_chosen():
        return ""
    return NOT_CHOSEN if open_to_others() else ""


def open_to_others() -> bool:
    """Whether people at other machines can come in to this server."""
    return serves_others(st.get_option("server.address"), st.get_option("server.allowedHosts") or ())


def serves_others(address: str | None, hosts: Sequence[str]) -> bool:
    """Whether people at other machines can come in: directly, or through a proxy under one of `hosts`."""
    return not _is_here(address or "") or not all(map(_is_here, hosts))


def _is_here(host: str) -> bool:
    if host.startswith("unix://"):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def _check_login() -> None:
    """ValueError when people are to log in and cannot."""
    if mode.mode() != "login":
        return
    if not is_authlib_installed():
        raise ValueError(how_to_install("login"))
    if st.get_option("server.trustedUserHeaders"):
        raise ValueError("server.trustedUserHeaders lets a header say who somebody is, past the login; remove it")
    section = get_secrets_auth_section()
    if not providers():
        raise ValueError(
            "GANLAB_ACCESS=login needs a login provider in .streamlit/secrets.toml: docs/serving.md says what to write"
        )
    for name in providers():
        try:
            validate_auth_credentials(name)
        except StreamlitAuthError as error:
            raise ValueError(" ".join(str(error).split())) from error
    if len(str(section["cookie_secret"])) < COOKIE_SECRET_LETTERS:
        raise ValueError(
            f"cookie_secret in .streamlit/secrets.toml needs at least {COOKIE_SECRET_LETTERS} letters, since whoever "
            "guesses it can be anybody; make one: python -c 'import secrets; print(secrets.token_hex())'"
        )
    if not str(section["redirect_uri"]).endswith("/oauth2callback"):
        raise ValueError("redirect_uri in .streamlit/secrets.toml has to end with /oauth2callback")
