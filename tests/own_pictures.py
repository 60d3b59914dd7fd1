"""A dataset of a user's own, as adding pictures leaves it: a pack that no list in the program knows."""

from dataclasses import replace

import torch

from ganlab.data import DataSpec, Pack
from ganlab.data.packs import pack_path, save_pack
from ganlab.latents import Category

SHADES = Category(name="shade", labels=("dark", "bright"))
SPEC = DataSpec(name="my.shades", channels=1, size=28, conditions=(SHADES,))


def shades(count: int = 260, train: int = 200, seed: int = 0) -> Pack:
    """Noise of two shades, half of each, in turn; uint8 [count, 1, 28, 28]."""
    rng = torch.Generator().manual_seed(seed)
    bright = torch.arange(count) % 2
    images = torch.randint(0, 100, (count, 1, 28, 28), generator=rng) + 150 * bright[:, None, None, None]
    return Pack(
        spec=SPEC,
        images=images.byte(),
        conditions=torch.nn.functional.one_hot(bright, 2).byte(),
        train=train,
        licence="CC0",
        title="Two shades of grey",
        source="a folder",
        made={"size": 28, "crop": "centre"},
    )


def add(pack: Pack) -> Pack:
    """Write the pack to where datasets are looked for."""
    save_pack(pack, pack_path(pack.spec.name))
    return pack


def unlabelled(pack: Pack, name: str) -> Pack:
    """The same pictures with nothing known of them."""
    return replace(
        pack,
        spec=replace(pack.spec, name=name, conditions=()),
        conditions=torch.empty(len(pack.images), 0, dtype=torch.uint8),
    )
