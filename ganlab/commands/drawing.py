"""`sample` and `interpolate`: pictures of a checkpoint, into a file."""

import math
from pathlib import Path
from typing import Annotated

import tyro
from torch import Tensor

from ganlab import checkpoints
from ganlab.commands import names
from ganlab.explore import paths, pictures
from ganlab.explore.paths import Method
from ganlab.explore.pictures import Pixels
from ganlab.whole_files import replacing

GAP = 2  # pixels between two tiles
FRAME_MS = 80
MOST = {"n": 50_000, "scale": 64}
MOST_PIXELS = 100_000_000  # of a PNG, or of all frames of a GIF: 300 MB in memory, several times over while it is made


def sample(
    file: Annotated[str, tyro.conf.Positional],
    *,
    n: int = 64,
    seed: int = 0,
    truncation: float = math.inf,
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
        fix: hold named factors, such as digit=3 or 'objects=red cube+gray cube'.
        scale: pixels of the PNG for each pixel of a picture.
        out: a .png with all pictures, or an .npz with `images` uint8 [N,H,W,C] and `latents` float32 [N,dim].
    """
    write = SAMPLE_WRITERS[names.suffix(out, SAMPLE_WRITERS)]
    _check_bounds(n=n, scale=scale)
    model = checkpoints.load(names.model_file(file))
    _check_pixels(out, n, model.card.data.size, scale)
    latents = model.latent.from_seeds(range(seed, seed + n))
    latents = model.latent.truncate(latents, truncation)
    latents = model.latent.fix(latents, names.pairs(fix, "--fix"))
    return _save(out, write(model.images(latents).numpy(), latents, pictures.columns_for(n), scale))


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
        scale: pixels of the PNG or GIF for each pixel of a picture.
        out: a .png with `steps` frames a row, a .gif, or an .npz with `images` uint8 and `latents` float32.
    """
    write = WALK_WRITERS[names.suffix(out, WALK_WRITERS)]
    _check_bounds(steps=steps, scale=scale)
    model = checkpoints.load(names.model_file(file))
    latents = paths.walk(model.latent, model.latent.from_seeds(seeds), steps=steps, method=method, closed=loop)
    _check_pixels(out, len(latents), model.card.data.size, scale)
    return _save(out, write(model.images(latents).numpy(), latents, steps, scale))


def _png(images: Pixels, latents: Tensor, columns: int, scale: int) -> bytes:
    return pictures.png(pictures.enlarge(pictures.atlas(images, columns, gap=GAP), scale))


def _gif(images: Pixels, latents: Tensor, columns: int, scale: int) -> bytes:
    return pictures.gif(pictures.enlarge(images, scale), frame_ms=FRAME_MS)


def _npz(images: Pixels, latents: Tensor, columns: int, scale: int) -> bytes:
    return pictures.npz(images, latents=latents.numpy())


SAMPLE_WRITERS = {".png": _png, ".npz": _npz}
WALK_WRITERS = {".png": _png, ".gif": _gif, ".npz": _npz}


def _check_bounds(**options: int) -> None:
    for name, value in options.items():
        if value < 1:
            raise ValueError(f"--{name} is {value}; it must be 1 or more")
        if value > MOST.get(name, value):
            raise ValueError(f"--{name} is {value:,}; it must be {MOST[name]:,} or less")


def _check_pixels(out: Path, n: int, size: int, scale: int) -> None:
    """ValueError for so many enlarged pictures of `size` pixels a side that no memory would hold them."""
    pixels = n * (size * scale) ** 2
    if out.suffix != ".npz" and pixels > MOST_PIXELS:
        raise ValueError(
            f"{out} would have {pixels:,} pixels, at most {MOST_PIXELS:,} are drawn; choose a smaller --scale, fewer "
            "pictures, or an .npz"
        )


def _save(out: Path, content: bytes) -> int:
    out.parent.mkdir(parents=True, exist_ok=True)
    with replacing(out) as part:
        part.write_bytes(content)
    print(out)
    return 0
