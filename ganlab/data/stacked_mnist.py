"""`stacked-mnist`: three digits of MNIST as the colours of one picture, a thousand modes to count."""

import torch
import torch.nn.functional as F
from torch import Tensor

from ganlab import listings
from ganlab.data.dataset import Dataset, Progress
from ganlab.data.digits import DIGITS
from ganlab.data.evaluation import Evaluation
from ganlab.data.making import part_by_part
from ganlab.data.mnist import MNIST_FILES
from ganlab.data.packs import Pack, load_pack, pack_path
from ganlab.data.spec import DataSpec
from ganlab.latents import Category

COLOURS = ("red", "green", "blue")
MODE_SAMPLES = 26_000  # by the protocol of VEEGAN (Srivastava et al. 2017): 26 a mode
SPEC = DataSpec(
    name="stacked-mnist",
    channels=3,
    size=28,
    conditions=tuple(Category(name=colour, labels=DIGITS.labels) for colour in COLOURS),
)


def build(progress: Progress) -> Pack:
    """As many pictures as MNIST has, each digit once in each colour; the splits stay apart."""
    path = pack_path("mnist")
    if listings.is_file(path):
        source = load_pack(path, MNIST_FILES.spec)
    else:
        source = MNIST_FILES.build(lambda share, text: progress(share / 2, text))
    progress(0.5, "stacking the digits")
    rng = torch.Generator().manual_seed(0)
    chosen = torch.stack([_shuffled_splits(source, rng) for _ in COLOURS])  # [3, N], images of MNIST
    images = torch.cat([source.images[order] for order in chosen], 1)
    labels = F.one_hot(source.labels[chosen], 10).byte()  # [3, N, 10]
    return Pack(
        spec=SPEC, images=images, conditions=torch.cat(list(labels), 1), train=source.train, licence=MNIST_FILES.licence
    )


def restacked(images: Tensor, n: int) -> Tensor:
    """`n` pictures whose channels are drawn from those of `images` [N, C, H, W], each by itself; always the same."""
    rng = torch.Generator().manual_seed(0)
    channels = images.shape[1]
    chosen = torch.randint(len(images), (n, channels), generator=rng)
    return images[chosen, torch.arange(channels)]


def _shuffled_splits(source: Pack, rng: torch.Generator) -> Tensor:
    """Every image's index once, int64 [N], those of the train split first."""
    test = len(source.images) - source.train
    return torch.cat([torch.randperm(source.train, generator=rng), source.train + torch.randperm(test, generator=rng)])


DATASET = Dataset(
    title="Stacked MNIST (70,000 pictures of three digits in red, green and blue)",
    spec=SPEC,
    train=60_000,
    licence=MNIST_FILES.licence,
    source="downloaded",
    build=part_by_part(build),
    enlarges=True,
    evaluation=Evaluation(samples=MODE_SAMPLES, channels_of="mnist", real_samples=restacked),
    made_from="mnist",
)
