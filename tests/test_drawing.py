"""`sample` and `interpolate` draw what memory can hold, and say what to choose for the rest."""

from pathlib import Path

import numpy as np
import pytest

from ganlab.commands import drawing


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n": 50_001}, "--n is 50,001; it must be 50,000 or less"),
        ({"scale": 65}, "--scale is 65; it must be 64 or less"),
        ({"scale": 0}, "--scale is 0; it must be 1 or more"),
        ({"n": 2_000, "scale": 8}, r"grid\.png would have 100,352,000 pixels, at most 100,000,000 .* or an \.npz"),
        ({"seed": 99999999999999999999}, "99999999999999999999 is no seed; choose whole numbers from"),
        ({"seed": 2**64 - 2, "n": 4}, f"{2**64} is no seed"),
        ({"fix": ("z=nan",)}, "z takes finite numbers, not 'nan'"),
    ],
    ids=str,
)
def test_sample_refuses_what_it_cannot_draw(checkpoint_file: Path, tmp_path: Path, options: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        drawing.sample(str(checkpoint_file), out=tmp_path / "grid.png", **options)
    assert not (tmp_path / "grid.png").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"scale": 65}, "--scale is 65; it must be 64 or less"),
        ({"seeds": (0, 2**64)}, f"{2**64} is no seed"),
        ({"steps": 100, "scale": 40}, r"walk\.gif would have 126,694,400 pixels"),
        ({"steps": 2_001}, "would have 2,002 frames"),
    ],
    ids=str,
)
def test_interpolate_refuses_what_it_cannot_draw(
    checkpoint_file: Path, tmp_path: Path, options: dict, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        drawing.interpolate(str(checkpoint_file), out=tmp_path / "walk.gif", **options)
    assert not (tmp_path / "walk.gif").exists()


def test_an_npz_is_not_enlarged_and_may_hold_many(checkpoint_file: Path, tmp_path: Path) -> None:
    drawing.sample(str(checkpoint_file), n=2_000, scale=8, out=tmp_path / "many.npz")
    with np.load(tmp_path / "many.npz") as saved:
        assert saved["images"].shape == (2_000, 28, 28, 1)
