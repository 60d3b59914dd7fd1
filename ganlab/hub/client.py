"""The hub's own client, and what goes wrong with it, in words."""

import errno
import importlib.util
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ganlab.extras import how_to_install
from ganlab.foreign import shortened
from ganlab.system_errors import in_words as of_the_system

if TYPE_CHECKING:
    from huggingface_hub import HfApi

LOG_IN = "log in by `hf auth login`, or set HF_TOKEN"
MOST_LETTERS = 300  # of what the hub says
LOCAL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES)  # refusals of this machine, whatever was asked


class Unreachable(ValueError):
    """The hub does not answer, or nobody is to ask it."""


def is_installed() -> bool:
    """Whether the package is there."""
    return importlib.util.find_spec("huggingface_hub") is not None


def client(*, as_nobody: bool = False) -> "HfApi":
    """The client of the hub that HF_ENDPOINT names, with the user's token or `as_nobody` without.

    ValueError where it is not installed, and for an endpoint or a token that cannot be one.
    """
    if not is_installed():
        raise ValueError(how_to_install("hub"))
    from huggingface_hub import HfApi, get_token

    if not as_nobody and not (get_token() or "").isascii():
        raise ValueError(f"the token holds letters that no token has: {LOG_IN}")
    return HfApi(endpoint=endpoint(), library_name="ganlab", token=False if as_nobody else None)


def endpoint() -> str | None:
    """The address of another hub than Hugging Face's. ValueError for one that cannot be an address."""
    address = os.environ.get("HF_ENDPOINT") or None
    if address is not None and not _is_address(address):
        raise ValueError(f"HF_ENDPOINT is {shortened(address, 80)!r}; write https://HOST, or leave it out")
    return address


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


@contextmanager
def in_words(repo: str) -> Iterator[None]:
    """What the hub refuses, as a ValueError that says what to do; `Unreachable` where it does not answer."""
    from huggingface_hub import errors

    try:
        yield
    except errors.GatedRepoError as error:
        raise ValueError(f"{repo} asks for its terms to be accepted on its page, and then: {LOG_IN}") from error
    except errors.RepositoryNotFoundError as error:
        raise ValueError(f"there is no model {repo} on the hub, or it is private: check the name; {LOG_IN}") from error
    except errors.RevisionNotFoundError as error:
        raise ValueError(f"{repo} has no such revision; leave it out, or name a branch, a tag or a commit") from error
    except errors.RemoteEntryNotFoundError as error:
        raise ValueError(f"{repo} has no such file") from error
    except errors.LocalTokenNotFoundError as error:
        raise ValueError(f"the hub asks who you are: {LOG_IN}") from error
    except errors.HfHubHTTPError as error:
        raise _refused(repo, error) from error
    except RuntimeError as error:  # of an upload that broke off
        raise Unreachable(f"the hub did not take all of it ({_brief(error)})") from error
    except (errors.OfflineModeIsEnabled, errors.LocalEntryNotFoundError, *_connection_errors()) as error:
        if _is_of_this_machine(error):
            raise ValueError(of_the_system(error)) from error
        raise Unreachable(f"the hub cannot be reached ({_brief(error)})") from error


def _is_of_this_machine(error: BaseException) -> bool:
    """A full disk or a closed folder, and no network."""
    return (isinstance(error, OSError) and error.filename is not None) or getattr(error, "errno", None) in LOCAL


def _connection_errors() -> tuple[type[Exception], ...]:
    """Of the HTTP library that the installed client brings."""
    from huggingface_hub import errors

    return (next(base for base in errors.HfHubHTTPError.__mro__ if base.__name__ == "HTTPError"), OSError)


def _refused(repo: str, error: Exception) -> ValueError:
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status == 401:
        return ValueError(f"the hub does not accept the token: {LOG_IN}")
    if status == 403:
        return ValueError(
            f"the token may not write to {repo}: make one that may at https://huggingface.co/settings/tokens, and "
            f"{LOG_IN}"
        )
    if status is None or status >= 500:
        return Unreachable(f"the hub cannot be reached ({_brief(error)})")
    return ValueError(f"the hub refuses {repo} ({_brief(error)})")


def _brief(error: Exception) -> str:
    return shortened(" ".join(str(error).split()) or type(error).__name__, MOST_LETTERS)
