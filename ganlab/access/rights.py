"""What a visitor may do. Each function gives the reason why not, which is empty when they may."""

import os
from typing import Literal

from ganlab.access.visitor import Visitor
from ganlab.choices import instead
from ganlab.foreign import shortened
from ganlab.owners import Person

HUB_VARIABLE = "GANLAB_HUB"
"""`everybody` or `nobody` may have models fetched from the hub; else whoever is alone on the server."""

HUB_USERS = ("everybody", "nobody")

Making = Literal["train", "upload", "pack", "add", "report"]
Changing = Literal["cancel", "resume", "delete", "change"]

MAKING: dict[Making, str] = {
    "train": "start trainings",
    "upload": "upload models",
    "pack": "prepare datasets",
    "add": "add pictures",
    "report": "make reports",
}
"""What makes something new, in words."""


def against_making(visitor: Visitor, action: Making) -> str:
    """Why the visitor may not make something new that takes room or time on the server."""
    if visitor.mode == "look":
        return f"this server is for looking: nobody can {MAKING[action]} here"
    if visitor.mode == "login" and visitor.person is None:
        return f"log in to {MAKING[action]}"
    return ""


def against_naming_folders(visitor: Visitor, *, serves_others: bool) -> str:
    """Why the visitor may not have a folder of the server's machine read, which may hold anything."""
    if reason := against_making(visitor, "add"):
        return reason
    if serves_others or visitor.mode != "open":
        return "folders of the server can be named only where nobody else comes in; drop the pictures instead"
    return ""


def against_using_the_hub(visitor: Visitor, *, serves_others: bool) -> str:
    """Why the visitor may not have this machine, with its owner's token, fetch a model from Hugging Face's hub."""
    if reason := against_making(visitor, "upload"):
        return reason
    allowed = hub_users()
    if allowed == "everybody" or (not allowed and not serves_others and visitor.mode == "open"):
        return ""
    return (
        f"models come from the hub only where nobody else comes in, or where the server says {HUB_VARIABLE}=everybody"
    )


def hub_users() -> str:
    """What `GANLAB_HUB` says; empty where it says nothing. ValueError lists what it can say."""
    text = os.environ.get(HUB_VARIABLE, "")
    if text and text not in HUB_USERS:
        raise ValueError(f"{HUB_VARIABLE} is {shortened(text, 100)!r}{instead(text, HUB_USERS)}")
    return text


def against_changing(visitor: Visitor, action: Changing, what: str, owner: Person | None) -> str:
    """Why the visitor may not do this to `what` that somebody has made; `owner` is None when it belongs to nobody."""
    if visitor.mode == "look":
        return f"this server is for looking: nobody can {action} anything here"
    if visitor.mode == "open" or visitor.admin:
        return ""
    if visitor.person is None:
        return f"log in to {action} {what}"
    if owner is None:
        return f"only an administrator can {action} {what}, which belongs to nobody who logs in"
    if owner.identity != visitor.person.identity:
        return f"only its owner {owner.name} or an administrator can {action} {what}"
    return ""
