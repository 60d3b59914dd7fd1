"""Python that gives the pictures of a page again, bit for bit."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ganlab.data import DataSpec, catalogue
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


def stage(
    paths: Sequence[Path],
    point: Point,
    *,
    leader: Path,
    moved: bool = False,
    reach: float | None = None,
    apart: Sequence[Path] = (),
) -> str:
    """Code that leaves the pictures of one point in `images`: [1, H, W, C], or a list of such for several models.

    apart: models that draw their own latents of the point's seed, after the others.
    moved: whether the point names axes, which are those of the model in `leader`: its codes up to `reach` where that
    is given, else those of `axes.axes`.
    """
    known = "axes.axes(model)" if reach is None else f"codes.continuous(model.latent, {reach!r})"
    parsed = f"points.parse({str(point)!r})"
    if moved:
        lines = [f"(point,) = {parsed}", f"latents = axes.place(model.latent, point, {known}).unsqueeze(0)"]
        names = "axes, points" if reach is None else "axes, codes, points"
    else:
        lines, names = [f"latents = points.latents(model.latent, {parsed})"], "points"
    several = len(paths) + len(apart) > 1
    code = _snippet(leader, [f"from ganlab.explore import {names}"], lines, others=paths if several else ())
    return code + _apart(apart, Point(point.seed, point.limit))


def moment(path: Path, keys: Sequence[Point], time: float, *, method: Method, closed: bool) -> str:
    """Code that leaves the picture at one time of a walk in `images`."""
    lines = [
        f"keys = points.latents(model.latent, points.parse({points.write(keys)!r}))",
        f"latents = paths.at(model.latent, keys, {time!r}, method={method!r}, closed={closed}).unsqueeze(0)",
    ]
    return _snippet(path, ["from ganlab.explore import paths, points"], lines)


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


def grid(path: Path, drawn: Sequence[Point]) -> str:
    """Code that leaves the pictures of any points in `images`."""
    words = points.write(drawn).split(" ")
    lines = ["latents = points.latents(", "    model.latent,", "    points.parse("]
    lines += [f"        {word + ' '!r}" for word in words]
    return _snippet(path, ["from ganlab.explore import points"], [*lines, "    ),", ")"])


def reconstruct(path: Path, dataset: DataSpec, places: Sequence[int], *, strength: float = 0.0, way: str = "") -> str:
    """Code that leaves reconstructed test images in `images`, moved along the attribute vector that `way` makes."""
    lines = [
        f"pack = {_load(dataset)}",
        f"originals = reconstruct.images_at(model, pack, {list(places)!r})",
        "latents = reconstruct.reconstruct(model, originals).latents",
    ]
    if way:
        lines += [
            "encoded = encodings.encodings(model, pack, seed=0)",
            f"latents = latents + {strength!r} * encodings.vector(encoded, pack.spec, {way})",
        ]
    names = "encodings, reconstruct" if way else "reconstruct"
    return _snippet(path, ["from ganlab import data", f"from ganlab.explore import {names}"], lines)


def _load(dataset: DataSpec) -> str:
    """The call that loads the pack whose pictures are of that size."""
    known = catalogue.find(dataset.name)
    larger = known is not None and known.spec.size != dataset.size
    return f"data.load({dataset.name!r}, {dataset.size})" if larger else f"data.load({dataset.name!r})"


def _apart(paths: Sequence[Path], point: Point) -> str:
    """Lines that add the pictures of other models, each of its own latent of the point's seed."""
    if not paths:
        return ""
    return "\n".join(
        [
            "",
            f"for path in {[_shown(path) for path in paths]!r}:  # each its own latent of the seed",
            "    other = checkpoints.load(Path(path))",
            f"    images.append(other.images(points.latents(other.latent, points.parse({str(point)!r}))))",
        ]
    )


class Made(NamedTuple):
    """Code that leaves a mixture in `mixture`."""

    imports: list[str]
    lines: list[str]


def own_mixture() -> Made:
    """The mixture in the checkpoint."""
    return Made([], ["mixture = model.mixture"])


def fitted_mixture(dataset: DataSpec, components: int) -> Made:
    """One that is fitted to the encodings of training images."""
    return Made(
        [
            "from ganlab import data",
            "from ganlab.explore import encodings",
            "from ganlab.metrics.mixtures import fit_mixture",
        ],
        [
            f"encoded = encodings.encodings(model, {_load(dataset)}, seed=0)",
            f"mixture = fit_mixture(encoded.latents, components={components}, seed=0)",
        ],
    )


def mixture(path: Path, made: Made, *, count: int, seed: int) -> str:
    """Code that leaves pictures drawn from a mixture prior in `images`."""
    return _snippet(path, made.imports, [*made.lines, f"latents = mixture.sample({count}, seed={seed})"])


def plane(path: Path, side: int) -> str:
    """Code that leaves the pictures of a plane of latents in `images`, row by row."""
    lines = [f"latents = reconstruct.plane(model.latent, {side})"]
    return _snippet(path, ["from ganlab.explore import reconstruct"], lines)


def encoded_file(path: Path, name: str) -> str:
    """Code that leaves the reconstruction of a picture file in `images`."""
    lines = [
        f"original = picture_files.read(Path({name!r}).read_bytes(), model.card.data)  # the PNG above, downloaded",
        "latents = reconstruct.reconstruct(model, original[None]).latents",
    ]
    return _snippet(path, ["from ganlab.explore import picture_files, reconstruct"], lines)


def _snippet(path: Path, imports: list[str], lines: list[str], others: Sequence[Path] = ()) -> str:
    """`others` draw the latents in place of the model in `path`."""
    if others:
        drawn = [
            f"paths = {[_shown(other) for other in others]!r}",
            "images = [checkpoints.load(Path(path)).images(latents) for path in paths]  # each uint8 [N, H, W, C]",
        ]
    else:
        drawn = ["images = model.images(latents)  # uint8 [N, H, W, C]"]
    return "\n".join(
        [
            "from pathlib import Path",
            "",
            "from ganlab import checkpoints",
            *imports,
            "",
            f"model = checkpoints.load(Path({_shown(path)!r}))",
            *lines,
            *drawn,
        ]
    )


def _shown(path: Path) -> str:
    """The path from the working directory, where it lies below that."""
    path = path.resolve()
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
