"""A small classifier of grey pictures with one class each, such as digits; metrics read its outputs and features."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganlab.data import Pack, Stream, to_float
from ganlab.data.moves import moved
from ganlab.metrics.outcome import require_images

SIZE = 28  # pixels that the classifier reads; other sizes are resampled to it
FEATURES = 64
BATCH = 128
READ_BATCH = 32  # what the layers pass on then stays in the processor's cache: 1,000 at once take 2.7 times as long


class Reading(NamedTuple):
    """What the classifier says of a set of images."""

    probabilities: Tensor  # float32 [N, D], a column a label
    features: Tensor  # float32 [N, K], in [-1, 1]


class Classifier(nn.Module):
    """Images [B, 1, 28, 28] in [-1, 1] => bounded features and logits.

    The features pass through tanh: a distance between unbounded features measures their scale first.
    """

    def __init__(self, classes: int = 10) -> None:
        super().__init__()
        self.trunk = nn.Sequential(
            *_block(1, 32),
            *_block(32, 32),
            nn.MaxPool2d(2),
            *_block(32, 64),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Dropout(0.3),
            nn.Linear(64 * 7 * 7, FEATURES),
            nn.Tanh(),
        )
        self.head = nn.Linear(FEATURES, classes)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        features = self.trunk(images)
        return features, self.head(features)


@torch.inference_mode()
def read(net: Classifier, images: Tensor) -> Reading:
    """Classify uint8 images [N, C, H, W] of any size; colour is averaged away."""
    probabilities, features = [], []
    for part in images.split(READ_BATCH):
        x = to_float(part).mean(1, keepdim=True)
        if x.shape[-1] != SIZE:
            x = F.interpolate(x, (SIZE, SIZE), mode="bilinear", antialias=x.shape[-1] > SIZE)
        feature, logits = net(x.contiguous(memory_format=torch.channels_last))
        probabilities.append(logits.softmax(1))
        features.append(feature)
    return Reading(torch.cat(probabilities), torch.cat(features))


def accuracy(net: Classifier, pack: Pack, split: str = "test") -> float:
    """Share of the split's images that the classifier names rightly; ValueError where there are none."""
    images, conditions = pack.split(split)
    require_images(len(images), 1, f"{split} images")
    return (read(net, images).probabilities.argmax(1) == conditions.argmax(1)).double().mean().item()


def train_classifier(
    pack: Pack,
    *,
    epochs: int = 8,
    seed: int = 0,
    mirror: bool = False,
    told: Callable[[float], object] = lambda share: None,
) -> Iterator[tuple[int, Classifier]]:
    """Train from nothing on slightly moved, turned and scaled pictures; yields after each epoch; `told`
    hears after each step which share is done.

    ValueError for fewer than two images.
    """
    stream = training_stream(pack, BATCH, seed=seed, mirror=mirror)
    steps = len(stream.images) // stream.batch_size
    rng = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng([]):
        torch.manual_seed(seed)
        net = Classifier(len(pack.spec.classes)).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        optimizer = torch.optim.AdamW(net.parameters(), 2e-3, weight_decay=1e-2)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=epochs * steps)
        for epoch in range(epochs):
            net.train()
            for step in range(epoch * steps, (epoch + 1) * steps):
                batch = stream.batch(step)
                _, logits = net(moved(batch.images, rng))
                optimizer.zero_grad()
                F.cross_entropy(logits, batch.conditions).backward()
                optimizer.step()
                schedule.step()
                told((step + 1) / (epochs * steps))
            yield epoch + 1, net.eval()


def training_stream(pack: Pack, batch_size: int, *, seed: int, mirror: bool = False) -> Stream:
    """Batches of `batch_size`, or of all training images where they are fewer; ValueError for fewer than two."""
    require_images(pack.train, 2, "training images")
    return Stream(pack, batch_size=min(batch_size, pack.train), seed=seed, device=torch.device("cpu"), mirror=mirror)


def _block(before: int, after: int) -> list[nn.Module]:
    return [nn.Conv2d(before, after, 3, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU()]
