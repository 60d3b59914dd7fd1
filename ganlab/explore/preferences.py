"""Which model each page opens on: the one that shows best what the page is about."""

import math
from collections.abc import Callable, Mapping

from ganlab.checkpoints import Card
from ganlab.explore import capabilities, model_index
from ganlab.latents import Category

Rank = tuple[float, ...]
"""Compared from the left, the highest is the best."""


def likeness(card: Card) -> Rank:
    """How close to real pictures, as the gallery orders them."""
    return model_index.line(card).likeness


def smoothness(card: Card) -> Rank:
    """For walks: without labels that people gave, a picture on the way is no wrong answer to what was asked for."""
    return (not capabilities.has_conditions(card), *likeness(card))


def codes_found(card: Card) -> Rank:
    """How many codes nobody gave the model, those that were measured first, then how well they sort real images."""
    found = capabilities.own_codes(card.latent, card.data)
    return (sum(name in card.codes for name in found), len(found), card.metrics.get("code_accuracy", 0.0))


def obedience(card: Card) -> Rank:
    """The share of labels asked for that are in the pictures."""
    return (card.metrics.get("obeys", 0.0), *likeness(card))


def faithfulness(card: Card) -> Rank:
    """How little is lost on the way through the encoder; grey pictures first, for anybody can draw one."""
    error, of_mean = (card.metrics.get(name, math.nan) for name in ("reconstruction_mse", "mean_image_mse"))
    return (card.data.channels == 1, -error / of_mean if of_mean > 0 and error >= 0 else -math.inf)


def clusters(card: Card) -> Rank:
    """For maps: data of several classes falls into clusters."""
    judged, *_, closeness = likeness(card)  # of any size, for points are small and the smaller nets draw them sooner
    return (any(isinstance(condition, Category) for condition in card.data.conditions), judged, closeness)


PREFERENCES: Mapping[str, Callable[[Card], Rank]] = {
    "sample": likeness,  # mnist-dcgan-64 of the models that come along
    "interpolate": smoothness,  # mnist-dcgan-64
    "codes": codes_found,  # mnist-infogan-64
    "attributes": obedience,  # faces-acgan-64
    "reconstruct": faithfulness,  # mnist-vae-28
    "map": clusters,  # mnist-dcgan-28
}
"""By page."""
