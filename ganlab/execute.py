"""Trains the recipe of a run directory: reports, samples, snapshots, keep-best, monitor, resume, cancel."""

import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import torch
from torch import Tensor, nn

from ganlab import checkpoints, monitor, resume, runs, stopping
from ganlab.data import to_uint8
from ganlab.families import FAMILIES
from ganlab.journal import Journal, Tell
from ganlab.runs import Finding, RunFolder
from ganlab.session import Session, prepare
from ganlab.snapshots import SHEET_SEEDS, export, measure, measure_fully, save_sheet, snapshot_path
from ganlab.stopping import Stopped
from ganlab.train import Report, Run, averaged_generator, train

SAVE_EVERY_SECONDS = 60.0
SAMPLES_WHILE_TRAINING = 2_000
NO_MEMORY = ("CUDA error: out of memory", "CUBLAS_STATUS_ALLOC_FAILED", "CUDNN_STATUS_ALLOC_FAILED")
"""What the driver and its libraries say when others have filled the card; torch's own allocator has an error for it."""


def execute(
    folder: RunFolder, *, device: str = "", continue_run: bool = False, tell: Tell = lambda text: None
) -> Iterator[Report]:
    """Train the run in `folder` to its end, yielding reports; `tell` hears what takes time besides the steps.

    Raises ValueError when the run cannot start (another trainer, a bad recipe, no data, nothing to resume), and when
    the GPU's memory is too small for it.
    SIGTERM, Ctrl-C and the folder's `stop` file save the state and end the run as `cancelled`. A `stop` file from
    before the start counts too: whoever wants a cancelled run to go on removes it first.
    """
    with runs.hold(folder):
        journal = Journal(folder, runs.read_status(folder), tell)
        journal.write(state="running", error="", signal=None, **runs.this_process())
        try:
            with _memory_is_enough():
                with stopping.at_once():
                    session = prepare(journal, device=device, continue_run=continue_run)
                with stopping.on_signals(journal.wish_to_stop):
                    yield from _train(session, journal)
        except Stopped as wish:
            _end(folder, state="cancelled", signal=wish.number)
            folder.stop.unlink(missing_ok=True)
        except KeyboardInterrupt:  # while it got ready: the loop itself takes Ctrl-C as a wish
            _end(folder, state="cancelled", signal=int(signal.SIGINT))
            raise
        except Exception as error:
            # Whatever it was, whoever looks at the run must see it; it then goes on to the caller, who shows where.
            told = isinstance(error, ValueError | OSError)
            with suppress(OSError):  # a disk too full for a status is the error itself
                _end(folder, state="failed", error=f"{error}" if told else f"{type(error).__name__}: {error}")
            raise


def _train(session: Session, journal: Journal) -> Iterator[Report]:
    run, steps = session.run, session.run.recipe.steps
    if run.step == 0:
        journal.busy("drawing and measuring the first samples")
        _snapshot(session, journal)
    journal.busy("")
    began, begun_step, saved = time.monotonic(), run.step, time.monotonic()
    recent: list[Report] = []

    def stop() -> bool:
        return journal.stop_wanted() or _patience_is_over(session, journal)

    for report in train(run, session.stream, report_every=session.report_every, stop=stop):
        recent = [*recent[-monitor.WINDOW :], report]
        _record(session, journal, report, (report.step - begun_step) / max(1e-9, time.monotonic() - began))
        yield report
        if _note(journal, monitor.inspect_reports(recent), report.step, steps):
            return
        if report.step % session.snapshot_every == 0 or report.step == steps:
            measured = _snapshot(session, journal)
            if _note(journal, monitor.inspect_samples(report.step, steps, measured), report.step, steps):
                return
        if time.monotonic() - saved > SAVE_EVERY_SECONDS:
            resume.save_state(run, journal.folder.resume)
            saved = time.monotonic()
    resume.save_state(run, journal.folder.resume)
    if run.step < steps and not _patience_is_over(session, journal):
        journal.write(state="cancelled", eta_seconds=None, step=run.step, signal=journal.signal)
    else:
        _finish(session, journal)
    journal.folder.stop.unlink(missing_ok=True)


def _patience_is_over(session: Session, journal: Journal) -> bool:
    """Whether the last snapshots were no better; told from the best step alone, so that a resumed run agrees."""
    patience, best = session.run.recipe.patience, journal.status.best_step
    return bool(patience) and best is not None and session.run.step - best >= patience * session.snapshot_every


def _record(session: Session, journal: Journal, report: Report, steps_per_second: float) -> None:
    line = {"step": report.step, "images": report.images, "seconds": round(report.seconds, 3)}
    runs.append_metrics(journal.folder, line | {k: float(f"{v:.6g}") for k, v in report.values.items()})
    recipe = session.run.recipe
    journal.write(
        step=report.step,
        images_per_second=steps_per_second * recipe.batch_size,
        eta_seconds=(recipe.steps - report.step) / steps_per_second,
    )


def _note(journal: Journal, found: Sequence[Finding], step: int, steps: int) -> bool:
    """Note new kinds of findings; whether the run ends here because of one."""
    known = {finding.kind for finding in journal.status.findings}
    new = [finding for finding in found if finding.kind not in known]
    if new:
        journal.write(findings=[*journal.status.findings, *new])
    stops = journal.status.on_collapse == "stop" and step < steps
    ends = [finding for finding in found if finding.fatal or stops]
    if ends:
        journal.write(state="collapsed", error=f"{ends[0].message}; {ends[0].suggestion}", eta_seconds=None)
    return bool(ends)


def _snapshot(session: Session, journal: Journal) -> dict[str, float]:
    """Draw a sheet, save the averaged nets, measure, and keep the best; returns the measurements."""
    run, folder = session.run, session.folder
    nets = _sampled_nets(run)

    def draw(latents: Tensor) -> Tensor:
        return _images(run, nets["generator"], latents)

    folder.samples.mkdir(exist_ok=True)
    save_sheet(draw(run.latent.from_seeds(SHEET_SEEDS)), folder.samples / f"{run.step:08}.png")
    measured = measure(draw, run.latent, run.data, SAMPLES_WHILE_TRAINING, run.recipe.seed + 1, session.reference)
    checkpoints.save(
        folder.snapshots / f"{run.step:08}.safetensors",
        recipe=run.recipe,
        data=run.data,
        latent=run.latent,
        nets=nets,
        step=run.step,
        metrics=measured,
    )
    if journal.status.best_value is None or measured[session.leading] < journal.status.best_value:
        journal.write(best_step=run.step, best_value=measured[session.leading], metric=session.leading)
    return measured


def _sampled_nets(run: Run) -> dict[str, nn.Module]:
    nets = {name: run.ema[name] if name in run.ema else run.nets[name] for name in FAMILIES[run.recipe.family].KEPT}
    return nets | {"generator": averaged_generator(run)}


def _finish(session: Session, journal: Journal) -> None:
    """Write the best snapshot as the run's checkpoint, with its metrics on many samples."""
    journal.busy("measuring the result")
    folder, run = session.folder, session.run
    best = checkpoints.load(snapshot_path(folder, journal.status.best_step))
    export(best, folder, folder.checkpoint, measure_fully(best, session.pack, session.reference))
    ended = ""
    if run.step < run.recipe.steps:
        patience = run.recipe.patience
        ended = f"stopped early: no better snapshot since step {best.card.step:,} ({patience} more were measured)"
    journal.write(state="done", step=run.step, eta_seconds=0.0, doing="", ended=ended)


@torch.inference_mode()
def _images(run: Run, generator: nn.Module, latents: Tensor) -> Tensor:
    parts = [to_uint8(generator(part.to(run.device))).cpu() for part in latents.split(256)]
    return torch.cat(parts)


def _end(folder: RunFolder, **changes: Any) -> None:
    update = {"eta_seconds": None, "doing": ""} | changes
    runs.write_status(folder, runs.read_status(folder).model_copy(update=update))


@contextmanager
def _memory_is_enough() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:
        if not isinstance(error, torch.OutOfMemoryError) and not any(word in str(error) for word in NO_MEMORY):
            raise
        raise ValueError(
            f"the GPU's memory is too small for this recipe; lower batch_size or width, or choose device cpu ({error})"
        ) from error
