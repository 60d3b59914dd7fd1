"""Python that gives the pictures of a page again, bit for bit."""

from collections.abc import Sequence
from pathlib import Path

from ganlab.explore import points
from ganlab.explore.paths import Method
from ganlab.explore.points import Point


def sample(path: Path, drawn: Sequence[Point]) -> str:
    """Code that leaves the pictures of consecutive seeds in `images`."""
    first = drawn[0]
    lines = [f"latents = model.latent.from_seeds(range({first.seed}, {first.seed + len(drawn)}))"]
    if first.limit != float("inf"):
        lines.append(f"latents = model.latent.truncate(latents, {first.limit!r})")
    if first.fixed:
        lines.append(f"latents = model.latent.fix(latents, {dict(first.fixed)!r})")
    return _snippet(path, [], lines)


def interpolate(path: Path, keys: Sequence[Point], *, steps: int, method: Method, closed: bool) -> str:
    """Code that leaves the pictures of a walk in `images`."""
    lines = [
        f"keys = points.latents(model.latent, points.parse({points.write(keys)!r}))",
        f"latents = paths.walk(model.latent, keys, steps={steps}, method={method!r}, closed={closed})",
    ]
    return _snippet(path, ["from ganlab.explore import paths, points"], lines)


def square(path: Path, corners: Sequence[Point], x: float, y: float, *, method: Method) -> str:
    """Code that leaves the picture of a point between four latents in `images`."""
    lines = [
        f"corners = points.latents(model.latent, points.parse({points.write(corners)!r}))",
        f"latents = paths.square(model.latent, corners, {x!r}, {y!r}, method={method!r}).unsqueeze(0)",
    ]
    return _snippet(path, ["from ganlab.explore import paths, points"], lines)


def _snippet(path: Path, imports: list[str], lines: list[str]) -> str:
    path = path.resolve()
    shown = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    return "\n".join(
        [
            "from pathlib import Path",
            "",
            "from ganlab import checkpoints",
            *imports,
            "",
            f"model = checkpoints.load(Path({str(shown)!r}))",
            *lines,
            "images = model.images(latents)  # uint8 [N, H, W, C]",
        ]
    )
