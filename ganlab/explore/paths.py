"""Ways from one latent to the next: straight lines, and arcs of great circles."""

from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor

from ganlab.choices import instead
from ganlab.latents import Latent

Method = Literal["lerp", "slerp"]
MAX_FRAMES = 2_000


def lerp(a: Tensor, b: Tensor, t: Tensor) -> Tensor:
    """The straight line: vectors [d], times [n] => [n, d]."""
    t = t.unsqueeze(1)
    return (1 - t) * a + t * b


def slerp(a: Tensor, b: Tensor, t: Tensor) -> Tensor:
    """The arc between two vectors [d] at times [n] => [n, d]; it keeps the length of vectors of equal length.

    Draws of many normal values all lie near one sphere, which a straight line would leave. Parallel and opposite
    vectors have no unique arc: there it is the straight line.
    """
    lengths = a.norm() * b.norm()
    cosine = (a @ b / lengths).clamp(-1, 1) if lengths > 0 else torch.ones_like(lengths)
    angle = torch.acos(cosine)
    if angle.sin() < 1e-6:
        return lerp(a, b, t)
    t = t.unsqueeze(1)
    return (((1 - t) * angle).sin() * a + (t * angle).sin() * b) / angle.sin()


METHODS: dict[Method, Callable[[Tensor, Tensor, Tensor], Tensor]] = {"lerp": lerp, "slerp": slerp}


def walk(latent: Latent, keys: Tensor, *, steps: int, method: Method = "slerp", closed: bool = False) -> Tensor:
    """Through the key frames [K, dim], `steps` frames from one to the next => float32 [frames, dim].

    Key frames are met exactly, at every `steps`-th frame. A closed walk returns towards its first key frame and stops
    one frame before it, so that it can be repeated. `slerp` turns normal factors; the others go straight.
    """
    _check(keys, method)
    stops = torch.cat([keys, keys[:1]]) if closed else keys
    frames = (len(stops) - 1) * steps + (not closed)
    if steps < 1 or frames > MAX_FRAMES:
        raise ValueError(
            f"the walk would have {frames:,} frames; choose 1 step or more, and at most {MAX_FRAMES:,} frames in all"
        )
    t = torch.arange(steps, dtype=torch.float64) / steps
    legs = [_leg(latent, a, b, t, method) for a, b in zip(stops[:-1].double(), stops[1:].double(), strict=True)]
    if not closed:
        legs.append(keys[-1:].double())
    return torch.cat(legs).float()


def at(latent: Latent, keys: Tensor, time: float, *, method: Method = "slerp", closed: bool = False) -> Tensor:
    """One latent [dim] of a walk: at time 1.5 it is halfway from the second key frame to the third."""
    _check(keys, method)
    legs = len(keys) if closed else len(keys) - 1
    if not 0 <= time <= legs:
        raise ValueError(f"time {time:g} is out of range; choose from 0 to {legs}")
    leg = min(int(time), legs - 1)
    start, end = keys[leg].double(), keys[(leg + 1) % len(keys)].double()
    return _leg(latent, start, end, torch.tensor([time - leg], dtype=torch.float64), method)[0].float()


def square(latent: Latent, corners: Tensor, x: float, y: float, *, method: Method = "slerp") -> Tensor:
    """The latent [dim] at x from left to right and y from bottom to top (0 to 1) between four latents [4, dim].

    They stand at the upper left, upper right, lower left and lower right corner.
    """
    if len(corners) != 4:
        raise ValueError(f"a square has four corners, not {len(corners)}")
    upper = at(latent, corners[:2], x, method=method)
    lower = at(latent, corners[2:], x, method=method)
    return at(latent, torch.stack([lower, upper]), y, method=method)


def _check(keys: Tensor, method: Method) -> None:
    if method not in list(METHODS):
        raise ValueError(f"unknown method {method!r}{instead(method, METHODS)}")
    if len(keys) < 2:
        raise ValueError(f"a walk needs 2 key frames or more, not {len(keys)}")


def _leg(latent: Latent, a: Tensor, b: Tensor, t: Tensor, method: Method) -> Tensor:
    starts, ends = latent.split(a.unsqueeze(0)), latent.split(b.unsqueeze(0))
    parts = []
    for factor in latent.factors:
        between = METHODS[method] if factor.kind == "normal" else lerp
        parts.append(between(starts[factor.name][0], ends[factor.name][0], t))
    return torch.cat(parts, 1)
