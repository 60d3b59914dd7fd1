"""Training on a GPU against training on the CPU."""

from pathlib import Path

import pytest
import torch

from bench.gpu_parts.curves import FAMILY_SETTINGS, ROUNDINGS, agree, begin, deviations, recipe
from ganlab import resume
from ganlab.data import Pack, Stream
from ganlab.devices import working_dtype
from ganlab.families import FAMILIES
from ganlab.recipes import Recipe
from ganlab.step import train_step
from ganlab.training_state import averaged_generator, start
from tests.variants import SMALL, SPECS, VARIANTS

pytestmark = pytest.mark.gpu
CUDA, CPU = torch.device("cuda"), torch.device("cpu")
STEPS = 40


@pytest.mark.parametrize("family", FAMILY_SETTINGS)
def test_float32_curves_are_those_of_the_cpu(family: str, digits: Pack) -> None:
    made = recipe(family, width=8)
    here = begin(made, digits, "cpu").go(STEPS)
    rounding = deviations(here, begin(made, digits, "cpu", roundings=ROUNDINGS).go(STEPS))
    assert agree(deviations(here, begin(made, digits, "cuda").go(STEPS)), rounding)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize("data", SPECS)
def test_every_way_through_a_family_takes_steps(variant: str, precision: str, data: str) -> None:
    (family, settings), spec = VARIANTS[variant], SPECS[data]
    config = FAMILIES[family].Config(**(SMALL | settings))
    made = Recipe(dataset="digits", family=family, config=config, batch_size=8, precision=precision, mirror=True)
    rng = torch.Generator().manual_seed(0)
    pack = Pack(
        spec=spec,
        images=torch.randint(256, (20, *spec.shape), dtype=torch.uint8, generator=rng),
        conditions=torch.randint(2, (20, spec.condition_dim), dtype=torch.uint8, generator=rng),
        train=20,
        licence="none",
    )
    run, stream = start(made, spec, CUDA), Stream(pack, batch_size=8, seed=0, device=CUDA, mirror=True)
    before = {name: weight.clone() for name, weight in run.nets.named_parameters()}
    for step in range(3):
        log = train_step(run, stream.batch(step))
    assert all(value.isfinite() and value.is_cuda for value in log.values())
    moved = [name for name, weight in run.nets.named_parameters() if not torch.equal(weight, before[name])]
    assert {name.split(".")[0] for name in moved} == set(run.nets)


@pytest.mark.filterwarnings("ignore:Synchronization debug mode is a prototype")
def test_a_step_does_not_wait_for_the_gpu(digits: Pack) -> None:
    """Torch itself raises where something waits."""
    begun = begin(recipe("infogan", width=8, precision="bfloat16"), digits, "cuda")
    for step in range(5):
        train_step(begun.run, begun.stream.batch(step))
    torch.cuda.set_sync_debug_mode("error")
    try:
        for step in range(5, 10):
            train_step(begun.run, begun.stream.batch(step))
    finally:
        torch.cuda.set_sync_debug_mode("default")


def test_a_state_goes_to_the_cpu_and_back(digits: Pack, tmp_path: Path) -> None:
    made = recipe("gan", width=8)
    begun = begin(made, digits, "cuda")
    reports = begun.go(20)
    for device in ("cpu", "cuda"):
        resume.save_state(begun.run, tmp_path / device)
        begun = begin(made, digits, device)
        resume.restore_state(begun.run, tmp_path / device)
        assert {weight.device.type for weight in begun.run.nets.parameters()} == {device}
        reports += begun.go(20)
    here = begin(made, digits, "cpu").go(60)
    rounding = deviations(here, begin(made, digits, "cpu", roundings=ROUNDINGS).go(60))
    assert agree(deviations(here, reports), rounding)


def test_values_that_were_not_reported_yet_survive_the_change(digits: Pack, tmp_path: Path) -> None:
    made = recipe("acgan", width=8).with_settings({"discriminator_optimizer": "rmsprop"})
    begun = begin(made, digits, "cuda")
    begun.go(15)
    assert begun.run.pending
    resume.save_state(begun.run, tmp_path / "state")
    again = begin(made, digits, "cpu")
    resume.restore_state(again.run, tmp_path / "state")
    assert [report.step for report in again.go(5)] == [20]


def test_initial_weights_and_pictures_of_a_seed_are_those_of_the_cpu(digits: Pack) -> None:
    made = recipe("gan", width=8)
    runs = [begin(made, digits, device).run for device in ("cpu", "cuda")]
    one, other = (run.nets.state_dict() for run in runs)
    assert all(torch.equal(value, other[key].cpu()) for key, value in one.items())
    latents = runs[0].latent.from_seeds(range(16))
    with torch.inference_mode():
        pictures = [averaged_generator(run)(latents.to(run.device)).cpu() for run in runs]
    assert torch.allclose(*pictures, atol=2e-3)


def test_a_recipe_in_float32_is_not_rounded_to_tf32(digits: Pack) -> None:
    """TF32 keeps ten bits of a factor: a convolution is then a few ten-thousandths off."""
    assert working_dtype("float32", CUDA) == torch.float32
    here, there = (begin(recipe("gan", width=32), digits, device).go(10) for device in ("cpu", "cuda"))
    assert deviations(here, there)[0] < 1e-4
