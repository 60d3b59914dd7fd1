"""The kinds of classifiers that read a dataset's pictures, and their files."""

import functools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from ganlab.data import DataSpec, Pack, parse_spec, spec_values
from ganlab.file_versions import FileVersion, version
from ganlab.foreign import parse_json
from ganlab.metrics import classifier, condition_classifier
from ganlab.metrics.classifier import Reading
from ganlab.whole_files import replacing

KindName = Literal["grey", "colour"]


class Kind(NamedTuple):
    """A net, how it is trained and how it reads."""

    build: Callable[[DataSpec], Any]
    train: Callable[..., Iterator[tuple[int, Any]]]  # of a pack; yields after each epoch
    read: Callable[[Any, Tensor], Reading]  # uint8 images [N, C, H, W] of any size
    accuracy: Callable[[Any, Pack], float]  # share of the test split's labels that it finds
    images: int  # that a training sees: so many epochs of a small dataset are one of a large one


KINDS: dict[KindName, Kind] = {
    "grey": Kind(
        build=lambda data: classifier.Classifier(len(data.classes)),
        train=classifier.train_classifier,
        read=classifier.read,
        accuracy=classifier.accuracy,
        images=480_000,
    ),
    "colour": Kind(
        build=condition_classifier.ConditionClassifier,
        train=condition_classifier.train_condition_classifier,
        read=condition_classifier.read_conditions,
        accuracy=lambda net, pack: condition_classifier.held_out(net, pack).accuracy,
        images=224_000,
    ),
}
FEWEST_EPOCHS, MOST_EPOCHS = 4, 80
HEADER_BYTES = 2**16


class Trained(NamedTuple):
    """A classifier of a file, ready for use."""

    kind: Kind
    net: nn.Module
    header: "Header"


class Header(NamedTuple):
    """What a classifier's file says beside its weights."""

    kind: KindName
    data: DataSpec | None  # whose conditions it reads; None in the file of digits, which came first
    measured: dict[str, float]
    fingerprint: str  # of the pack that it was trained on; empty where nobody said


def kind_for(data: DataSpec) -> KindName:
    """The smaller net for small grey pictures of one class each, the other one for all others."""
    return "grey" if data.channels == 1 and data.classes and data.size <= 32 else "colour"


def epochs_for(kind: KindName, train: int) -> int:
    """Passes over `train` images in which a net of that kind has seen enough of them."""
    return max(FEWEST_EPOCHS, min(MOST_EPOCHS, round(KINDS[kind].images / max(1, train))))


def size_bytes(data: DataSpec) -> int:
    """More than the file of a classifier takes that reads such pictures."""
    with torch.device("meta"):
        net = KINDS[kind_for(data)].build(data)
    return 2 * sum(value.numel() for value in net.state_dict().values()) + HEADER_BYTES


def save(net: nn.Module, path: Path, pack: Pack, fingerprint: str, measured: dict[str, float]) -> None:
    """Write float16 weights, what they read (`fingerprint` is the pack's), and what was measured of them."""
    tensors = {k: v.half().contiguous() for k, v in net.state_dict().items() if v.is_floating_point()}
    header = {
        "kind": kind_for(pack.spec),
        "data": spec_values(pack.spec),
        "measured": measured,
        "fingerprint": fingerprint,
    }
    with replacing(path) as part:
        save_file(tensors, part, {"classifier": json.dumps(header)})


def read_header(path: Path) -> Header:
    """What the file says of itself; ValueError, naming the file and the remedy, when it is no classifier."""
    return _header(path, version(path))


def load(path: Path) -> Trained:
    """The classifier of a file, in eval mode, shared by all callers. ValueError as `read_header`."""
    return _load(path, version(path))


@functools.lru_cache(maxsize=64)
def _header(path: Path, _version: FileVersion) -> Header:
    try:
        with safe_open(path, "pt") as file:
            values = parse_json((file.metadata() or {}).get("classifier", "null"))
        if not isinstance(values, dict):
            raise ValueError("its header does not say what it reads")
        data = parse_spec(values["data"]) if "data" in values else None
        kind = values.get("kind", "colour" if data else "grey")  # the files that come with the program do not say
        if kind not in KINDS:
            raise ValueError(f"it is of no kind in {', '.join(KINDS)}")
        measured = {k: v for k, v in dict(values.get("measured", values)).items() if type(v) in (int, float)}
        return Header(kind, data, measured, str(values.get("fingerprint", "")))
    except (SafetensorError, OSError, ValueError, TypeError) as error:
        raise _unreadable(path, error) from error


@functools.lru_cache(maxsize=8)
def _load(path: Path, version: FileVersion) -> Trained:
    header = _header(path, version)
    kind = KINDS[header.kind]
    net = kind.build(header.data) if header.data else classifier.Classifier()
    try:
        with safe_open(path, "pt") as file:
            weights = {key: file.get_tensor(key).float() for key in file.keys()}  # noqa: SIM118
        missing, unexpected = net.load_state_dict(weights, strict=False)
    except (SafetensorError, OSError, RuntimeError) as error:
        raise _unreadable(path, error) from error
    if unexpected or any(not key.endswith("num_batches_tracked") for key in missing):
        raise _unreadable(path, ValueError("its weights are those of another net"))
    net = net.eval().requires_grad_(False)
    if header.kind == "colour":
        net = net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return Trained(kind, net, header)


def _unreadable(path: Path, error: Exception) -> ValueError:
    reason = " ".join(str(error).split())
    return ValueError(f"{path} cannot be read ({reason}); train it again with python -m ganlab data classifier")
