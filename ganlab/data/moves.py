"""Small random motions of images: the same picture for a person, another one for a net."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from ganlab.devices import to_device, without_autocast
from ganlab.distributed import WHOLE, Part


def moved(
    images: Tensor,
    rng: torch.Generator,
    *,
    turn_degrees: float = 10.0,
    scale: float = 0.1,
    shift: float = 2 / 28,
    part: Part = WHOLE,
) -> Tensor:
    """Float images [B, C, H, W] in [-1, 1], each turned, scaled and shifted (a share of the size) by up to so much.

    What comes in from outside is black. `part` of the step's batch they are.
    """
    drawn = torch.cat([part.drawn(len(images), _shares, k, rng) for k in (1, 1, 2)], 1)
    angle, factor, place = (to_device(drawn, images.device) * 2 - 1).split([1, 1, 2], 1)
    angle, factor = angle * math.radians(turn_degrees), 1 + scale * factor
    cos, sin, place = angle.cos() * factor, angle.sin() * factor, place * 2 * shift
    affine = torch.stack([torch.cat([cos, -sin, place[:, :1]], 1), torch.cat([sin, cos, place[:, 1:]], 1)], 1)
    with without_autocast(images.device):  # in bfloat16 a place would be a tenth of a pixel off
        grid = F.affine_grid(affine, list(images.shape), align_corners=False)
        return F.grid_sample(images + 1, grid, align_corners=False) - 1  # pads with black, which is -1


def _shares(count: int, columns: int, rng: torch.Generator) -> Tensor:
    return torch.rand(count, columns, generator=rng)
