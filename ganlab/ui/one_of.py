"""A row of buttons of which one is chosen, and named in the address."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import streamlit as st

from ganlab.ui.markdown import escaped

Option = TypeVar("Option", bound=str)


def one_of(
    title: str,
    options: Sequence[Option],
    default: Option,
    *,
    key: str,
    titles: Mapping[str, str] | None = None,
    **more: Any,
) -> Option:
    """The option that is chosen; `default` where the query parameter `key` is empty, which Streamlit takes for none.

    `titles` are what people read instead of the options themselves.
    """
    chosen = st.segmented_control(
        title,
        list(options),
        format_func=lambda option: escaped((titles or {}).get(option, option)),
        default=default,
        required=True,
        key=key,
        bind="query-params",
        **more,
    )
    return chosen if chosen in options else default
