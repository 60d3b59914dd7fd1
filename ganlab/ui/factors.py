"""Controls for a latent: how far normal values may stray, and values of its named factors."""

import math
from collections.abc import Mapping

import streamlit as st

from ganlab.latents import Attributes, Category, Latent, Uniform
from ganlab.ui import address, address_check
from ganlab.ui.markdown import MOST_CHOICES, code, escaped

OFF = "off"
LIMITS = [f"{i / 10:.1f}" for i in range(2, 31)]
ANY = "any"
MIXTURE, PLAIN = "mixture", "plain"  # priors
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


def plain_prior(latent: Latent) -> bool:
    """Whether seeds are drawn from the prior, of a model that has a mixture, too; asked only where it has one."""
    if latent.mixture is None:
        return False
    chosen = st.segmented_control(
        "Prior that seeds draw from", [MIXTURE, PLAIN], default=MIXTURE, required=True, key="prior",
        bind="query-params",
        help="A VAE learns to draw where its encoder puts images, which is not all of the plain prior. The mixture of "
        "Gaussians was fitted to those places after the training.",
    )  # fmt: skip
    return chosen == PLAIN


def fixed_factors(
    latent: Latent, where: str = "", words: Mapping[str, Mapping[str, str]] | None = None
) -> tuple[tuple[str, str], ...]:
    """A control for each factor that people can name; returns (factor, value) of those that are held.

    where: what the controls are for, behind their names.
    words: what the labels of categories draw, by factor, where that is not what they say.
    """
    values = []
    for factor in latent.factors:
        title = escaped(f"{factor.name} {where}".strip())
        if isinstance(factor, Category):
            values.append((factor.name, _label(factor, title, (words or {}).get(factor.name, {}))))
        elif isinstance(factor, Attributes):
            values.append((factor.name, _attributes(factor, title)))
        elif isinstance(factor, Uniform) and factor.size <= MOST_SLIDERS:
            values.append((factor.name, _uniform(factor, title)))
    return tuple((name, value) for name, value in values if value)


def _label(factor: Category, title: str, words: Mapping[str, str]) -> str:
    key, options = f"fix-{factor.name}", [ANY, *factor.labels]
    if all(words.get(label, label) == label for label in factor.labels):
        value = st.selectbox(title, options, key=key, bind="query-params")
    else:
        # a bound widget would write the words into the address, where `9` then meant another label than `9`
        if key not in st.session_state and (asked := address.read(key)):
            if asked in options:
                st.session_state[key] = asked
            else:
                address_check.refuse(key, f"one of {', '.join(map(code, options[:MOST_CHOICES]))}")
        value = st.selectbox(
            f"{title}, by what it draws", options, format_func=lambda label: words.get(label, label), key=key
        )
        if value == ANY:
            st.query_params.pop(key, None)
        else:
            address.write(key, value)
    return "" if value == ANY else value


def _attributes(factor: Attributes, title: str) -> str:
    if not st.toggle(f"Choose {title}", key=f"hold-{factor.name}", bind="query-params"):
        return ""
    on = st.pills(
        escaped(factor.name),
        factor.labels,
        format_func=escaped,
        selection_mode="multi",
        key=f"fix-{factor.name}",
        bind="query-params",
        label_visibility="collapsed",
    )
    return "+".join(on) or "+"


def _uniform(factor: Uniform, title: str) -> str:
    if not st.toggle(f"Choose {title}", key=f"hold-{factor.name}", bind="query-params"):
        return ""
    middle = (factor.low + factor.high) / 2
    numbers = [
        st.slider(
            escaped(factor.name if factor.size == 1 else f"{factor.name} {i + 1}"),
            factor.low,
            factor.high,
            middle,
            key=f"fix-{factor.name}-{i}",
            bind="query-params",
        )
        for i in range(factor.size)
    ]
    return ",".join(f"{number:g}" for number in numbers)
