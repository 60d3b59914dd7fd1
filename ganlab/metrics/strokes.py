"""What can be measured of a drawn digit: its slant, the thickness of its strokes, and its size."""

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from ganlab.data import to_float

FINE = 112  # pixels: smaller images are enlarged to about this size, so that a stroke's edge is known to a fraction
QUALITIES: dict[str, str] = {
    "slant": "degrees to the right of upright",
    "thickness": "width of the strokes, share of the image's size",
    "width": "width of the box around the ink, share of the image's size",
    "height": "height of the box around the ink, share of the image's size",
    "ink": "mean brightness, 0 to 1",
}
"""What each quality is measured in."""


def measure_strokes(images: Tensor) -> dict[str, NDArray[np.float64]]:
    """Each quality of uint8 images [N, C, H, W] with bright strokes on black, [N]; 0 where there is no ink."""
    brightness = (to_float(images).mean(1) + 1) / 2
    parts = [_measure(part) for part in brightness.split(500)]
    return {name: np.concatenate([part[name] for part in parts]) for name in QUALITIES}


def _measure(brightness: Tensor) -> dict[str, NDArray[np.float64]]:
    factor = max(1, round(FINE / brightness.shape[-1]))
    fine = brightness
    if factor > 1:
        fine = F.interpolate(brightness[:, None], scale_factor=factor, mode="bilinear", align_corners=False)[:, 0]
    ink = fine > 0.5
    size = fine.shape[-1]
    return {
        "slant": _slant(brightness).numpy(),
        "thickness": np.array([_thickness(one) for one in ink.numpy()]) / size,
        "width": _extent(ink.any(1)).numpy() / size,
        "height": _extent(ink.any(2)).numpy() / size,
        "ink": brightness.double().mean((1, 2)).numpy(),
    }


def _slant(brightness: Tensor) -> Tensor:
    """Angle of the line that each row's centre of brightness follows, degrees [N]; a shear keeps it exactly."""
    height, width = brightness.shape[1:]
    image = brightness.double()
    mass = image.sum((1, 2)).clamp_min(1e-9)
    y, x = torch.arange(height).double()[:, None], torch.arange(width).double()[None, :]
    dy, dx = (place - ((image * place).sum((1, 2)) / mass)[:, None, None] for place in (y, x))
    vertical = (image * dy * dy).sum((1, 2)).clamp_min(1e-9)
    return torch.rad2deg(torch.atan(-(image * dx * dy).sum((1, 2)) / vertical))


def _extent(ink: Tensor) -> Tensor:
    """Pixels from the first to the last inked row or column, float64 [N], of bool [N, size]."""
    places = torch.arange(1, ink.shape[1] + 1)
    last = (ink * places).max(1).values
    first = (ink * places.flip(0)).max(1).values
    return (last + first - ink.shape[1]).clamp_min(0).double()


def _thickness(ink: NDArray[np.bool_]) -> float:
    """Twice the mean distance from the middle of the strokes to their edge, pixels."""
    if not ink.any():
        return 0.0
    from scipy.ndimage import distance_transform_edt, maximum_filter

    depth = distance_transform_edt(ink)
    middle = ink & (depth == maximum_filter(depth, 3))
    # Depth is counted to a pixel's centre: half a width, or half a pixel more.
    return float(2 * depth[middle].mean() - 0.5)
