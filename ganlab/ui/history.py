"""The browser's history: one entry a page, so that Back goes to the page before.

Streamlit adds an entry whenever a script writes into the address, as ours do when a page opens and when the hand rests;
widgets that are bound to it replace the entry. Here the first do so as well. Browsers without the Navigation API keep
Streamlit's way.
"""

import streamlit as st

KEY = "history"

SCRIPT = """<script>
if (window.navigation) navigation.onnavigate = (event) => {
  const to = new URL(event.destination.url);
  const same = to.origin === location.origin && to.pathname === location.pathname && to.search !== location.search;
  if (!same || event.navigationType !== "push" || !event.destination.sameDocument || event.userInitiated) return;
  event.preventDefault();
  const page = location.pathname;
  setTimeout(() => { if (location.pathname === page) history.replaceState({}, "", to); }, 50);
};
</script>"""


def keep_one_entry_a_page() -> None:
    """Have the browser replace the history's entry where Streamlit would add one for the same page.

    It waits a moment: a page's first words in the address may come before its own path, and that is pushed with them.
    """
    with st.container(key=KEY):
        st.html(SCRIPT, unsafe_allow_javascript=True)
