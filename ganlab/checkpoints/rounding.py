"""Which nets go to disk as float16: those that then still do what they did."""

import copy
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from ganlab.latents import Latent

LARGE = 10_000
"""Values from which a matrix or kernel may go to disk as float16."""
TRIED = 64  # latents
MOST_OF_A_PIXEL = 2 / 255  # of a range of 2
MOST_OF_A_READING = 0.01  # of its size, over all pictures

READS = {"generator": "latents", "encoder": "generator", "trunk": "generator", "recognizer": "trunk"}
"""What each net reads: the latents, or the output of another net."""


@torch.no_grad()
def states(nets: Mapping[str, nn.Module], latent: Latent) -> dict[str, dict[str, Tensor]]:
    """What to save of each net, on the CPU; nets in train mode are left as they are.

    Large matrices and kernels are float16 where the net's answers to 64 latents, or to their pictures, then hardly
    change: no value of a picture by more than 1/255 of the range; what other nets read in the pictures by at most
    1 % of its length, an error that is small beside the differences between pictures (trained nets lose
    0.02 %).
    Vectors and small matrices stay float32: they weigh little, and batch norm's vectors would cost half of the
    pictures' difference, the first matrix a third.
    """
    device = next(nets["generator"].parameters()).device
    outputs = {"latents": latent.sample(TRIED, torch.Generator().manual_seed(0)).to(device)}
    found = {name: net.state_dict() for name, net in nets.items()}
    for name in [name for name in READS if name in nets]:
        rounded = {key: _halved(value) for key, value in found[name].items()}
        net = copy.deepcopy(nets[name]).eval()  # a pass in train mode would move batch norm's averages
        given = outputs[READS[name]]
        outputs[name] = net(given)
        net.load_state_dict(rounded)
        if _is_close(name, net(given), outputs[name]):
            found[name] = rounded
    return {name: {key: value.contiguous().cpu() for key, value in state.items()} for name, state in found.items()}


def _is_close(name: str, rounded: Tensor, exact: Tensor) -> bool:
    difference = (rounded - exact).float()
    if name == "generator":
        return difference.abs().max().item() <= MOST_OF_A_PIXEL
    return difference.norm().item() <= MOST_OF_A_READING * exact.float().norm().item()


def _halved(value: Tensor) -> Tensor:
    return value.half() if value.is_floating_point() and value.ndim > 1 and value.numel() >= LARGE else value
