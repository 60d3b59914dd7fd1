"""A model with an encoder for tests: a few steps of training, enough for finite numbers."""

from pathlib import Path

from ganlab import runs
from ganlab.execute import execute
from ganlab.families import vae
from ganlab.recipes import Recipe


def train_vae(folder: Path, *, latent_size: int = 2) -> Path:
    """Train on `digits` in a run below `folder`; returns the checkpoint."""
    recipe = Recipe(
        name="tiny-vae",
        family="vae",
        dataset="digits",
        steps=20,
        batch_size=32,
        ema_halflife=500,
        precision="float32",
        config=vae.Config(width=8, latent_size=latent_size),
    )
    run = runs.create(folder / "tiny-vae-001", recipe, device="cpu")
    for _ in execute(run):
        pass
    return run.checkpoint
