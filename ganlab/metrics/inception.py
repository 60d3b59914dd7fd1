"""Features that know no dataset: those of Inception-v3, as most papers measure them.

The package torch-fidelity draws them (the extra `fid`), with weights that lie on this machine; none is downloaded.
"""

import functools
import io
import pickle
import struct
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ganlab import folders, listings
from ganlab.data import Pack
from ganlab.data.torchvision_import import torchvision
from ganlab.extras import how_to_install
from ganlab.file_versions import FileVersion, version
from ganlab.metrics.frechet import Moments, moments
from ganlab.metrics.outcome import require_images

WEIGHTS = "weights-inception-2015-12-05-6726825d.pth"
"""The file's name where torch-fidelity publishes it: https://github.com/toshas/torch-fidelity/releases/tag/v0.2.0"""
LAYER = "2048"
FEWEST = 100
MOST = 10_000  # training images that samples are compared with
ROWS = 50


def weights() -> Path:
    """The file with the weights: `GANLAB_INCEPTION`, or in torch's own folder. ValueError where it is not."""
    path = folders.chosen("GANLAB_INCEPTION") or Path(torch.hub.get_dir()) / "checkpoints" / WEIGHTS
    if not listings.is_file(path):
        raise ValueError(
            f"the weights of Inception are not in {path}. They are never downloaded unasked: get {WEIGHTS} from "
            "torch-fidelity's releases and put it there, or set GANLAB_INCEPTION to where it is"
        )
    return path


def reference(pack: Pack) -> Moments:
    """The moments of up to 10,000 training images. ValueError without the package, the weights, or enough images.

    Points are no images.
    """
    if pack.spec.points:
        raise ValueError(f"FID compares images, and {pack.spec.name} has points; measure it without --fid")
    images = pack.split("train")[0][:MOST]
    require_images(len(images), FEWEST, "training images")
    return moments(features(images))


def features(images: Tensor) -> Tensor:
    """Of uint8 images [N, C, H, W] of any size, float32 [N, 2048]; about ten images a second on one core."""
    path = weights()
    net = _net(path, version(path))
    with torch.inference_mode():
        return torch.cat([net(part.expand(-1, 3, -1, -1).contiguous())[0] for part in images.split(ROWS)])


UNPICKLING = (pickle.UnpicklingError, AttributeError, TypeError, IndexError, KeyError, struct.error)
"""What the pickle module raises for a file that is cut short or something else."""


@functools.lru_cache(maxsize=1)
def _net(path: Path, _version: FileVersion) -> Any:
    torchvision("fid")  # beside a CPU-only torch its plain import fails
    try:
        from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3
    except ImportError as error:
        raise ValueError(f"{how_to_install('fid')} ({error})") from error
    # The package unpickles what it is given: it gets a copy of what was read without running any code.
    content = io.BytesIO()
    try:
        torch.save(torch.load(path, weights_only=True), content)
        content.seek(0)
        return FeatureExtractorInceptionV3("inception", [LAYER], feature_extractor_weights_path=content)
    except (OSError, RuntimeError, EOFError, *UNPICKLING) as error:
        reason = " ".join(str(error).split())[:200]
        raise ValueError(f"{path} does not hold the weights of Inception ({reason}); get {WEIGHTS} again") from error
