"""What the head of a Ray cluster is asked: Ray Jobs' HTTP interface. Nothing is waited for without end.

Ray's own client is a part of Ray (240 MB), and waits for a head that hangs for as long as that hangs.
"""

import http.client
import json
import math
import urllib.error
import urllib.request
from typing import Any, NamedTuple

from pydantic import BaseModel, TypeAdapter, ValidationError

from ganlab.foreign import decoded, parse_json, shortened
from ganlab.jobs.ray.settings import HOW_TO_TOKEN, PREFIX, Head
from ganlab.system_errors import in_words

LOOK_SECONDS = 5.0
SEND_SECONDS = 30.0  # the first job of a head takes it several seconds
STOP_WAIT_SECONDS = 60  # from SIGTERM to SIGKILL; 3 without being told, which is too short to save
MAX_ANSWER_BYTES = 64 * 2**20

START_TIMEOUT = "JOB_SUPERVISOR_ACTOR_START_TIMEOUT"


class RayError(ValueError):
    """The head is away, slow, or answers with a refusal; the message says it in words."""


class RefusedError(RayError):
    """The head will not take a job, however often it is asked."""


class RayJob(BaseModel):
    """A job as the head tells it."""

    submission_id: str | None = None
    status: str
    message: str | None = None
    error_type: str | None = None

    @property
    def going(self) -> bool:
        return self.status in ("PENDING", "RUNNING")

    @property
    def without_room(self) -> bool:
        """Whether Ray gave it up since there was no room for too long."""
        return self.status == "FAILED" and self.error_type == START_TIMEOUT


class _Machine(BaseModel):
    state: str
    resources_total: dict[str, float] = {}


class _Machines(BaseModel):
    result: list[_Machine]


class _Listed(BaseModel):
    result: _Machines


class _Answer(BaseModel):
    data: _Listed


JOBS = TypeAdapter(list[RayJob])
MACHINES = TypeAdapter(_Answer)


class Order(NamedTuple):
    """A job to start."""

    handle: str
    command: str  # for a shell
    cpus: int
    cards: int


def jobs(head: Head) -> dict[str, RayJob]:
    """All jobs that the head remembers, by handle. RayError when it does not tell."""
    found = _checked(head, JOBS, _ask(head, "GET", "/api/jobs/", seconds=LOOK_SECONDS))
    return {job.submission_id: job for job in found if job.submission_id}


def room(head: Head, cpus: int, cards: int) -> int:
    """How many jobs of that size the machines of the cluster hold when they are empty. RayError as above."""
    answer = _checked(head, MACHINES, _ask(head, "GET", "/api/v0/nodes?detail=1&limit=10000", seconds=LOOK_SECONDS))
    totals = [machine.resources_total for machine in answer.data.result.result if machine.state == "ALIVE"]
    needs = {"CPU": cpus, "GPU": cards}
    return sum(min(math.floor(total.get(name, 0) / need) for name, need in needs.items() if need) for total in totals)


def start(head: Head, order: Order) -> None:
    """Have a job started as soon as there is room; one that the head has already is not started again.

    RefusedError when it does not want it, RayError when it does not answer: then it may have it all the same.
    """
    body = {
        "submission_id": order.handle,
        "entrypoint": order.command,
        "entrypoint_num_cpus": order.cpus,
        "entrypoint_num_gpus": order.cards,
        "runtime_env": {"env_vars": {"RAY_JOB_STOP_WAIT_TIME_S": str(STOP_WAIT_SECONDS)}},
    }
    try:
        _ask(head, "POST", "/api/jobs/", body, seconds=SEND_SECONDS)
    except RefusedError as error:
        if f"{order.handle} already exists" not in str(error):
            raise


def stop(head: Head, handle: str) -> None:
    """Send SIGTERM to a job, and SIGKILL when it is still there `STOP_WAIT_SECONDS` later."""
    _ask(head, "POST", f"/api/jobs/{handle}/stop", seconds=LOOK_SECONDS)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A token goes where it was meant to go, and nowhere on from there."""

    def redirect_request(self, *_: object) -> None:
        return None


def _ask(head: Head, method: str, path: str, body: dict[str, Any] | None = None, *, seconds: float) -> Any:
    headers = {"Authorization": f"Bearer {head.token}"} if head.token else {}
    content = None
    if body is not None:
        content, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
    request = urllib.request.Request(head.address + path, content, headers, method=method)
    proxies = urllib.request.ProxyHandler({} if head.is_here else None)
    opener = urllib.request.build_opener(_NoRedirects, proxies)
    try:
        with opener.open(request, timeout=seconds) as answer:
            return parse_json(_read(answer))
    except urllib.error.HTTPError as error:
        with error:
            raise _refusal(head, error) from None
    except RayError:
        raise
    except ValueError:
        raise _stranger(head) from None
    except (OSError, http.client.HTTPException) as error:
        raise _away(head, error, seconds) from None


def _read(answer: Any) -> bytes:
    content = answer.read(MAX_ANSWER_BYTES + 1)
    if len(content) > MAX_ANSWER_BYTES:
        raise RayError(
            f"the Ray head's answer has more than {MAX_ANSWER_BYTES // 2**20} MB; restart it, as it has too many jobs"
        )
    return bytes(content)


def _checked(head: Head, kind: TypeAdapter[Any], answer: Any) -> Any:
    try:
        return kind.validate_python(answer)
    except ValidationError:
        raise _stranger(head) from None


def _refusal(head: Head, error: urllib.error.HTTPError) -> RayError:
    if error.code == 401:
        return RayError(f"the Ray head at {head.address} asks for a token; {HOW_TO_TOKEN}")
    if error.code == 403:
        return RayError(f"the Ray head at {head.address} refuses the token; {HOW_TO_TOKEN}")
    try:
        lines = decoded(error.read(100_000)).strip().splitlines()
    except (OSError, ValueError, http.client.HTTPException):
        lines = []
    said = [line for line in lines if line.strip(" .")]  # the last line of a traceback is the reason
    reason = shortened(said[-1] if said else "", 300) or f"code {error.code}"
    if error.code in (404, 405) or 300 <= error.code < 400:
        return _stranger(head)
    if error.code in (502, 503, 504) or "try again later" in reason:
        return RayError(f"the Ray head at {head.address} cannot do it now: {reason}")
    return RefusedError(f"the Ray head at {head.address} refused: {reason}")


def _stranger(head: Head) -> RayError:
    return RayError(
        f"what answers at {head.address} is no Ray head with its dashboard; start one with `ray start --head` and "
        f"`pip install 'ray[default]'`, or set {PREFIX}ADDRESS to where it is"
    )


def _away(head: Head, error: Exception, seconds: float) -> RayError:
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(reason, TimeoutError):
        return RayError(f"the Ray head at {head.address} did not answer within {seconds:.0f} s; try again later")
    why = in_words(reason) if isinstance(reason, OSError) else shortened(str(reason) or type(reason).__name__, 100)
    return RayError(f"no Ray head answers at {head.address} ({why}); start it, or set {PREFIX}ADDRESS to where it is")
