"""The live stage: pictures that follow the hand, because the generator runs in the browser.

`explore` moves a latent by its own controls, `walk` plays the way between key frames, `corners` blends four latents.
Each takes the models to draw with, side by side, and returns where the hand came to rest. `go` moves an explored one,
`seek` a walk; `resting` and `resting_time` say before it is drawn where it will stand. `below` has words and code.
"""

from ganlab.ui.live.apart import Apart
from ganlab.ui.live.below import below, show_stage_code
from ganlab.ui.live.exploring import Handles, Settled, explore, go, resting
from ganlab.ui.live.place import Spot
from ganlab.ui.live.walking import corners, resting_time, seek, walk

__all__ = [
    "Apart",
    "Handles",
    "Settled",
    "Spot",
    "below",
    "corners",
    "explore",
    "go",
    "resting",
    "resting_time",
    "seek",
    "show_stage_code",
    "walk",
]
