"""The one loop that trains every family, and the state that it carries."""

import copy
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from torch import Tensor, nn

from ganlab import accumulation
from ganlab.augmentation import changed, draw_changes
from ganlab.averaging import EMA_NETS, Averaging, averaging, blend
from ganlab.beginning import Beginning
from ganlab.data import Batch, DataSpec, Stream
from ganlab.devices import kernels_for_training, seeded, to_device, without_autocast, working_dtype
from ganlab.distributed import ALONE, Processes
from ganlab.families import FAMILIES
from ganlab.latents import Latent
from ganlab.nets.whole_batch import begin_part, look_at_all
from ganlab.optimizers import optimizer_of
from ganlab.recipes import Recipe
from ganlab.types import Draw, Drawn, Phase


class Report(NamedTuple):
    """Means over the steps since the last report."""

    step: int
    images: int  # real images seen since the start
    seconds: float  # training time since the start, without pauses
    values: dict[str, float]


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
    optimizers: dict[str, torch.optim.Optimizer]  # by phase name
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


def train(
    run: Run, stream: Stream, *, report_every: int = 100, stop: Callable[[], bool] = lambda: False
) -> Iterator[Report]:
    """Train to the recipe's last step, yielding the mean log every `report_every` steps.

    The caller decides what a report is for: print it, draw samples or save. Between two steps, `stop` is asked
    whether to end here; the values since the last report then stay in the run, to be saved with it.
    """
    clock = time.perf_counter()
    while run.step < run.recipe.steps and not run.processes.any(stop()):
        for key, value in train_step(run, stream.batch(run.step)).items():
            run.pending.setdefault(key, []).append(value)
        if run.step % report_every == 0 or run.step == run.recipe.steps:
            means = {key: torch.stack(log).float().mean() for key, log in run.pending.items()}
            settle(run, means.values())
            values = {key: mean.item() for key, mean in means.items()}
            run.pending = {}  # reading the values was the only wait for the device in this loop
            run.seconds += time.perf_counter() - clock
            yield Report(run.step, run.images, run.seconds, values)
            clock = time.perf_counter()
    settle(run, (value for log in run.pending.values() for value in log))
    run.seconds += time.perf_counter() - clock


def settle(run: Run, logged: Iterable[Tensor]) -> None:
    """Make what each process has found by itself the mean of all: what was logged, and the nets' buffers.

    ValueError where their weights are no longer the same.
    """
    floats = [buffer for net in (run.nets, run.ema) for buffer in net.buffers() if buffer.is_floating_point()]
    run.processes.average([*logged, *floats])
    run.processes.check_alike([*run.nets.parameters()])


def train_step(run: Run, batch: Batch) -> dict[str, Tensor]:
    """Draw images once, give each phase that is due its turn on them, then move the averages."""
    exact = run.recipe.precision == "float32"
    with _dropout_of_the_step(run), kernels_for_training(run.device, allow_tf32=not exact):
        log = _turns(run, batch)
    run.step += 1
    update_ema(run)
    return log


def _turns(run: Run, batch: Batch) -> dict[str, Tensor]:
    log: dict[str, list[Tensor]] = {}
    batch = batch._replace(images=batch.images.contiguous(memory_format=torch.channels_last))
    due = [phase for phase in run.phases if run.step % phase.every == 0]
    moving = {name for phase in due for name in phase.trains}
    _freeze_all_but(run.weights, moving)
    images_of = _drawing(run, batch)
    for phase in due:
        _freeze_all_but(run.weights, set(phase.trains))  # frozen nets still pass gradients through
        optimizer = run.optimizers[phase.name]
        for group in optimizer.param_groups:
            group["lr"] = phase.optimizer.lr * lr_share(run.recipe, run.step)
            for weight in group["params"]:
                weight.grad = None
        for part, drawn in images_of(phase):
            with _autocast(run):
                loss = phase.loss(run.nets, *seen_in(phase, part, drawn, run.augmentation, run.rng), run.rng)
            loss.total.backward(_share_of(run, loss.total))
            for key, value in loss.log.items():
                log.setdefault(f"{phase.name}/{key}", []).append(value.detach())
        run.processes.average_gradients(weight for group in optimizer.param_groups for weight in group["params"])
        optimizer.step()
    return {key: values[0] if len(values) == 1 else torch.stack(values).mean() for key, values in log.items()}


def _drawing(run: Run, batch: Batch) -> Callable[[Phase], Iterable[tuple[Batch, Drawn]]]:
    """Draw the images of a step; returns what a phase sees of batch and images, part by part where a recipe says so."""

    def draw(part: Batch) -> Drawn:
        begin_part(run.nets, part.part, len(part.images))
        with _autocast(run):
            return run.draw(run.nets, part, run.rng)

    if run.recipe.accumulate == 1:
        whole = [(batch, draw(batch))]
        return lambda phase: whole
    drawing = accumulation.draw_parts(draw, run.nets, batch.split(run.recipe.accumulate), run.rng)

    def of_phase(phase: Phase) -> Iterator[tuple[Batch, Drawn]]:
        again = EMA_NETS if {*EMA_NETS} & {*phase.trains} else ()
        for part, drawn in accumulation.turn(draw, run.nets, drawing, run.rng, again):
            begin_part(run.nets, part.part, len(part.images))
            yield part, drawn

    return of_phase


def _share_of(run: Run, total: Tensor) -> Tensor | None:
    """What a part's loss counts in the gradient; nothing to multiply by where there is one part."""
    return None if run.recipe.accumulate == 1 else torch.full_like(total, 1 / run.recipe.accumulate)


def seen_in(
    phase: Phase, batch: Batch, drawn: Drawn, augmentation: tuple[str, ...], rng: torch.Generator
) -> tuple[Batch, Drawn]:
    """What a phase sees of a step's real images and of those drawn: in each place of the batch changed alike.

    The graph behind the images is walked once, by the phase that trains the generator; others see them cut off from it.
    """
    if "generator" not in phase.trains:
        drawn = drawn._replace(images=drawn.images.detach())
    if not (phase.augments and augmentation):
        return batch, drawn
    changes = draw_changes(augmentation, batch.images, rng, batch.part)
    real, fake = changed(batch.images, changes), changed(drawn.images.to(batch.images.dtype), changes)
    return batch._replace(images=real), drawn._replace(images=fake)


def lr_share(recipe: Recipe, step: int) -> float:
    """Factor on every learning rate: 1 in the first half, then linear down to `lr_end` at the last step.

    Step decay, `lr_decay` every `lr_decay_every` steps, comes on top.
    """
    late = max(0.0, 2 * step / recipe.steps - 1)
    return float((1 - (1 - recipe.lr_end) * late) * recipe.lr_decay ** (step // recipe.lr_decay_every))


def update_ema(run: Run) -> None:
    """Blend weights into the averages.

    The half-life is at most a twentieth of the images seen, so that the start is forgotten (Karras et al. 2022).
    """
    halflife = min(run.recipe.ema_halflife, run.images / 20)
    keep = 0.5 ** (run.recipe.batch_size / halflife) if halflife > 0 else 0.0
    for one in run.averaging:
        blend(one, 1 - keep)


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


@contextmanager
def _dropout_of_the_step(run: Run) -> Iterator[None]:
    """Make what dropout leaves out depend on nothing but seed and step; torch draws it from the global generator."""
    if not run.leaves_out:
        yield
        return
    with seeded(run.device, run.recipe.seed * 1_000_003 + run.step):
        yield


def _freeze_all_but(weights: Mapping[str, Sequence[nn.Parameter]], names: set[str]) -> None:
    for name, of_net in weights.items():
        moves = name in names
        for weight in of_net:
            if weight.requires_grad != moves:
                weight.requires_grad_(moves)


def _autocast(run: Run) -> AbstractContextManager[object]:
    return without_autocast(run.device) if run.dtype == torch.float32 else torch.autocast(run.device.type, run.dtype)
