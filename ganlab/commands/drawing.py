"""`sample` and `interpolate`: pictures of a checkpoint, into a file."""

import math
from pathlib import Path
from typing import Annotated

import tyro

from ganlab.api import load
from ganlab.api.model import Prior
from ganlab.api.pictures import check_pixels
from ganlab.commands import names
from ganlab.data.spec import SHOWN_SIDE
from ganlab.explore import video
from ganlab.explore.paths import Method

MOST = {"n": 50_000, "scale": 64}
SAMPLED, WALKED = (".png", ".npz"), (".png", ".gif", ".mp4", ".npz")


def sample(
    file: Annotated[str, tyro.conf.Positional],
    *,
    n: int = 64,
    seed: int = 0,
    truncation: float = math.inf,
    prior: Prior = "own",
    fix: Annotated[tuple[str, ...], tyro.conf.arg(metavar="FACTOR=VALUE", help_behavior_hint="")] = (),
    scale: int = 4,
    out: Path = Path("grid.png"),
) -> int:
    """Draw pictures of a checkpoint: picture i has the latent of seed + i.

    Args:
        file: a checkpoint file, or the name of a shipped checkpoint or of a run.
        n: number of pictures, at most 50,000.
        seed: seed of the first picture.
        truncation: squeeze normal latent values into plus or minus this; smaller is safer and more alike.
        prior: plain draws from the prior that a VAE was trained with, though its file has a mixture that fits better.
        fix: hold named factors, such as digit=3 or 'objects=red cube+gray cube'.
        scale: pixels of the PNG for each pixel of a picture.
        out: a .png with all pictures (of a model of points, all points on one plane), or an .npz with `images` uint8
            [N,H,W,C] and `latents` float32 [N,dim], for points also `places` float32 [N,2].
    """
    names.suffix(out, SAMPLED)
    _check_bounds(n=n, scale=scale)
    model = load(names.model_file(file))
    data = model.card.data
    check_pixels(out, 1 if data.points else n, SHOWN_SIDE if data.points else data.size, scale)
    drawn = model.sample(n, seed=seed, truncation=truncation, prior=prior, fix=names.pairs(fix, "--fix"))
    print(drawn.save(out, scale=scale))
    return 0


def interpolate(
    file: Annotated[str, tyro.conf.Positional],
    *,
    seeds: tuple[int, ...] = (0, 1),
    steps: int = 12,
    method: Method = "slerp",
    loop: bool = False,
    scale: int = 4,
    out: Path = Path("strip.png"),
) -> int:
    """Walk from picture to picture through the latent space.

    Args:
        file: a checkpoint file, or the name of a shipped checkpoint or of a run.
        seeds: seeds of the pictures on the way, two or more.
        steps: frames from one to the next.
        method: slerp walks on arcs, which keep the length of the latent; lerp on straight lines.
        loop: return to the first picture.
        scale: pixels of the PNG, GIF or MP4 for each pixel of a picture.
        out: a .png with `steps` frames a row, a .gif or .mp4 (the extra `video`), or an .npz with `images` uint8 and
            `latents` float32.
    """
    if names.suffix(out, WALKED) == ".mp4":
        video.check_installed()
    _check_bounds(steps=steps, scale=scale)
    model = load(names.model_file(file))
    print(model.interpolate(seeds, steps=steps, method=method, loop=loop).save(out, scale=scale))
    return 0


def _check_bounds(**options: int) -> None:
    for name, value in options.items():
        if value < 1:
            raise ValueError(f"--{name} is {value}; it must be 1 or more")
        if value > MOST.get(name, value):
            raise ValueError(f"--{name} is {value:,}; it must be {MOST[name]:,} or less")
