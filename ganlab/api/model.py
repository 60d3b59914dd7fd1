"""A trained model: what it draws, what it reads, and what is known of it."""

import html
import math
import os
import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from ganlab import checkpoints, hub, listings
from ganlab.api import arguments
from ganlab.api.keys import Keys, latents_of, named_points, seed_points, text_of
from ganlab.api.packs import pack_of
from ganlab.api.pictures import Pictures, Source, as_bytes
from ganlab.api.refusals import as_values
from ganlab.checkpoints import Card, Checkpoint
from ganlab.choices import instead
from ganlab.counting import number
from ganlab.data import DataSpec
from ganlab.data.spec import size_in_words
from ganlab.explore import encodings, library, paths, picture_files, reconstruct
from ganlab.explore.encodings import Encodings
from ganlab.explore.paths import MAX_FRAMES, Method
from ganlab.explore.points import Point
from ganlab.explore.provenance import Walk
from ganlab.export import digest
from ganlab.extras import how_to_install
from ganlab.families import FAMILIES
from ganlab.latents import Latent
from ganlab.metrics import METRICS, title
from ganlab.metrics.mixtures import fit_mixture
from ganlab.runs import RunFolder, is_run

if TYPE_CHECKING:
    from ganlab.share.widget import Stage

Prior = Literal["own", "plain"]
"""What seeds are drawn from: the model's own mixture where it has one, or the prior that it was trained with."""
MOST_DRAWN = 1_000_000  # pictures at once: 3 GB in colour at 32 px


@as_values()
def load(model: str | os.PathLike[str]) -> "Model":
    """The model in a `.safetensors` file, of that name (one that came along, an upload, or a run), or of the hub.

    `RUN@STEP` is the snapshot that a run made at that step.

    Models of Hugging Face's hub are written `hf://OWNER/NAME`, also with `@REVISION` and `/FILE.safetensors`, and are
    downloaded once (the extra `hub`). Where the hub cannot be reached, what is here already is taken, with a warning.

    ValueError lists the names when there is none, and says what is wrong with a file that cannot be used.
    """
    named = arguments.path_text("model", model)
    if named.startswith(hub.SCHEME):
        taken = hub.take(named)
        if taken.note:
            warnings.warn(taken.note, stacklevel=2)
        return Model(checkpoints.load(taken.path), digest(taken.path))
    path = arguments.file_path("model", named)
    if path.suffix != ".safetensors" and not listings.is_file(path):
        path = library.find_snapshot(named) or library.find(named).path
    return Model(checkpoints.load(path), digest(path))


def models() -> list[str]:
    """The names that `load` knows."""
    return [model.id for model in library.models()]


def checkpoint_of(model: "Model") -> Checkpoint:
    """What the model was loaded from; no part of what `import ganlab` offers."""
    return model._checkpoint


class Model:
    """A trained model, from `ganlab.load`.

    Latents are float32 [N, dim] arrays. Where a method takes latents it also takes what people write: a seed `7`, seeds
    `[1, 2, 3]`, or text as in the app's addresses, such as `"7@0.8;digit=3 8;z~1=2.0"`: seeds with a truncation limit,
    values of factors, and coordinates on the axes of the stage's sliders; `7~plain` is a seed of the plain prior.
    """

    def __init__(self, checkpoint: Checkpoint, sha256: str) -> None:
        self._checkpoint = checkpoint
        self._sha256 = sha256

    @property
    def name(self) -> str:
        """What the model is called; the best snapshot of a run has the run's name."""
        folder = RunFolder(self.card.path.parent)
        return folder.name if self.card.path.name == folder.checkpoint.name and is_run(folder) else self.card.name

    @property
    def card(self) -> Card:
        """What the file says of the model: recipe, data, metrics, step."""
        return self._checkpoint.card

    @property
    def latent(self) -> Latent:
        """The named factors of the vector that the generator reads; `latent.dim` is its length."""
        return self._checkpoint.latent

    def sample(
        self,
        n: int = 1,
        *,
        seed: int = 0,
        truncation: float = math.inf,
        prior: Prior = "own",
        fix: Mapping[str, object] | None = None,
        **factors: object,
    ) -> Pictures:
        """`n` pictures: picture i has the latent of `seed + i`, as on the command line and in the app.

        truncation: normal values are squeezed into plus or minus this; smaller is safer and more alike.
        prior: `plain` draws from the prior that a VAE was trained with, though its file has a mixture of Gaussians
            that fits its encoder; elsewhere it changes nothing.
        factors: values that every picture has, such as `digit=3`, `attributes="smile+hat"` or `c2=0.5`.
        fix: the same for factors whose names cannot be written so, such as `{"c-1": 3}`.

        ValueError for a factor or a value that the model does not know.
        """
        seeds = _seeds(n, seed)
        limit = arguments.real("truncation", truncation)
        if prior not in (choices := get_args(Prior)):
            raise ValueError(f"there is no prior {prior!r}{instead(prior, choices)}")
        plain = prior == "plain"
        latents = (self.latent.plain if plain else self.latent).from_seeds(seeds, limit)
        fixed = {str(name): text_of(value) for name, value in arguments.together(fix, factors, name="fix").items()}
        named = seed_points(seeds, limit, fixed, plain=plain)
        return self._drawn(self.latent.fix(latents, fixed), named)

    @as_values()
    def sample_mixture(
        self, n: int = 1, *, seed: int = 0, dataset: str = "", size: int | None = None, components: int = 10
    ) -> Pictures:
        """`n` pictures from a mixture of Gaussians that fits the encoder: the one in the file, as `sample` does.

        dataset: fit another of so many `components` to the encodings of that dataset's training images.
        size: pixels a side of the pack that the images come from, where the dataset has several.

        ValueError for a model without an encoder, or without a mixture.
        """
        seeds = _seeds(n, seed)
        components = arguments.whole("components", components, least=1)
        reconstruct.require_encoder(self._checkpoint)
        mixture = self._checkpoint.mixture
        if dataset:
            mixture = fit_mixture(self._encodings(dataset, size)[0].latents, components=components, seed=0)
        if mixture is None:
            raise ValueError(f"{self.name} carries no mixture; say the dataset that one is to be fitted to")
        return self._drawn(mixture.from_seeds(seeds))

    def latents(self, keys: Keys, *, reach: float | None = None) -> NDArray[np.float32]:
        """Latents [N, dim] of what people write.

        reach: how many times its training range a continuous code may leave it; by default as the sliders of Sample.
        """
        return self._latents(keys, reach).numpy()

    def decode(self, latents: Keys, *, reach: float | None = None) -> Pictures:
        """The picture of each latent."""
        return self._drawn(self._latents(latents, reach), named_points(latents))

    def encode(self, images: ArrayLike) -> NDArray[np.float32]:
        """The latents [N, dim] that stand for pictures uint8 [N, H, W, C] of the model's own size.

        ValueError for pictures of another shape or other numbers than 0 to 255, and for a model without an encoder.
        """
        found = reconstruct.reconstruct(self._checkpoint, as_bytes(images))
        return found.latents.numpy()

    def read(self, file: str | os.PathLike[str]) -> NDArray[np.uint8]:
        """A picture file at the model's size, uint8 [1, H, W, C]: its middle square. ValueError says what is wrong."""
        return picture_files.read_file(arguments.file_path("file", file), self.card.data)[None]

    @as_values()
    def test_images(self, dataset: str, places: Sequence[int], *, size: int | None = None) -> NDArray[np.uint8]:
        """Test images of a dataset at the model's size, uint8 [N, H, W, C], by their numbers.

        size: pixels a side of the pack that they come from, where the dataset has several.
        """
        if not isinstance(places, Iterable):
            raise ValueError(f"places is {places}; it must be a list of whole numbers")
        numbers = [arguments.whole("places", place) for place in places]
        return reconstruct.images_at(self._checkpoint, pack_of(dataset, size), numbers)

    @as_values()
    def direction(
        self, dataset: str, name: str, *, start: str = "", end: str = "", size: int | None = None
    ) -> NDArray[np.float32]:
        """Where an attribute lies in latent space, float32 [dim]: mean encoding of images with it minus that without.

        start, end: two labels where `name` is a category.
        size: as that of `test_images`.

        ValueError for other names, and for a model without an encoder.
        """
        encoded, spec = self._encodings(dataset, size)
        return encodings.vector(encoded, spec, name, start=start, end=end).numpy()

    def interpolate(self, keys: Keys, *, steps: int = 12, method: Method = "slerp", loop: bool = False) -> Pictures:
        """A walk through two latents or more, `steps` pictures from one to the next.

        method: `slerp` walks on arcs, which keep the length of the latent; `lerp` on straight lines.
        loop: return towards the first picture and stop one step before it, so that the walk can be repeated.
        """
        steps, loop = arguments.whole("steps", steps, least=1), arguments.switch("loop", loop)
        walk = paths.walk(self.latent, self._latents(keys), steps=steps, method=method, closed=loop)
        way = Walk(steps=steps, method=method, loop=loop) if steps <= MAX_FRAMES else None
        return self._drawn(walk, named_points(keys), walk=way, columns=steps)

    def at(self, keys: Keys, time: float, *, method: Method = "slerp", loop: bool = False) -> Pictures:
        """One picture of a walk: at time 1.5 that halfway from the second latent to the third."""
        when, closed = arguments.real("time", time), arguments.switch("loop", loop)
        return self._drawn(paths.at(self.latent, self._latents(keys), when, method=method, closed=closed).unsqueeze(0))

    def between(self, corners: Keys, x: float, y: float, *, method: Method = "slerp") -> Pictures:
        """The picture at x from left to right and y from bottom to top (0 to 1) between four latents.

        They stand at the upper left, upper right, lower left and lower right corner.
        """
        where = arguments.real("x", x), arguments.real("y", y)
        return self._drawn(paths.square(self.latent, self._latents(corners), *where, method=method).unsqueeze(0))

    def plane(self, side: int) -> Pictures:
        """`side * side` pictures that cover a latent of two normal values, row by row. ValueError for other latents."""
        side = arguments.whole("side", side)
        return self._drawn(reconstruct.plane(self.latent, side), columns=side)

    @as_values()
    def explore(self, *, seed: int = 0) -> "Stage":
        """The live stage in a notebook's cell, at the picture of a seed: sliders and buttons move it in the browser.

        Its `point` is where the hand rests, as text that `decode` takes. ValueError, with the remedy, without the
        packages of the extra `notebook`.
        """
        try:
            from ganlab.share import content, widget  # here, not above: only notebooks need anywidget
        except ImportError as error:
            raise ValueError(how_to_install("notebook")) from error
        shown = content.Shown(self.name, self.card.path, self._checkpoint, self._sha256)
        return widget.stage(shown, arguments.whole("seed", seed))

    def __repr__(self) -> str:
        return f"Model({self.name!r})"

    def _repr_html_(self) -> str:
        card = self.card
        factors = ", ".join(f"{factor.name} ({factor.dim})" for factor in self.latent.factors)
        facts = {
            "family": FAMILIES[card.recipe.family].TITLE,
            "learnt from": f"{card.origin.title or card.data.name}, {size_in_words(card.data.size)}",
            "steps": f"{card.step:,}",
            "latent": factors,
            **{title(name): number(card.metrics[name]) for name in METRICS if name in card.metrics},
        }
        rows = (f"<tr><td>{html.escape(name)}</td><td>{html.escape(text)}</td></tr>" for name, text in facts.items())
        return f"<p><b>{html.escape(self.name)}</b></p><table>{''.join(rows)}</table>"

    def _latents(self, keys: Keys, reach: float | None = None) -> Tensor:
        return latents_of(self._checkpoint, keys, None if reach is None else arguments.real("reach", reach))

    def _encodings(self, dataset: str, size: int | None) -> tuple[Encodings, DataSpec]:
        pack = pack_of(dataset, size)
        return encodings.encodings(self._checkpoint, pack, seed=0), pack.spec

    def _drawn(
        self, latents: Tensor, named: Sequence[Point] = (), *, walk: Walk | None = None, columns: int = 0
    ) -> Pictures:
        drawn = self._checkpoint.samples(latents)
        places = drawn.flatten(1).numpy() if self.card.data.points else None
        images = self._checkpoint.shown(drawn).numpy()
        source = Source(self.name, self._sha256, tuple(named), walk if named else None)
        return Pictures(images, latents.numpy(), places=places, columns=columns, source=source)


def _seeds(n: int, seed: int) -> range:
    first = arguments.whole("seed", seed)
    return range(first, first + arguments.whole("n", n, least=1, most=MOST_DRAWN))
