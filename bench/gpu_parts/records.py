"""What the parts of a GPU's measurements write down: one JSON file, read back by the same models."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from bench.parcels import LeftOut

State = Literal["waiting", "running", "done", "failed", "timed out"]


class Record(BaseModel):
    model_config = ConfigDict(extra="forbid", ser_json_inf_nan="strings")  # of a run that collapsed


class Order(Record):
    """What a part is asked to do."""

    rehearsal: bool  # tiny sizes, on the CPU in place of the GPU
    seconds: float  # after which it is stopped
    started: float  # seconds since the epoch
    work: Path  # for what nobody needs afterwards
    out: Path  # for checkpoints
    left_out: tuple[LeftOut, ...]

    @property
    def device(self) -> Literal["cpu", "cuda"]:
        return "cpu" if self.rehearsal else "cuda"


class Part(Record):
    """What every part says; each adds what it measures."""

    state: State = "waiting"
    limit_seconds: float = 0.0
    seconds: float = 0.0
    error: str = ""  # why it failed, in its last words


class Machine(Record):
    card: str  # empty without one
    memory_gib: float
    cores: int
    torch: str
    cuda: str
    cudnn: int
    python: str


class Ready(Record):
    """A dataset that can be trained on, its reference measured."""

    name: str
    images: int
    seconds: float


class Prepare(Part):
    name: Literal["prepare"] = "prepare"
    machine: Machine | None = None
    ready: list[Ready] = []


class Mixing(Record):
    """A family's losses on pretended CUDA tensors."""

    family: str
    error: str  # empty when no operation mixed devices


class Devices(Part):
    name: Literal["check-devices"] = "check-devices"
    note: str = ""
    families: list[Mixing] = []


class Tests(Part):
    name: Literal["check-tests"] = "check-tests"
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    tail: str = ""  # of pytest's output


class FamilyCurves(Record):
    """How far a family's curves on the GPU are from the CPU's, report by report, as shares of their mean size."""

    family: str
    float32: list[float]  # of the curve that is farthest away
    bfloat16: list[float]
    rounding: list[float]  # the same between two CPU runs of which one began a few roundings off
    agrees: bool  # float32


class Families(Part):
    name: Literal["check-families"] = "check-families"
    steps: int = 0
    rule: str = ""  # how the tolerance was chosen
    families: list[FamilyCurves] = []


class Killed(Record):
    """A run that was killed and went on, beside one that was not."""

    killed_after_step: int
    finished: bool
    identical: bool  # every report, to the last digit that is written


class Crossing(Record):
    """A run that went from the GPU to the CPU and back by its saved state, beside one that stayed on the CPU."""

    deviations: list[float]  # report by report
    rounding: list[float]  # as of FamilyCurves
    agrees: bool


class Recovery(Part):
    name: Literal["check-recovery"] = "check-recovery"
    killed: Killed | None = None
    crossing: Crossing | None = None


class Memory(Part):
    """A run that was given too little memory on purpose."""

    name: Literal["check-memory"] = "check-memory"
    words: str = ""  # that the user reads
    state_kept: bool = False
    went_on: bool = False  # with all the memory, to its end


class StepSpeed(Record):
    """Our loop and a plain float32 loop, in turns."""

    image_size: int
    batch_size: int
    ours_ms: float
    plain_ms: float
    ratio: float
    images_per_second: float
    teraflops: float
    share_of_peak: float | None  # of the card's dense bfloat16 peak; None for a card that is not in the table


class SamplingSpeed(Record):
    image_size: int
    batch_size: int
    images_per_second: float


class Kernel(Record):
    name: str
    calls: int
    ms: float
    share: float  # of all kernels' time


class Profile(Record):
    image_size: int
    batch_size: int
    steps: int
    kernels: list[Kernel]  # the fifteen that take most
    share_without_kernel: float | None  # of the time, in which none runs


class Speed(Part):
    name: Literal["speed"] = "speed"
    peak: str = ""  # what the shares are of
    steps: list[StepSpeed] = []
    sampling: list[SamplingSpeed] = []
    profiles: list[Profile] = []


class Trained(Record):
    """A recipe that was trained."""

    recipe: str
    settings: dict[str, int | float | str]  # changed in the recipe
    state: State
    steps: int  # planned
    trained_steps: int
    step_ms: float  # measured beside the others, before it began
    seconds: float
    file: str  # of the checkpoint; empty without one
    megabytes: float
    best_step: int
    metrics: dict[str, float]
    fully_measured: bool
    error: str


class Zoo(Part):
    name: Literal["zoo"] = "zoo"
    at_once: int = 0
    why: str = ""  # so many
    trained: list[Trained] = []


AnyPart = Annotated[Prepare | Devices | Tests | Families | Recovery | Memory | Speed | Zoo, Field(discriminator="name")]


class Results(Record):
    """The whole file."""

    date: str
    rehearsal: bool
    minutes: float
    left_out: tuple[LeftOut, ...]
    parts: list[AnyPart]

    @property
    def card(self) -> str:
        """The GPU's name; empty where there was none."""
        machines = [part.machine.card for part in self.parts if isinstance(part, Prepare) and part.machine]
        return machines[0] if machines else ""
