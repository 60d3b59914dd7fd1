"""An animation with a scrubber that draws while it is dragged, one component for every page."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from ganlab.explore import pictures
from ganlab.explore.pictures import Pixels
from ganlab.ui.tiles import data_url

FOLDER = Path(__file__).parent

_FILM = st.components.v2.component(
    "ganlab_film",
    html="""<div class="room">
<canvas role="img" aria-label="animation"></canvas>
<div class="controls">
  <button type="button"><svg viewBox="0 0 24 24" width="16" height="16" fill="currentColor" aria-hidden="true">
    <path class="play" d="M7 4l13 8-13 8z"/><path class="pause" d="M6 4h4v16H6zM14 4h4v16h-4z"/></svg></button>
  <input type="range" min="0" step="1" aria-label="frame"><span class="label"></span>
</div></div>""",
    css=(FOLDER / "film.css").read_text(encoding="utf-8"),
    js=(FOLDER / "film.js").read_text(encoding="utf-8"),
)


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
            "sheet": data_url(pictures.atlas(frames, columns)),
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
    stopped = int(st.session_state.get(key, {}).get("frame") or start)
    return min(max(stopped, 0), len(frames) - 1)
