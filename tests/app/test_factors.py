"""The controls of named factors, for latents that the shipped families do not have yet."""

import pytest
from streamlit.testing.v1 import AppTest


def page():
    import streamlit as st

    from ganlab.latents import Attributes, Category, Latent, Normal, Uniform
    from ganlab.ui.factors import fixed_factors, truncation

    factors = (
        Normal(name="z", size=4),
        Category(name="digit", labels=("0", "1", "2")),
        Attributes(name="looks", labels=("hat", "beard")),
        Uniform(name="tilt", size=2, low=-1.0, high=1.0),
    )
    latent = Latent(factors=factors)
    limit, fixed = truncation(latent), fixed_factors(latent)
    st.session_state["result"] = limit, fixed, latent.fix(latent.from_seeds([0]), dict(fixed))[0].tolist()


@pytest.fixture
def app():
    return AppTest.from_function(page, default_timeout=60).run()


def test_nothing_is_held_at_first(app):
    assert not app.exception
    assert app.session_state["result"][:2] == (float("inf"), ())


def test_a_category_is_held_at_a_label(app):
    app.selectbox(key="fix-digit").select("2").run()
    assert app.session_state["result"][1] == (("digit", "2"),)
    assert app.session_state["result"][2][4:7] == [0, 0, 1]


@pytest.mark.parametrize(("on", "values"), [(["beard"], [0, 1]), (["hat", "beard"], [1, 1]), ([], [0, 0])], ids=str)
def test_attributes_are_held_on_and_off(app, on, values):
    app.toggle(key="hold-looks").set_value(True).run()
    app.pills(key="fix-looks").set_value(on).run()
    assert not app.exception
    assert app.session_state["result"][2][7:9] == values


def test_uniform_values_are_held_by_sliders(app):
    app.toggle(key="hold-tilt").set_value(True).run()
    app.slider(key="fix-tilt-1").set_value(0.5).run()
    assert app.session_state["result"][2][9:] == [0.0, 0.5]


def test_truncation_is_a_number_or_off(app):
    app.select_slider(key="truncation").set_value("0.7").run()
    assert app.session_state["result"][0] == 0.7
