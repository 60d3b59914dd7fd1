"""Nets of a checkpoint as ONNX files, for runtimes that know nothing of torch, such as the one in the browser."""

import copy
import hashlib
import io
import threading
import warnings
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn

from ganlab import caches, checkpoints
from ganlab.checkpoints import Checkpoint
from ganlab.data import data_folder
from ganlab.foreign import read_bytes
from ganlab.nets.folding import folded
from ganlab.system_errors import about

FORMAT = 1  # part of the names of cached exports: raise it when the files change
OPSET = 17
MAX_BYTES = 256 * 2**20
MOST_KEPT = 64
TOLERANCE = 2 / 255  # of values in [-1, 1]: one step of 255
PARITY_LATENTS = 64

_ONE_AT_A_TIME = threading.Lock()  # torch's exporter keeps its state in globals


class Ends(NamedTuple):
    """What a net's input and output are called in the file."""

    input: str
    output: str


ENDS = {"generator": Ends("latent", "image"), "encoder": Ends("image", "code")}
"""The nets that can be exported."""


def to_onnx(checkpoint: Checkpoint, net: str = "generator", *, float16: bool | None = None) -> bytes:
    """One net as an ONNX file: [n, ...] => [n, ...] with n free, batch norm folded into the layer before it.

    Matrices and kernels are stored as float16 where the output for 64 inputs then moves by at most one step of 255;
    `float16` decides it instead. Computation is float32 either way. ValueError when the checkpoint lacks the net.
    """
    if net not in ENDS or net not in checkpoint.nets:
        raise ValueError(
            f"{checkpoint.card.name} has no net {net!r} to export; choose from "
            f"{', '.join(name for name in ENDS if name in checkpoint.nets)}"
        )
    plain = folded(checkpoint.nets[net])
    inputs = _inputs(checkpoint, net)
    content = _traced(plain, inputs[:2], ENDS[net])
    if float16 is None:
        float16 = _float16_suffices(plain, inputs)
    if float16:
        content = _halved(content)
    if len(content) > MAX_BYTES:
        raise ValueError(f"{checkpoint.card.name}: {net} takes {len(content):,} bytes; at most {MAX_BYTES:,} are made")
    return content


def exports_folder() -> Path:
    """Where exports are kept, whether it is there or not."""
    return data_folder() / "exports"


def digest(path: Path) -> str:
    """The checkpoint file's SHA-256, as 64 hex digits."""
    with about(path), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def kept_path(digest: str, net: str = "generator") -> Path:
    """Where the export of a net of the checkpoint with that digest is kept, or would be: it need not be there."""
    return caches.find(exports_folder() / f"{digest}.{net}.v{FORMAT}.onnx")


def keep(path: Path, net: str = "generator", *, loaded: Checkpoint | None = None, sha256: str = "") -> Path:
    """Export a net of the checkpoint file `path` unless that was done before; returns the kept file.

    `loaded`, and the `sha256` of what that was read from, save reading the file again. The oldest of more than 64
    exports go.
    """
    kept = kept_path(sha256 or digest(path), net)
    if _is_whole(kept):
        with suppress(OSError):  # another user's: its age is none of ours
            kept.touch()
        return kept
    content = to_onnx(loaded or checkpoints.load(path), net)
    made = caches.keep(kept, lambda part: part.write_bytes(content))
    if made is None:
        raise ValueError(f"{kept.parent} cannot be written to, nor a temporary folder; choose another for GANLAB_DATA")
    caches.forget_oldest(made, "*.onnx", most=MOST_KEPT)
    return made


def _is_whole(kept: Path) -> bool:
    """Whether the file is there and holds something: a power cut may leave its name alone, or nothing but zeros."""
    with suppress(OSError):
        return read_bytes(kept, 1) not in (b"", b"\0")
    return False


def _inputs(checkpoint: Checkpoint, net: str) -> Tensor:
    """64 inputs of the net: latents, or the images that the generator makes of them."""
    latents = checkpoint.latent.from_seeds(range(PARITY_LATENTS))
    if net == "generator":
        return latents
    with torch.inference_mode():
        return checkpoint.nets["generator"](latents).clone()


def _traced(net: nn.Module, inputs: Tensor, ends: Ends) -> bytes:
    buffer = io.BytesIO()
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        # The newer exporter needs two more packages and 10 s; this one is pinned along with torch.
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            net,
            (inputs,),
            buffer,  # type: ignore[arg-type]  # this exporter takes a file, too
            dynamo=False,
            opset_version=OPSET,
            input_names=[ends.input],
            output_names=[ends.output],
            dynamic_axes={name: {0: "n"} for name in ends},
        )
    return buffer.getvalue()


def _float16_suffices(net: nn.Module, inputs: Tensor) -> bool:
    rounded = copy.deepcopy(net)
    for weight in rounded.parameters():
        if weight.ndim > 1:
            weight.data = weight.data.half().float()
            if not weight.data.isfinite().all():
                return False
    with torch.inference_mode():
        return bool((net(inputs) - rounded(inputs)).abs().max() <= TOLERANCE)


def _halved(content: bytes) -> bytes:
    """The same graph with its matrices and kernels stored as float16; a runtime widens them once, when it loads."""
    import onnx  # here, not above: who only asks for kept files is spared a quarter of a second
    from onnx import TensorProto, helper, numpy_helper

    model = onnx.load_from_string(content)
    graph = model.graph
    casts = []
    for weight in graph.initializer:
        if weight.data_type == TensorProto.FLOAT and len(weight.dims) > 1:
            name = weight.name
            weight.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(weight).astype("float16"), f"{name}.half"))
            casts.append(helper.make_node("Cast", [weight.name], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    return model.SerializeToString()
