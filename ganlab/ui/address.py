"""The address of the page, as far as no widget is bound to it.

What nobody has read or written here, and no widget is bound to, sets nothing: `address_check` tells it.
"""

from collections.abc import Set

import streamlit as st

RENAMED = {"beside": "other-models", "kept": "tray-latents"}
"""Names of query parameters in old links => what they are called now."""
USED = "address_used"  # for the session: the query parameters that this page has read or written
INCOMPLETE = "address_incomplete"  # for the session: whether the page lacks controls for now


def read(key: str) -> str | None:
    """The last value of a query parameter; None where the address has none."""
    use(key)
    return st.query_params.get(key)


def read_all(key: str) -> list[str]:
    """All values of a query parameter, in their order."""
    use(key)
    return st.query_params.get_all(key)


def write(key: str, value: str, default: str | None = None) -> None:
    """Set a query parameter, or take it out when it says the default, as bound widgets do.

    Where nothing changes nothing is sent: each message has the browser draw anew, and brings the whole address as it
    was when the script began, so that it may undo what the visitor changed meanwhile.
    """
    use(key)
    if value == default:
        st.query_params.pop(key, None)
    elif st.query_params.get(key) != value:
        st.query_params[key] = value


def take_old_names() -> None:
    """Have a link of an older version say the same in today's names; the page then runs again with these."""
    found = {old: st.query_params.get_all(old) for old in RENAMED if old in st.query_params}
    for old, values in found.items():
        del st.query_params[old]
        st.query_params[RENAMED[old]] = values
    if found:
        st.rerun()


def use(*keys: str) -> None:
    """Take note that the page knows these parameters."""
    st.session_state.setdefault(USED, set()).update(keys)


def used() -> Set[str]:
    """The parameters that this page has read or written since the visitor came to it."""
    found: set[str] = st.session_state.get(USED, set())
    return found


def lack() -> None:
    """Take note that the page lacks controls in this run: a file or a dataset that they need cannot be had."""
    st.session_state[INCOMPLETE] = True


def begin() -> None:
    """For another run of a page, which may have all of its controls."""
    st.session_state.pop(INCOMPLETE, None)


def is_complete() -> bool:
    """Whether the page has its controls, so that what none of them has read sets nothing."""
    return INCOMPLETE not in st.session_state


def arrive() -> None:
    """For another page, whose address is another one."""
    st.session_state.pop(USED, None)
