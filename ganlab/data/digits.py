"""`digits`: the small handwritten digits that scikit-learn carries, for trying things out without any file."""

import torch
import torch.nn.functional as F

from ganlab.data.dataset import Dataset, Progress
from ganlab.data.evaluation import Evaluation
from ganlab.data.making import part_by_part
from ganlab.data.packs import Pack
from ganlab.data.spec import DataSpec
from ganlab.latents import Category

DIGITS = Category(name="digit", labels=tuple("0123456789"))
LICENCE = "CC BY 4.0 (Alpaydin and Kaynak, UCI)"
SPEC = DataSpec(name="digits", channels=1, size=28, conditions=(DIGITS,))


def build(progress: Progress) -> Pack:
    """The 1,797 images of 8x8 pixels, enlarged to 28x28 so that every 28-px net fits."""
    from sklearn.datasets import load_digits

    source = load_digits()
    small = torch.from_numpy(source.images).float().mul_(255 / 16)[:, None]  # [1797, 1, 8, 8]
    progress(0.5, "enlarging")
    inner = F.interpolate(small, (24, 24), mode="bicubic", align_corners=False)
    images = F.pad(inner, (2, 2, 2, 2)).round_().clamp_(0, 255).byte()
    return Pack(
        spec=SPEC,
        images=images.contiguous(),
        conditions=F.one_hot(torch.from_numpy(source.target).long(), 10).byte(),
        train=1500,
        licence=LICENCE,
    )


DATASET = Dataset(
    title="Digits (scikit-learn, 1,797 small handwritten digits)",
    spec=SPEC,
    train=1_500,
    licence=LICENCE,
    source="included",
    build=part_by_part(build),
    evaluation=Evaluation(kind="digit"),
    enlarges=True,
)
