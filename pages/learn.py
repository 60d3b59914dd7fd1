"""Learn: eight lessons, each at an address of its own."""

import streamlit as st

from ganlab.lessons import LESSONS
from ganlab.ui import address
from ganlab.ui.lessons.view import LESSON, show_lesson, show_list
from ganlab.ui.markdown import choose_from, code
from ganlab.ui.shell import ensure_router

SHOWN = "learn_shown"

ensure_router()

asked = address.read(LESSON) or ""
if st.session_state.get(SHOWN, asked) != asked:
    st.query_params.from_dict(st.query_params.to_dict())  # Streamlit's links to the page itself leave the address alone
st.session_state[SHOWN] = asked
if asked in LESSONS:
    show_lesson(asked)
else:
    if asked:
        st.warning(f"There is no lesson {code(asked)}. {choose_from(asked, LESSONS)}", icon=":material/link_off:")
    show_list()
