"""Pictures and the latents that they were drawn from."""

import copy
import os
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ganlab.api import arguments
from ganlab.api.refusals import as_values
from ganlab.explore import pictures, provenance, video
from ganlab.explore.pictures import Pixels
from ganlab.explore.points import Point
from ganlab.explore.provenance import Walk
from ganlab.whole_files import check_name, replacing

GAP = 2  # pixels between two tiles of a sheet
FRAME_MS = 80
SHOWN_SCALE = 2  # in a notebook
MOST_SHOWN = 400  # pictures of a sheet in a notebook
MOST_PIXELS = 100_000_000  # of a PNG, or of all frames of a GIF: 300 MB in memory, several times over while it is made


class Source(NamedTuple):
    """Who drew pictures, and of what, as far as it can be written down."""

    model: str
    sha256: str
    points: tuple[Point, ...] = ()  # one a picture, or the ends of a walk's ways, or none
    walk: Walk | None = None

    def text(self) -> str:
        """What a file says of it."""
        return provenance.of(self.model, self.sha256, self.points, walk=self.walk).text()


def as_bytes(images: ArrayLike) -> Pixels:
    """Pictures of whole numbers as uint8. ValueError for others: those of an unknown range would become black."""
    array = np.asarray(images)
    if not np.issubdtype(array.dtype, np.integer):
        raise ValueError(
            f"pictures are whole numbers from 0 to 255, not {array.dtype}; of values from 0 to 1 they are "
            "(255 * images).round().astype('uint8')"
        )
    if array.size and not 0 <= array.min() <= array.max() <= 255:
        raise ValueError(f"pictures are whole numbers from 0 to 255, not {array.min()} to {array.max()}")
    return array.astype(np.uint8)


class Pictures(np.ndarray):
    """Pictures as an array, uint8 [N, H, W, C] from 0 to 255, which a notebook shows as a sheet.

    C is 1 (grey) or 3 (red, green, blue). It is a NumPy array in every other way. `latents` holds what the generator
    read for each picture, float32 [N, dim]; slices and copies of pictures keep theirs. Of a model of points, `places`
    holds their coordinates, float32 [N, 2]; a sheet then shows all points on one plane.
    """

    latents: NDArray[np.float32] | None
    places: NDArray[np.float32] | None
    columns: int  # of the sheet; 0: about square
    source: Source | None

    def __new__(
        cls,
        images: Pixels,
        latents: NDArray[np.float32] | None = None,
        *,
        places: NDArray[np.float32] | None = None,
        columns: int = 0,
        source: Source | None = None,
    ) -> "Pictures":
        made = np.asarray(images).view(cls)
        made.latents, made.places, made.columns, made.source = latents, places, columns, source
        return made

    def __array_finalize__(self, other: object) -> None:
        self.latents, self.places, self.columns, self.source = None, None, 0, None

    def copy(self, order: Literal["K", "A", "C", "F"] | None = "C") -> "Pictures":
        """The same pictures in memory of their own, with what belongs to them."""
        return Pictures(
            np.array(self, order=order),
            copy.copy(self.latents),
            places=copy.copy(self.places),
            columns=self.columns,
            source=self.source,
        )

    def __copy__(self) -> "Pictures":
        return self.copy("K")

    def __deepcopy__(self, memo: object) -> "Pictures":
        return self.copy("K")

    def __reduce__(self) -> Any:
        plain: Any = super().__reduce__()
        return *plain[:2], (plain[2], dict(self.__dict__))

    def __setstate__(self, state: Any) -> None:
        pixels, belonging = state
        super().__setstate__(pixels)
        self.__dict__ |= belonging

    def __getitem__(self, place: Any) -> Any:
        some = super().__getitem__(place)
        if isinstance(some, Pictures) and self.latents is not None and isinstance(place, slice | list):
            some.latents, some.source = self.latents[place], self._source_at(place)
            some.places = None if self.places is None else self.places[place]
        return some

    def save(self, file: str | os.PathLike[str], *, scale: int = 4) -> Path:
        """Write a `.png` (a sheet), a `.gif` or `.mp4` (one after the other), or an `.npz` (`images` and `latents`).

        Each pixel becomes a square of `scale` pixels, except in an `.npz`, which holds `places` of points, too. A
        `.png` or `.gif` of a model's pictures says which model drew which latents, so that the page Sample can bring
        them back. ValueError for another ending, for values that are no bytes, for no picture, for more pixels than
        memory holds, and where the file cannot be written. An `.mp4` needs the extra `video`.
        """
        path, scale = arguments.file_path("file", file), arguments.whole("scale", scale)
        check_name(path)
        if path.suffix not in WRITERS:
            raise ValueError(f"{path} ends in {path.suffix or 'no suffix'}; choose from {', '.join(WRITERS)}")
        drawn = self if path.suffix == ".npz" else self._as_pictures(path, scale)
        together = path.suffix == ".png" and self.places is not None
        if path.suffix != ".npz":
            check_pixels(path, 1 if together else len(drawn), drawn.shape[1], scale)
        with as_values(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(path) as part:
                part.write_bytes(WRITERS[path.suffix](drawn, scale))
        return path

    def _as_pictures(self, path: Path, scale: int) -> "Pictures":
        """[N, H, W, C] of bytes, also of one picture. ValueError for what no file of pictures can hold."""
        some = self[None] if self.ndim == 3 else self
        if some.ndim != 4 or not some.size or some.shape[3] not in (1, 3):
            raise ValueError(f"{path} takes pictures [N, height, width, 1 or 3], and these are {list(self.shape)}")
        if scale < 1:
            raise ValueError(f"scale is {scale}; choose 1 or more pixels for each")
        if some.dtype == np.uint8:
            return some
        return Pictures(as_bytes(some), self.latents, places=self.places, columns=self.columns, source=self.source)

    def _repr_png_(self) -> bytes | None:
        shown = self[None] if self.ndim in (0, 3) else self[:MOST_SHOWN]
        return _png(shown, SHOWN_SCALE) if shown.ndim == 4 and shown.dtype == np.uint8 and shown.size else None

    def _source_at(self, place: slice | list) -> Source | None:
        if self.source is None or len(self.source.points) != len(self) or self.source.walk:
            return self.source and Source(self.source.model, self.source.sha256)
        numbers = np.arange(len(self))[place]
        return self.source._replace(points=tuple(self.source.points[i] for i in numbers))


def check_pixels(path: Path, n: int, size: int, scale: int) -> None:
    """ValueError for so many enlarged pictures of `size` pixels a side that no memory would hold them."""
    pixels = n * (size * scale) ** 2
    if path.suffix != ".npz" and pixels > MOST_PIXELS:
        raise ValueError(
            f"{path} would have {pixels:,} pixels, at most {MOST_PIXELS:,} are drawn; choose a smaller scale, fewer "
            "pictures, or an .npz"
        )


def _png(drawn: Pictures, scale: int) -> bytes:
    images, columns = np.asarray(drawn), drawn.columns or pictures.columns_for(len(drawn))
    together = drawn.places is not None
    sheet = pictures.overlaid(images) if together else pictures.atlas(images, columns, gap=GAP)
    return pictures.png(pictures.enlarge(sheet, scale), _text(drawn))


def _gif(drawn: Pictures, scale: int) -> bytes:
    return pictures.gif(pictures.enlarge(np.asarray(drawn), scale), _text(drawn), frame_ms=FRAME_MS)


def _text(drawn: Pictures) -> str:
    return drawn.source.text() if drawn.source else ""


def _npz(drawn: Pictures, scale: int) -> bytes:
    known = {"latents": drawn.latents, "places": drawn.places}
    return pictures.npz(np.asarray(drawn), **{name: values for name, values in known.items() if values is not None})


def _mp4(drawn: Pictures, scale: int) -> bytes:
    return video.mp4(pictures.enlarge(np.asarray(drawn), scale), _text(drawn), frame_ms=FRAME_MS)


WRITERS = {".png": _png, ".gif": _gif, ".mp4": _mp4, ".npz": _npz}
