"""Who is asking: what a login provider said of them, and whether they are an administrator."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ganlab.access.mode import Mode, mode
from ganlab.owners import MOST_IDENTITY, Person


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody on a page. `person` is None unless people log in here and this one has."""

    mode: Mode
    person: Person | None = None
    admin: bool = False


def visitor(claims: Mapping[str, Any]) -> Visitor:
    """The visitor of whom a login provider has made these claims; without any, somebody unknown."""
    now = mode()
    person = person_of(claims) if now == "login" else None
    return Visitor(now, person, admin=person is not None and _lower(verified_email(claims)) in administrators())


def person_of(claims: Mapping[str, Any]) -> Person | None:
    """Who has logged in; None when nobody has, or the provider does not say who."""
    issuer, subject = claims.get("iss"), claims.get("sub")
    if claims.get("is_logged_in") is not True or not (isinstance(issuer, str) and isinstance(subject, str)):
        return None
    if not all(0 < len(part) <= MOST_IDENTITY for part in (issuer, subject)):
        return None
    name = verified_email(claims) or f"person {hashlib.sha256(f'{issuer} {subject}'.encode()).hexdigest()[:6]}"
    return Person(issuer=issuer, subject=subject, name=name)


def verified_email(claims: Mapping[str, Any]) -> str:
    """The e-mail address, when the provider has made sure that it is the person's own; else empty."""
    email = claims.get("email")
    verified = claims.get("email_verified") in (True, "true")  # some providers send text
    return email if verified and isinstance(email, str) else ""


def administrators() -> frozenset[str]:
    """E-mail addresses in lower case: `GANLAB_ADMINS`. ValueError names an entry that is none."""
    entries = [entry.strip() for entry in os.environ.get("GANLAB_ADMINS", "").split(",")]
    found = [entry for entry in entries if entry]
    for entry in found:
        name, at, host = entry.partition("@")
        if not (name and at and host) or any(letter.isspace() for letter in entry):
            raise ValueError(
                f"GANLAB_ADMINS has {entry!r}, which is no e-mail address; write addresses with commas between them"
            )
    return frozenset(map(_lower, found))


def _lower(email: str) -> str:
    """Letters other than ASCII's stay: the sign of Kelvin would become a k, and somebody else's address another's."""
    return email.lower() if email.isascii() else email
