"""Sheets of samples, against torchvision's grids."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from ganlab.data.torchvision_import import torchvision
from ganlab.runs import SHEET_GAP
from ganlab.snapshots import save_sheet


@pytest.mark.parametrize(("n", "channels"), [(64, 1), (64, 3), (7, 3), (1, 1)])
def test_a_sheet_is_torchvisions_grid(n: int, channels: int, tmp_path: Path) -> None:
    rng = torch.Generator().manual_seed(0)
    images = torch.randint(256, (n, channels, 9, 9), dtype=torch.uint8, generator=rng)
    save_sheet(images, tmp_path / "sheet.png")
    grid = torchvision().utils.make_grid(images, round(n**0.5), padding=SHEET_GAP, pad_value=0)
    if n == 1:  # of a single image torchvision makes no grid
        grid = torch.nn.functional.pad(images[0].expand(3, -1, -1), (SHEET_GAP,) * 4)
    assert np.array_equal(np.array(Image.open(tmp_path / "sheet.png")), grid.permute(1, 2, 0).numpy())
