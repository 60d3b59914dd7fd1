"""Every family, loss and penalty: which nets move, and a step against a plain loop written out."""

import copy
import itertools
from dataclasses import replace
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganlab.data import Batch
from ganlab.families import FAMILIES, gan
from ganlab.losses import ADVERSARIAL
from ganlab.nets import ARCHITECTURES, NORMS
from ganlab.recipes import Recipe
from ganlab.step import train_step
from ganlab.training_state import Run, start
from tests.variants import SCENES, SMALL, SPEC, SPECS, VARIANTS

CPU = torch.device("cpu")
OF_PICTURES = [name for name, kind in ARCHITECTURES.items() if max(kind.sizes) > 1]
PENALTIES = ("none", "wasserstein", "r1-r2")


def make(**config: object) -> Run:
    made = gan.Config(**({"width": 4, "latent_size": 6} | config))
    recipe = Recipe(dataset="digits", batch_size=8, ema_halflife=100, precision="float32", config=made)
    return start(recipe, SPEC, CPU)


def batch(n: int = 8) -> Batch:
    rng = torch.Generator().manual_seed(5)
    return Batch(
        torch.rand(n, 1, 28, 28, generator=rng) * 2 - 1,
        torch.nn.functional.one_hot(torch.randint(10, (n,), generator=rng), 10).float(),
    )


def lie_alike(weight: Tensor) -> bool:
    """Whether a weight and its gradient have their values in the same order in memory."""
    assert weight.grad is not None
    strides = zip(weight.shape, weight.stride(), weight.grad.stride(), strict=True)
    return all(one == other for size, one, other in strides if size > 1)


class Packs(nn.Module):
    """Images [B, C, H, W] => packs, the channels of as many as that behind each other."""

    def __init__(self, together: int) -> None:
        super().__init__()
        self.together = together

    def forward(self, images: Tensor) -> Tensor:
        starts = range(0, len(images), self.together)
        return torch.stack([torch.cat([*images[start : start + self.together]]) for start in starts])


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("architecture", OF_PICTURES)
@pytest.mark.parametrize("data", SPECS)
def test_every_family_and_architecture_has_what_the_loop_needs(variant: str, architecture: str, data: str) -> None:
    name, settings = VARIANTS[variant]
    family, spec, sizes = FAMILIES[name], SPECS[data], ARCHITECTURES[architecture].sizes
    spec = spec if spec.size in sizes else replace(spec, size=sizes[0])
    cfg = family.Config(**(SMALL | {"architecture": architecture} | settings))
    nets = family.build(cfg, spec)
    assert isinstance(family.TITLE, str)
    assert family.TEXT.endswith(".")
    assert {"generator"} <= set(family.KEPT) <= set(nets)
    images = nets["generator"](family.latent(cfg, spec).sample(2, torch.Generator().manual_seed(0)))
    assert images.shape == (2, *spec.shape)
    assert images.abs().max() <= 1
    learning = {name for name, net in nets.items() if [*net.parameters()]}
    assert {net for phase in family.phases(cfg, spec) for net in phase.trains} == learning
    assert type(cfg).model_validate_json(cfg.model_dump_json()) == cfg
    for field in type(cfg).model_fields.values():
        assert field.description, "forms and --help show it"


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("position", range(3))
def test_a_phase_moves_its_nets_and_no_others(variant: str, position: int) -> None:
    name, settings = VARIANTS[variant]
    family = FAMILIES[name]
    cfg = family.Config(**(SMALL | settings))
    phases = family.phases(cfg, SPEC)
    if position >= len(phases):
        pytest.skip(f"{variant} has {len(phases)} phases")
    run = start(Recipe(family=name, dataset="digits", batch_size=8, precision="float32", config=cfg), SPEC, CPU)
    phase = phases[position]
    before = copy.deepcopy(dict(run.nets.named_parameters()))
    log = train_step(replace(run, phases=(phase,)), batch())
    assert all(value.isfinite() for value in log.values())
    moved = {key.split(".")[0] for key, value in run.nets.named_parameters() if not torch.equal(value, before[key])}
    assert moved == set(phase.trains)
    apart = [key for key, value in run.nets.named_parameters() if value.grad is not None and not lie_alike(value)]
    assert apart == [], "torch's fused Adam pairs values by their places in memory, whatever the strides say"


@pytest.mark.parametrize(("adversarial", "penalty", "norm"), [*itertools.product(ADVERSARIAL, PENALTIES, NORMS)])
def test_every_loss_penalty_and_norm_trains_or_is_refused(adversarial: str, penalty: str, norm: str) -> None:
    config = {"adversarial": adversarial, "penalty": penalty, "discriminator_norm": norm}
    if penalty != "none" and norm == "batch":
        with pytest.raises(ValueError, match="set discriminator_norm to spectral or none"):
            make(**config)
        return
    if adversarial == "wasserstein" and penalty == "none" and norm != "spectral":
        with pytest.raises(ValueError, match="unbounded without a constraint"):
            make(**config)
        return
    run = make(**config)
    before = copy.deepcopy(dict(run.nets.named_parameters()))
    logs = [train_step(run, batch()) for _ in range(2)]
    assert all(value.isfinite() for log in logs for value in log.values())
    assert ("discriminator/penalty" in logs[0]) == (penalty != "none")
    still = [key for key, value in run.nets.named_parameters() if torch.equal(value, before[key])]
    # Under the wasserstein loss a bias that shifts all logits has no gradient; the relativistic one cancels it too.
    assert all(key.startswith("discriminator.") and key.endswith("bias") for key in still), still
    assert all(value.isfinite().all() for value in run.nets.parameters())


OPTIMIZERS = {
    "adam": lambda weights, lr: torch.optim.Adam(weights, lr, (0.5, 0.999)),
    "rmsprop": torch.optim.RMSprop,
    "sgd": torch.optim.SGD,
}


@pytest.mark.parametrize("norm", ["none", "batch"])
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"generator_every": 2},
        {"discriminator_every": 2},
        {"judged_together": 2},
        {"generator_optimizer": "sgd", "generator_lr": 0.05, "discriminator_optimizer": "rmsprop"},
        {"discriminator_optimizer": "sgd", "discriminator_lr": 0.05},
    ],
    ids=str,
)
def test_training_equals_a_plain_loop(norm: str, settings: dict[str, Any]) -> None:
    """Three steps of the textbook loop, with torch's own optimisers; both players see the same images of a step."""
    run = make(adversarial="non-saturating", discriminator_norm=norm, **settings)
    cfg, together = run.recipe.config, run.recipe.judged_together
    generator, trunk, head = (copy.deepcopy(run.nets[n]) for n in ("generator", "trunk", "discriminator"))
    critic = nn.Sequential(Packs(together), trunk, head)
    of_critic = OPTIMIZERS[cfg.discriminator_optimizer](critic.parameters(), cfg.discriminator_lr)
    of_generator = OPTIMIZERS[cfg.generator_optimizer](generator.parameters(), cfg.generator_lr)
    rng, real = torch.Generator().manual_seed(run.recipe.seed), batch().images
    ones, zeros = torch.ones(8 // together, 1), torch.zeros(8 // together, 1)
    for step in range(3):
        fake = generator(torch.randn(8, 6, generator=rng))
        if step % cfg.discriminator_every == 0:
            of_critic.zero_grad()
            loss = F.binary_cross_entropy_with_logits(critic(real), ones)
            loss = loss + F.binary_cross_entropy_with_logits(critic(fake.detach()), zeros)
            loss.backward()
            of_critic.step()
        if step % cfg.generator_every == 0:
            of_generator.zero_grad()
            F.binary_cross_entropy_with_logits(critic(fake), ones).backward()
            of_generator.step()
        log = train_step(run, batch())
        assert ("discriminator/loss" in log) == (step % cfg.discriminator_every == 0)
        assert ("generator/loss" in log) == (step % cfg.generator_every == 0)
        if "discriminator/loss" in log:
            torch.testing.assert_close(log["discriminator/loss"], loss.detach(), atol=1e-5, rtol=1e-4)
    for name, net in {"generator": generator, "trunk": trunk, "discriminator": head}.items():
        for key, value in net.state_dict().items():
            torch.testing.assert_close(run.nets[name].state_dict()[key], value, atol=2e-5, rtol=1e-3)


def test_a_step_in_which_nobody_moves_is_refused() -> None:
    with pytest.raises(ValueError, match="set one of them to 1"):
        make(generator_every=2, discriminator_every=2)


@pytest.mark.parametrize(
    ("condition_on", "factors", "columns"),
    [
        ("", {"objects": ("cube", "ball", "ring"), "light": ("day", "night")}, [0, 1, 2, 3, 4]),
        ("ball", {"objects": ("ball",)}, [1]),
        ("light + ring+cube", {"objects": ("cube", "ring"), "light": ("day", "night")}, [0, 2, 3, 4]),
    ],
)
@pytest.mark.parametrize("name", ["cgan", "acgan"])
def test_a_model_may_learn_a_part_of_the_conditions(
    name: str, condition_on: str, factors: dict[str, tuple[str, ...]], columns: list[int]
) -> None:
    family = FAMILIES[name]
    cfg = family.Config(condition_on=condition_on, **SMALL)
    latent = family.latent(cfg, SCENES)
    assert {factor.name: factor.labels for factor in latent.factors[1:]} == factors
    made = Recipe(family=name, dataset="digits", image_size=32, batch_size=2, precision="float32", config=cfg)
    run = start(made, SCENES, CPU)
    conditions = torch.tensor([[1.0, 0, 1, 0, 1], [0, 1, 0, 1, 0]])
    some = Batch(torch.rand(2, *SCENES.shape) * 2 - 1, conditions)
    assert torch.equal(run.draw(run.nets, some, run.rng).latents[:, 6:], conditions[:, columns])
    assert all(value.isfinite() for value in train_step(run, some).values())


def test_a_condition_that_the_data_lacks_is_refused() -> None:
    cfg = FAMILIES["cgan"].Config(condition_on="cube+cone")
    with pytest.raises(
        ValueError, match="scenes has no condition 'cone'; choose from objects, cube, ball, ring, light"
    ):
        FAMILIES["cgan"].latent(cfg, SCENES)
    with pytest.raises(ValueError, match="set embedding to 0"):
        FAMILIES["acgan"].Config(condition_maps=True, embedding=8)


@pytest.mark.parametrize("norm", NORMS)
def test_heads_have_a_hidden_layer_when_the_config_says_so(norm: str) -> None:
    """Report B: FC 64 - FC 1 and FC 64 - FC classes, from the same features."""
    nets = FAMILIES["acgan"].build(FAMILIES["acgan"].Config(head_hidden=64, discriminator_norm=norm, **SMALL), SPEC)
    for name, outputs in (("discriminator", 1), ("classifier", 10)):
        layers = [m for m in nets[name].modules() if isinstance(m, nn.Linear)]
        assert [(m.in_features, m.out_features) for m in layers] == [(nets["trunk"].features, 64), (64, outputs)]


def test_the_configs_bounds_are_held() -> None:
    for wrong in ({"width": 0}, {"generator_lr": 0}, {"beta1": 1}, {"adversarial": "nonsense"}, {"wdth": 8}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            gan.Config(**wrong)
