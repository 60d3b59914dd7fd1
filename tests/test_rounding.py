"""float16 on disk: net by net, and only where the net then does what it did."""

import copy
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from ganlab import checkpoints
from ganlab.checkpoints import rounding
from ganlab.data import DataSpec
from ganlab.data.digits import DIGITS
from ganlab.families import FAMILIES, infogan, vae
from tests.tiny import TINY

SPEC = DataSpec(name="digits", channels=1, size=28, conditions=(DIGITS,))
CONFIGS = {"vae": vae.Config(width=24, latent_size=4), "infogan": infogan.Config(width=24, latent_size=4)}


def fresh(family: str) -> nn.ModuleDict:
    torch.manual_seed(0)
    built = FAMILIES[family].build(CONFIGS[family], SPEC)
    return nn.ModuleDict({name: built[name] for name in FAMILIES[family].KEPT})


def stored(path: Path, family: str, nets: nn.ModuleDict) -> dict[str, set[torch.dtype]]:
    """Types of the large values in the file, by net; the file is read again on the way."""
    recipe = TINY.model_copy(update={"family": family, "config": CONFIGS[family]})
    latent = FAMILIES[family].latent(CONFIGS[family], SPEC)
    checkpoints.save(path, recipe=recipe, data=SPEC, latent=latent, nets=dict(nets.items()), step=1, metrics={})
    again = checkpoints.load(path).nets
    found: dict[str, set[torch.dtype]] = {name: set() for name in nets}
    for key, value in load_file(path).items():
        name, _, rest = key.partition(".")
        if value.ndim > 1 and value.numel() >= rounding.LARGE:
            found[name].add(value.dtype)
        if value.dtype == torch.float32:
            assert torch.equal(value, nets[name].state_dict()[rest])
            assert torch.equal(value, again[name].state_dict()[rest])
    return found


@pytest.mark.parametrize("family", CONFIGS)
def test_ordinary_nets_are_halved(family: str, tmp_path: Path) -> None:
    found = stored(tmp_path / "model.safetensors", family, fresh(family).eval())
    assert set.union(*found.values()) == {torch.float16}


@pytest.mark.parametrize("scale", [1e7, 1e-6], ids=["over the largest float16", "below the smallest"])
@pytest.mark.parametrize(("family", "name"), [("vae", "encoder"), ("infogan", "trunk")])
def test_a_net_that_float16_would_change_stays_as_it_is(family: str, name: str, scale: float, tmp_path: Path) -> None:
    """Also where the generator's pictures do not tell."""
    nets = fresh(family).eval()
    with torch.no_grad():
        largest = max(nets[name].parameters(), key=torch.numel)
        largest.mul_(scale)
        for key, weight in nets[name].named_parameters():
            if key.endswith("bias"):
                weight.zero_()  # or it would drown what such weights let through
    found = stored(tmp_path / "model.safetensors", family, nets)
    assert found[name] == {torch.float32}
    assert found["generator"] == {torch.float16}


def test_nets_that_train_are_left_as_they_are(tmp_path: Path) -> None:
    nets = fresh("infogan").train()
    nets["generator"].eval()
    before = copy.deepcopy(nets.state_dict())
    stored(tmp_path / "model.safetensors", "infogan", nets)
    assert all(torch.equal(value, before[key]) for key, value in nets.state_dict().items())
    assert nets["trunk"].training
    assert nets["recognizer"].training
