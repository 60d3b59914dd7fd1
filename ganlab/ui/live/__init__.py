"""The live stage: pictures that follow the hand, because the generator runs in the browser.

`explore` moves a latent by its own controls, `walk` plays the way between key frames, `corners` blends four latents.
Each takes the models to draw with, side by side, and returns where the hand came to rest. `go` moves an explored one.
"""

from ganlab.ui.live.exploring import Handles, Settled, explore, go
from ganlab.ui.live.place import Spot
from ganlab.ui.live.walking import corners, walk

__all__ = ["Handles", "Settled", "Spot", "corners", "explore", "go", "walk"]
