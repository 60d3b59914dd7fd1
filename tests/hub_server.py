"""A small server that speaks the routes of Hugging Face's hub: what its client asks to read and to push."""

import base64
import hashlib
import http.server
import json
import re
import threading
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

WRITES, READS = "hf_may_write", "hf_may_read"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Repo:
    """A repository of one commit."""

    files: dict[str, bytes] = field(default_factory=dict)
    revisions: tuple[str, ...] = ("main", COMMIT)
    private: bool = False
    gated: bool = False
    sizes: dict[str, int] = field(default_factory=dict)  # what is said of a file instead of its size


@dataclass
class Hub:
    """What the server holds, and what it was asked."""

    url: str = ""
    repos: dict[str, Repo] = field(default_factory=dict)  # by `models/owner/name` or `datasets/owner/name`
    objects: dict[str, bytes] = field(default_factory=dict)  # large files on their way, by SHA-256
    validated: list[str] = field(default_factory=list)  # cards
    asked: list[str] = field(default_factory=list)  # method and path
    broken: bool = False  # answers with errors of its own


@contextmanager
def served() -> Iterator[Hub]:
    """The server on a free port."""
    hub = Hub()
    handler = type("Handler", (_Handler,), {"hub": hub})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        hub.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield hub
        server.shutdown()
        thread.join()


class _Refused(Exception):
    def __init__(self, status: int, code: str = "", message: str = "", **more: str) -> None:
        super().__init__(message)
        self.status, self.code, self.more = status, code, more


def _as_lfs(name: str, content: bytes) -> dict[str, Any]:
    """What is told besides of a file that is no text."""
    told = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "pointerSize": 132}
    return {} if name.endswith(".md") else {"lfs": told}


class _Handler(http.server.BaseHTTPRequestHandler):
    hub: Hub

    def do_HEAD(self) -> None:
        self._do(b"")

    def do_GET(self) -> None:
        self._do(b"")

    def do_POST(self) -> None:
        self._do(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def do_PUT(self) -> None:
        self.do_POST()

    def log_message(self, *args: object) -> None:
        """Nothing is said."""

    def _do(self, body: bytes) -> None:
        path = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path)
        self.hub.asked.append(f"{self.command} {path}")
        try:
            if self.hub.broken:
                raise _Refused(503)
            content, headers = self._answer(path, body)
            status = 200
        except _Refused as refusal:
            status, content = refusal.status, json.dumps({"error": str(refusal), **refusal.more}).encode()
            headers = {"X-Error-Code": refusal.code, "X-Error-Message": str(refusal)} if refusal.code else {}
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), "X-Repo-Commit": COMMIT, **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _answer(self, path: str, body: bytes) -> tuple[bytes, dict[str, str]]:
        for pattern, answer in _ROUTES:
            if found := re.fullmatch(pattern, path):
                done = answer(self, found, body)
                return done if isinstance(done, tuple) else (json.dumps(done).encode(), {})
        raise _Refused(404)

    def _token(self) -> str:
        return str(self.headers.get("Authorization") or "").removeprefix("Bearer ")

    def _repo(self, name: str, revision: str = "main") -> Repo:
        token = self._token()
        if token and token not in (WRITES, READS):
            raise _Refused(401, message="Invalid credentials in Authorization header")
        repo = self.hub.repos.get(name)
        if repo is None or (repo.private and not token):
            raise _Refused(404 if token else 401, "RepoNotFound", "Repository not found")
        if repo.gated:
            raise _Refused(403, "GatedRepo", "Access to this model is restricted")
        if revision not in repo.revisions:
            raise _Refused(404, "RevisionNotFound", "Invalid rev id")
        return repo

    def _may_write(self) -> None:
        if self._token() not in (WRITES, READS):
            raise _Refused(401, message="Invalid username or password")
        if self._token() != WRITES:
            raise _Refused(403, message="You don't have the rights to write")

    def info(self, found: re.Match[str], body: bytes) -> Any:
        repo = self._repo(found[1], found[2] or "main")
        files = [{"rfilename": n, "size": repo.sizes.get(n, len(c))} | _as_lfs(n, c) for n, c in repo.files.items()]
        identity = found[1].partition("/")[2]
        return {"id": identity, "sha": COMMIT, "siblings": files, "private": repo.private, "tags": [], "downloads": 0}

    def tree(self, found: re.Match[str], body: bytes) -> Any:
        files = self._repo(found[1], found[2]).files
        return [
            {"type": "file", "path": n, "size": len(c), "oid": hashlib.sha1(c).hexdigest()} for n, c in files.items()
        ]

    def resolve(self, found: re.Match[str], body: bytes) -> Any:
        name = found[1] if found[1].startswith("datasets/") else f"models/{found[1]}"
        files = self._repo(name, found[2]).files
        if found[3] not in files:
            raise _Refused(404, "EntryNotFound", "Entry not found")
        content = files[found[3]]
        return content, {"ETag": f'"{hashlib.sha256(content).hexdigest()}"'}

    def create(self, found: re.Match[str], body: bytes) -> Any:
        self._may_write()
        wanted = json.loads(body)
        name = f"models/{wanted['organization']}/{wanted['name']}"
        address = f"{self.hub.url}/{name.removeprefix('models/')}"
        if name in self.hub.repos:
            raise _Refused(409, message="You already created this model repo", url=address)
        self.hub.repos[name] = Repo(private=wanted.get("visibility") == "private" or bool(wanted.get("private")))
        return {"url": address, "id": name, "name": name}

    def validate(self, found: re.Match[str], body: bytes) -> Any:
        self.hub.validated.append(json.loads(body)["content"])
        return {"errors": [], "warnings": []}

    def preupload(self, found: re.Match[str], body: bytes) -> Any:
        self._may_write()
        wanted = json.loads(body)["files"]
        return {
            "files": [
                {
                    "path": file["path"],
                    "uploadMode": "regular" if file["path"].endswith(".md") else "lfs",
                    "shouldIgnore": False,
                }
                for file in wanted
            ]
        }

    def batch(self, found: re.Match[str], body: bytes) -> Any:
        self._may_write()
        upload = [
            {
                **wanted,
                "actions": {"upload": {"href": f"{self.hub.url}/objects/{wanted['oid']}"}},
            }
            for wanted in json.loads(body)["objects"]
        ]
        return {"transfer": "basic", "objects": upload}

    def take_object(self, found: re.Match[str], body: bytes) -> Any:
        if hashlib.sha256(body).hexdigest() != found[1]:
            raise _Refused(400, message="the content is not that of the digest")
        self.hub.objects[found[1]] = body
        return {}

    def commit(self, found: re.Match[str], body: bytes) -> Any:
        self._may_write()
        repo = self._repo(found[1])
        for line in map(json.loads, body.splitlines()):
            value = line["value"]
            if line["key"] == "file":
                repo.files[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                repo.files[value["path"]] = self.hub.objects[value["oid"]]
        address = f"{self.hub.url}/{found[1].removeprefix('models/')}"
        return {"commitUrl": f"{address}/commit/{COMMIT}", "commitOid": COMMIT}


_NAME = r"[\w.-]+/[\w.-]+"
_ROUTES = (
    (rf"/api/((?:models|datasets)/{_NAME})/tree/([\w.-]+).*", _Handler.tree),
    (rf"/api/((?:models|datasets)/{_NAME})(?:/revision/([\w./-]+))?", _Handler.info),
    (rf"/((?:datasets/)?{_NAME})/resolve/([\w.-]+)/(.+)", _Handler.resolve),
    (r"/api/repos/create", _Handler.create),
    (r"/api/validate-yaml", _Handler.validate),
    (rf"/api/(models/{_NAME})/preupload/main", _Handler.preupload),
    (rf"/({_NAME})\.git/info/lfs/objects/batch", _Handler.batch),
    (r"/objects/([0-9a-f]{64})", _Handler.take_object),
    (rf"/api/(models/{_NAME})/commit/main", _Handler.commit),
)
