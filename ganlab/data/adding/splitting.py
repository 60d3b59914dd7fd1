"""Which pictures are for training and which for testing."""

import numpy as np
from numpy.typing import NDArray

from ganlab.data.sources.collection import NEITHER, TEST, TRAIN

DIGESTS = 2.0**64


def split(
    digests: NDArray[np.uint64], said: NDArray[np.int8] | None, test_share: float
) -> tuple[NDArray[np.int8], bool]:
    """TRAIN or TEST for each picture, and whether test pictures were taken from the training ones.

    What the source says counts. Without test pictures of its own a share is held out by the pictures' content: copies
    stay on one side, and where a picture lies does not depend on which others there are.
    """
    sides = np.full(len(digests), NEITHER, np.int8) if said is None else said.copy()
    held_out = not (sides == TEST).any()
    open_ = (sides == NEITHER) | held_out
    if test_share > 0:
        chosen = digests.astype(np.float64) < test_share * DIGESTS
        sides = np.where(open_, np.where(chosen, TEST, TRAIN), sides).astype(np.int8)
    else:
        sides = np.where(open_, TRAIN, sides).astype(np.int8)
    if held_out and not (sides == TRAIN).any():  # few pictures, or all the same
        sides[:] = TRAIN
    return sides, bool(held_out and (sides == TEST).any())
