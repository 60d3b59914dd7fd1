"""Pages as a visitor with a cold deep link finds them."""

from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def open_page() -> Callable[..., AppTest]:
    """`open_page("sample", model="tiny")`: the page through app.py, run once, with that address."""
    st.set_option("client.showErrorDetails", "full")  # a test that fails says why
    st.cache_data.clear()
    st.cache_resource.clear()

    def open_it(name: str, **address: str) -> AppTest:
        app = AppTest.from_file(ROOT / "app.py", default_timeout=60)
        for key, value in address.items():
            app.query_params[key] = value
        return app.switch_page(f"pages/{name}.py").run()

    return open_it
