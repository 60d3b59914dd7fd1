"""What would end a training before its first step, known before it is queued."""

from ganlab.data import datasets, describe
from ganlab.data.dataset import silent
from ganlab.recipes import Recipe
from ganlab.train import choose_device


def obstacle(recipe: Recipe, device: str) -> str:
    """Why a training of `recipe` on `device` cannot start here, with the remedy; empty when nothing is in its way."""
    try:
        choose_device(device)
        dataset = describe(recipe.dataset)
        if datasets.state(recipe.dataset) == "missing":
            dataset.build(silent)  # says at once which files it looks for, and where
    except ValueError as error:
        return str(error)
    if recipe.batch_size > dataset.train:
        return f"{recipe.dataset} has {dataset.train:,} training images: set batch_size to that many or fewer"
    return ""
