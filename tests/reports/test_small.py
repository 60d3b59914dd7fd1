"""Figures of small reports: few colours, of which no two lines share one."""

import io

import numpy as np
from PIL import Image

from ganlab.reports import small
from ganlab.reports.drawings import COLOURS, Line, Lines, Panel


def test_each_line_has_a_colour_of_its_own_on_white_paper() -> None:
    x = np.arange(3.0)
    lines = tuple(Line(label=str(place), x=x, y=x + place, colour=place) for place in range(len(COLOURS)))
    drawing = Lines(panels=(Panel(title="", y_title="", lines=lines),), x_title="")
    picture = np.asarray(Image.open(io.BytesIO(small.draw(drawing))).convert("RGB")).astype(int)
    shown, counts = np.unique(picture.reshape(-1, 3), axis=0, return_counts=True)
    assert shown[counts.argmax()].tolist() == [255, 255, 255]
    wanted = np.array([[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in COLOURS])
    distances = np.abs(shown[:, None] - wanted).sum(2)
    assert distances.min(0).max() <= 32
    assert len(set(distances.argmin(0).tolist())) == len(COLOURS)
