"""A small classifier of colour pictures with several labels each.

It is the evaluator of conditional models, and its features measure distances where the digit classifier cannot.
"""

from collections.abc import Callable, Iterator, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganlab.data import Condition, DataSpec, Pack, to_float
from ganlab.devices import autocast, working_dtype
from ganlab.latents import side_by_side
from ganlab.losses import category_cross_entropy
from ganlab.metrics.classifier import READ_BATCH, Reading, training_stream
from ganlab.metrics.conditions import Verdict, judge, shown
from ganlab.metrics.outcome import require_images

CPU = torch.device("cpu")
SIZE = 64  # pixels that the classifier reads; other sizes are resampled to it
FEATURES = 96
BATCH = 64
LR = 3e-3
SHIFT, SCALE, NOISE = 4 / 64, 0.08, 0.1  # the strongest motion (a share of the size), zoom and noise in training


class ConditionClassifier(nn.Module):
    """Images [B, 3, 64, 64] in [-1, 1] => bounded features and one logit for each column of the conditions."""

    def __init__(self, data: DataSpec) -> None:
        super().__init__()
        self.data = data
        self.trunk = nn.Sequential(
            *_block(3, 32, 2),
            *_block(32, 48, 2),
            *_block(48, 64, 1),  # a cube and a cylinder differ in a few pixels
            *_block(64, 96, 2),
            *_block(96, 160, 1),
            nn.AdaptiveMaxPool2d(1),  # whether something is in the picture, wherever in it
            nn.Flatten(),
            nn.Linear(160, FEATURES),
            nn.Tanh(),
        )
        self.head = nn.Linear(FEATURES, data.condition_dim)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        features = self.trunk(images)
        return features, self.head(features).float()


@torch.inference_mode()
def read_conditions(net: ConditionClassifier, images: Tensor) -> Reading:
    """Classify uint8 images [N, C, H, W] of any size; a single channel stands for all three."""
    probabilities, features = [], []
    for part in images.split(READ_BATCH):
        feature, logits = net(_as_read(to_float(part)))
        probabilities.append(_probabilities(logits, net.data.conditions))
        features.append(feature)
    return Reading(torch.cat(probabilities), torch.cat(features))


def held_out(net: ConditionClassifier, pack: Pack) -> Verdict:
    """What the classifier makes of the test split: the highest accuracy that a generator can be credited with.

    ValueError where there are no test images.
    """
    images, conditions = pack.split("test")
    require_images(len(images), 1, "test images")
    return judge(read_conditions(net, images).probabilities, conditions, pack.spec)


def train_condition_classifier(
    pack: Pack,
    *,
    epochs: int = 14,
    seed: int = 0,
    mirror: bool = True,
    told: Callable[[float], object] = lambda share: None,
) -> Iterator[tuple[int, ConditionClassifier]]:
    """Train from nothing on distorted images of the train split; yields after each epoch; `told` hears after
    each step which share is done.

    The distortions are those that generated images may show (soft, noisy, a little off), so that an object counts
    when a person would name it; `mirror` where mirrored images keep their labels. About 14 seconds an epoch of 16,000
    images on one core.
    """
    stream = training_stream(pack, BATCH, seed=seed, mirror=mirror)
    steps = len(stream.images) // stream.batch_size
    rng, dtype = torch.Generator().manual_seed(seed), working_dtype("auto", CPU)
    with torch.random.fork_rng([]):
        torch.manual_seed(seed)
        net = ConditionClassifier(pack.spec).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        optimizer = torch.optim.AdamW(net.parameters(), LR, weight_decay=1e-2, fused=True)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LR, total_steps=epochs * steps)
        for epoch in range(epochs):
            net.train()
            for step in range(epoch * steps, (epoch + 1) * steps):
                batch = stream.batch(step)
                with autocast(CPU, dtype):
                    _, logits = net(_as_read(_distorted(batch.images, rng)))
                optimizer.zero_grad()
                _loss(logits, batch.conditions, pack.spec).backward()
                optimizer.step()
                schedule.step()
                told((step + 1) / (epochs * steps))
            yield epoch + 1, net.eval()


def _as_read(images: Tensor) -> Tensor:
    """Images in three channels, at the size that the net reads."""
    x = images.expand(-1, 3, -1, -1)
    if x.shape[-1] != SIZE:
        x = F.interpolate(x, (SIZE, SIZE), mode="bilinear", antialias=x.shape[-1] > SIZE)
    return x.contiguous(memory_format=torch.channels_last)


def _block(before: int, after: int, stride: int) -> list[nn.Module]:
    return [nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU()]


def _probabilities(logits: Tensor, conditions: Sequence[Condition]) -> Tensor:
    return torch.cat(
        [
            logits[:, columns].softmax(1) if condition.kind == "category" else logits[:, columns].sigmoid()
            for condition, columns in side_by_side(conditions)
        ],
        1,
    )


def _loss(logits: Tensor, targets: Tensor, data: DataSpec) -> Tensor:
    """Cross-entropy of all labels that the images show, summed over the columns."""
    visible = shown(targets, data).float()
    total = logits.new_zeros(len(logits))
    for condition, columns in side_by_side(data.conditions):
        said, true, seen = logits[:, columns], targets[:, columns], visible[:, columns]
        if condition.kind == "category":
            total = total + category_cross_entropy(said, true) * seen[:, 0]
        else:
            total = total + (F.binary_cross_entropy_with_logits(said, true, reduction="none") * seen).sum(1)
    return total.mean()


def _distorted(images: Tensor, rng: torch.Generator) -> Tensor:
    """Moved and zoomed; three images of ten each are softened by way of a smaller size, and made noisy.

    Each image by itself: batch norm's averages fit no batch that is wholly soft or wholly noisy.
    """
    zoom, place = ((torch.rand(len(images), k, generator=rng) * 2 - 1) for k in (1, 2))
    factor, zero = 1 + SCALE * zoom, torch.zeros(len(images), 1)
    place = place * 2 * SHIFT
    affine = torch.stack([torch.cat([factor, zero, place[:, :1]], 1), torch.cat([zero, factor, place[:, 1:]], 1)], 1)
    grid = F.affine_grid(affine, list(images.shape), align_corners=False)
    images = F.grid_sample(images, grid, padding_mode="border", align_corners=False)
    softened, noisy = (torch.rand(2, len(images), 1, 1, 1, generator=rng) < 0.3).unbind()
    size = round(SIZE * (0.6 + 0.35 * torch.rand(1, generator=rng).item()))
    level = torch.rand(noisy.shape, generator=rng)
    small = F.interpolate(images, (size, size), mode="bilinear", antialias=True)
    images = torch.where(softened, F.interpolate(small, images.shape[-2:], mode="bilinear"), images)
    return images + NOISE * level * noisy * torch.randn(images.shape, generator=rng)
