"""Playground: a GAN on points of the plane, step by step."""

from ganlab.ui.playground.stage import playground
from ganlab.ui.shell import ensure_router, header

ensure_router()
header(
    "Playground",
    "A generator moves its points (orange) to where the real ones are. The discriminator colours the plane: "
    "green where it believes points to be real. Each arrow shows where it pulls a point.",
)
playground()
