"""Which model a run began with, where its nets were not fresh."""

from typing import Annotated

from pydantic import ConfigDict, Field

from ganlab.foreign import RealText, TrueIsNoNumber


class Beginning(TrueIsNoNumber):
    """The file whose nets a run began with."""

    model_config = ConfigDict(frozen=True)

    name: Annotated[RealText, Field(max_length=200)]  # of the checkpoint, or of the run
    step: Annotated[int, Field(ge=0, le=10**15, strict=True)]  # of that model's own training
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]  # SHA-256 of the file

    def __str__(self) -> str:
        return f"{self.name} (step {self.step:,})"
