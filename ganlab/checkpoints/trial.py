"""Whether the numbers in a file make nets that work: finite, and so are their answers."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from ganlab.checkpoints.extras import LARGEST_LATENT
from ganlab.checkpoints.rounding import READS
from ganlab.latents import Latent

TRIED = 2  # latents: each costs a file that is opened a twentieth of its time


def check_weights(name: str, state: Mapping[str, Tensor]) -> None:
    """ValueError names the tensor of the net `name` whose numbers no training leaves behind."""
    for key, value in state.items():
        if not value.isfinite().all():
            raise ValueError(
                f"{name}.{key} holds values that are not finite; the run that made it failed. Use an earlier snapshot"
            )
        if key.endswith("running_var") and (value < 0).any():
            raise ValueError(f"{name}.{key} holds variances below 0; the file was changed. Export the model again")


@torch.inference_mode()
def check_answers(nets: Mapping[str, nn.Module], latent: Latent) -> None:
    """ValueError names the net that answers some latents, or their pictures, with what are no numbers."""
    outputs = {"latents": latent.from_seeds(range(TRIED))}
    for name in [name for name in READS if name in nets]:
        outputs[name] = nets[name](outputs[READS[name]])
        if not outputs[name].isfinite().all():
            raise ValueError(
                f"its {name} has weights so large that nothing comes out of it; the run that made it failed. "
                "Use an earlier snapshot"
            )
    if "encoder" in outputs and outputs["encoder"].abs().max() > LARGEST_LATENT:
        raise ValueError(f"its encoder answers with numbers above {LARGEST_LATENT:,.0f}; export the model again")
