"""Checkpoints of nets that were never trained, for what does not depend on what a net has learnt."""

from pathlib import Path
from typing import Any

import torch
from pydantic import BaseModel

from ganlab import checkpoints
from ganlab.checkpoints import Checkpoint, Origin
from ganlab.checkpoints.codes import parse_codes
from ganlab.data import DataSpec
from ganlab.families import FAMILIES
from tests.tiny import TINY


def save_untrained(
    path: Path,
    family: str,
    config: BaseModel,
    data: DataSpec,
    codes: dict[str, Any] | None = None,
    *,
    dead: bool = False,
    origin: Origin | None = None,
    real: torch.Tensor | None = None,
) -> Checkpoint:
    """Nets of the family for images of `data`, seeded, saved with `codes` in the header and loaded again.

    All weights of `dead` nets are 0.
    """
    recipe = TINY.model_copy(update={"family": family, "config": config, "image_size": data.size})
    torch.manual_seed(0)
    nets = FAMILIES[family].build(config, data)
    with torch.no_grad():
        for weight in nets["generator"].parameters():
            if weight.ndim > 1:
                # Fresh weights without batch statistics draw nearly the same grey for all latents.
                weight *= 0 if dead else 10
    kept = {name: nets[name].eval() for name in FAMILIES[family].KEPT}
    latent = FAMILIES[family].latent(config, data)
    known = parse_codes(codes or {})
    checkpoints.save(
        path,
        recipe=recipe,
        data=data,
        latent=latent,
        nets=kept,
        step=1,
        metrics={},
        codes=known,
        origin=origin,
        real=real,
    )
    return checkpoints.load(path)
