"""Images through an encoder, and how much of them survives the way back, in pixels from 0 to 1."""

from collections.abc import Callable

import torch
from torch import Tensor

from ganlab.checkpoints import Checkpoint
from ganlab.data import Pack, to_float
from ganlab.data.spec import noun
from ganlab.metrics.outcome import require_images


@torch.inference_mode()
def encode(model: Checkpoint, images: Tensor) -> Tensor:
    """The encoder's means, float32 [N, dim], of uint8 images [N, C, H, W] of the model's size."""
    encoder = model.nets["encoder"]
    parts = (to_float(part).contiguous(memory_format=torch.channels_last) for part in images.split(256))
    return torch.cat([encoder(part)[:, : model.latent.dim] for part in parts]).cpu()


def model_mse(model: Checkpoint, pack: Pack) -> float:
    """The error of the model on the test split; `pack` is of the model's size."""
    return model_errors(model, pack).mean().item()


@torch.inference_mode()
def model_errors(model: Checkpoint, pack: Pack) -> Tensor:
    """The error of each test image, float64 [N]; `pack` is of the model's size."""
    encoder, generator = model.nets["encoder"], model.nets["generator"]

    def reconstruct(images: Tensor) -> Tensor:
        encoded: Tensor = encoder(images.contiguous(memory_format=torch.channels_last))
        decoded: Tensor = generator(encoded[:, : model.latent.dim])
        return decoded.float()

    return errors(reconstruct, pack.split("test")[0])


def errors(reconstruct: Callable[[Tensor], Tensor], images: Tensor) -> Tensor:
    """Mean squared error of a value in each of images [N, C, H, W] as packs hold them, float64 [N].

    Pixels count from 0 to 1, coordinates of points as they are; `reconstruct` reads and gives what nets do, floats
    of [-1, 1] for pixels. ValueError for no images.
    """
    require_images(len(images), 1, f"real test {noun(images.shape[-1])}s")
    unit = 1 if images.is_floating_point() else 2
    found = []
    for part in images.split(256):
        x = to_float(part)
        found.append(((reconstruct(x) - x) / unit).double().square().flatten(1).mean(1))
    return torch.cat(found)


def mean_image_errors(pack: Pack) -> Tensor:
    """The error of each test image, float64 [N], of answering it with the mean training image: knowing nothing."""
    images = pack.split("train")[0]
    sums = sum((to_float(part).sum(0, dtype=torch.float64) for part in images.split(4096)), torch.zeros(()))
    mean = (sums / len(images)).float()
    return errors(lambda x: mean.expand_as(x), pack.split("test")[0])
