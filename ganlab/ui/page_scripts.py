"""Small scripts that every page runs in the browser, beside Streamlit's own.

`history.js`: one entry a page in the browser's history, so that Back goes to the page before. Streamlit adds an entry
whenever a script writes into the address, as ours do when a page opens and when the hand rests; widgets that are bound
to it replace the entry. Here the first do so as well. Browsers without the Navigation API keep Streamlit's way.

`reconnect.js`: what a visitor does while the server is away or starts anew is done once the page is back.

`hall.js`: the stage alone on the full screen, a pointer, light and dark; and a page as a view of a show.

`started.js`: a training that was just started is brought into sight.

`remember.js`, `go_on.js`: who has to log in first comes to the page that was asked for afterwards.
"""

import streamlit as st

from ganlab import web

KEY = "page_scripts"
ALWAYS = ("history.js", "reconnect.js", "hall.js")
LOGGED_OUT, LOGGED_IN = "remember.js", "go_on.js"
STARTED = "started.js"
CODE = {name: web.text(f"page/{name}") for name in (*ALWAYS, LOGGED_OUT, LOGGED_IN, STARTED)}
SCRIPTS = list(CODE.values())
"""The code between the tags, which the headers of every answer allow by digest."""


def run_page_scripts(*, let_in: bool, login: bool) -> None:
    """Have the browser run them, once a visit.

    let_in: whether the visitor may see the pages; a page that is back is run again then.
    login: whether people log in on this server.
    """
    at_login = [LOGGED_IN if let_in else LOGGED_OUT] * login
    with st.container(key=KEY):
        for name in (*ALWAYS, *at_login):
            _run(name)
        if let_in:
            st.button("Run again", key="run_again")  # for `reconnect.js`, not for people: the container is not shown


def show_started() -> None:
    """Take the visitor to the training that was just started; in the run of the page that shows it first."""
    with st.container(key=f"{KEY}_{STARTED.removesuffix('.js')}"):
        _run(STARTED)


def _run(name: str) -> None:
    st.html(f"<script>{CODE[name]}</script>", unsafe_allow_javascript=True)
