"""What the monitor said of a run, held against what was measured later: old news is told from what holds."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ganlab import monitor, runs
from ganlab.explore import metrics_cache, quality
from ganlab.runs import Finding, RunFolder


class Told(NamedTuple):
    """A finding, and the step of the first measurement from which on it was not seen again; None while it holds."""

    finding: Finding
    over: int | None


def look_back(run: RunFolder, findings: Sequence[Finding]) -> list[Told]:
    """The findings of a run, those that still hold first; one that nothing later was measured against holds."""
    told = [Told(finding, _over(run, finding)) for finding in findings]
    return sorted(told, key=lambda one: one.over is not None)


class Advice(NamedTuple):
    """Findings that hold and have one remedy."""

    findings: tuple[Finding, ...]
    suggestion: str

    @property
    def said(self) -> str:
        """What was seen and when, without the remedy: `Step 200: samples are alike; step 400: a class is missing`."""
        told = "; ".join(f"step {finding.step:,}: {finding.message}" for finding in self.findings)
        return f"{told[:1].upper()}{told[1:]}"


def advice(told: Sequence[Told]) -> list[Advice]:
    """What to try now, each remedy once, whatever number of findings calls for it."""
    found: dict[str, list[Finding]] = {}
    for finding, over in told:
        if over is None:
            found.setdefault(finding.suggestion, []).append(finding)
    return [Advice(tuple(findings), suggestion) for suggestion, findings in found.items()]


class Shared(NamedTuple):
    """Advice that several runs have in common: the same kinds of findings with the same remedy."""

    names: tuple[str, ...]
    first: Advice  # of the first of them
    alike: bool  # whether the others were told the same at the same step


def shared(advised: Sequence[tuple[str, Advice]]) -> list[Shared]:
    """The advice of runs (name, advice), those with the same kinds and remedy together, in the order of the first."""
    found: dict[tuple[tuple[str, ...], str], list[tuple[str, Advice]]] = {}
    for name, one in advised:
        found.setdefault((tuple(finding.kind for finding in one.findings), one.suggestion), []).append((name, one))
    return [
        Shared(
            names=tuple(name for name, _ in several),
            first=several[0][1],
            alike=len({one.said for _, one in several}) == 1,
        )
        for several in found.values()
    ]


def history(finding: Finding, over: int) -> str:
    """A finding that is over, as a sentence about the past."""
    return f"At step {finding.step:,} the monitor noted: {finding.message}. Over by step {over:,}."


def _over(run: RunFolder, finding: Finding) -> int | None:
    if finding.kind == monitor.NOT_LEARNING:
        measured = _measured(run)
        first = dict(measured).get(0, {})
        return _since([(step, not monitor.has_moved(first, values)) for step, values in measured], finding.step)
    if finding.kind in monitor.SAMPLE_RULES:
        rules = monitor.SAMPLE_RULES[finding.kind]
        measured = _measured(run)
        seen = [(step, r.test(values[r.metric])) for step, values in measured for r in rules if r.metric in values]
        return _since(seen, finding.step)
    if finding.kind in monitor.LOSS_RULES:
        loss_test, _ = monitor.LOSS_RULES[finding.kind]
        try:
            columns = metrics_cache.read(run.metrics).values
        except ValueError:  # nothing later is known
            return None
        names = list(columns)
        rows = zip(*(columns[name].tolist() for name in names), strict=True)
        reports = [dict(zip(names, row, strict=True)) for row in rows]
        ill = [loss_test(report) for report in reports]
        windows = [all(ill[max(0, i + 1 - monitor.WINDOW) : i + 1]) for i in range(len(ill))]
        return _since(
            [(int(report["step"]), seen) for report, seen in zip(reports, windows, strict=True)], finding.step
        )
    return None  # a number that is none ends the run


def _measured(run: RunFolder) -> list[tuple[int, dict[str, float]]]:
    """What each snapshot measured, by step."""
    files = runs.numbered(run.snapshots, ".safetensors")
    return [(step, quality.metrics_of(path)) for step, path in files.items()]


def _since(seen: Iterable[tuple[int, bool]], step: int) -> int | None:
    """The first step after `step` from which on nothing was seen; None where the last look still saw it."""
    over = None
    for at, ill in seen:
        if ill:
            over = None
        elif over is None and at > step:
            over = at
    return over
