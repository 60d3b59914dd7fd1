"""Text in PNG and GIF files: read by another library, by ours, and edited by somebody."""

import io
import json
import math

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from ganlab.data.pictures import MOST_SIDE
from ganlab.explore import labelled, pictures, points, provenance
from ganlab.explore.points import Point

SHA = "0" * 64
PIXELS = np.zeros((3, 8, 8, 1), np.uint8)


@pytest.mark.parametrize(
    ("drawn", "latents"),
    [
        (points.row(7, 16, limit=0.8, fixed=[("digit", "3")]), "7@0.8;digit=3"),
        ([Point(3), Point(9), Point(10), Point(11)], "3 9"),
        ([Point(5), Point(5)], "5 5"),
        ([Point(1, fixed=(("attributes", "smile+gl\u00e4ser"),))], "1;attributes=smile+gl%C3%A4ser"),
        ([], ""),
    ],
)
def test_what_is_written_is_read_again(drawn: list[Point], latents: str) -> None:
    made = provenance.of("a model", SHA, drawn)
    assert (made.latents, made.count) == (latents, len(drawn))
    for content in (pictures.png(PIXELS[0], made.text()), pictures.gif(PIXELS, made.text(), frame_ms=40)):
        with Image.open(io.BytesIO(content)) as image:
            text = image.info.get("ganlab") or image.info["comment"].decode("ascii")
        assert json.loads(text)["latents"] == latents
        again = provenance.read(content)
        assert again == made
        if drawn:
            assert provenance.written_points(again) == list(drawn)


def test_more_latents_than_can_be_read_again_are_not_named() -> None:
    assert provenance.of("m", SHA, [Point(i % 7) for i in range(300)]).latents == ""
    many = provenance.of("m", SHA, [Point(i) for i in range(5_000)])
    assert (many.latents, many.count) == ("0", 5_000)
    assert provenance.written_points(many) == points.row(0, points.MAX_POINTS)


@pytest.mark.parametrize("model", ["m" * 300, "soft\u00adhyphen", "a\u200bb\tc\n"])
def test_a_model_of_any_name_can_be_written_of(model: str) -> None:
    made = provenance.of(model, SHA, [Point(1)])
    assert provenance.read(with_text(made.text())) == made


def test_a_row_is_told_from_other_latents() -> None:
    assert provenance.row_of(points.row(4, 3)) == (Point(4), 3)
    assert provenance.row_of([Point(4), Point(6)]) is None
    assert provenance.row_of([Point(4), Point(5, 0.8)]) is None
    assert math.isinf(Point(4).limit)


def with_text(text: str, keyword: str = "ganlab") -> bytes:
    buffer, info = io.BytesIO(), PngInfo()
    info.add_text(keyword, text)
    Image.new("L", (8, 8)).save(buffer, "PNG", pnginfo=info)
    return buffer.getvalue()


GOOD = {"model": "m", "sha256": SHA, "latents": "3", "count": 1}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (with_text("{}", "prompt"), "does not say how it was made"),
        (pictures.png(PIXELS[0]), "does not say how it was made"),
        (pictures.gif(PIXELS, frame_ms=40), "does not say how it was made"),
        (b"%PDF-1.7 nothing", "cannot be read as a picture"),
        (b"", "is empty"),
        (pictures.png(PIXELS[0], "x")[:40], "cannot be read as a picture|does not say"),
        (with_text("{"), "not as ganlab wrote it"),
        (with_text("[" * 100_000), "not as ganlab wrote it"),
        (with_text(json.dumps(GOOD | {"sha256": "../../etc"})), "not as ganlab wrote it .*sha256"),
        (with_text(json.dumps(GOOD | {"model": "x" * 500})), "not as ganlab wrote it .*model"),
        (with_text(json.dumps(GOOD | {"count": -1})), "not as ganlab wrote it .*count"),
        (with_text(json.dumps(GOOD | {"walk": {"steps": 10**9, "method": "slerp", "loop": True}})), "steps"),
        (with_text(json.dumps(GOOD | {"model": "a\u202eb"})), "control marks"),
    ],
)
def test_foreign_and_edited_text_is_answered_in_words(content: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        provenance.read(content)


@pytest.mark.parametrize(
    ("latents", "message"),
    [("", "no latents"), ("<script>", "is not a seed"), ("1 " * 300, "at most 256"), ("99999999999", "out of range")],
)
def test_latents_that_name_none_are_answered_in_words(latents: str, message: str) -> None:
    made = provenance.read(with_text(json.dumps(GOOD | {"latents": latents})))
    with pytest.raises(ValueError, match=message):
        provenance.written_points(made)


def test_a_text_as_large_as_the_file_is_not_believed() -> None:
    with pytest.raises(ValueError, match="not as ganlab wrote it"):
        provenance.read(with_text("x" * (2 * 10**6)))


@pytest.mark.parametrize("channels", [1, 3])
def test_words_stand_around_a_grid_whose_pictures_stay_as_they_are(channels: int) -> None:
    images = np.random.default_rng(0).integers(0, 256, (6, 28, 28, channels), dtype=np.uint8)
    plain = pictures.enlarge(pictures.atlas(images, 3, gap=1), 4)
    assert np.array_equal(labelled.labelled(images, 3), plain)
    for heads in (["a", "b", "c"], ["a", "much wider than its column is", "c"]):
        sheet = labelled.labelled(images, 3, heads=heads, sides=["seed 0", "seed 1"])
        height, width, _ = plain.shape
        assert np.array_equal(sheet[-height:, -width:], plain)
        top, left = sheet.shape[0] - height, sheet.shape[1] - width
        for column in range(3):  # ink above each column, and nowhere at the margins
            start = left + column * 29 * 4
            assert sheet[:top, start : start + 28 * 4].min() < 100
        for row in range(2):
            assert sheet[top + row * 29 * 4 : top + row * 29 * 4 + 28 * 4, :left].min() < 100
        assert sheet[:top, :left].min() > 200
        assert sheet[0].min() > 200
        assert sheet[top:, 0].min() > 200


def test_latents_that_would_be_too_long_to_be_read_again_are_not_named() -> None:
    """Of a model with many labels, 256 pictures say more than a file is read for."""
    drawn = [Point(2 * seed, fixed=(("a", "x" * 1_000),)) for seed in range(256)]
    made = provenance.of("m", SHA, drawn)
    assert made == provenance.of("m", SHA)
    assert provenance.read(with_text(made.text())) == made
    assert provenance.written_points(provenance.of("m", SHA, drawn[:100])) == drawn[:100]


@pytest.mark.parametrize("form", ["png", "gif"])
def test_a_sheet_larger_than_pictures_that_are_read_says_where_it_is_from(form: str) -> None:
    wide, text = np.zeros((1, MOST_SIDE + 1, 1), np.uint8), provenance.of("m", SHA, [Point(3)]).text()
    content = pictures.png(wide, text) if form == "png" else pictures.gif(wide[None], text, frame_ms=40)
    assert provenance.read(content).latents == "3"
