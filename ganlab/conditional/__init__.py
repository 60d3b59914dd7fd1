"""What conditional families share: a generator that reads conditions, and a discriminator that checks them.

The discriminator may judge image and condition together (by a projection, Miyato and Koyama 2018, or by a canvas of
extra channels), name the condition with an auxiliary classifier (Odena et al. 2017), or both.
"""

from ganlab.conditional.config import ConditionalConfig
from ganlab.conditional.nets import build, draw, latent
from ganlab.conditional.phases import phases

__all__ = ["ConditionalConfig", "build", "draw", "latent", "phases"]
