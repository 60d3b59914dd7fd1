"""What the settings of recipes are called on the pages."""

WORDS = {  # parts of names that are no words, or spelt otherwise than the texts are
    "lr": "learning rate",
    "ema": "average's",
    "optimizer": "optimiser",
    "kl": "divergence",
}


def title(name: str) -> str:
    """The name of a setting in words, such as `Generator learning rate` for `generator_lr`."""
    return " ".join(WORDS.get(part, part) for part in name.split("_")).capitalize()
