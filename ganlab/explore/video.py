"""Pictures after each other as MP4, by the FFmpeg that the package `av` brings along."""

import importlib.util
import io
from fractions import Fraction

import numpy as np

from ganlab.explore.pictures import Pixels
from ganlab.extras import how_to_install

QUALITY = 12  # x264's constant rate factor: 0 loses nothing, 23 is usual


def check_installed() -> None:
    """ValueError, with the remedy, where no MP4 can be written."""
    if importlib.util.find_spec("av") is None:
        raise ValueError(how_to_install("video"))


def mp4(frames: Pixels, text: str = "", *, frame_ms: int) -> bytes:
    """Frames [N, H, W, C] as H.264; sides that are odd get one pixel more, as the format wants.

    `text` says where they come from, as the file's comment. ValueError where the package is not installed.
    """
    check_installed()
    import av

    height, width = (side + side % 2 for side in frames.shape[1:3])
    padded = np.pad(frames, ((0, 0), (0, height - frames.shape[1]), (0, width - frames.shape[2]), (0, 0)), "edge")
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as file:
        file.metadata["comment"] = text
        stream = file.add_stream("libx264", rate=Fraction(1000, frame_ms), options={"crf": str(QUALITY)})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for picture in padded:
            colour = picture if picture.shape[2] == 3 else picture.repeat(3, axis=2)
            file.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(colour), format="rgb24")))
        file.mux(stream.encode())
    return buffer.getvalue()
