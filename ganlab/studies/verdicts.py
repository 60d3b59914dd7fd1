"""How well the monitor's findings, made while runs went on, agree with what was measured at their end."""

from collections.abc import Sequence
from typing import NamedTuple

from ganlab.studies.results import digits_appear
from ganlab.studies.schema import Result


class Verdicts(NamedTuple):
    """Runs that the monitor warned of, against runs that failed: in which digits did not appear."""

    warned_and_failed: int
    warned: int
    failed: int
    runs: int

    @property
    def precision(self) -> float | None:
        """Share of the warnings that were right; None without a warning."""
        return self.warned_and_failed / self.warned if self.warned else None

    @property
    def recall(self) -> float | None:
        """Share of the failures that were warned of; None without a failure."""
        return self.warned_and_failed / self.failed if self.failed else None


def verdicts(results: Sequence[Result]) -> Verdicts:
    """Of the results whose digits were judged. The rule for a missing class reads the same classifier as the judge."""
    judged = [
        (bool(result.findings), not appear)
        for result in results
        if result.measured and (appear := digits_appear(result.measured[max(result.measured)])) is not None
    ]
    return Verdicts(
        warned_and_failed=sum(warned and failed for warned, failed in judged),
        warned=sum(warned for warned, _ in judged),
        failed=sum(failed for _, failed in judged),
        runs=len(judged),
    )
