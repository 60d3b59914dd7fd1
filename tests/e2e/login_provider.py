"""A small OpenID Connect provider: discovery, authorize, token, jwks and userinfo, with a page of people to be.

It checks what a strict one checks: the client and its secret, where it is sent back to, codes of one use, PKCE.
"""

import base64
import hashlib
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from urllib.parse import unquote, urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "ganlab", "the secret of the client"
PEOPLE = {
    "ada": {"sub": "1001", "email": "ada@example.org", "email_verified": True},
    "bob": {"sub": "1002", "email": "bob@example.org", "email_verified": True},
    "grace": {"sub": "1003", "email": "Grace@example.org", "email_verified": True},
    "mallory": {"sub": "1004", "email": "grace@example.org", "email_verified": False},
}
"""Mallory says that her address is Grace's."""


class Provider:
    """The provider's state: what it has asked and answered."""

    def __init__(self, port: int) -> None:
        self.issuer = f"http://localhost:{port}"
        self.redirects: set[str] = set()  # where it may send people back to
        self.refusals: list[str] = []
        self._key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}, private=True)
        self._codes: dict[str, dict[str, str]] = {}
        self._tokens: dict[str, str] = {}  # access token => person
        self.app = Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._discovery),
                Route("/authorize", self._authorize),
                Route("/enter/{person}", self._enter),
                Route("/token", self._token, methods=["POST"]),
                Route("/jwks", self._jwks),
                Route("/userinfo", self._userinfo),
            ]
        )

    def _discovery(self, request: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/jwks",
                "userinfo_endpoint": f"{self.issuer}/userinfo",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["S256"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            }
        )

    def _authorize(self, request: Request) -> Response:
        """A page with a link for each person."""
        asked = dict(request.query_params)
        wanted = {"client_id": CLIENT, "response_type": "code", "code_challenge_method": "S256"}
        if wrong := [name for name, value in wanted.items() if asked.get(name) != value]:
            return self._refuse(f"{', '.join(wrong)} will not do")
        if asked.get("redirect_uri") not in self.redirects:
            return self._refuse(f"{asked.get('redirect_uri')} is not registered")
        if not {"state", "nonce", "code_challenge"} <= set(asked) or "openid" not in asked.get("scope", "").split():
            return self._refuse("state, nonce, code_challenge and scope openid are needed")
        query = escape(urlencode(asked))
        links = "".join(f'<li><a href="/enter/{name}?{query}">{name}</a></li>' for name in PEOPLE)
        return HTMLResponse(f"<!doctype html><title>Who are you?</title><h1>Who are you?</h1><ul>{links}</ul>")

    def _enter(self, request: Request) -> Response:
        asked = dict(request.query_params)
        if asked.get("redirect_uri") not in self.redirects:
            return self._refuse("not registered")
        code = secrets.token_urlsafe()
        self._codes[code] = asked | {"person": request.path_params["person"]}
        return RedirectResponse(
            f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state'], 'iss': self.issuer})}", 302
        )

    async def _token(self, request: Request) -> Response:
        form = await request.form()
        client, secret = _basic(request) or (form.get("client_id"), form.get("client_secret"))
        asked = self._codes.pop(str(form.get("code")), None)  # a code works once
        if (client, secret) != (CLIENT, SECRET) or form.get("grant_type") != "authorization_code" or asked is None:
            return self._refuse("unknown client or code")
        digest = hashlib.sha256(str(form.get("code_verifier")).encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if challenge != asked["code_challenge"] or form.get("redirect_uri") != asked["redirect_uri"]:
            return self._refuse("the verifier or the redirect differs")
        access = secrets.token_urlsafe()
        self._tokens[access] = asked["person"]
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, claims | PEOPLE[asked["person"]], self._key)
        return JSONResponse({"access_token": access, "token_type": "Bearer", "expires_in": 300, "id_token": signed})

    def _jwks(self, request: Request) -> Response:
        return JSONResponse({"keys": [self._key.as_dict(private=False)]})

    def _userinfo(self, request: Request) -> Response:
        person = self._tokens.get(request.headers.get("authorization", "").removeprefix("Bearer "))
        return JSONResponse(PEOPLE[person]) if person else self._refuse("unknown token")

    def _refuse(self, reason: str) -> Response:
        self.refusals.append(reason)
        return PlainTextResponse(reason, 400)


@contextmanager
def serve_provider() -> Iterator[Provider]:
    """The provider on a free port of this machine, in a thread."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    provider = Provider(port)
    server = uvicorn.Server(uvicorn.Config(provider.app, host="127.0.0.1", port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.05)
    try:
        yield provider
    finally:
        server.should_exit = True
        thread.join(10)


def _basic(request: Request) -> tuple[str, str] | None:
    """The client's name and secret in the header, if it has them there."""
    kind, _, coded = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return None
    name, _, secret = base64.b64decode(coded).decode().partition(":")
    return unquote(name), unquote(secret)
