"""Controls for a latent: how far normal values may stray, and values of its named factors."""

import math

import streamlit as st

from ganlab.latents import Attributes, Category, Latent, Uniform

OFF = "off"
LIMITS = [f"{i / 10:.1f}" for i in range(2, 31)]
ANY = "any"
MOST_SLIDERS = 4


def truncation(latent: Latent) -> float:
    """A slider for the truncation limit, in standard deviations; infinite when it is off."""
    if not any(factor.kind == "normal" for factor in latent.factors):
        return math.inf
    chosen = st.select_slider(
        "Truncation",
        [*LIMITS, OFF],
        value=OFF,
        key="truncation",
        bind="query-params",
        help="The normal values of the latent stay within this many standard deviations. "
        "A small limit gives typical pictures that resemble each other; off gives the full variety.",
    )
    return math.inf if chosen == OFF else float(chosen)


def fixed_factors(latent: Latent) -> tuple[tuple[str, str], ...]:
    """A control for each factor that people can name; returns (factor, value) of those that are held."""
    values = []
    for factor in latent.factors:
        if isinstance(factor, Category):
            value = st.selectbox(factor.name, [ANY, *factor.labels], key=f"fix-{factor.name}", bind="query-params")
            values.append((factor.name, "" if value == ANY else value))
        elif isinstance(factor, Attributes):
            values.append((factor.name, _attributes(factor)))
        elif isinstance(factor, Uniform) and factor.size <= MOST_SLIDERS:
            values.append((factor.name, _uniform(factor)))
    return tuple((name, value) for name, value in values if value)


def _attributes(factor: Attributes) -> str:
    if not st.toggle(f"Choose {factor.name}", key=f"hold-{factor.name}", bind="query-params"):
        return ""
    on = st.pills(
        factor.name,
        factor.labels,
        selection_mode="multi",
        key=f"fix-{factor.name}",
        bind="query-params",
        label_visibility="collapsed",
    )
    return "+".join(on) or "+"


def _uniform(factor: Uniform) -> str:
    if not st.toggle(f"Choose {factor.name}", key=f"hold-{factor.name}", bind="query-params"):
        return ""
    middle = (factor.low + factor.high) / 2
    numbers = [
        st.slider(
            factor.name if factor.size == 1 else f"{factor.name} {i + 1}",
            factor.low,
            factor.high,
            middle,
            key=f"fix-{factor.name}-{i}",
            bind="query-params",
        )
        for i in range(factor.size)
    ]
    return ",".join(f"{number:g}" for number in numbers)
