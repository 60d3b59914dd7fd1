"""The live stage: pictures that follow the hand, because the generator runs in the browser."""

from ganlab.ui.live.stage import explore

__all__ = ["explore"]
