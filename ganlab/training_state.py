"""A recipe in training: its nets, averages, optimisers and random numbers, from their beginning on."""

import copy
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from ganlab.averaging import EMA_NETS, Averaging, averaging
from ganlab.beginning import Beginning
from ganlab.data import DataSpec
from ganlab.devices import to_device, working_dtype
from ganlab.distributed import ALONE, Processes
from ganlab.families import FAMILIES
from ganlab.latents import Latent
from ganlab.nets.whole_batch import look_at_all
from ganlab.optimizers import PhaseOptimizer, optimizer_of
from ganlab.recipes import Recipe
from ganlab.types import Draw, Phase


@dataclass(kw_only=True, slots=True)
class Run:
    """A recipe in progress: exactly what a resume file has to hold."""

    recipe: Recipe
    data: DataSpec
    latent: Latent
    draw: Draw
    phases: tuple[Phase, ...]
    nets: nn.ModuleDict
    ema: nn.ModuleDict  # smoothed copies of the nets that are sampled
    optimizers: dict[str, PhaseOptimizer]  # by phase name
    rng: torch.Generator  # on the CPU: a seed names the same noise on every device, and any device can go on
    device: torch.device
    dtype: torch.dtype  # of the heavy operations
    began_from: Beginning | None = None  # whose nets it began with, where they were not fresh
    augmentation: tuple[str, ...] = ()  # changes that images go through before a discriminator, by name
    processes: Processes = ALONE  # that train it, each on its part of every batch
    leaves_out: bool = False  # whether a net has dropout
    step: int = 0
    seconds: float = 0.0  # spent training, without pauses
    pending: dict[str, list[Tensor]] = field(default_factory=dict)  # log values since the last report
    weights: dict[str, list[nn.Parameter]] = field(init=False, repr=False)  # of `nets`, which keep theirs for good
    averaging: list[Averaging] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Look for tensors once: in nets of some thousand weights, looking takes a tenth of a step."""
        self.weights = {name: [*net.parameters()] for name, net in self.nets.items()}
        self.averaging = [averaging(average, self.nets[name]) for name, average in self.ema.items()]

    @property
    def images(self) -> int:
        return self.step * self.recipe.batch_size


def start(recipe: Recipe, data: DataSpec, device: torch.device, *, augmentation: tuple[str, ...] = ()) -> Run:
    """Fresh nets and optimisers for `recipe`; `augmentation` as `changes_for` names it."""
    family = FAMILIES[recipe.family]
    with torch.random.fork_rng([]):  # weight initialisation is the only user of the global generator
        torch.manual_seed(recipe.seed)
        nets = family.build(recipe.config, data)
    nets = nets.to(device).to(memory_format=torch.channels_last).train()  # type: ignore[call-overload]
    if recipe.accumulate > 1:
        look_at_all(nets, ALONE)
    phases = family.phases(recipe.config, data)
    ema = nn.ModuleDict({name: copy.deepcopy(nets[name]) for name in EMA_NETS if name in nets})
    return Run(
        recipe=recipe,
        data=data,
        latent=family.latent(recipe.config, data),
        draw=family.draw(recipe.config, data),
        phases=phases,
        nets=nets,
        ema=ema.eval().requires_grad_(False),
        optimizers={phase.name: optimizer_of(phase, nets) for phase in phases},
        rng=torch.Generator().manual_seed(recipe.seed),
        device=device,
        dtype=working_dtype(recipe.precision, device),
        augmentation=augmentation,
        leaves_out=any(isinstance(module, nn.Dropout) for module in nets.modules()),
    )


def share(run: Run, processes: Processes) -> None:
    """Train it with others from here on: with the first one's weights, buffers, averages and random numbers.

    Each has restored its own optimisers. ValueError for a batch that does not come apart evenly.
    """
    if why := uneven(run.recipe, processes.count):
        raise ValueError(why)
    run.processes = processes
    look_at_all(run.nets, processes)
    state = run.rng.get_state()
    processes.copy_first([state, *(value for net in (run.nets, run.ema) for value in net.state_dict().values())])
    run.rng.set_state(state)


def uneven(recipe: Recipe, processes: int) -> str:
    """Why its batch does not come apart into equal parts for so many processes; empty where it does."""
    size, pack = recipe.batch_size, recipe.judged_together
    parts = processes * recipe.accumulate * pack
    least = parts * max(1, 2 // pack)  # two images in each
    if processes == 1 or (size % parts == 0 and size >= least):
        return ""
    each = f", each in {recipe.accumulate} parts" if recipe.accumulate > 1 else ""
    each += f", of packs of {recipe.judged_together}" if recipe.judged_together > 1 else ""
    return (
        f"a batch of {size} does not come apart evenly for {processes} processes{each}: set batch_size to a multiple "
        f"of {parts}, {least} or more"
    )


@torch.no_grad()
def averaged_generator(run: Run, *, batches: int = 8, batch_size: int = 256) -> nn.Module:
    """A copy of the averaged generator whose batch-norm statistics fit the averaged weights, in eval mode.

    The statistics that training collects belong to the last weights; measured again on fixed latents they belong
    to the averaged ones, and an image then depends on nothing but its own latent.
    """
    net = copy.deepcopy(run.ema["generator"])
    norms = [m for m in net.modules() if isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d)]
    if norms and "encoder" not in run.ema:  # behind an encoder, latents are not those of the prior
        for norm in norms:
            norm.reset_running_stats()
            norm.momentum = None  # a plain mean over the batches
        rng = torch.Generator().manual_seed(run.recipe.seed)
        net.train()
        for _ in range(batches):
            net(to_device(run.latent.sample(batch_size, rng), run.device))
        for norm in norms:
            norm.momentum = 0.1
    return net.eval()
