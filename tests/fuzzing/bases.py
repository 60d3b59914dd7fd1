"""Good checkpoints, one of each kind, for mutations to begin with."""

from pathlib import Path

import torch
from pydantic import BaseModel

from ganlab import checkpoints
from ganlab.checkpoints import Sheets
from ganlab.checkpoints.codes import parse_codes
from ganlab.data import DataSpec
from ganlab.families import FAMILIES, cgan, gan, infogan, vae
from ganlab.latents import Attributes, Category
from ganlab.mixture import Mixture
from tests.tiny import TINY

PLAIN = DataSpec(name="digits", channels=1, size=28, conditions=(Category(name="digit", labels=tuple("0123456789")),))
LABELLED = DataSpec(
    name="avatars",
    channels=3,
    size=28,
    conditions=(
        Attributes(name="looks", labels=("smile", "hat"), rates=(0.5, 0.25)),
        Category(name="hair", labels=("brown", "red", "grey")),
    ),
)
CODES = {
    "c1": {
        "kind": "category",
        "accuracy": 0.91,
        "nmi": 0.85,
        "table": {"0": "7", "1": "3"},
        "drawn": {
            "0": {"follows": "digit: 7", "rate": 0.9, "rate_of_others": 0.1, "class": "7", "share": 0.9},
            "2": {"follows": "not hair: grey", "rate": 0.4, "rate_of_others": 0.8},
        },
    },
    "c2": {
        "kind": "continuous",
        "quality": "slant",
        "rho": 0.9,
        "clear": True,
        "effect": 2.0,
        "correlations": {"slant": 0.9},
    },
}
SET = {"success": 0.9, "pictures": 50, "changes": {"hat": 0.1, "hair": 0.05}}
CONDITIONS = {
    "looks": {"kind": "condition", "labels": {"smile": SET}},
    "hair": {"kind": "condition", "labels": {"brown": SET}},
}


def bases(folder: Path) -> list[Path]:
    """A good file of each kind: with codes, with conditions, with an encoder and its mixture, and a plain one."""
    kinds = {
        "gan": (gan.Config(width=4, latent_size=6), PLAIN, {}, None),
        "infogan": (infogan.Config(width=4, latent_size=4, categories=3, continuous=2), PLAIN, CODES, None),
        "cgan": (cgan.Config(width=4, latent_size=6), LABELLED, CONDITIONS, None),
        "vae": (vae.Config(width=4, latent_size=2), PLAIN, {}, _mixture(2)),
    }
    return [_save(folder / f"{family}.safetensors", family, *rest) for family, rest in kinds.items()]


def _save(path: Path, family: str, config: BaseModel, data: DataSpec, measured: dict, mixture: Mixture | None) -> Path:
    torch.manual_seed(0)
    nets = FAMILIES[family].build(config, data)
    rng = torch.Generator().manual_seed(0)
    dataset = data.name
    checkpoints.save(
        path,
        recipe=TINY.model_copy(
            update={"family": family, "config": config, "dataset": dataset, "image_size": data.size}
        ),
        data=data,
        latent=FAMILIES[family].latent(config, data),
        nets={name: nets[name].eval() for name in FAMILIES[family].KEPT},
        step=12,
        metrics={"confident": 0.5, "frechet_pixels": 3.25, "real_frechet_pixels": 1.5, "samples": 10_000.0},
        codes=parse_codes(measured),
        curves={
            name: torch.rand(20, generator=rng).cumsum(0) for name in ("step", "images", "seconds", "generator/loss")
        },
        sheets=Sheets(steps=[0, 12], images=torch.randint(256, (2, 4, *data.shape), generator=rng).byte()),
        mixture=mixture,
    )
    return path


def _mixture(dim: int) -> Mixture:
    return Mixture(weights=torch.tensor([0.25, 0.75]), means=torch.zeros(2, dim), factors=torch.ones(2, dim, 1))
