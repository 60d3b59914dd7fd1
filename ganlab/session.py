"""One sitting of a run, made ready: its data loaded, its saved state restored, what lies after that state removed."""

from dataclasses import dataclass, replace
from typing import cast

import torch
from torch.nn.modules.batchnorm import _BatchNorm

from ganlab import data, listings, metrics, resume, runs, warm_start
from ganlab.augmentation import changes_for, in_words
from ganlab.counting import counted
from ganlab.data import Pack, Stream, catalogue
from ganlab.data.dataset import Progress
from ganlab.data.held_out import split_summary
from ganlab.data.packs import fingerprint
from ganlab.data.spec import data_in_words
from ganlab.devices import choose_device, make_current
from ganlab.journal import Journal
from ganlab.metrics import Reference, reference_files
from ganlab.metrics.obedience import is_conditional
from ganlab.nets.clusters import Clusters, fit_clusters
from ganlab.players import augment_setting
from ganlab.recipes import Recipe
from ganlab.runs import RunFolder, Status
from ganlab.snapshots import SnapshotsMeasured, snapshots_measured
from ganlab.training_state import Run, start

SNAPSHOTS = 20  # a run
MOST_STEPS_A_REPORT = 50
MIRROR_IS_OFF = (
    "Mirrored pictures are left out; set mirror=true where left and right may be exchanged (no writing, no labels that "
    "name a side)"
)
REPORTS = 200  # a run, at least


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """What a run needs from its next step to its last."""

    folder: RunFolder
    run: Run
    pack: Pack  # at the recipe's size
    stream: Stream
    reference: Reference
    leading: str  # name of the metric that keep-best goes by
    report_every: int  # steps
    snapshot_every: int  # steps, a multiple of `report_every`


def prepare(journal: Journal, *, device: str = "", continue_run: bool = False, snapshots: int = 0) -> Session:
    """Get everything that can fail before the first step out of the way; `snapshots` as `execute` takes it.

    Raises ValueError when the run cannot start: a bad recipe, no data, nothing to resume, a damaged file that would
    be read after the last step.
    """
    folder, recipe = journal.folder, runs.read_recipe(journal.folder)
    where = choose_device(device or journal.status.device)
    make_current(where)
    pack = _pack(journal, recipe)
    catalogue.evaluation(recipe.dataset).check_lists()
    if len(pack.images) - pack.train < metrics.LEAST_IMAGES:
        journal.tell(f"{recipe.dataset} has {split_summary(pack)}")
    run = fresh(recipe, pack, where)
    if not (continue_run and _restore(run, journal, pack.fingerprint)):
        _begin(run, journal)
    if told := of_parts(run):
        journal.tell(told)
    _tell_augmentation(run, journal, in_words(augment_setting(recipe.config), pack.train, recipe.images_seen))
    if "clusters" in run.nets and run.step == 0:
        journal.busy(f"sorting {recipe.dataset} into clusters")
    sort_into_clusters(run, pack)
    _forget_after(folder, run.step)
    return _session(journal, run, pack, snapshots)


def take_in(journal: Journal, run: Run) -> Session:
    """A run that was trained in memory, in a folder that holds its recipe and nothing else yet. ValueError: no data."""
    return _session(journal, run, _pack(journal, runs.read_recipe(journal.folder)), 0)


def sort_into_clusters(run: Run, pack: Pack) -> None:
    """Find the clusters that the recipe asks for, before the first step; later a saved state has brought them.

    Samples get each in its share.
    """
    if "clusters" not in run.nets:
        return
    clusters = cast(Clusters, run.nets["clusters"])
    if run.step == 0:
        fit_clusters(clusters, pack.split("train")[0], torch.Generator().manual_seed(run.recipe.seed))
    shares = [round(share, 6) for share in clusters.shares.tolist()]
    for factor in run.latent.factors:
        if factor.kind == "category":
            run.latent = run.latent.with_rates(factor.name, shares)


def load(recipe: Recipe, progress: Progress) -> Pack:
    """The data of a recipe at its size, with its fingerprint; `progress` as `catalogue.source` takes it."""
    pack = catalogue.source(recipe.dataset, recipe.image_size, progress=progress)
    return data.resized(replace(pack, fingerprint=pack.fingerprint or fingerprint(pack)), recipe.image_size)


def fresh(recipe: Recipe, pack: Pack, where: torch.device) -> Run:
    """A run at its first step, with the changes to pictures that these ask for."""
    changes = changes_for(augment_setting(recipe.config), pack.train, recipe.images_seen)
    return start(recipe, pack.spec, where, augmentation=changes)


def new_stream(recipe: Recipe, pack: Pack, where: torch.device) -> Stream:
    """The batches of a recipe."""
    return Stream(pack, batch_size=recipe.batch_size, seed=recipe.seed, device=where, mirror=recipe.mirror)


def _pack(journal: Journal, recipe: Recipe) -> Pack:
    journal.busy(f"reading {data_in_words(recipe.dataset, recipe.image_size)}")
    return load(recipe, journal.packing)


def _session(journal: Journal, run: Run, pack: Pack, snapshots: int) -> Session:
    folder, recipe = journal.folder, run.recipe
    stream = new_stream(recipe, pack, run.device)
    reference = reference_files.reference(pack, journal.busy)
    leading = metrics.leading_metric(reference, conditional=is_conditional(run.latent, pack.spec))
    report_every, snapshot_every = rhythm(recipe, snapshots or SNAPSHOTS)
    measured = snapshots_measured(folder)
    journal.status = _rewound(journal.status, run.step, run.recipe.steps, leading, measured)
    _tell_what_is_lost(journal, run.step, report_every, snapshot_every, measured)
    return Session(
        folder=folder,
        run=run,
        pack=pack,
        stream=stream,
        reference=reference,
        leading=leading,
        report_every=report_every,
        snapshot_every=snapshot_every,
    )


def rhythm(recipe: Recipe, snapshots: int = SNAPSHOTS) -> tuple[int, int]:
    """Steps between two reports, and between two snapshots."""
    report_every = max(1, min(MOST_STEPS_A_REPORT, recipe.steps // REPORTS))
    return report_every, report_every * max(1, round(recipe.steps / snapshots / report_every))


def _restore(run: Run, journal: Journal, fingerprint: str) -> bool:
    """Bring the run to where it was saved; whether it was. ValueError where it stepped and nothing was saved."""
    folder = journal.folder
    states = runs.saved_states(folder)
    if states:
        for note in resume.restore_newest(run, states, fingerprint):
            journal.tell(note)
        journal.tell(f"going on from step {run.step:,}")
    elif folder.metrics.is_file():
        raise ValueError(f"{folder.path} has no saved state to resume from; start a new run")
    return bool(states)


def _begin(run: Run, journal: Journal) -> None:
    """Give a run the nets of the model that it is to begin with; ValueError where they were lost."""
    folder = journal.folder
    if listings.is_file(folder.init):
        source = warm_start.read_written(folder.init)
        fit = warm_start.begin(run, source)
        journal.tell(f"beginning with nets of {source.beginning}")
        for line in warm_start.lines(fit):
            journal.tell(f"  {line}")
    elif journal.status.began_from:
        raise ValueError(f"{folder.init} is gone, with the nets that the run was to begin with; start a new run")


def _tell_augmentation(run: Run, journal: Journal, told: str) -> None:
    if run.augmentation and not told.startswith(names := ", ".join(run.augmentation)):
        told = names  # a state of a time when the setting, or the pack, meant something else
    told = told if run.augmentation else ""
    if told:
        mirror = "" if run.recipe.mirror else f". {MIRROR_IS_OFF}"
        journal.tell(f"augmentation: {told}{mirror}")
    journal.write(augmented=told)


def of_parts(run: Run) -> str:
    """What is not as with the whole batch at once where a run takes it in parts; empty where all is."""
    parts = run.recipe.accumulate
    if parts == 1 or not any(isinstance(module, _BatchNorm) for module in run.nets.modules()):
        return ""
    return (
        f"the {run.recipe.batch_size} images of a step go through the nets in {parts} parts: batch norm takes its "
        f"statistics of each part alone; all else is as with the whole batch at once"
    )


def _forget_after(folder: RunFolder, step: int) -> None:
    """Remove what a resumed run will write again."""
    runs.forget_metrics_after(folder, step)
    for files in (runs.numbered(folder.snapshots, ".safetensors"), runs.numbered(folder.samples, ".png")):
        for drawn_at, path in files.items():
            if drawn_at > step:
                folder.check()
                path.unlink()


def _rewound(status: Status, step: int, steps: int, metric: str, measured: SnapshotsMeasured) -> Status:
    """The status as it was at `step`, with the best of the snapshots that are there, whatever the status said."""
    findings = [finding for finding in status.findings if finding.step <= step]
    best = measured.best(metric)
    value = measured.metrics[best][metric] if best is not None else None
    update = {
        "step": step,
        "steps": steps,
        "findings": findings,
        "best_step": best,
        "best_value": value,
        "metric": metric,
    }
    return status.model_copy(update=update)


def _tell_what_is_lost(
    journal: Journal, step: int, report_every: int, snapshot_every: int, measured: SnapshotsMeasured
) -> None:
    """Say which snapshots cannot be read, and which reports and snapshots of the steps before are gone."""
    folder = journal.folder
    for problem in measured.problems:
        journal.tell(problem)
    if lost := runs.missing_reports(folder, step, report_every):
        journal.tell(f"{folder.metrics} lacks {counted(lost, 'report')}, damaged or lost; the curves have gaps there")
    if step and (gone := sorted({*range(0, step + 1, snapshot_every)} - measured.metrics.keys())):
        steps = ", ".join(f"{at:,}" for at in gone)
        journal.tell(f"{folder.snapshots} lacks what was drawn at step {steps}; the best is chosen among the others")
