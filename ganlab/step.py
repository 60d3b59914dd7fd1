"""One step of training, the same for every family: each phase that is due has its turn on the images drawn."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from ganlab import accumulation
from ganlab.augmentation import changed, draw_changes
from ganlab.averaging import EMA_NETS, blend
from ganlab.data import Batch
from ganlab.devices import autocast, kernels_for_training, seeded
from ganlab.nets.whole_batch import begin_part
from ganlab.recipes import Recipe
from ganlab.training_state import Run
from ganlab.types import Drawn, Phase


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
        optimizer.lr = phase.optimizer.lr * lr_share(run.recipe, run.step)
        for weight in optimizer.weights:
            weight.grad = None
        for part, drawn in images_of(phase):
            with autocast(run.device, run.dtype):
                loss = phase.loss(run.nets, *seen_in(phase, part, drawn, run.augmentation, run.rng), run.rng)
            loss.total.backward(_share_of(run, loss.total))
            for key, value in loss.log.items():
                log.setdefault(f"{phase.name}/{key}", []).append(value.detach())
        run.processes.average_gradients(optimizer.weights)
        optimizer.step()
    return {key: values[0] if len(values) == 1 else torch.stack(values).mean() for key, values in log.items()}


def _drawing(run: Run, batch: Batch) -> Callable[[Phase], Iterable[tuple[Batch, Drawn]]]:
    """Draw the images of a step; returns what a phase sees of batch and images, part by part where a recipe says so."""

    def draw(part: Batch) -> Drawn:
        begin_part(run.nets, part.part, len(part.images))
        with autocast(run.device, run.dtype):
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
