"""What a model's pictures measure, beside real ones."""

import html
import os
from collections.abc import Iterator, Mapping

from ganlab import data
from ganlab.api import arguments
from ganlab.api.model import Model, checkpoint_of, load
from ganlab.api.refusals import as_values
from ganlab.checkpoints import Checkpoint
from ganlab.checkpoints.codes import Codes
from ganlab.counting import number
from ganlab.data import catalogue
from ganlab.data.spec import said_of
from ganlab.metrics import FLOOR, METRICS, inception, reference_files
from ganlab.snapshots import Measured, measure_fully

MIN_SAMPLES = 100


@as_values()
def evaluate(model: Model | str | os.PathLike[str], *, n: int | None = None, fid: bool = False) -> "Measures":
    """Every number that can be measured of `n` samples of a model, beside the same numbers of real test pictures.

    model: a model, or what `load` takes.
    n: samples, 100 or more; distances shrink as it grows. Without one, as many as the dataset asks for: 10,000, or
        26,000 of Stacked MNIST. 10,000 of 28 px take half a minute.
    fid: measure FID, too, by the weights of Inception on this machine; minutes to an hour.

    ValueError for fewer samples, and where the pictures that the model learnt from are not here.
    """
    drawing = checkpoint_of(model if isinstance(model, Model) else load(model))
    return Measures(measure(drawing, n, fid=fid), drawing.card.data.size)


def measure(model: Checkpoint, n: int | None, *, fid: bool = False) -> Measured:
    """As `evaluate`, of a checkpoint, with all that goes into its header."""
    n = None if n is None else arguments.whole("n", n)
    if n is not None and n < MIN_SAMPLES:
        raise ValueError(f"n is {n}; metrics need {MIN_SAMPLES} samples or more")
    if strange := catalogue.strangeness(model.card.data, model.card.origin.fingerprint):
        raise ValueError(f"measuring needs {said_of('real pictures', model.card.data.size)}, and {strange}")
    pack = data.load(model.card.data.name, model.card.data.size)
    general = inception.reference(pack) if fid else None
    return measure_fully(model, pack, reference_files.reference(pack), n or 0, general)


class Measures(Mapping[str, float]):
    """Numbers by metric, from `ganlab.evaluate`; a notebook shows them as a table."""

    def __init__(self, found: Measured, size: int) -> None:
        self._found, self._size = found, size  # height and width of what was measured, pixels
        self._values = {name: value for name, value in found.metrics.items() if not name.startswith(FLOOR)}

    @property
    def real(self) -> Mapping[str, float]:
        """The same numbers of real test pictures: what a perfect generator would get."""
        floors = self._found.metrics.items()
        return {name.removeprefix(FLOOR): value for name, value in floors if name.startswith(FLOOR)}

    @property
    def left_out(self) -> Mapping[str, str]:
        """Why something was not measured, by its name."""
        return self._found.left_out

    @property
    def codes(self) -> Codes:
        """What each factor was found to mean, by its name."""
        return self._found.codes

    def __getitem__(self, name: str) -> float:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Measures({self._values!r})"

    def _repr_html_(self) -> str:
        real = self.real
        rows = [["", "model", said_of("real pictures", self._size), ""]]
        for name, metric in METRICS.items():
            if name in self:
                beside = number(real[name]) if name in real else ""
                rows.append([metric.title, number(self[name]), beside, metric.text])
        cells = ("".join(f"<td>{html.escape(cell)}</td>" for cell in row) for row in rows)
        return f"<table>{''.join(f'<tr>{row}</tr>' for row in cells)}</table>"
