"""A snapshot of a run as it stands: a sheet, the averaged nets, and what their samples measure."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from ganlab import checkpoints, monitor
from ganlab.data import as_packed
from ganlab.data.spec import noun
from ganlab.events import Events
from ganlab.families import FAMILIES
from ganlab.journal import Journal
from ganlab.runs import Finding
from ganlab.session import Session
from ganlab.snapshots import SHEET_SEEDS, measure, metrics_at, save_sheet
from ganlab.training_state import Run, averaged_generator

SAMPLES_WHILE_TRAINING = 2_000


def take_snapshot(session: Session, journal: Journal, written: Events) -> list[Finding]:
    """Draw a sheet, save the averaged nets, measure, and keep the best; returns what the monitor finds.

    Weights that are not finite make no snapshot: nothing could be drawn with it.
    """
    run, folder = session.run, session.folder
    nets = _sampled_nets(run)
    if lost := first_not_finite(nets):
        return [monitor.not_finite(run.step, lost)]

    def draw(latents: Tensor) -> Tensor:
        return _images(run, nets["generator"], latents)

    folder.samples.mkdir(exist_ok=True)
    sheet = save_sheet(
        checkpoints.sheet_of(draw, run.latent, run.data, SHEET_SEEDS),
        folder.samples / f"{run.step:08}.png",
        check=folder.check,
    )
    measured = measure(draw, run.latent, run.data, SAMPLES_WHILE_TRAINING, run.recipe.seed + 1, session.reference)
    checkpoints.save(
        folder.snapshots / f"{run.step:08}.safetensors",
        recipe=run.recipe,
        data=run.data,
        latent=run.latent,
        nets=nets,
        step=run.step,
        metrics=measured.values,
        origin=checkpoints.origin_of(session.pack),
        real=checkpoints.real_pictures(session.pack),
        left_out=measured.left_out,
        augmentation=run.augmentation,
        began_from=run.began_from,
        check=folder.check,
    )
    written.snapshot(run.step, sheet, measured.values)
    journal.leave_out(measured.left_out)
    value = measured.values.get(session.leading)
    if value is not None and (journal.status.best_value is None or value < journal.status.best_value):
        journal.write(best_step=run.step, best_value=value, metric=session.leading)
    before = _before(session, journal)
    called = noun(run.data.size)
    return monitor.inspect_samples(run.step, run.recipe.steps, measured.values, before, noun=called)


def first_not_finite(nets: Mapping[str, nn.Module] | nn.ModuleDict) -> str:
    """The name of a tensor that holds values which are no numbers; empty when all are."""
    states = ((name, key, value) for name, net in nets.items() for key, value in net.state_dict().items())
    return next((f"{name}.{key}" for name, key, value in states if not value.isfinite().all()), "")


def _before(session: Session, journal: Journal) -> list[dict[str, float]]:
    """What samples measured before the first step and in the best snapshot; empty where the first ones are lost."""
    steps = [0, *([best] if (best := journal.status.best_step) else [])]
    found = [metrics_at(session.folder, step) for step in steps]
    return [values for values in found if values] if found[0] else []


def _sampled_nets(run: Run) -> dict[str, nn.Module]:
    nets = {name: run.ema[name] if name in run.ema else run.nets[name] for name in FAMILIES[run.recipe.family].KEPT}
    return nets | {"generator": averaged_generator(run)}


@torch.inference_mode()
def _images(run: Run, generator: nn.Module, latents: Tensor) -> Tensor:
    parts = [as_packed(generator(part.to(run.device))).cpu() for part in latents.split(256)]
    return torch.cat(parts)
