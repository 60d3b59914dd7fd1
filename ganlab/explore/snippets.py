"""Python that gives the pictures of a page again, bit for bit, in the words of `import ganlab`."""

import keyword
import math
import os
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ganlab.data import DataSpec, catalogue
from ganlab.explore import library, points
from ganlab.explore.paths import Method
from ganlab.explore.points import Point

SAMPLE_OPTIONS = {"self", "n", "seed", "truncation", "prior", "fix"}


def sample(path: Path, drawn: Sequence[Point]) -> str:
    """Code that leaves the pictures of consecutive seeds in `images`."""
    first = drawn[0]
    options: dict[str, object] = {"seed": first.seed}
    if not math.isinf(first.limit):
        options["truncation"] = first.limit
    if first.plain:
        options["prior"] = "plain"
    plain = {name: value for name, value in first.fixed if _is_argument(name)}
    if others := {name: value for name, value in first.fixed if name not in plain}:
        options["fix"] = others
    return _one(path, _call("sample", len(drawn), **options, **plain))


def along(paths: Sequence[Path], drawn: Sequence[Point]) -> str:
    """Code that leaves the pictures of the same points by several models, such as snapshots, in `images`."""
    lines = ["import ganlab", "", f"names = {[*map(_name, paths)]!r}"]
    call = _call("decode", points.write(drawn))
    lines.append(f"images = [ganlab.load(name).{call} for name in names]  # each uint8 [N, H, W, C]")
    return "\n".join(lines)


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
    is given.
    """
    options: dict[str, object] = {"reach": reach} if moved and reach is not None else {}
    if len(paths) + len(apart) == 1:
        return _one(leader, _call("decode", str(point), **options))
    lines = ["import ganlab", "", f"model = ganlab.load({_name(leader)!r})"]
    lines += [f"latents = model.{_call('latents', str(point), **options)}", f"names = {[*map(_name, paths)]!r}"]
    lines.append("images = [ganlab.load(name).decode(latents) for name in names]  # each uint8 [N, H, W, C]")
    if apart:
        own = str(replace(point, fixed=()))
        lines.append(f"others = {[*map(_name, apart)]!r}  # each its own latent of the seed")
        lines.append(f"images += [ganlab.load(name).decode({own!r}) for name in others]")
    return "\n".join(lines)


def moment(path: Path, keys: Sequence[Point], time: float, *, method: Method, closed: bool) -> str:
    """Code that leaves the picture at one time of a walk in `images`."""
    return _one(path, _call("at", points.write(keys), time, method=method, loop=closed))


def interpolate(path: Path, keys: Sequence[Point], *, steps: int, method: Method, closed: bool) -> str:
    """Code that leaves the pictures of a walk in `images`."""
    return _one(path, _call("interpolate", points.write(keys), steps=steps, method=method, loop=closed))


def square(path: Path, corners: Sequence[Point], x: float, y: float, *, method: Method) -> str:
    """Code that leaves the picture of a point between four latents in `images`."""
    return _one(path, _call("between", points.write(corners), x, y, method=method))


def grid(path: Path, drawn: Sequence[Point]) -> str:
    """Code that leaves the pictures of any points in `images`."""
    words = points.write(drawn).split(" ")
    return _one(path, "\n".join(["decode(", *(f"    {word + ' '!r}" for word in words), ")"]))


def reconstruct(path: Path, dataset: DataSpec, places: Sequence[int], *, strength: float = 0.0, way: str = "") -> str:
    """Code that leaves reconstructed test images in `images`, moved along the attribute vector that `way` makes."""
    size = _size(dataset)
    lines = [f"originals = model.{_call('test_images', dataset.name, list(places), **size)}"]
    lines.append("latents = model.encode(originals)")
    if way:
        options = "".join(f", {name}={value!r}" for name, value in size.items())
        lines.append(f"latents = latents + {strength!r} * model.direction({dataset.name!r}, {way}{options})")
    return _one(path, "decode(latents)", lines)


def own_mixture() -> Mapping[str, object]:
    """Options of `sample_mixture` for the mixture in the checkpoint."""
    return {}


def fitted_mixture(dataset: DataSpec, components: int) -> Mapping[str, object]:
    """Options of `sample_mixture` for one that is fitted to the encodings of training images."""
    return {"dataset": dataset.name, **_size(dataset), "components": components}


def mixture(path: Path, made: Mapping[str, object], *, count: int, seed: int) -> str:
    """Code that leaves pictures drawn from a mixture prior in `images`."""
    return _one(path, _call("sample_mixture", count, seed=seed, **made))


def plane(path: Path, side: int) -> str:
    """Code that leaves the pictures of a plane of latents in `images`, row by row."""
    return _one(path, _call("plane", side))


def encoded_file(path: Path, name: str) -> str:
    """Code that leaves the reconstruction of a picture file in `images`."""
    return _one(path, f"decode(model.encode(model.read({name!r})))", ["# the PNG above, downloaded"])


def _one(path: Path, call: str, before: Sequence[str] = ()) -> str:
    """Code that lets one model do something, and leaves what comes of it in `images`."""
    call += "  # uint8 [N, H, W, C]"
    return "\n".join(["import ganlab", "", f"model = ganlab.load({_name(path)!r})", *before, f"images = model.{call}"])


def _is_argument(name: str) -> bool:
    """Whether `name=...` in a call of `sample` says that name, and not another option; Python changes some letters."""
    own = name.isidentifier() and not keyword.iskeyword(name) and unicodedata.normalize("NFKC", name) == name
    return own and name not in SAMPLE_OPTIONS


def _call(name: str, *arguments: object, **options: object) -> str:
    words = [*map(repr, arguments), *(f"{key}={value!r}" for key, value in options.items())]
    return f"{name}({', '.join(words)})"


def _size(dataset: DataSpec) -> dict[str, object]:
    """The option that says which pack of the dataset is meant, where its pictures are not of the usual size."""
    known = catalogue.find(dataset.name)
    return {"size": dataset.size} if known is not None and known.spec.size != dataset.size else {}


def _name(path: Path) -> str:
    """What `ganlab.load` knows the file by: a snapshot's or a model's name, else the file's alone.

    Never a folder's: this is read on machines that have no such folder, and by people whom ours do not concern.
    """
    if snapshot := library.snapshot_id(path):
        return snapshot
    resolved = os.path.realpath(path)
    found = (model.id for model in library.models() if os.path.realpath(model.path) == resolved)
    return next(found, path.name)
