"""What nets read off real images, against factors of these images that are known or can be measured."""

from typing import NamedTuple, cast

import torch
from torch import Tensor

from ganlab.checkpoints import Checkpoint
from ganlab.data import Pack, to_float
from ganlab.latents import side_by_side
from ganlab.metrics.information import in_intervals
from ganlab.metrics.outcome import LEAST_IMAGES, require_images
from ganlab.metrics.reconstruction import encode
from ganlab.metrics.strokes import measure_strokes
from ganlab.types import Recognizer

MOST = 2_000  # test images; to measure their strokes takes one to two seconds
INTERVALS = 10  # of a continuous value: with 2,000 images, they bias the information by .02 nats


class CodesRead(NamedTuple):
    """What a recognizer reads off images."""

    category: Tensor  # logits of the categorical code, float32 [N, labels]; no labels where there is no such code
    means: Tensor  # of the continuous codes, float32 [N, codes]


@torch.inference_mode()
def read_codes(model: Checkpoint, images: Tensor) -> CodesRead:
    """The codes of uint8 images [N, C, H, W], of a model with a recognizer."""
    trunk, recognizer = model.nets["trunk"], cast(Recognizer, model.nets["recognizer"])
    features = [trunk(to_float(part).contiguous(memory_format=torch.channels_last)) for part in images.split(500)]
    return CodesRead(
        *(torch.cat([read(part) for part in features]) for read in (recognizer.category, recognizer.means))
    )


class CodesAndFactors(NamedTuple):
    """What a model reads off images, and what is known of them, as whole numbers."""

    codes: Tensor  # int64 [N, C]
    factors: Tensor  # int64 [N, F]


def codes_and_factors(model: Checkpoint, pack: Pack) -> CodesAndFactors:
    """Of `MOST` test images at most.

    Factors are the labels of the images, and of grey images with a class each, such as digits, what can be measured of
    their strokes. ValueError for too few test images.
    """
    total = len(pack.images) - pack.train
    require_images(total, LEAST_IMAGES, f"real test {pack.spec.noun}s")
    part = pack.part("test", torch.linspace(0, total - 1, min(MOST, total)).long())
    return CodesAndFactors(_codes(model, part.images), _factors(part))


def _codes(model: Checkpoint, images: Tensor) -> Tensor:
    """Each code as a whole number, int64 [N, codes]."""
    if "encoder" in model.nets:
        return _whole(encode(model, images))
    read = read_codes(model, images)
    category = [read.category.argmax(1, keepdim=True)] if read.category.shape[1] else []
    return torch.cat([*category, _whole(read.means)], 1)


def _factors(part: Pack) -> Tensor:
    """Each factor as a whole number, int64 [N, factors]."""
    found = []
    for condition, columns in side_by_side(part.spec.conditions):
        labels = part.conditions[:, columns].long()
        found.append(labels.argmax(1, keepdim=True) if condition.kind == "category" else labels)
    if part.spec.classes and part.spec.channels == 1:
        found += [_whole(torch.from_numpy(values)[:, None]) for values in measure_strokes(part.images).values()]
    return torch.cat(found, 1)


def _whole(values: Tensor) -> Tensor:
    """The interval of each value [N, K], int64 [N, K]."""
    return (
        torch.stack([in_intervals(column, INTERVALS) for column in values.T], 1) if values.shape[1] else values.long()
    )
