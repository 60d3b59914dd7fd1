"""What a page shows of a game, 25 times a second: a short text and some numbers, as bytes.

A frame is the length of a JSON text as uint32, the text padded with spaces to whole words, and the numbers that it
names with their counts, one after the other: float32, the surface as uint8. All little-endian.
"""

import functools
import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ganlab.adversarial import judge
from ganlab.data.dots import RANGE
from ganlab.data.evaluation import Modes
from ganlab.families.gan import in_packs
from ganlab.latents import Latent
from ganlab.losses import ADVERSARIAL
from ganlab.metrics.points import cell_shares, cells_divergence, modes_found, sort
from ganlab.playground.game import Game, at_rest
from ganlab.playground.material import COMPARED
from ganlab.playground.settings import values_of
from ganlab.playground.watching import CROWD, Look

SHOWN = 400  # generated points
SHOWN_REAL = 600
SIDE = 48  # of the surface, in cells
LINES, REACH = 17, 2.0  # of the latent plane: lines each way, and how far they go from the middle
UNBOUNDED = ("wasserstein", "relativistic")
"""Losses whose verdicts mean something only beside each other."""


def first_frame(game: Game) -> bytes:
    """What stays: the settings, real points, how dense they lie, the noise of the points that are shown.

    And the divergence of as many real points as are generated, and the share of the noise in each cell of its plane.
    """
    images = game.material.pack.images
    real = images[:SHOWN_REAL].flatten(1)
    told = {
        "kind": "game",
        "settings": values_of(game.recipe, game.material.drawing),
        "range": RANGE,
        "side": SIDE,
        "lines": LINES,
        "reach": REACH,
        "floor": _divergence(game, images[COMPARED : COMPARED + SHOWN]),
    }
    noise = _on_plane(_shown(game.run.latent)[:SHOWN])
    density = density_in_cells(game.material.modes).float()
    mass = mass_in_cells(game.run.latent).float()
    return packed(
        told, {"real": real.numpy(), "noise": noise.numpy(), "density": density.numpy(), "mass": mass.numpy()}
    )


def frame(game: Game, told: Mapping[str, Any]) -> bytes:
    """How the game stands; `told` is said besides. It is looked at for what goes wrong, too."""
    config, together = game.recipe.config, game.recipe.judged_together
    reals = in_packs(game.stream.batch(game.run.step).images, together)
    with at_rest(game), torch.no_grad():
        nets = game.run.nets
        fakes, plane = nets["generator"](_shown(game.run.latent)).split([SHOWN, LINES**2])
        surface, real = judge(nets, torch.cat([_cells(together), reals])).split([SIDE**2, len(reals)])
        arrows, verdict = _pull(nets, real, fakes, str(config.adversarial), together)  # type: ignore[attr-defined]
    places = game.material.modes
    placed = sort(fakes, places)
    pull = arrows.flatten(1).norm(dim=1).mean().item()
    found = modes_found(placed)
    near = torch.bincount(placed.mode, minlength=places.count)
    believed = verdict.sigmoid().split([len(verdict) - SHOWN, SHOWN])
    margin = 0.0 if config.adversarial in UNBOUNDED else (believed[0].mean() - believed[1].mean()).item()  # type: ignore[attr-defined]
    crowded = int((near >= CROWD * SHOWN).sum())
    game.looks.append(Look(game.run.step, places.count, found, crowded, int(near.argmax()), pull, margin))
    status = {
        "kind": "frame",
        "step": game.run.step,
        "first": game.states[0].step,
        "losses": {key: _finite(value.item()) for key, value in game.log.items()},
        "modes": places.count,
        "found": found,
        "good": round(placed.good.double().mean().item(), 3),
        "divergence": _divergence(game, fakes),
        "pull": _finite(pull),
        "findings": [{"kind": f.kind, "message": f.message, "suggestion": f.suggestion} for f in game.findings],
        **told,
    }
    centred = surface - verdict.mean() if config.adversarial in UNBOUNDED else surface  # type: ignore[attr-defined]
    scale = verdict.std().clamp_min(1e-6) if config.adversarial == "wasserstein" else 1.0  # type: ignore[attr-defined]
    shades = (255 * (centred / scale).sigmoid().nan_to_num(0.5)).round().byte()
    return packed(
        status,
        {
            "fakes": fakes.flatten(1).numpy(),
            "arrows": arrows.flatten(1).numpy(),
            "plane": plane.flatten(1).numpy(),
            "surface": shades.numpy(),
        },
    )


def packed(told: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """One frame as bytes."""
    whole = {**told, "arrays": {name: int(array.size) for name, array in arrays.items()}}
    text = json.dumps(whole, allow_nan=False).encode()
    text += b" " * (-len(text) % 4)
    parts = [np.ascontiguousarray(np.nan_to_num(array, nan=1e6, posinf=1e6, neginf=-1e6)) for array in arrays.values()]
    return struct.pack("<I", len(text)) + text + b"".join(part.tobytes() for part in parts)


@torch.enable_grad()
def _pull(nets: nn.ModuleDict, real: Tensor, fakes: Tensor, adversarial: str, together: int) -> tuple[Tensor, Tensor]:
    """Where the generator's loss would have each point go (its negative gradient there), and verdicts on both sides.

    Where points are judged together, each is in as many packs, once in every place, and goes by their mean.
    """
    fakes = fakes.clone().requires_grad_()
    verdict = judge(nets, torch.cat([fakes.roll(-place, 0) for place in range(together)], 1))
    against = real[torch.arange(len(fakes)) % len(real)]
    loss = ADVERSARIAL[adversarial].generator(against, verdict).sum() / together
    (gradient,) = torch.autograd.grad(loss, fakes)
    return -gradient, torch.cat([real, verdict.detach()])


def _divergence(game: Game, points: Tensor) -> float:
    return round(cells_divergence(cell_shares(points, RANGE), game.material.cells), 3)


@functools.lru_cache(maxsize=8)
def _shown(latent: Latent) -> Tensor:
    """The latents of the points that are shown, the same ones each time, and those of the plane."""
    return torch.cat([latent.sample(SHOWN, torch.Generator().manual_seed(0)), _plane(latent.dim)])


def _plane(dim: int) -> Tensor:
    """Latents on a square of the first two coordinates, row by row; the others are 0."""
    line = torch.linspace(-REACH, REACH, LINES)
    square = torch.cartesian_prod(line, line)[:, : min(2, dim)]
    return torch.cat([square, torch.zeros(len(square), dim - square.shape[1])], 1)


def mass_in_cells(latent: Latent) -> Tensor:
    """Share of the noise in each cell of the plane, in the order of the plane: float64 [(LINES - 1)^2].

    None where the plane is a line, or a cut through more numbers: cells then hold none of the noise.
    """
    if latent.dim != 2:
        return torch.empty(0, dtype=torch.float64)
    share = torch.special.ndtr(torch.linspace(-REACH, REACH, LINES).double()).diff()
    return torch.outer(share, share).flatten()


def _on_plane(latents: Tensor) -> Tensor:
    """The first two numbers of latents [N, dim], the second 0 where there is one: [N, 2]."""
    return torch.cat([latents, torch.zeros(len(latents), 1)], 1)[:, :2]


def density_in_cells(modes: Modes) -> Tensor:
    """Mean density of real points, a unit of area, in each of the surface's cells, in their order: float64 [SIDE^2].

    Exact: the noise around a place is a Gaussian of two coordinates that know nothing of each other.
    """
    edges = (torch.arange(SIDE + 1).double() / SIDE * 2 - 1) * RANGE
    below = torch.special.ndtr((edges[:, None, None] - modes.places.double()) / modes.deviation)  # [SIDE + 1, P, 2]
    across, up = below.diff(dim=0).unbind(2)  # share of a place's points in each column, in each row from below
    return (up.flip(0) @ across.t()).flatten() / len(modes.places) / (2 * RANGE / SIDE) ** 2


@functools.cache
def _cells(together: int) -> Tensor:
    """Packs of points that all lie in the middle of a cell of the surface: [SIDE * SIDE, 2 * together, 1, 1].

    From the left above, row by row.
    """
    middle = (torch.arange(SIDE) + 0.5) / SIDE * 2 * RANGE - RANGE
    y, x = torch.meshgrid(-middle, middle, indexing="ij")
    return torch.stack([x.flatten(), y.flatten()], 1).repeat(1, together)[:, :, None, None]


def _finite(value: float) -> float | None:
    return float(f"{value:.4g}") if abs(value) < 1e30 else None
