"""MP4 files, read back by FFmpeg."""

import io
from pathlib import Path

import av
import numpy as np
import pytest

from ganlab.cli import main
from ganlab.explore import provenance, video
from ganlab.explore.points import Point


@pytest.mark.parametrize("channels", [1, 3])
def test_every_frame_is_there_and_nearly_as_it_was(channels: int) -> None:
    frames = np.zeros((6, 64, 62, channels), np.uint8)
    for i, frame in enumerate(frames):
        frame[8 * i : 8 * i + 16, 16:40] = 200
    content = video.mp4(frames, '{"a": "b"}', frame_ms=80)
    with av.open(io.BytesIO(content)) as file:
        stream = file.streams.video[0]
        assert (stream.codec_context.name, float(stream.average_rate)) == ("h264", 12.5)
        assert file.metadata["comment"] == '{"a": "b"}'
        read = np.stack([frame.to_ndarray(format="rgb24") for frame in file.decode(video=0)])
    assert read.shape == (6, 64, 62, 3)
    assert np.abs(read.astype(int) - frames).mean() < 3


def test_sides_that_are_odd_get_one_pixel_more() -> None:
    with av.open(io.BytesIO(video.mp4(np.full((2, 33, 35, 1), 90, np.uint8), frame_ms=40))) as file:
        assert (file.streams.video[0].width, file.streams.video[0].height) == (36, 34)


def test_a_walk_on_the_command_line(checkpoints_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "walk.mp4"
    assert main(["interpolate", "tiny", "--seeds", "1", "2", "--steps", "5", "--out", str(out)]) == 0
    with av.open(str(out)) as file:
        assert sum(1 for _ in file.decode(video=0)) == 6
        made = provenance.Provenance.model_validate_json(file.metadata["comment"])
    walk = provenance.Walk(steps=5, method="slerp", loop=False)
    assert (made.model, provenance.written_points(made), made.walk) == ("tiny", [Point(1), Point(2)], walk)


def test_without_the_package_it_is_said_before_anything_is_drawn(
    checkpoints_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert main(["interpolate", "tiny", "--out", str(tmp_path / "walk.mp4")]) == 1
    assert "MP4 files needs packages that are not installed: pip install -r requirements.txt" in capsys.readouterr().err
    assert main(["interpolate", "tiny", "--steps", "3", "--out", str(tmp_path / "walk.gif")]) == 0
