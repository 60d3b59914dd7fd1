"""Where pictures came from, as text inside the files that hold them: model, latents and version.

The text is JSON. Addresses on the pages, latents in it and `import ganlab` write points alike.
"""

import json
import math
from collections.abc import Sequence
from typing import Annotated

from pydantic import ConfigDict, Field, ValidationError

from ganlab.data.pictures import UNNAMED, read_text
from ganlab.explore import points
from ganlab.explore.paths import MAX_FRAMES, Method
from ganlab.explore.pictures import KEYWORD
from ganlab.explore.points import Point
from ganlab.foreign import RealText, TrueIsNoNumber, reasons, shortened
from ganlab.version import __version__

MOST_BYTES = 64 * 2**20  # of a picture file that is asked where it came from
MOST_LETTERS = 200_000  # of its text
MOST_NAME = 200  # letters of a model's


class Walk(TrueIsNoNumber):
    """How pictures lead from latent to latent."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    steps: Annotated[int, Field(ge=1, le=MAX_FRAMES)]
    method: Method
    loop: bool


class Provenance(TrueIsNoNumber):
    """Which model drew pictures, of which latents."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    model: Annotated[RealText, Field(min_length=1, max_length=MOST_NAME)]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]  # of the model's file
    latents: Annotated[RealText, Field(max_length=MOST_LETTERS)] = ""
    """As addresses write them, `7@0.8;digit=3 8`; empty where nobody could write them down."""
    count: Annotated[int, Field(ge=0, le=10**6)] = 0
    """How many latents there are: those that `latents` does not name have the seeds that follow its last one."""
    walk: Walk | None = None  # the pictures lie between the latents
    version: Annotated[RealText, Field(max_length=40)] = __version__

    def text(self) -> str:
        """What stands in a file: JSON, ASCII."""
        return json.dumps(self.model_dump(exclude_none=True))


def of(model: str, sha256: str, drawn: Sequence[Point] = (), *, walk: Walk | None = None) -> Provenance:
    """That of pictures of these latents, which are the ends of the ways where there is a `walk`.

    More latents than can be read again are not named, unless they are seeds in order.
    """
    model = shortened(model, MOST_NAME)
    named = _without_followers(drawn)
    latents = points.write(named) if len(named) <= points.MAX_POINTS else ""
    if not latents or len(latents) > MOST_LETTERS:
        return Provenance(model=model, sha256=sha256)
    return Provenance(model=model, sha256=sha256, latents=latents, count=len(drawn), walk=walk)


def read(content: bytes, *, name: str = UNNAMED) -> Provenance:
    """What a PNG or GIF file says of itself. ValueError for a file that says nothing, or nothing that can be read.

    Errors call it `name`.
    """
    if len(content) > MOST_BYTES:
        raise ValueError(f"{name} has {len(content):,} bytes; choose one of at most {MOST_BYTES:,}")
    text = read_text(content, KEYWORD, name=name)
    if not text:
        raise ValueError(
            f"{name} does not say how it was made. PNG and GIF files that ganlab saved do, unless another program or a "
            "messenger has written them anew since"
        )
    try:
        return Provenance.model_validate_json(text[: MOST_LETTERS * 2])
    except ValidationError as error:
        raise ValueError(
            f"the text in {name} is not as ganlab wrote it ({reasons(error, 'the text')}); open the model and type its "
            "seed instead"
        ) from error


def written_points(made: Provenance, *, name: str = UNNAMED) -> list[Point]:
    """The latents as points, at most 256. ValueError for text that names none, which calls the file `name`."""
    try:
        named = points.parse(made.latents)
    except ValueError as error:
        raise ValueError(f"the text in {name} names latents that cannot be read: {error}") from error
    if not named:
        raise ValueError(f"{name} names its model, {shortened(made.model, 80)}, and no latents that it shows")
    missing = min(made.count, points.MAX_POINTS) - len(named)
    last = named[-1]
    return (
        [*named, *points.row(last.seed + 1, missing, limit=last.limit, fixed=last.fixed, plain=last.plain)]
        if missing > 0
        else named
    )


def row_of(drawn: Sequence[Point]) -> tuple[Point, int] | None:
    """The first point and how many, where the points differ in nothing but seeds that follow each other."""
    named = _without_followers(drawn)
    return (named[0], len(drawn)) if len(named) == 1 else None


def _without_followers(drawn: Sequence[Point]) -> Sequence[Point]:
    """The points, without the last ones where their seeds alone follow from that before them."""
    end = len(drawn)
    while end > 1 and _follows(drawn[end - 2], drawn[end - 1]):
        end -= 1
    return drawn[:end]


def _follows(one: Point, other: Point) -> bool:
    same = math.isclose(one.limit, other.limit) and (one.fixed, one.plain) == (other.fixed, other.plain)
    return same and other.seed == one.seed + 1
