"""Who is on the page: the page for who has not logged in, and the line in the sidebar for who has."""

from collections.abc import Mapping

import streamlit as st
from streamlit.auth_util import get_secrets_auth_section

from ganlab.access.mode import mode
from ganlab.access.visitor import Visitor, visitor
from ganlab.ui.markdown import escaped

DEFAULT = "default"  # Streamlit's name for the provider that stands in [auth] itself


def current_visitor() -> Visitor:
    """Whose script is running. Asked for at the moment of an action, never kept from an earlier one."""
    return visitor(st.user.to_dict() if mode() == "login" else {})


def providers() -> list[str]:
    """The providers of `.streamlit/secrets.toml`: the one in [auth] itself, else those in [auth.NAME]."""
    section = get_secrets_auth_section()
    if "client_id" in section:
        return [DEFAULT]
    return [name for name, entry in section.items() if isinstance(entry, Mapping)]


def show_login() -> None:
    """One button for each provider; each leads away and back, to the page that was asked for."""
    with st.container(border=True, width=480):
        st.title("ganlab", anchor=False)
        st.markdown("Small generative models to look at and to train. Log in to see them.")
        if st.user.get("is_logged_in"):  # but `person_of` could not tell who it is
            st.warning("The login provider did not say who you are (its answer lacks `iss` or `sub`).")
        for name in providers():
            st.button(
                "Log in" if name == DEFAULT else f"Log in with {name}",
                key=f"login {name}",
                icon=":material/login:",
                type="primary",
                on_click=st.login,
                args=() if name == DEFAULT else (name,),
            )


def show_person(visitor: Visitor) -> None:
    """Who is logged in, and the way out."""
    if visitor.person is None:
        return
    with st.sidebar.container(key="person", gap="xsmall"):
        role = " (administrator)" if visitor.admin else ""
        st.caption(f":material/person: {escaped(visitor.person.name)}{role}")
        st.button("Log out", key="logout", icon=":material/logout:", type="tertiary", on_click=st.logout)
