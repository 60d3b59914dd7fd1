"""`train`: run a recipe in this terminal and show how it goes."""

import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import tyro
from tqdm import tqdm

from ganlab import checkpoints, following, jobs, runs, warm_start
from ganlab.commands import names
from ganlab.commands.resuming import bring_here, check_kept, resumed
from ganlab.commands.sending import Where, checked, say_sent
from ganlab.commands.tables import duration, metrics_table, quoted
from ganlab.counting import bytes_in_words
from ganlab.data import catalogue
from ganlab.data.spec import noun, said_of
from ganlab.devices import choose_device
from ganlab.execute import execute
from ganlab.extras import require_event_files
from ganlab.jobs import memory
from ganlab.jobs.audience import Audience, shown_to
from ganlab.loop import Report
from ganlab.obstacles import obstacle
from ganlab.recipes import Recipe
from ganlab.runs import RunFolder, Status
from ganlab.stopping import UNREAD
from ganlab.training_state import uneven
from ganlab.whole_files import check_name

LINE_EVERY_SECONDS = 5.0  # where there is no terminal for a bar
MOST_OF_A_NAME = 60  # letters of a run's name that become a file's


def train(
    recipe: Annotated[str, tyro.conf.Positional],
    *,
    steps: Annotated[int | None, tyro.conf.arg(help_behavior_hint="(default: the recipe's)")] = None,
    seed: Annotated[int | None, tyro.conf.arg(help_behavior_hint="(default: the recipe's)")] = None,
    settings: Annotated[tuple[str, ...], tyro.conf.arg(name="set", metavar="KEY=VALUE", help_behavior_hint="")] = (),
    device: names.Device = "auto",
    processes: Annotated[int | None, tyro.conf.arg(help_behavior_hint="(default: 1; as before with --resume)")] = None,
    out: Annotated[Path | None, tyro.conf.arg(help_behavior_hint="(default: a new one among the runs)")] = None,
    init_from: Annotated[
        str | None, tyro.conf.arg(metavar="CHECKPOINT", help_behavior_hint="(default: fresh nets)")
    ] = None,
    resume: bool = False,
    on_collapse: Literal["continue", "stop"] = "continue",
    tensorboard: bool = False,
    where: Where = None,
) -> int:
    """Train a recipe. Ctrl-C saves and stops; --resume then goes on as if nothing had happened.

    Args:
        recipe: a recipe (`list` shows them) or a recipe.json file; with --resume also the name of a run.
        steps: training steps.
        seed: seed of weights, data order and noise.
        settings: change settings of the recipe, such as width=32 generator_lr=1e-3.
        device: where to train; auto takes an NVIDIA GPU when there is one, cuda:1 is the second of several, mps is that
            of an Apple processor.
        processes: train with so many processes of this machine, each with an equal part of every batch: one a card, or
            on CPUs some that share the cores. Under torchrun or srun their processes train together, without this.
        out: folder of the run.
        init_from: begin with the nets of a checkpoint (a file, or a name that `list` shows) or of a run, where their
            shapes fit; a run that was saved brings its discriminator along.
        resume: go on with the run in --out, or with the newest run of the recipe that can go on.
        on_collapse: what a new run does when the monitor sees it failing.
        tensorboard: have a new run write event files beside its metrics.jsonl, for `tensorboard --logdir`.
        where: have it trained elsewhere and return at once: local is the queue of this machine, slurm
            and ray are clusters.
    """
    checked(where)
    if following.place().rank:
        following.follow()
        return 0
    together = _processes(processes)
    if where is None:
        choose_device(device)
    changes = _changes(names.pairs(settings, "--set"), steps=steps, seed=seed)
    if resume:
        if init_from:
            raise ValueError("a resumed run goes on with its own nets; leave out --init-from, or start a new run")
        folder = resumed(recipe, out, changes)
        check_kept(folder, on_collapse=on_collapse, tensorboard=tensorboard)
        if where:
            if processes is not None or device != "auto":
                raise ValueError(
                    f"a run that goes on at {where} keeps its device and its number of processes; leave out --device "
                    "and --processes, or leave out --where"
                )
            jobs.resume(folder, where=where)
            return say_sent([folder], where)
        together = together or runs.read_status(folder).processes
        _check_processes(runs.read_recipe(folder), device, together, where)
        bring_here(folder)
    else:
        made = names.recipe(recipe).with_settings(changes)
        if out:
            check_name(out)
        if tensorboard:
            require_event_files()
        begin_with = names.model_source(init_from) if init_from else None
        _check_processes(made, device, together or 1, where)
        if where:
            how: dict[str, Any] = {"device": device, "on_collapse": on_collapse, "tensorboard": tensorboard}
            how |= {"processes": together or 1}
            sent = jobs.submit_all([made], init_from=begin_with, paths=[out] if out else [], where=where, **how)
            return say_sent(sent, where)
        _check_start(made, device, together or 1, out)
        init = warm_start.fitting(begin_with, [made]) if begin_with else None
        path = out or runs.claim_path(made, runs.runs_folder())  # now: others may have begun one meanwhile
        folder = runs.create(path, made, device=device, on_collapse=on_collapse, init=init, tensorboard=tensorboard)
    on = "" if resume and device == "auto" else device  # empty: where the run was before
    audience = Audience(when_gone=folder.stop.touch)  # without one the run saves its state and ends
    with shown_to(audience):
        print(f"run {folder.path}")
        again = bool(runs.saved_states(folder))
        _follow(folder, execute(folder, device=on, continue_run=again, processes=together or 1, tell=_say))
        status = runs.read_status(folder)
        code = _ending(folder, status)
    return UNREAD if audience.gone and not status.signal else code


def _processes(wished: int | None) -> int:
    """How many train together: those of a launcher, or as many as are wished; 0 where nobody says."""
    launched = following.place().count
    if wished is not None and wished < 1:
        raise ValueError(f"--processes {wished} is none; choose 1 or more")
    if launched > 1 and wished not in (None, launched):
        raise ValueError(f"{launched} processes were launched; leave out --processes")
    return launched if launched > 1 else wished or 0


def _check_processes(made: Recipe, device: str, processes: int, where: str | None) -> None:
    """ValueError where so many cannot share its batches, or a device for each is not here where they train here."""
    if why := uneven(made, processes):
        raise ValueError(why)
    if processes > 1 and where in (None, runs.LOCAL) and following.place().count == 1:
        following.own_device(choose_device(device), processes - 1)


def _check_start(made: Recipe, device: str, processes: int, out: Path | None) -> None:
    """Get what the run needs before it has a folder; ValueError where that is not to be had."""
    if not catalogue.is_packed(made.dataset, made.image_size):
        catalogue.source(made.dataset, made.image_size)
    if in_the_way := obstacle(made, device, out):
        raise ValueError(in_the_way)
    own = memory.share_of(made, processes)
    each = f" for each of {processes} processes" if processes > 1 else ""
    print(f"memory: about {bytes_in_words(memory.needed(own, device).bytes)} at most{each}")
    if too_much := memory.warning(made, device):
        print(f"warning: {too_much}", file=sys.stderr)


def _changes(settings: Mapping[str, str], **options: int | None) -> dict[str, Any]:
    """The settings with those that have an option of their own. ValueError where one is given both ways."""
    given = {name: value for name, value in options.items() if value is not None}
    for name in given:
        names.refuse_twice([name], f"--{name}", settings, "--set")
    return {**settings, **given}


def _follow(folder: RunFolder, reports: Iterable[Report]) -> None:
    """Show a bar on a terminal, else a line every few seconds; findings of the monitor as they come."""
    told: set[str] = set()
    spoke = time.monotonic()
    status, size = runs.read_status(folder), runs.read_recipe(folder).image_size
    bar_format = "{percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt} {postfix}"
    with tqdm(total=status.steps, disable=not sys.stderr.isatty(), dynamic_ncols=True, bar_format=bar_format) as bar:
        for report in reports:
            status = runs.read_status(folder)
            bar.set_postfix_str(_line(report, status, size), refresh=False)
            bar.update(report.step - bar.n)
            if bar.disable and time.monotonic() - spoke > LINE_EVERY_SECONDS:
                spoke = time.monotonic()
                print(f"step {report.step:,} of {status.steps:,}  {_line(report, status, size)}", flush=True)
            _warn(status, told)
    _warn(runs.read_status(folder), told)


def _say(text: str) -> None:
    """A line above the bar."""
    with tqdm.external_write_mode():
        print(text, flush=True)


def _line(report: Report, status: Status, size: int) -> str:
    losses = (f"{key} {value:.3g}" for key, value in report.values.items() if key.endswith("/loss"))
    left = duration(status.eta_seconds or 0)
    return "  ".join([f"{status.images_per_second:,.0f} {noun(size)}s/s", f"{left} left", *losses])


def _warn(status: Status, told: set[str]) -> None:
    for finding in status.findings:
        if finding.kind not in told:
            told.add(finding.kind)
            with tqdm.external_write_mode(sys.stderr):
                advice = f". {finding.suggestion}" if finding.suggestion not in told else ""
                told.add(finding.suggestion)
                print(f"warning: step {finding.step:,}: {finding.message}{advice}", file=sys.stderr)


def _ending(folder: RunFolder, status: Status) -> int:
    again = f"python -m ganlab train {runs.read_recipe(folder).name} --resume --out {quoted(folder.path)}"
    if status.state == "done":
        card = checkpoints.read_card(folder.checkpoint)
        if status.ended:
            print(status.ended)
        print(f"done; the best snapshot is that of step {card.step:,}:")
        print(metrics_table(card.metrics, card.left_out))
        print(f"sheets    {folder.samples}")
        what = said_of("pictures", card.data.size)
        print(f"{what:<8}  python -m ganlab sample {quoted(folder.checkpoint)} --out grid.png")
        return 0
    if status.state == "cancelled":
        print(f"stopped and saved at step {status.step:,} of {status.steps:,}; go on with\n  {again}", file=sys.stderr)
        return 128 + status.signal if status.signal else 0
    print(f"{runs.told_state(status)} at step {status.step:,}: {status.error}", file=sys.stderr)
    if status.state == "collapsed" and folder.checkpoint.is_file():
        print(f"{status.ended}: {folder.checkpoint}", file=sys.stderr)
    elif status.best_step:
        export = (
            f"python -m ganlab export {quoted(folder.path)} --out {quoted(folder.name[:MOST_OF_A_NAME])}.safetensors"
        )
        print(
            f"its best snapshot, of step {status.best_step:,}, becomes a checkpoint with\n  {export}", file=sys.stderr
        )
    return 1
