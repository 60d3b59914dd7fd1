"""The measurement of a dataset, kept in a file: it costs tens of seconds, and is the same for every run."""

import glob
import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from ganlab import caches, listings, metrics
from ganlab.counting import counted
from ganlab.data import Pack, data_folder
from ganlab.foreign import parse_json
from ganlab.metrics.frechet import Moments
from ganlab.metrics.readers import weights

FORMAT = 2  # another one for every change of what `metrics.reference` computes


def reference(pack: Pack, tell: Callable[[str], object] = lambda text: None) -> "metrics.Reference":
    """`metrics.reference(pack)`, read from its file or measured and written there; `tell` hears when it takes long.

    The file stands for the training images and the classifier that it was measured with, bit by bit. One that is
    damaged, or stands for others, is written anew.
    """
    path, stamp = reference_path(pack.spec.name, pack.spec.size), _stamp(pack)
    if (found := _read(path, stamp)) is not None:
        return found
    tell(f"measuring {counted(pack.train, 'training image')}; kept for later runs")
    measured = metrics.reference(pack)
    _write(path, stamp, measured)
    return measured


def reference_path(name: str, size: int) -> Path:
    """Where the measurement of the dataset `name` at `size` pixels is kept, when there is one."""
    return data_folder() / "references" / f"{name}-{size}.safetensors"


def files_of(name: str) -> list[Path]:
    """What is kept of the dataset `name`, at any size."""
    pattern = f"{glob.escape(name)}-[0-9]*.safetensors"
    sizes = re.compile(rf"{re.escape(name)}-[0-9]+\.safetensors")
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


def _read(path: Path, stamp: str) -> "metrics.Reference | None":
    """None when there is no such file, or none that can be used: it can always be made again."""
    try:
        with safe_open(caches.find(path), "pt") as file:
            header = parse_json((file.metadata() or {}).get("reference", "{}"))
            tensors = {key: file.get_tensor(key).clone() for key in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, ValueError):
        return None
    whole = isinstance(header, dict) and header.get("stamp") == stamp and header.get("digest") == _digest(tensors)
    return _unpacked(header["name"], tensors) if whole else None


def _write(path: Path, stamp: str, measured: "metrics.Reference") -> None:
    tensors = _packed(measured)
    header = {"name": measured.name, "stamp": stamp, "digest": _digest(tensors)}
    caches.keep(path, lambda part: save_file(tensors, part, {"reference": json.dumps(header)}))


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


def _digest(tensors: dict[str, Tensor]) -> str:
    """Of the measurement itself: a flipped bit in a covariance would otherwise be believed."""
    digest = hashlib.blake2b(digest_size=16)
    for key in sorted(tensors):
        digest.update(key.encode() + tensors[key].contiguous().numpy().tobytes())
    return digest.hexdigest()
