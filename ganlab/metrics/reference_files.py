"""The measurement of a dataset, kept in a file: it costs tens of seconds, and is the same for every run."""

import glob
import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from ganlab import listings, metrics
from ganlab.counting import counted
from ganlab.data import Pack, data_folder
from ganlab.metrics import stamped_files
from ganlab.metrics.frechet import Moments
from ganlab.metrics.readers import weights

FORMAT = 2  # another one for every change of what `metrics.reference` computes


def reference(pack: Pack, tell: Callable[[str], object] = lambda text: None) -> "metrics.Reference":
    """`metrics.reference(pack)`, read from its file or measured and written there; `tell` hears when it takes long.

    The file stands for the training images and the classifier that it was measured with, bit by bit. One that is
    damaged, or stands for others, is written anew.
    """
    path, stamp = reference_path(pack.spec.name, pack.spec.size), _stamp(pack)
    if (found := stamped_files.read(path, stamp)) is not None:
        return _unpacked(*found)
    tell(f"measuring {counted(pack.train, f'training {pack.spec.noun}')}; kept for later runs")
    measured = metrics.reference(pack)
    stamped_files.write(path, stamp, measured.name, _packed(measured))
    return measured


def reference_path(name: str, size: int) -> Path:
    """Where the measurement of the dataset `name` at `size` pixels is kept, when there is one."""
    return data_folder() / "references" / f"{name}-{size}.safetensors"


def files_of(name: str) -> list[Path]:
    """What is kept of the dataset `name`, at any size; its bins, too."""
    pattern = f"{glob.escape(name)}-[0-9]*.safetensors"
    sizes = re.compile(rf"{re.escape(name)}-[0-9]+(-bins)?\.safetensors")
    return [path for path in listings.files(data_folder() / "references", pattern) if sizes.fullmatch(path.name)]


def _stamp(pack: Pack) -> str:
    """A digest of all that the measurement depends on; about a second for a gigabyte of images."""
    images, conditions = pack.split("train")
    digest = hashlib.blake2b(f"{FORMAT} {pack.spec} {torch.__version__}".encode(), digest_size=16)
    if (classifier := weights(pack.spec.name)) is not None:
        digest.update(classifier.read_bytes())
    for tensor in (images, conditions):
        digest.update(tensor.contiguous().numpy().data)
    return digest.hexdigest()


def _packed(measured: "metrics.Reference") -> dict[str, Tensor]:
    tensors = {
        "pixels.mean": measured.pixels.mean,
        "pixels.axes": measured.pixels.axes,
        "pixel_moments.mean": measured.pixel_moments.mean,
        "pixel_moments.covariance": measured.pixel_moments.covariance,
        "prior": measured.prior,
        "spread": torch.tensor(measured.spread, dtype=torch.float64),
    }
    if measured.points is not None:
        tensors["points"] = measured.points
    for kind, found in (("feature_moments", measured.feature_moments), ("joint_moments", measured.joint_moments)):
        if found is not None:
            tensors |= {f"{kind}.mean": found.mean, f"{kind}.covariance": found.covariance}
    return {key: value.contiguous() for key, value in tensors.items()}


def _unpacked(name: str, tensors: dict[str, Tensor]) -> "metrics.Reference":
    def of(kind: str) -> Moments:
        return Moments(tensors[f"{kind}.mean"], tensors[f"{kind}.covariance"])

    return metrics.Reference(
        name=name,
        pixels=metrics.PixelSpace(tensors["pixels.mean"], tensors["pixels.axes"]),
        pixel_moments=of("pixel_moments"),
        feature_moments=of("feature_moments") if "feature_moments.mean" in tensors else None,
        joint_moments=of("joint_moments") if "joint_moments.mean" in tensors else None,
        prior=tensors["prior"],
        spread=tensors["spread"].item(),
        points=tensors.get("points"),
    )
