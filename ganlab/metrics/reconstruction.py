"""Images through an encoder, and how much of them survives the way back, in pixels from 0 to 1."""

from collections.abc import Callable

import torch
from torch import Tensor

from ganlab.checkpoints import Checkpoint
from ganlab.data import Pack, to_float
from ganlab.metrics.outcome import require_images


@torch.inference_mode()
def encode(model: Checkpoint, images: Tensor) -> Tensor:
    """The encoder's means, float32 [N, dim], of uint8 images [N, C, H, W] of the model's size."""
    encoder = model.nets["encoder"]
    parts = (to_float(part).contiguous(memory_format=torch.channels_last) for part in images.split(256))
    return torch.cat([encoder(part)[:, : model.latent.dim] for part in parts]).cpu()


@torch.inference_mode()
def model_mse(model: Checkpoint, pack: Pack) -> float:
    """The error of the model on the test split; `pack` is of the model's size."""
    encoder, generator = model.nets["encoder"], model.nets["generator"]

    def reconstruct(images: Tensor) -> Tensor:
        encoded: Tensor = encoder(images.contiguous(memory_format=torch.channels_last))
        decoded: Tensor = generator(encoded[:, : model.latent.dim])
        return decoded.float()

    return reconstruction_mse(reconstruct, pack.split("test")[0])


def reconstruction_mse(reconstruct: Callable[[Tensor], Tensor], images: Tensor) -> float:
    """Mean squared error of a pixel over all uint8 images [N, C, H, W]; `reconstruct` maps floats in [-1, 1].

    ValueError for no images.
    """
    require_images(len(images), 1, "real test images")
    total = 0.0
    for part in images.split(256):
        x = to_float(part)
        total += ((reconstruct(x) - x) / 2).double().square().mean().item() * len(part)
    return total / len(images)


def mean_image_mse(pack: Pack) -> float:
    """The error on the test split of answering every image with the mean training image: knowing nothing."""
    images = pack.split("train")[0]
    sums = sum((to_float(part).sum(0, dtype=torch.float64) for part in images.split(4096)), torch.zeros(()))
    mean = (sums / len(images)).float()
    return reconstruction_mse(lambda x: mean.expand_as(x), pack.split("test")[0])
