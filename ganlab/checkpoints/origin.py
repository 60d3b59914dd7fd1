"""What a checkpoint says of the pictures that its model learnt from, and a few of them."""

from typing import Annotated

import torch
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor

from ganlab.data import Pack
from ganlab.data.dots import scatter
from ganlab.data.licences import may_be_passed_on
from ganlab.foreign import RealText

MOST_REAL_BYTES = 65_536
MOST_REAL_PICTURES = 16
POINTS_SHOWN = 500


class Origin(BaseModel):
    """The dataset of a model, whether it is here or not; the first checkpoints leave all of it empty."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")
    title: Annotated[RealText, Field(max_length=1000)] = ""
    licence: Annotated[RealText, Field(max_length=2000)] = ""
    fingerprint: Annotated[str, Field(pattern="^([0-9a-f]{64})?$")] = ""  # of the pack, see `ganlab.data.packs`
    train: Annotated[int, Field(ge=0, le=10**12)] = 0  # images that it learnt from; 0 where nobody said


def origin_of(pack: Pack) -> Origin:
    """What a checkpoint is to say of the pack that its model learns from."""
    return Origin(
        title=pack.title or pack.spec.name, licence=pack.licence, fingerprint=pack.fingerprint, train=pack.train
    )


def real_pictures(pack: Pack) -> Tensor | None:
    """A few pictures for comparison, uint8 [n, C, H, W]: test images, else training images, evenly spread.

    Points come together, in one picture.

    At most `MOST_REAL_BYTES`; None where the licence does not let them be passed on.
    """
    images = pack.split("test" if pack.train < len(pack.images) else "train")[0]
    if pack.spec.points:
        images = scatter(images[:POINTS_SHOWN])
    count = min(MOST_REAL_PICTURES, len(images), MOST_REAL_BYTES // max(1, images[:1].numel()))
    if not count or not may_be_passed_on(pack.licence):
        return None
    return images[torch.linspace(0, len(images) - 1, count).long()].clone()
