"""What a checkpoint holds beside its nets: training curves, sample sheets, a prior that fits its
encoder, and a few pictures of its dataset."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import safe_open
from torch import Tensor

from ganlab.checkpoints.origin import MOST_REAL_BYTES
from ganlab.checkpoints.refusals import refusals
from ganlab.checkpoints.stored import Stored
from ganlab.foreign import shortened
from ganlab.mixture import Mixture

CURVE, SHEETS, PRIOR, REAL = EXTRAS = ("curve/", "sheets/", "prior/", "real/")
"""What names of tensors that belong to no net begin with."""

CURVE_NAME = re.compile(r"[\w-]+(/[\w-]+)*")
LONGEST_CURVE_NAME = 100
MOST_CURVES = 200
MOST_COMPONENTS = 256
MOST_SHEETS = 1000  # steps, and pictures of each
MOST_COUNTED = 10**15  # steps, or images seen
LARGEST_LATENT = 1e6  # distances between latents further out overflow


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheets:
    """The same latents drawn at several steps of training."""

    steps: list[int]
    images: Tensor  # uint8 [T, N, C, H, W]


def extra_tensors(
    curves: Mapping[str, Tensor] | None, sheets: Sheets | None, mixture: Mixture | None, real: Tensor | None
) -> dict[str, Tensor]:
    """The tensors of a file by their names in it."""
    tensors = {CURVE + name: values.float().contiguous() for name, values in (curves or {}).items()}
    if sheets is not None:
        tensors |= {SHEETS + "images": sheets.images.contiguous(), SHEETS + "steps": torch.tensor(sheets.steps)}
    if mixture is not None:
        parts = {"weights": mixture.weights.float(), "means": mixture.means.float(), "factors": mixture.factors.half()}
        tensors |= {PRIOR + name: values.contiguous() for name, values in parts.items()}
    if real is not None:
        tensors[REAL + "images"] = real.contiguous()
    return tensors


def curves_in(path: Path) -> dict[str, Tensor]:
    """Training curves of a file that `check_extras` has passed: name => float32 [points].

    ValueError for curves without the steps that they belong to.
    """
    found = _read(path, CURVE)
    with refusals(path):
        if found and ("step" not in found or not _rising(found["step"])):
            raise ValueError("its curves do not say of which steps they are; export the model again")
    return {name: values.float() for name, values in found.items()}


def sheets_in(path: Path) -> Sheets | None:
    """Sample sheets of such a file, when it carries them. ValueError for steps that are none."""
    found = _read(path, SHEETS)
    if not found:
        return None
    with refusals(path):
        if not _rising(found["steps"]) or (found["steps"].diff() == 0).any():
            raise ValueError("its sample sheets do not say of which steps they are; export the model again")
    return Sheets(steps=found["steps"].tolist(), images=found["images"])


def real_in(path: Path) -> Tensor | None:
    """Pictures of the model's dataset, uint8 [n, C, H, W], when such a file carries some."""
    return _read(path, REAL).get("images")


def mixture_in(path: Path) -> Mixture | None:
    """The mixture that was fitted to the encodings, when such a file carries one.

    ValueError for values that are no mixture.
    """
    found = {name: values.float() for name, values in _read(path, PRIOR).items()}  # in float16 the bound is infinite
    if not found:
        return None
    weights = found["weights"]
    inside = all(bool((values.abs() <= LARGEST_LATENT).all()) for values in found.values())  # no NaN is
    if not inside or (weights < 0).any() or abs(weights.sum().item() - 1) > 1e-3:
        raise ValueError(f"{path}: its mixture prior is none; the file was changed. Export the model again")
    return Mixture(**found)


def check_extras(path: Path, stored: Mapping[str, Stored], image: tuple[int, int, int], dim: int) -> None:
    """Whether tensors of a file fit images of shape `image` and latents of `dim` values; ValueError says which do not.

    Curves are vectors of one length, sheets images [T, N, C, H, W] of T steps.
    """
    curves, sheets, prior, real = (
        {key.removeprefix(kind): tensor.shape for key, tensor in stored.items() if key.startswith(kind)}
        for kind in EXTRAS
    )
    if wrong := [name for name in curves if len(name) > LONGEST_CURVE_NAME or not CURVE_NAME.fullmatch(name)]:
        raise ValueError(f"{path}: {shortened(wrong[0], 100)!r} is no name of a curve; the file was changed")
    if len({tuple(shape) for shape in curves.values()}) > 1 or any(len(shape) != 1 for shape in curves.values()):
        raise ValueError(f"{path}: its curves are not vectors of one length; export the model again")
    if len(curves) > MOST_CURVES:
        raise ValueError(f"{path}: it has {len(curves):,} curves; at most {MOST_CURVES} are read")
    if sheets and not _fitting_sheets(sheets, image):
        raise ValueError(f"{path}: its sample sheets do not fit the model and the steps; export the model again")
    if prior and not _fitting_prior(prior, dim):
        raise ValueError(f"{path}: its mixture prior does not fit the latent; export the model again")
    if real and not (real.keys() == {"images"} and real["images"][1:] == list(image) and real["images"][0] > 0):
        raise ValueError(f"{path}: its real pictures do not fit the model; export the model again")
    if real and math.prod(real["images"]) > MOST_REAL_BYTES:
        raise ValueError(f"{path}: it carries more than {MOST_REAL_BYTES:,} bytes of real pictures; export it again")
    wanted = {
        CURVE: "numbers",
        PRIOR: "numbers",
        SHEETS + "images": "pixels",
        SHEETS + "steps": "whole numbers",
        REAL: "pixels",
    }
    for key, tensor in stored.items():
        for begins, kind in wanted.items():
            if key.startswith(begins) and tensor.kind != kind:
                raise ValueError(f"{path}: {shortened(key, 100)!r} is {tensor}, not of {kind}; the file was changed")


def _fitting_sheets(sheets: Mapping[str, list[int]], image: tuple[int, int, int]) -> bool:
    return (
        sheets.keys() == {"images", "steps"}
        and len(sheets["images"]) == 5
        and all(1 <= count <= MOST_SHEETS for count in sheets["images"][:2])
        and sheets["images"][2:] == list(image)
        and sheets["steps"] == sheets["images"][:1]
    )


def _fitting_prior(prior: Mapping[str, list[int]], dim: int) -> bool:
    if prior.keys() != {"weights", "means", "factors"} or len(prior["weights"]) != 1 or len(prior["factors"]) != 3:
        return False
    [count] = prior["weights"]
    rank = prior["factors"][2]
    return (
        1 <= count <= MOST_COMPONENTS
        and 1 <= rank <= dim
        and prior["means"] == [count, dim]
        and prior["factors"] == [count, dim, rank]
    )


def _rising(steps: Tensor) -> bool:
    """Whether these can be the steps of a training, in order; a run that went on may have logged one twice."""
    return bool(((steps >= 0) & (steps <= MOST_COUNTED)).all() and (steps.diff() >= 0).all())


def _read(path: Path, kind: str) -> dict[str, Tensor]:
    with refusals(path), safe_open(path, "pt") as file:
        return {
            key.removeprefix(kind): file.get_tensor(key).clone()  # what maps the file keeps Windows from deleting it
            for key in file.keys()  # noqa: SIM118
            if key.startswith(kind)
        }
