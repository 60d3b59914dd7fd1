"""What moves weights, against torch's own classes, and what it does not import."""

import subprocess
import sys

import pytest
import torch
from torch import nn

from ganlab.optimizers import OPTIMIZERS, optimizer_of
from ganlab.types import Optimizer, OptimizerKind, Phase
from tests.variants import VARIANTS

OF_TORCH = {
    "adam": lambda weights, lr, betas: torch.optim.Adam(weights, lr, betas, fused=True),
    "rmsprop": lambda weights, lr, betas: torch.optim.RMSprop(weights, lr),
    "sgd": lambda weights, lr, betas: torch.optim.SGD(weights, lr, fused=True),
}


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_weights_move_as_torchs_own_classes_move_them_to_the_last_bit(kind: OptimizerKind) -> None:
    """Twenty steps of changing rates; one weight gets its first gradient late, and one never gets any."""
    rng = torch.Generator().manual_seed(0)
    nets = [nn.ModuleDict({"generator": nn.Sequential(nn.Conv2d(3, 5, 3), nn.Linear(7, 4))}) for _ in range(2)]
    nets[1].load_state_dict(nets[0].state_dict())
    settings = Optimizer(1e-2, (0.3, 0.95), kind)
    ours = optimizer_of(Phase(name="some", trains=("generator",), loss=None, optimizer=settings), nets[0])
    theirs = OF_TORCH[kind](nets[1].parameters(), settings.lr, settings.betas)
    for step in range(20):
        ours.lr = theirs.param_groups[0]["lr"] = 1e-2 / (step + 1)
        for place, weights in enumerate(zip(*(net.parameters() for net in nets), strict=True)):
            gradient = torch.randn(weights[0].shape, generator=rng)
            for weight in weights:
                weight.grad = gradient.clone() if place < 2 or (place == 2 and step > 5) else None
        ours.step()
        theirs.step()
    moved, expected = (list(net.parameters()) for net in nets)
    assert all(torch.equal(one, other) for one, other in zip(moved, expected, strict=True))
    remembered = theirs.state_dict()["state"]
    assert {place: state for place, state in ours.states.items() if state}.keys() == remembered.keys()
    for place, state in remembered.items():
        assert state.keys() == ours.states[place].keys()
        assert all(torch.equal(value, ours.states[place][key]) for key, value in state.items())


STEPS = """
import sys
import torch
from ganlab.data import Batch
from ganlab.recipes import parse_recipe
from ganlab.step import train_step
from ganlab.training_state import start
from tests.variants import SMALL, SPEC, VARIANTS

for family, settings in VARIANTS.values():
    recipe = parse_recipe({"dataset": "digits", "family": family, "config": SMALL | settings, "batch_size": 8})
    run = start(recipe, SPEC, torch.device("cpu"))
    train_step(run, Batch(torch.rand(8, *SPEC.shape), torch.zeros(8, SPEC.condition_dim)))
print("torch._dynamo" in sys.modules)
"""


def test_no_family_trains_with_torchs_compiler() -> None:
    """It takes a second to import, for which every training would wait."""
    assert VARIANTS
    done = subprocess.run([sys.executable, "-c", STEPS], capture_output=True, encoding="utf-8")
    assert done.stdout == "False\n", done.stderr
