"""Models on a stage that read another latent than the one that moves: each draws its own latent of the same seed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ganlab.explore import points, stage
from ganlab.explore.library import Model
from ganlab.explore.points import Point
from ganlab.ui import cache
from ganlab.ui.live.mount import shown


@dataclass(frozen=True, slots=True)
class Apart:
    """Such models, and what stands below their pictures."""

    models: Sequence[Model] = ()
    captions: Sequence[str] = ()

    def described(self, seeds: Sequence[int], like: Point) -> list[dict[str, Any]]:
        """For the browser: the net of each, and its latents of the seeds that the hand can reach, the first now.

        like: says the truncation, and whether they are drawn from the plain prior.
        """
        found = []
        for model, caption in zip(self.models, self.captions, strict=True):
            latent = cache.checkpoint(model.path).latent
            now = points.latents(latent, [replace(like, seed=seeds[0], fixed=())])[0]
            found.append(shown(model, caption, now) | {"own": stage.pool(latent, seeds, like)})
        return found
