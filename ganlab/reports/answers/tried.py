"""Report A's twenty settings, and what the cut studies measured of them."""

import base64
from collections.abc import Mapping, Sequence

import numpy as np

from ganlab.data.pictures import open_picture
from ganlab.reports.answers.values import study_results
from ganlab.reports.document import Block, Figure, Table, Text
from ganlab.reports.drawings import Line, Lines, Panel, Tiles
from ganlab.reports.subject import Subject
from ganlab.studies import digits_appear
from ganlab.studies.digits import CUT_EPOCHS, TRIED
from ganlab.studies.results import DIGITS_APPEAR
from ganlab.studies.schema import Result
from ganlab.studies.verdicts import verdicts

CUT_STUDIES = {"stability-cut-replica": "its losses", "stability-cut": "our losses"}
"""By name, and whose losses they train with."""
RULE = (
    f"with one small net for all and {CUT_EPOCHS} epochs a run, digits appear where {DIGITS_APPEAR['confident']:.0%} "
    f"of 2,000 samples are recognisable and no digit has less than {DIGITS_APPEAR['smallest_share']:.0%} of its share "
    "in MNIST."
)


def tried(subjects: Sequence[Subject]) -> list[Block]:
    """The settings, whether digits appeared in the report, and in the cut studies as far as they were run here."""
    kept = {study: results for study in CUT_STUDIES if (results := study_results(study))}
    settings = [(base.removeprefix("mnist-"), one) for base, several in TRIED.items() for one in several]
    rows = []
    for place, (net, one) in enumerate(settings, 1):
        setting = (str(place), net, str(one.latent_size), str(one.epochs), str(one.batch_size), f"{one.lr:g}")
        cells = [cell for results in kept.values() for cell in _outcome(results, f"{net}-{place:02}")]
        rows.append((*setting, "yes" if one.digits else "no", *cells))
    words = [CUT_STUDIES[study] for study in kept]
    of_studies = [head for word in words for head in (f"digits, {word}", f"the monitor, {word}")]
    heads = ("setting", "net", "latent", "epochs", "batch", "rate", "digits, the report", *of_studies)
    caption = "The settings that the report tried, and whether it saw digits"
    caption += (
        f"; beside them the same here, with the share of recognisable samples, judged by a rule: {RULE}"
        if kept
        else "."
    )
    blocks: list[Block] = [Table(name="tried", caption=caption, heads=heads, rows=tuple(rows))]
    for study, results in kept.items():
        blocks.append(Text(text=_verdict_words(CUT_STUDIES[study], results)))
        blocks += _courses(study, results)
        blocks += _kept_samples(study, results)
    if len(kept) == len(CUT_STUDIES):
        blocks.append(Text(text=which_losses(kept)))
    if missing := [study for study in CUT_STUDIES if study not in kept]:
        commands = " and ".join(f"python -m ganlab study {study}" for study in missing)
        blocks.append(Text(text=f"Not run here yet: {commands}. The rule that will judge them: {RULE}"))
    return blocks


def which_losses(kept: Mapping[str, Sequence[Result]]) -> str:
    """In which settings each kind of losses draws digits."""
    theirs, ours = ({_setting(run): run for run in kept[study]} for study in CUT_STUDIES)
    both = [(theirs[setting], ours[setting]) for setting in theirs if setting in ours]
    drawn = [tuple(_digits(run) for run in pair) for pair in both]
    return (
        f"Side by side: of {len(both)} settings that both studies trained, our losses alone draw digits in "
        f"{drawn.count((False, True))}, its losses alone in {drawn.count((True, False))}, both in "
        f"{drawn.count((True, True))} and neither in {drawn.count((False, False))}. What is taken over of the "
        f"report is latent, batch and rate; its nets are not, and {CUT_EPOCHS} epochs are fewer than its 40 and 200."
    )


def _digits(result: Result) -> bool:
    return bool(result.measured and digits_appear(result.measured[max(result.measured)]))


def _setting(result: Result) -> str:
    """The part of its name that the studies share."""
    return "-".join(result.name.split("-")[-3:])


def _outcome(results: Sequence[Result], ending: str) -> tuple[str, str]:
    """Whether digits appear, with the share of recognisable samples, and the findings; empty without a run."""
    result = next((one for one in results if one.name.endswith(ending)), None)
    measured = result.measured[max(result.measured)] if result and result.measured else {}
    appear, share = digits_appear(measured), measured.get("confident")
    if appear is None or share is None:
        return "", ""
    assert result is not None
    return f"{'yes' if appear else 'no'} ({share:.3f})", ", ".join(result.findings) or "nothing"


def _courses(study: str, results: Sequence[Result]) -> list[Block]:
    """How far the samples of each run were from real digits while it was trained, a panel a net."""
    panels = []
    for net in dict.fromkeys(str(result.settings.get("net")) for result in results):
        lines = []
        for place, result in enumerate(one for one in results if one.settings.get("net") == net):
            known = {s: v for s, m in result.quality.items() if (v := m.get("frechet_classifier")) is not None}
            images = np.array([step * result.images / max(1, result.step) for step in known])
            label = " / ".join(f"{value:g}" if isinstance(value, float) else str(value) for value in _varied(result))
            lines.append(Line(label=label, x=images, y=np.array(list(known.values()), float), colour=place))
        if any(len(line.x) for line in lines):
            panels.append(Panel(title=net, y_title="Frechet distance", lines=tuple(lines), log_y=True))
    caption = (
        f"{study}: distance of 2,000 samples from the training images, in the digit classifier's features, while each "
        "run was trained; named by latent / epochs / batch / rate."
    )
    drawing = Lines(panels=tuple(panels), x_title="images shown")
    return [Figure(name=f"{study}-courses", caption=caption, drawing=drawing)] if panels else []


def _varied(result: Result) -> list[object]:
    return [value for name, value in result.settings.items() if name != "net"]


def _verdict_words(words: str, results: Sequence[Result]) -> str:
    found = verdicts(results)
    told = f"With {words}, digits appear in {found.runs - found.failed} of {found.runs} runs (the report: 8 of 20). "
    told += f"The monitor warned of {found.warned or 'none'}"
    if found.precision is not None:
        told += f", and {found.precision:.0%} of its warnings were right (precision)"
    if found.recall is None:
        return told + "; none failed."
    return told + f"; it warned of {found.recall:.0%} of the {found.failed} that failed (recall)."


def _kept_samples(study: str, results: Sequence[Result]) -> list[Block]:
    """A row of samples of each run, by the size of their pictures."""
    sheets = {
        result.name: np.asarray(open_picture(base64.b64decode(result.sheet))) for result in results if result.sheet
    }
    blocks: list[Block] = []
    for side in sorted({sheet.shape[0] for sheet in sheets.values()}):
        mine = {name: sheet for name, sheet in sheets.items() if sheet.shape[0] == side}
        tiles = [np.stack(np.split(sheet, sheet.shape[1] // side, axis=1))[..., None] for sheet in mine.values()]
        drawing = Tiles(
            images=np.concatenate(tiles),
            columns=len(tiles[0]),
            sides=[name.removeprefix(f"{study}-") for name in mine],
        )
        caption = f"{study}: samples of the first seeds at the last step, a row a run; named by the report's net."
        blocks.append(Figure(name=f"{study}-{side}", caption=caption, drawing=drawing))
    return blocks
