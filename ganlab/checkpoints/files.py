"""Saving and loading checkpoints: nets, and what belongs to them."""

import copy
import datetime
import json
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors import safe_open
from torch import Tensor, nn

from ganlab import listings
from ganlab.beginning import Beginning
from ganlab.checkpoints import rounding
from ganlab.checkpoints.card import FORMAT, Card, read_card, skeleton
from ganlab.checkpoints.codes import Codes, code_values
from ganlab.checkpoints.container import write_safely
from ganlab.checkpoints.extras import Sheets, curves_in, extra_tensors, mixture_in, real_in, sheets_in
from ganlab.checkpoints.origin import Origin
from ganlab.checkpoints.refusals import refusals
from ganlab.checkpoints.trial import check_answers, check_weights
from ganlab.data import DataSpec, as_packed, spec_values
from ganlab.data.dots import dots, scatters
from ganlab.latents import Latent
from ganlab.mixture import Mixture
from ganlab.recipes import Recipe
from ganlab.whole_files import Check, anyway

POINTS_A_PICTURE = 128  # of a sheet
DRAW_BATCH = 64  # what the layers pass on then stays in the processor's cache: 256 at once take 1.5 times as long


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkpoint:
    """Trained nets, ready for use: in eval mode, without gradients, safe to share between threads."""

    card: Card
    nets: dict[str, nn.Module] = field(repr=False)
    mixture: Mixture | None = field(default=None, repr=False)  # a prior that fits the encoder

    @property
    def latent(self) -> Latent:
        """The card's, whose seeds are drawn from the mixture where there is one: all that draws a seed asks here."""
        return self.card.latent.drawn_from(self.mixture)

    @torch.inference_mode()
    def images(self, u: Tensor) -> Tensor:
        """Pictures of latents [N, dim], as uint8 [N, H, W, C] on the CPU; a model of points draws a dot each."""
        return self.shown(self.samples(u))

    def shown(self, samples: Tensor) -> Tensor:
        """What `samples` gives as pictures: uint8 [N, H, W, C], of points a dot each."""
        return (dots(samples) if self.card.data.points else samples).permute(0, 2, 3, 1).contiguous()

    @torch.inference_mode()
    def samples(self, u: Tensor) -> Tensor:
        """What latents [N, dim] stand for, as packs hold it: pixels uint8 [N, C, H, W], or points, on the CPU."""
        if u.ndim != 2 or u.shape[1] != self.latent.dim:
            raise ValueError(f"{self.card.name} takes latents of shape [N, {self.latent.dim}], not {list(u.shape)}")
        parts = [as_packed(self.nets["generator"](part)) for part in u.float().split(DRAW_BATCH)]
        return torch.cat(parts).cpu()

    def sheet(self, seeds: Sequence[int]) -> Tensor:
        """See `sheet_of`."""
        return sheet_of(self.samples, self.latent, self.card.data, seeds)


def sheet_of(draw: Callable[[Tensor], Tensor], latent: Latent, data: DataSpec, seeds: Sequence[int]) -> Tensor:
    """A picture for each seed, uint8 [N, C, H, W]; of points, each shows as many together as `POINTS_A_PICTURE`.

    draw: latents [N, dim] => what they stand for, as packs hold it.
    """
    if not data.points:
        return draw(latent.from_seeds(seeds))
    several = [seed * POINTS_A_PICTURE + place for seed in seeds for place in range(POINTS_A_PICTURE)]
    return scatters(draw(latent.from_seeds(several)).unflatten(0, (len(seeds), POINTS_A_PICTURE)))


def save(
    path: Path,
    *,
    recipe: Recipe,
    data: DataSpec,
    latent: Latent,
    nets: Mapping[str, nn.Module],
    step: int,
    metrics: Mapping[str, float],
    codes: Codes | None = None,
    curves: Mapping[str, Tensor] | None = None,
    sheets: Sheets | None = None,
    mixture: Mixture | None = None,
    origin: Origin | None = None,
    real: Tensor | None = None,
    left_out: Mapping[str, str] | None = None,
    augmentation: Sequence[str] = (),
    began_from: Beginning | None = None,
    check: Check = anyway,
) -> None:
    """Write a checkpoint; a reader sees the old file or the new one, never a part. `check` as `replacing` takes it.

    `real` are a few pictures of the dataset, uint8 [n, C, H, W].
    """
    kept = rounding.states(nets, latent)
    tensors = {f"{name}.{key}": value for name, state in kept.items() for key, value in state.items()}
    tensors |= extra_tensors(curves, sheets, mixture, real)
    header = {
        "format": FORMAT,
        "recipe": recipe.model_dump(mode="json"),
        "data": spec_values(data),
        "origin": (origin or Origin()).model_dump(mode="json"),
        "latent": latent.model_dump(mode="json")["factors"],
        "step": step,
        "images_seen": step * recipe.batch_size,
        "metrics": dict(metrics),
        "codes": code_values(codes or {}),
        "left_out": dict(left_out or {}),
        "augmentation": list(augmentation),
        "began_from": began_from.model_dump() if began_from else None,
        "environment": {"torch": torch.__version__, "python": platform.python_version()},
        "created": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    }
    write_safely(path, tensors, {key: json.dumps(value) for key, value in header.items()}, check=check)


def write_measured(path: Path, metrics: Mapping[str, float], codes: Codes, left_out: Mapping[str, str]) -> None:
    """Put other measurements into the header of a checkpoint; its tensors stay as they are, bit by bit.

    ValueError as `load`.
    """
    read_card(path)
    with refusals(path), safe_open(path, "pt") as file:
        header = file.metadata()
        tensors = {key: file.get_tensor(key).clone() for key in file.keys()}  # noqa: SIM118
    measured = {"metrics": dict(metrics), "codes": code_values(codes), "left_out": dict(left_out)}
    write_safely(path, tensors, header | {key: json.dumps(value) for key, value in measured.items()})


def load(path: Path) -> Checkpoint:
    """Read a checkpoint with its nets. Raises ValueError that names the file, the reason and the remedy."""
    card = read_card(path)
    nets: dict[str, nn.Module] = {}
    bare = skeleton(card)
    with refusals(path):
        with safe_open(path, "pt") as file:
            for name in card.parameters:
                state = {key: file.get_tensor(f"{name}.{key}") for key in bare[name].state_dict()}
                # A copy each: tensors that map the file would crash the process when somebody cuts it short.
                state = {
                    key: v.to(torch.float32 if v.is_floating_point() else v.dtype, copy=True)
                    for key, v in state.items()
                }
                check_weights(name, state)
                net = copy.deepcopy(bare[name])
                net.load_state_dict(state, assign=True)
                nets[name] = net.eval().requires_grad_(False).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        check_answers(nets, card.latent)
    return Checkpoint(card=card, nets=nets, mixture=mixture_in(path))


def read_curves(path: Path) -> dict[str, Tensor]:
    """Training curves that the checkpoint carries: name => float32 [points]; `step` and `seconds` are axes.

    ValueError as `load`, and for curves without the steps that they belong to.
    """
    read_card(path)
    return curves_in(path)


def read_sheets(path: Path) -> Sheets | None:
    """Sample sheets along training, when the checkpoint carries them. ValueError as `load`."""
    read_card(path)
    return sheets_in(path)


def read_real(path: Path) -> Tensor | None:
    """Pictures of the dataset for comparison, uint8 [n, C, H, W], when the checkpoint carries some.

    ValueError as `load`.
    """
    read_card(path)
    return real_in(path)


def check(path: Path) -> None:
    """Read all of a file. Raises ValueError for anything in it that a page would stumble over."""
    load(path)
    read_curves(path)
    read_sheets(path)
    read_real(path)


def list_files(folder: Path) -> list[Path]:
    """Checkpoint files in `folder`, by name; an empty list when there is no such folder."""
    return listings.files(folder, "*.safetensors")
