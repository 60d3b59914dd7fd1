"""The gallery's cards as tests open them."""

from streamlit.testing.v1 import AppTest


def with_numbers(gallery: AppTest, *models: str) -> AppTest:
    """The page with "All numbers" open on the cards of models of these ids."""
    for model in models:
        gallery.session_state[f"numbers-{model}"] = True
    return gallery.run()
