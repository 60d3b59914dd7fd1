"""The bins of a dataset, kept in a file: k-means takes a second, and the import of scikit-learn two more."""

from pathlib import Path

from torch import Tensor

from ganlab.data import DataSpec, data_folder
from ganlab.metrics import stamped_files
from ganlab.metrics.bins import BINS, Bins, fit_bins

FORMAT = 1  # another one for every change of what `fit_bins` computes


def bins_of(spec: DataSpec, places: Tensor) -> Bins:
    """`fit_bins` of training images' places [N, D], read from its file or found and written there.

    The file stands for these places, bit by bit. ValueError as there.
    """
    path, stamp = bins_path(spec.name, spec.size), f"{FORMAT} {BINS} {stamped_files.digest({'places': places})}"
    if (found := stamped_files.read(path, stamp)) is not None:
        return Bins(**found.tensors)
    bins = fit_bins(places)
    stamped_files.write(path, stamp, spec.name, bins._asdict())
    return bins


def bins_path(name: str, size: int) -> Path:
    """Where the bins of the dataset `name` at `size` pixels are kept, when there are some."""
    return data_folder() / "references" / f"{name}-{size}-bins.safetensors"
