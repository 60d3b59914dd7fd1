"""Trains the recipe of a run directory: reports, samples, snapshots, keep-best, monitor, resume, cancel."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import torch
from torch import Tensor, nn

from ganlab import checkpoints, data, metrics, monitor, resume, runs, stopping
from ganlab.data import Pack, Stream, to_uint8
from ganlab.families import FAMILIES
from ganlab.metrics import kept
from ganlab.metrics.obedience import is_conditional
from ganlab.runs import Finding, RunFolder, Status
from ganlab.snapshots import (
    SHEET_SEEDS,
    SnapshotsMeasured,
    export,
    measure,
    measure_fully,
    save_sheet,
    snapshot_path,
    snapshots_measured,
)
from ganlab.stopping import Stopped
from ganlab.system_errors import in_words
from ganlab.train import Report, Run, averaged_generator, choose_device, start, train
from ganlab.whole_files import remove_unfinished

SNAPSHOTS = 20  # a run
SAVE_EVERY_SECONDS = 60.0
HEARTBEAT_SECONDS = 5.0
SAMPLES_WHILE_TRAINING = 2_000
NO_MEMORY = ("CUDA error: out of memory", "CUBLAS_STATUS_ALLOC_FAILED", "CUDNN_STATUS_ALLOC_FAILED")
"""What the driver and its libraries say when others have filled the card; torch's own allocator has an error for it."""


Tell = Callable[[str], object]


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
        status = runs.read_status(folder).model_copy(
            update={"state": "running", "error": "", "signal": None, **runs.this_process(), "heartbeat": time.time()}
        )
        runs.write_status(folder, status)
        try:
            with _memory_is_enough():
                with stopping.at_once():
                    session = _Session(folder, status, device=device, continue_run=continue_run, tell=tell)
                with stopping.on_signals(session.wish_to_stop):
                    yield from session.train()
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
                _end(folder, state="failed", error=in_words(error) if told else f"{type(error).__name__}: {error}")
            raise


class _Session:
    """One sitting of a run: what has to be remembered between two reports."""

    def __init__(self, folder: RunFolder, status: Status, *, device: str, continue_run: bool, tell: Tell) -> None:
        recipe = runs.read_recipe(folder)
        where = choose_device(device or status.device)
        self.folder, self.status, self.tell = folder, status, tell
        self.looked = self.told = 0.0
        self._busy(f"reading {recipe.dataset} at {recipe.image_size} px")
        pack = data.resized(data.load(recipe.dataset, self._packing), recipe.image_size)
        self.run: Run = start(recipe, pack.spec, where)
        if continue_run and (states := runs.saved_states(folder)):
            for note in resume.restore_newest(self.run, states):
                tell(note)
            tell(f"going on from step {self.run.step:,}")
        elif continue_run and folder.metrics.is_file():
            raise ValueError(f"{folder.path} has no saved state to resume from; start a new run")
        runs.forget_metrics_after(folder, self.run.step)
        for files in (runs.numbered(folder.snapshots, ".safetensors"), runs.numbered(folder.samples, ".png")):
            for step, path in files.items():
                if step > self.run.step:
                    path.unlink()
        for place in (folder.path, folder.samples, folder.snapshots, folder.resume.parent):
            remove_unfinished(place)
        self.pack: Pack = pack
        self.stream = Stream(pack, batch_size=recipe.batch_size, seed=recipe.seed, device=where, mirror=recipe.mirror)
        self.reference = kept.reference(pack, self._busy)
        self.metric = metrics.leading_metric(self.reference, conditional=is_conditional(self.run.latent, pack.spec))
        measured = snapshots_measured(folder)
        for problem in measured.problems:
            tell(problem)
        self.status = _rewound(self.status, self.run.step, self.metric, measured)
        self.report_every = max(1, min(50, recipe.steps // 200))
        self.snapshot_every = self.report_every * max(1, round(recipe.steps / SNAPSHOTS / self.report_every))
        if lost := runs.missing_reports(folder, self.run.step, self.report_every):
            tell(f"{folder.metrics} lacks {lost:,} reports that were damaged or lost; the curves have gaps there")
        if self.run.step and (
            gone := sorted({*range(0, self.run.step + 1, self.snapshot_every)} - measured.metrics.keys())
        ):
            steps = ", ".join(f"{step:,}" for step in gone)
            tell(f"{folder.snapshots} lacks what was drawn at step {steps}; the best is chosen among the others")
        self.stop_requested = False
        self.signal: int | None = None
        self.saved = time.monotonic()
        self.reports: list[Report] = []

    def wish_to_stop(self, number: int) -> None:
        """Stop after the current step, because of a signal."""
        self.stop_requested, self.signal = True, number

    def train(self) -> Iterator[Report]:
        first = self.run.step == 0
        if first:
            self._busy("drawing and measuring the first samples")
            self._snapshot()
        self._busy("")
        began, begun_step = time.monotonic(), self.run.step
        for report in train(self.run, self.stream, report_every=self.report_every, stop=self._stop_wanted):
            self._record(report, (report.step - begun_step) / max(1e-9, time.monotonic() - began))
            yield report
            fatal = self._findings(monitor.inspect_reports(self.reports), report)
            if fatal:
                return
            if report.step % self.snapshot_every == 0 or report.step == self.run.recipe.steps:
                measured = self._snapshot()
                found = monitor.inspect_samples(report.step, self.run.recipe.steps, measured)
                if self._findings(found, report):
                    return
            if time.monotonic() - self.saved > SAVE_EVERY_SECONDS:
                self._save_state()
        self._save_state()
        if self.run.step < self.run.recipe.steps and not self._patience_is_over():
            self._set(state="cancelled", eta_seconds=None, step=self.run.step, signal=self.signal)
        else:
            self._finish()
        self.folder.stop.unlink(missing_ok=True)

    def _packing(self, share: float, text: str) -> None:
        """Tell how far the packing of a dataset has come, and end it when that is wished."""
        if share < 1 and time.monotonic() - self.looked > 0.5:
            self.looked = time.monotonic()
            self._set(doing=text)
            if self.folder.stop.exists():
                raise Stopped(None)

    def _stop_wanted(self) -> bool:
        if time.monotonic() - self.looked > 0.5:  # a look at the disk costs microseconds, but not every step
            self.looked = time.monotonic()
            _check_still_here(self.folder)
            self.stop_requested = self.stop_requested or self.folder.stop.exists()
            if self.looked - self.told > HEARTBEAT_SECONDS:
                self._set()
        return self.stop_requested or self._patience_is_over()

    def _patience_is_over(self) -> bool:
        """Whether the last snapshots were no better; told from the best step alone, so that a resumed run agrees."""
        patience, best = self.run.recipe.patience, self.status.best_step
        return bool(patience) and best is not None and self.run.step - best >= patience * self.snapshot_every

    def _record(self, report: Report, steps_per_second: float) -> None:
        self.reports = [*self.reports[-monitor.WINDOW :], report]
        line = {"step": report.step, "images": report.images, "seconds": round(report.seconds, 3)}
        runs.append_metrics(self.folder, line | {k: float(f"{v:.6g}") for k, v in report.values.items()})
        left = self.run.recipe.steps - report.step
        self._set(
            step=report.step,
            images_per_second=steps_per_second * self.run.recipe.batch_size,
            eta_seconds=left / steps_per_second,
        )

    def _findings(self, found: list[Finding], report: Report) -> bool:
        """Note new kinds of findings; whether the run ends here because of one."""
        known = {finding.kind for finding in self.status.findings}
        new = [finding for finding in found if finding.kind not in known]
        if new:
            self._set(findings=[*self.status.findings, *new])
        stops = self.status.on_collapse == "stop" and report.step < self.run.recipe.steps
        ends = [finding for finding in found if finding.fatal or stops]
        if ends:
            self._set(state="collapsed", error=f"{ends[0].message}; {ends[0].suggestion}", eta_seconds=None)
        return bool(ends)

    def _snapshot(self) -> dict[str, float]:
        """Draw a sheet, save the averaged nets, measure, and keep the best; returns the measurements."""
        run, step = self.run, self.run.step
        nets = self._sampled_nets()

        def draw(latents: Tensor) -> Tensor:
            return _images(run, nets["generator"], latents)

        self.folder.samples.mkdir(exist_ok=True)
        save_sheet(draw(run.latent.from_seeds(SHEET_SEEDS)), self.folder.samples / f"{step:08}.png")
        measured = measure(draw, run.latent, run.data, SAMPLES_WHILE_TRAINING, run.recipe.seed + 1, self.reference)
        checkpoints.save(
            self.folder.snapshots / f"{step:08}.safetensors",
            recipe=run.recipe,
            data=run.data,
            latent=run.latent,
            nets=nets,
            step=step,
            metrics=measured,
        )
        if self.status.best_value is None or measured[self.metric] < self.status.best_value:
            self._set(best_step=step, best_value=measured[self.metric], metric=self.metric)
        return measured

    def _sampled_nets(self) -> dict[str, nn.Module]:
        run = self.run
        nets = {name: run.ema[name] if name in run.ema else run.nets[name] for name in FAMILIES[run.recipe.family].KEPT}
        return nets | {"generator": averaged_generator(run)}

    def _save_state(self) -> None:
        _check_still_here(self.folder)
        runs.sync_metrics(self.folder)
        resume.save_state(self.run, self.folder.resume, self.folder.resume_before)
        self.saved = time.monotonic()

    def _finish(self) -> None:
        """Write the best snapshot as the run's checkpoint, with its metrics on many samples."""
        self._busy("measuring the result")
        best = checkpoints.load(snapshot_path(self.folder, self.status.best_step))
        export(best, self.folder, self.folder.checkpoint, measure_fully(best, self.pack, self.reference))
        ended = ""
        if self.run.step < self.run.recipe.steps:
            patience = self.run.recipe.patience
            ended = f"stopped early: no better snapshot since step {best.card.step:,} ({patience} more were measured)"
        self._set(state="done", step=self.run.step, eta_seconds=0.0, doing="", ended=ended)

    def _busy(self, doing: str) -> None:
        self._set(doing=doing)
        if doing:
            self.tell(doing)

    def _set(self, **changes: Any) -> None:
        self.status = self.status.model_copy(update=changes | {"heartbeat": time.time()})
        runs.write_status(self.folder, self.status)
        self.told = time.monotonic()


def _check_still_here(folder: RunFolder) -> None:
    """ValueError once the folder was removed: the lock goes with it, and is not in another run of the same name."""
    if not folder.lock.exists():
        raise ValueError(f"{folder.lock} was removed while the run trained, so it ends here, and saves nothing more")


def _rewound(status: Status, step: int, metric: str, measured: SnapshotsMeasured) -> Status:
    """The status as it was at `step`, with the best of the snapshots that are there, whatever the status said."""
    findings = [finding for finding in status.findings if finding.step <= step]
    best = measured.best(metric)
    value = measured.metrics[best][metric] if best is not None else None
    update = {"step": step, "findings": findings, "best_step": best, "best_value": value, "metric": metric}
    return status.model_copy(update=update)


@torch.inference_mode()
def _images(run: Run, generator: nn.Module, latents: Tensor) -> Tensor:
    parts = [to_uint8(generator(part.to(run.device))).cpu() for part in latents.split(256)]
    return torch.cat(parts)


def _end(folder: RunFolder, **changes: Any) -> None:
    """Write how the run ended, unless its folder was removed under it."""
    if not folder.lock.exists():
        return
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
