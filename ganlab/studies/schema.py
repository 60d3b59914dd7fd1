"""What a file of a study's results holds: one record for those who write it, read it and show it."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, FiniteFloat

from ganlab.foreign import RealText, TrueIsNoNumber
from ganlab.runs import state_in_words

MAX_RUNS = 200
MOST_SHEET_LETTERS = 100_000
MOST_ENTRIES = 1000  # settings, metrics, curves of a run
MOST_REASON = 1000  # letters
NAME = r"^[a-z0-9][a-z0-9.-]{0,62}$"  # as that of a recipe: safe in an address

Word = Annotated[RealText, Field(max_length=200)]
Reason = Annotated[RealText, Field(max_length=MOST_REASON)]
Whole = Annotated[int, Field(ge=-(2**53), le=2**53)]
Count = Annotated[int, Field(ge=0, le=2**53)]
Number = Whole | FiniteFloat
Value = bool | Whole | FiniteFloat | Word
Numbers = Annotated[dict[Word, Number | None], Field(max_length=MOST_ENTRIES)]


def _with_a_step(metrics: Numbers | None) -> Numbers | None:
    """Metrics beside the `step` that they were measured at."""
    step = (metrics or {}).get("step")
    if step is not None and not (float(step).is_integer() and 0 <= step <= 2**53):
        raise ValueError(f"its step is {step:g}")
    return metrics


class Result(TrueIsNoNumber):
    """What the file knows of one run. The recipe is checked when it is asked for: it may be of a later version."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(pattern=NAME)
    settings: dict[Word, Value] = Field(max_length=MOST_ENTRIES)
    reported: dict[Word, Value] = Field({}, max_length=MOST_ENTRIES)
    state: Literal["done", "collapsed"] = "done"
    ended_by: Word = ""  # the kind of finding that ended it early, where one did
    step: Count = 0
    images: Count = 0
    seconds: Count = 0  # of training, without the measurements
    device: Word = ""
    parameters: dict[Word, Count] = Field({}, max_length=MOST_ENTRIES)  # by net
    findings: list[Annotated[str, Field(pattern=r"^[a-z-]{1,40}$")]] = Field([])
    measured: dict[Count, Numbers] = Field({}, max_length=MOST_ENTRIES)  # by step
    quality: dict[Count, Numbers] = Field({}, max_length=MOST_ENTRIES)  # by step, as snapshots were measured
    best: Annotated[Numbers | None, AfterValidator(_with_a_step)] = None  # of the checkpoint that was kept
    left_out: dict[Word, Reason] = Field({}, max_length=MOST_ENTRIES)  # what could not be measured, and why
    curves: dict[Word, list[Number | None]] = Field({}, max_length=MOST_ENTRIES)
    recipe: dict[str, Any] = Field({})
    sheet: Annotated[str, Field(max_length=MOST_SHEET_LETTERS)] = ""  # samples of the last step: PNG, in base64

    @property
    def told_state(self) -> str:
        """How it ended, as people read it."""
        return state_in_words(self.state, self.ended_by)


class Content(BaseModel):
    """The file as a whole. Its runs are checked one by one: pages show those that are whole."""

    title: Word = ""
    study: Word = ""
    torch: Word = ""  # the version that it was trained with
    runs: list[Any] = Field(max_length=MAX_RUNS)
