"""Stages that move between given latents: a walk that plays, and a square with a latent at each corner."""

from collections.abc import Sequence

from torch import Tensor

from ganlab.explore import paths
from ganlab.explore.library import Model
from ganlab.explore.paths import Method
from ganlab.explore.pictures import data_url
from ganlab.explore.stage import encoded
from ganlab.ui import address, address_check, cache
from ganlab.ui.live import place
from ganlab.ui.live.mount import WIDTH, mount, shared_latent
from ganlab.ui.live.place import Spot

MIDDLE: Spot = (0.5, 0.5)


def walk(
    models: Sequence[Model],
    keys: Tensor,
    *,
    method: Method = "slerp",
    closed: bool = False,
    key: str = "time",
    captions: Sequence[str] = (),
    start: float = 0.0,
    width: int = WIDTH,
) -> float:
    """Play a walk through the key frames [K, dim] by every model; returns the time at which it was last stopped.

    At time 1.5 it is halfway from the second key frame to the third, as in `paths.at`. The page runs again when the
    walk is stopped or the scrubber let go, and the query parameter `key` then holds the time, unless it is
    `start`. The walk goes to `start` when that changes. The other parameters are those of `explore`. ValueError when
    the latents differ.
    """
    latent = shared_latent(models)
    legs = len(keys) if closed else len(keys) - 1
    asked = _asked_time(key)
    if asked is not None and asked > legs and place.left(key) is None:  # else it was set before there were fewer frames
        address_check.refuse(key, f"a number from 0 to {legs}, for so many steps lead through the key frames")
    found = place.candidates(key, asked, start)
    time = min(next(iter(found), 0.0), float(legs))
    place.remember(key, time)
    address.write(key, f"{time:g}", f"{start:g}")
    mount(
        models,
        captions,
        paths.at(latent, keys, time, method=method, closed=closed),
        key=key,
        width=width,
        on_settled=place.on_settled(key, lambda sent: place.number(sent.get("time"), 0, paths.MAX_FRAMES)),
        data={
            "mode": "walk",
            "shape": "",
            "point": {"time": round(time, 3)},
            "walk": {"keys": encoded(keys), "count": len(keys), "method": method, "closed": closed},
        },
    )
    return time


def seek(time: float, key: str = "time") -> None:
    """Move the walk that `walk` plays; for callbacks, which run before the page does."""
    place.remember(key, time)


def resting_time(start: float = 0.0, key: str = "time") -> float:
    """Where `walk` with this start is about to stand, for what comes before it on the page."""
    return place.best(key, _asked_time(key), start)


def corners(
    models: Sequence[Model],
    latents: Tensor,
    titles: Sequence[str],
    *,
    method: Method = "slerp",
    key: str = "spot",
    captions: Sequence[str] = (),
    width: int = WIDTH,
) -> Spot:
    """A square with a latent of `latents` [4, dim] at each corner, and a point in it to drag; returns where it rests.

    Corners are the upper left, upper right, lower left and lower right one, as in `paths.square`; `titles` name
    them. The query parameter `key` holds the spot, unless that is the middle. The other parameters are those of
    `explore`.
    """
    latent = shared_latent(models)
    x, y = next(iter(place.candidates(key, place.asked_spot(key), MIDDLE)))
    place.remember(key, (x, y))
    address.write(key, _written((x, y)), _written(MIDDLE))
    mount(
        models,
        captions,
        paths.square(latent, latents, x, y, method=method),
        key=key,
        width=width,
        on_settled=place.on_settled(key, place.spot),
        data={
            "mode": "corners",
            "shape": "",
            "point": {"x": round(x, 3), "y": round(y, 3)},
            "corners": {
                "latents": encoded(latents),
                "method": method,
                "titles": list(titles),
                "pictures": [data_url(image) for image in cache.images(models[0].path, latents)],
            },
        },
    )
    return x, y


def _written(spot: Spot) -> str:
    x, y = spot
    return f"{x:g},{y:g}"


def _asked_time(key: str) -> float | None:
    try:
        found = place.number(float(address.read(key) or ""), 0, paths.MAX_FRAMES)
    except ValueError:
        found = None
    if found is None:
        address_check.refuse(key, "a number from 0 on, the key frames' place in the walk")
    return found
