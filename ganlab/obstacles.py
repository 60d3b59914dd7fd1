"""What would end a training early, known before it has a folder."""

import functools
from dataclasses import replace
from pathlib import Path

from pydantic import BaseModel

from ganlab import runs
from ganlab.checkpoints import MAX_FILE_BYTES
from ganlab.checkpoints.shapes import without_weights
from ganlab.counting import bytes_in_words, counted
from ganlab.data import DataSpec, catalogue, describe
from ganlab.data.dataset import silent
from ganlab.devices import choose_device
from ganlab.families import FAMILIES
from ganlab.nets.clusters import too_many
from ganlab.recipes import Recipe
from ganlab.system_errors import in_words


def obstacle(recipe: Recipe, device: str, path: Path | None = None) -> str:
    """Why a training of `recipe` on `device` cannot start here, with the remedy; empty when nothing is in its way.

    It would lie at `path`, or among the other runs.
    """
    try:
        choose_device(device)
        dataset = describe(recipe.dataset)
        catalogue.pack_size(recipe.dataset, recipe.image_size)  # says where the pictures are too small
        if catalogue.state(recipe.dataset, recipe.image_size) == "missing":
            dataset.build(silent)  # says at once which files it looks for, and where
        dataset.evaluation.check_lists()
        images = catalogue.training_images(recipe.dataset, recipe.image_size)
        runs.require_writable(path)
    except (ValueError, OSError) as error:
        return in_words(error)
    if recipe.batch_size > images:
        return f"{recipe.dataset} has {counted(images, 'training image')}: set batch_size to that many or fewer"
    if why := too_many(getattr(recipe.config, "clusters", 0), images):
        return why
    return _against_nets(recipe.family, recipe.config, replace(dataset.spec, size=recipe.image_size))


@functools.lru_cache(maxsize=256)  # up to 40 ms each, and a page asks at every click
def _against_nets(family: str, config: BaseModel, data: DataSpec) -> str:
    """Why there are no such nets or latents; empty when there are."""
    try:
        FAMILIES[family].latent(config, data)
        with without_weights():
            nets = FAMILIES[family].build(config, data)
    except ValueError as error:
        return str(error)
    tensors = [tensor for name in FAMILIES[family].KEPT for tensor in nets[name].state_dict().values()]
    file_bytes = sum(tensor.numel() * tensor.element_size() for tensor in tensors)
    if file_bytes <= MAX_FILE_BYTES:
        return ""
    most = bytes_in_words(MAX_FILE_BYTES)
    return f"its checkpoint would have {bytes_in_words(file_bytes)}, and at most {most} are read: choose smaller nets"
