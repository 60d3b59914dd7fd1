"""What of the address no control could take, and what sets nothing on the page: a sentence each, above the page.

Streamlit takes a wrong value out of the address without a word, and the control shows its default; it leaves
parameters that it does not know where they are.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.runtime.state.query_params import parse_url_param

from ganlab.counting import counted
from ganlab.foreign import shortened
from ganlab.ui import address
from ganlab.ui.markdown import MOST_CHOICES, choose_from, code
from ganlab.ui.page_end import PageEnd

TOLD = "address_told"  # for the session: parameter => what is told of it, until another page is opened
MOST_LETTERS = 40  # of what the address says
MOST_SHOWN = 5
IDLE = "address_idle"  # not the name of a parameter: what is told of those that set nothing
OF_OTHERS = re.compile(
    r"utm_\w+|fbclid|gclid|msclkid"  # mail and search engines say where a visitor comes from
    r"|token|ticket|code|state"  # proxies and logins
)


class Told(NamedTuple):
    """A sentence in Markdown, and what the control had then, if there is one: another value makes it out of date."""

    text: str
    controlled: bool = False
    value: Any = None


@contextmanager
def checked() -> Iterator[None]:
    """Around the script of a page: tells what of the address its bound widgets could not take."""
    place = st.container()
    address.begin()
    asked = {name: st.query_params.get_all(name) for name in st.query_params if name not in st.session_state}
    before = dict(_told())
    whole = False  # whether the script came to its end, after which what it has not read sets nothing
    try:
        yield
        whole = True
    except PageEnd:
        whole = True
        raise
    finally:  # scripts end by exceptions, too
        for name, values in asked.items():
            if metadata := _bound(name):
                address.use(name)
                own_words = _told().get(name) is not before.get(name)
                if not own_words and (text := _problem(name, [one for one in values if one], metadata)):
                    tell(name, text)
        if (
            whole
            and address.is_complete()
            and (idle := [name for name in asked if name not in address.used() and not OF_OTHERS.fullmatch(name)])
        ):
            _told()[IDLE] = Told(_sets_nothing(idle))
            address.use(*idle)  # once
        with place:
            _show()


def forget() -> None:
    """For another page, whose address is another one."""
    st.session_state.pop(TOLD, None)


def refuse(name: str, wanted: str) -> None:
    """For a parameter that no widget is bound to: it cannot be used, and what it should be, such as `two numbers`."""
    if value := st.query_params.get(name):
        _told()[name] = Told(f"{_quoted(name, value)} in the address cannot be used: it should be {wanted}.")


def tell(name: str, text: str) -> None:
    """For a bound widget, once it is there: what of the address it could not take, in Markdown.

    It stands instead of what `checked` would say, until the widget has another value.
    """
    _told()[name] = Told(text, controlled=True, value=st.session_state.get(name))


@st.fragment  # closing it is no reason to make the page again
def _show() -> None:
    told = _told()
    outdated = [name for name, one in told.items() if one.controlled and st.session_state.get(name) != one.value]
    for name in outdated:
        del told[name]
    if not told:
        return
    texts = [one.text for one in told.values()]
    more = [f"and {counted(len(texts) - MOST_SHOWN, 'more part')} of it"] if len(texts) > MOST_SHOWN else []
    with st.container(horizontal=True, vertical_alignment="center", key="address_told"):
        st.warning("  \n".join([*texts[:MOST_SHOWN], *more]), icon=":material/link_off:")
        st.button(
            "Close", key="close_address_told", icon=":material/close:", type="tertiary", on_click=forget, help="Close"
        )


def _told() -> dict[str, Told]:
    found: dict[str, Told] = st.session_state.setdefault(TOLD, {})
    return found


def _bound(name: str) -> WidgetMetadata[Any] | None:
    """What Streamlit knows of the widget that is bound to a parameter; it has no public way to ask."""
    context = get_script_run_ctx()
    if context is None:
        return None
    state = context.session_state._state
    binding = state.query_params.get_binding_for_param(name)
    return state._new_widget_state.widget_metadata.get(binding.widget_id) if binding else None


def _sets_nothing(names: Sequence[str]) -> str:
    """What is told of parameters that nothing on the page has read, in Markdown."""
    named = [code(shortened(name, MOST_LETTERS)) for name in names[:MOST_CHOICES]]
    more = [counted(len(names) - MOST_CHOICES, "more part")] if len(names) > MOST_CHOICES else []
    listed = " and ".join([", ".join(named), *more])
    told = f"{listed} in the address {'sets' if len(names) == 1 else 'set'} nothing that is shown here."
    known = sorted({*address.used(), *_names_bound()})
    return f"{told} {choose_from(names[0], [shortened(one, MOST_LETTERS) for one in known])}" if known else told


def _names_bound() -> list[str]:
    """The parameters of the widgets that are shown; Streamlit has no public way to ask."""
    context = get_script_run_ctx()
    return [] if context is None else list(context.session_state._state.query_params._bindings_by_param)


def _problem(name: str, values: Sequence[str], metadata: WidgetMetadata[Any]) -> str:
    """Why the widget did not take all that the address says, in Markdown; empty where it did."""
    if not values:
        return ""
    options = metadata.formatted_options
    if options is not None:
        return _unknown(name, values, options, single=not _takes_several(metadata)) or _too_many(
            name, values, metadata.max_array_length
        )
    if len(values) > 1 and not metadata.value_type.endswith("array_value"):
        return _repeated(name, values, values[-1])
    try:
        parsed = parse_url_param(list(values), metadata.value_type)
        shown = metadata.serializer(metadata.deserializer(parsed))
        if shown == parsed:
            return ""
    except (ValueError, TypeError, IndexError):
        shown = metadata.serializer(metadata.deserializer(None))
    told = f"{_quoted(name, values[-1])} in the address cannot be used"
    if metadata.value_type == "bool_value":
        return f"{told}: it should be `true` or `false`."
    instead = ", ".join(map(_plain, shown if isinstance(shown, list | tuple) else [shown]))
    return f"{told}; {code(shortened(instead, MOST_LETTERS))} is shown instead."


def _plain(value: object) -> str:
    """A slider's whole numbers come as 8.0."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _unknown(name: str, values: Sequence[str], options: Sequence[str], *, single: bool) -> str:
    for value in values:
        if value not in options:
            known = [shortened(option, MOST_LETTERS) for option in options]
            return f"{_quoted(name, value)} in the address cannot be used. {choose_from(value, known)}"
    return _repeated(name, values, str(st.session_state.get(name))) if single and len(values) > 1 else ""


def _repeated(name: str, values: Sequence[str], used: str) -> str:
    return f"{code(name)} stands in the address {len(values)} times; one of them counts: {code(shortened(used, 40))}."


def _too_many(name: str, values: Sequence[str], most: int | None) -> str:
    """Of a control for several values, of which Streamlit takes the first."""
    count = len(set(values))
    if most is None or most == 1 or count <= most:
        return ""
    return f"{code(name)} has {count} values in the address; the first {most} are used."


def _takes_several(metadata: WidgetMetadata[Any]) -> bool:
    return metadata.value_type == "string_array_value" and metadata.max_array_length != 1


def _quoted(name: str, value: str) -> str:
    return code(f"{shortened(name, MOST_LETTERS)}={shortened(value, MOST_LETTERS)}")
