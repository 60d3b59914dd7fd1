"""`study`: trains and measures a set of recipes that belong together."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import tyro

from ganlab import runs, studies
from ganlab.commands.names import Device, known_name
from ganlab.commands.sending import Where, checked
from ganlab.commands.tables import duration, quoted, table
from ganlab.data.spec import noun
from ganlab.devices import choose_device
from ganlab.jobs import study_runs
from ganlab.jobs.audience import Audience, shown_to
from ganlab.metrics import METRICS
from ganlab.studies import STUDIES, Progress
from ganlab.studies.schema import Result

LINE_EVERY_SECONDS = 5.0


def study(
    name: Annotated[str, tyro.conf.Positional],
    *,
    device: Device = "auto",
    out: Annotated[Path | None, tyro.conf.arg(help_behavior_hint="(default: studies/NAME.json)")] = None,
    where: Where = None,
) -> int:
    """Train and measure the runs of a study, one after the other; the same command goes on where it was stopped.

    Args:
        name: sizes (report D: nine sizes of a DCGAN, and an MLP) or stability (report A: 20 settings), with our
            settings; sizes-replica or stability-replica, with the reports' own; stability-cut and
            stability-cut-replica, latent, batch and rate of the same 20 with one small net and 30 epochs; seeds
            (reports A and C: both InfoGANs, from five seeds and three); points (ring and grid with settings of papers
            on mode collapse, and ours; hours) and points-cut (the same runs, 3,000 steps each).
        device: where to train; auto takes an NVIDIA GPU when there is one, cuda:1 is the second of several, mps is that
            of an Apple processor.
        out: the file to write: settings, measurements and thin curves of all runs.
        where: have all runs trained elsewhere, and measure each here when it is done: local is the queue of this
            machine, slurm and ray are clusters. They go on when this command is stopped.
    """
    checked(where)
    if where is None:
        choose_device(device)  # told now, not once the first run has a folder
    chosen = STUDIES[known_name("study", name, STUDIES)]
    path = out or studies.results_path(name)
    spoke = time.monotonic()
    progress: Progress | None = None

    def stop() -> None:
        if progress and not where:
            progress.folder.stop.touch()

    if where:
        study_runs.send(chosen, path, where=where, device=device)

    with shown_to(Audience(when_gone=stop)):
        follow = study_runs.follow if where else None
        for progress in studies.run(name, chosen, path, device=device, follow=follow, tell=_say):
            if progress.finished:
                print(f"{progress.place} of {progress.total}: {progress.folder.name} is measured", flush=True)
            elif time.monotonic() - spoke > LINE_EVERY_SECONDS:
                spoke = time.monotonic()
                print(_line(progress), flush=True)
    if progress is None or not progress.finished or studies.unfinished(chosen, path):
        again = f"python -m ganlab study {name}" + (f" --out {quoted(out)}" if out else "")
        print(f"stopped and saved; go on with\n  {again}" + (f" --where {where}" if where else ""))
        return 130
    names = {point.recipe.name for point in chosen.points}
    print(table(_rows([result for result in studies.read_results(path) if result.name in names])))
    print(path)
    return 0


def _say(text: str) -> None:
    print(text, flush=True)


def _rows(results: Sequence[Result]) -> list[list[str]]:
    """A line a run, of the last step that was measured: what varies, what the report says, what was measured."""
    last = [max(result.measured, default=None) for result in results]
    values = [result.measured[step] if step is not None else {} for result, step in zip(results, last, strict=True)]
    shown = [name for name in studies.SHOWN if any(name in measured for measured in values)]
    judged = [studies.digits_appear(measured) for measured in values]
    heads = [*(METRICS[name].title for name in shown), *(["digits"] if any(one is not None for one in judged) else [])]
    rows = [["run", *results[0].settings, "report", "step", *heads]]
    for result, step, measured, digits in zip(results, last, values, judged, strict=True):
        reported = ", ".join(f"{name} {_text(value)}" for name, value in result.reported.items())
        varied = [_text(value) for value in result.settings.values()]
        numbers = [*(measured.get(name) for name in shown), digits][: len(heads)]
        rows.append([result.name, *varied, reported or "-", str(step or result.told_state), *map(_text, numbers)])
    return rows


def _text(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _line(progress: Progress) -> str:
    status, called = runs.read_status(progress.folder), noun(runs.read_recipe(progress.folder).image_size)
    return (
        f"{progress.place} of {progress.total}: {progress.folder.name} step {status.step:,} of {status.steps:,}  "
        f"{status.images_per_second:,.0f} {called}s/s  {duration(status.eta_seconds or 0)} left"
    )
