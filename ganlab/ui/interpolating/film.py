"""An animation with a scrubber that draws while it is dragged, one component for every page."""

from collections.abc import Sequence

from ganlab.explore import pictures
from ganlab.explore.pictures import Pixels
from ganlab.ui.component import component
from ganlab.ui.tiles import sent_place

_FILM = component("ganlab_film", "film.js", ["film.css"], kind="room")


def film(
    frames: Pixels,
    labels: Sequence[str],
    *,
    key: str,
    frames_per_second: float,
    width: int,
    there_and_back: bool = False,
    autoplay: bool = True,
    start: int = 0,
) -> int:
    """Play frames [N, H, W, C] in a loop, about `width` pixels wide; returns the frame where it was last stopped.

    A new `start` stops at that frame.
    """
    columns = pictures.columns_for(len(frames))
    _FILM(
        key=key,
        data={
            "sheet": pictures.data_url(pictures.atlas(frames, columns)),
            "columns": columns,
            "count": len(frames),
            "width": frames.shape[2],
            "height": frames.shape[1],
            "labels": list(labels),
            "fps": frames_per_second,
            "bounce": there_and_back,
            "autoplay": autoplay,
            "frame": start,
            "maxWidth": width,
        },
        on_frame_change=lambda: None,
    )
    return sent_place(key, "frame", len(frames), start)
