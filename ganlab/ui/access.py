"""What visitors may do, in words for the pages, and how a button does it."""

from collections.abc import Callable

from ganlab.access import actions, rights
from ganlab.access.actions import Thing
from ganlab.access.rights import Changing, Making
from ganlab.ui import messages, refusals
from ganlab.ui.login import current_visitor
from ganlab.ui.markdown import escaped


def act(action: Callable[..., object], *arguments: object) -> None:
    """Do what a button asks, as whoever is on the page now, and tell why when it cannot be done."""
    try:
        action(current_visitor(), *arguments)
    except (ValueError, OSError) as error:
        refusals.keep(messages.told(error))


def against_making(action: Making) -> str:
    """Why the visitor may not make this, as a sentence for a page; empty when they may."""
    return sentence(rights.against_making(current_visitor(), action))


def against_changing(action: Changing, thing: Thing) -> str:
    """Why the visitor may not do this to what was made here, as a sentence; empty when they may."""
    return sentence(actions.against_changing(current_visitor(), action, thing))


def owner_name(thing: Thing) -> str:
    """Whom what was made here belongs to, in the visitor's eyes: `you`, a name, or nobody."""
    owner, person = actions.owner(thing), current_visitor().person
    if owner is None:
        return ""
    return "you" if person and owner.identity == person.identity else owner.name


def sentence(reason: str) -> str:
    """A reason as it stands alone on a page, as Markdown; nothing stays nothing."""
    return f"{escaped(reason[:1].upper() + reason[1:])}." if reason else ""
