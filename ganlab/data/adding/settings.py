"""How pictures of any size become images of one."""

from typing import Annotated, Literal, get_args

from pydantic import ConfigDict, Field

from ganlab.foreign import TrueIsNoNumber

Size = Literal[28, 32, 64, 128]
Colour = Literal["auto", "grey", "rgb"]
Crop = Literal["centre", "squeeze", "pad"]
SIZES: tuple[Size, ...] = get_args(Size)


class Settings(TrueIsNoNumber):
    """What a person chooses when pictures are added."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    size: Size = 64  # height and width, pixels
    colour: Colour = "auto"  # auto: grey where all pictures are
    crop: Crop = "centre"  # the middle square; all of it, squeezed; or all of it, with white beside it
    test_share: Annotated[float, Field(ge=0, le=0.5)] = 0.1  # of pictures whose source does not say their split
