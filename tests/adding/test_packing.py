"""A folder of pictures becomes a pack whose pixels, labels and splits are those of the pictures."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors import safe_open

from ganlab.data import adding, catalogue, packs, sources
from ganlab.data.adding import Settings, Stopped
from ganlab.data.packs import fingerprint, load_pack, pack_path
from tests.adding.pictures import as_pillow, encoded, look, noise, packed, planned, several, write

CROPS = ("centre", "squeeze", "pad")


def test_pixels_and_labels_are_those_of_the_pictures(folder: Path) -> None:
    write(folder, {f"{'cat' if n % 2 else 'dog'}/{n}.png": encoded(noise(n)) for n in range(20)})
    pack = packed(folder, size=32, test_share=0.0)
    found = {image.numpy().tobytes(): int(label) for image, label in zip(pack.images, pack.labels, strict=True)}
    expected = {as_pillow(noise(n), 32).tobytes(): n % 2 for n in range(20)}
    assert pack.spec.conditions[0].labels == ("cat", "dog")
    assert found == {pixels: 1 - odd for pixels, odd in expected.items()}
    assert pack.train == 20


@pytest.mark.parametrize("crop", CROPS)
def test_crops_show_what_they_say(folder: Path, crop: str) -> None:
    """A picture of a black left, red middle and black right third, 90 x 30."""
    pixels = np.zeros((30, 90, 3), np.uint8)
    pixels[:, 30:60] = (255, 0, 0)
    write(folder, {f"{n}.png": encoded(Image.fromarray(pixels + n)) for n in range(2)})
    image = packed(folder, size=28, crop=crop).images[0].int()
    red, middle = (image[0] > 200) & (image[1] < 50), image[:, 14]
    if crop == "centre":
        assert red.all()
    elif crop == "squeeze":
        assert red.float().mean() == pytest.approx(1 / 3, abs=0.05)
        assert (middle[0, :8] < 50).all()
    else:
        white = (image > 250).all(0)
        assert white[:9].all()
        assert white[-9:].all()
        assert red.float().mean() == pytest.approx(1 / 9, abs=0.05)


def test_a_jpeg_decoded_smaller_is_as_good(folder: Path) -> None:
    """Against decoding all of it: less than a level of 255 on average, on a smooth picture as photographs are."""
    big = noise(0, 16, 16).resize((512, 512), 3)
    write(folder, {f"{n}.jpg": encoded(big.rotate(n * 90), "JPEG", quality=95) for n in range(4)})
    pack = packed(folder, size=64, test_share=0.0)
    expected = [as_pillow(Image.open(folder / f"{n}.jpg"), 64).astype(int) for n in range(4)]
    for image, whole in zip(pack.images.numpy(), expected, strict=True):
        assert np.abs(image - whole).mean() < 1
        assert np.abs(image - whole).max() < 12


def test_what_safetensors_and_the_loader_read_is_the_same_file(folder: Path) -> None:
    """Laid out by us, read by the library; the fingerprint is that of a pack that was saved whole."""
    write(folder, several(9, "a/") | several(9, "b/", 50))
    pack = packed(folder, size=28, crop="pad")
    with safe_open(pack_path("mine"), "pt") as file:
        assert torch.equal(file.get_tensor("images"), pack.images)
        header = json.loads(file.metadata()["pack"])
    assert header["fingerprint"] == pack.fingerprint == fingerprint(pack)
    assert header["made"] == {"size": 28, "colour": "auto", "crop": "pad", "test_share": 0.1} | {
        "labels": "folders of classes"
    }
    assert catalogue.describe("mine").fingerprint == pack.fingerprint
    again = pack_path("mine").with_name("again.v2.safetensors")
    packs.save_pack(pack, again)
    assert torch.equal(load_pack(again).images, pack.images)


def test_grey_pictures_become_grey_and_one_in_colour_makes_all_colour(folder: Path) -> None:
    write(folder, {f"{n}.png": encoded(noise(n).convert("L").convert("RGB" if n % 2 else "L")) for n in range(6)})
    assert packed(folder, size=28).spec.channels == 1
    write(folder, {"colour.png": encoded(noise(9))})
    assert packed(folder, "more", size=28).spec.channels == 3
    assert packed(folder, "forced", size=28, colour="grey").spec.channels == 1


def test_copies_stay_on_one_side_and_adding_pictures_moves_none(folder: Path) -> None:
    write(folder, several(60))
    write(folder, {f"copy of {n}.bmp": encoded(noise(n), "BMP") for n in range(0, 60, 3)})

    def sides(pack: packs.Pack) -> dict[bytes, set[bool]]:
        found: dict[bytes, set[bool]] = {}
        for place, image in enumerate(pack.images):
            found.setdefault(image.numpy().tobytes(), set()).add(place < pack.train)
        return found

    before = sides(packed(folder, size=32, test_share=0.3))
    assert len(before) == 60
    assert all(len(side) == 1 for side in before.values())
    assert 8 <= sum(side == {False} for side in before.values()) <= 28  # of 18 that are expected
    write(folder, several(40, "0more/", 100))
    after = sides(packed(folder, "more", size=32, test_share=0.3, labels="none"))
    assert len(after) == 100
    assert all(after[pixels] == side for pixels, side in before.items())


def test_a_stopped_packing_goes_on_and_ends_in_the_same_bytes(folder: Path) -> None:
    write(folder, several(40, "a/") | several(40, "b/", 100))
    adding.add(planned(folder, "whole", size=28))
    plan, asked = planned(folder, size=28), iter(range(1000))
    with pytest.raises(Stopped, match="goes on where it was"):
        adding.add(plan, stop=lambda: next(asked) > 30)
    assert catalogue.added() == ["whole"]
    half = adding.work_folder() / "mine.part"
    inode = half.stat().st_ino
    reads = iter(range(1000))
    adding.add(planned(folder, size=28), stop=lambda: next(reads) > 60)
    assert pack_path("mine").stat().st_ino == inode
    whole, resumed = (load_pack(pack_path(name)) for name in ("whole", "mine"))
    assert torch.equal(whole.images, resumed.images)
    assert torch.equal(whole.conditions, resumed.conditions)
    assert not half.exists()


def test_other_settings_do_not_go_on_with_what_was_begun(folder: Path) -> None:
    write(folder, several(40))
    asked = iter(range(1000))
    with pytest.raises(Stopped):
        adding.add(planned(folder, size=28), stop=lambda: next(asked) > 30)
    pack = packed(folder, size=28, crop="squeeze", colour="grey")
    assert all(image.any() for image in pack.images)
    assert pack.fingerprint == fingerprint(pack)


def test_a_survey_is_not_made_twice(folder: Path, tmp_path: Path) -> None:
    write(folder, several(30) | {"bad.png": b"no picture"})
    first = adding.survey(sources.open_source(str(folder)), tmp_path / "kept")
    (folder / "0.png").write_bytes(encoded(noise(0)))  # the same bytes, another time
    collection = sources.open_source(str(folder))
    adding.survey(collection, tmp_path / "kept")
    again = adding.survey(collection, tmp_path / "kept", stop=lambda: True)  # nothing is left to be stopped
    assert np.array_equal(first.findings, again.findings)
    assert again.unusable == first.unusable


def test_a_stopped_survey_goes_on(folder: Path, tmp_path: Path) -> None:
    write(folder, {f"{n}.bmp": encoded(noise(n, 8, 8), "BMP") for n in range(600)} | {"0bad.bmp": b"BM"})
    collection, asked, read = sources.open_source(str(folder)), iter(range(10_000)), []
    with pytest.raises(Stopped):
        adding.survey(collection, tmp_path / "kept", stop=lambda: next(asked) > 400)
    again = adding.survey(collection, tmp_path / "kept", stop=lambda: bool(read.append(1)))
    assert len(read) < 400
    assert np.array_equal(again.findings, adding.survey(collection, None).findings)
    assert [one.why.split()[0] for one in again.unusable] == ["0bad.bmp"]


def test_a_preview_shows_what_is_packed(folder: Path) -> None:
    write(folder, several(30))
    looked = look(folder)
    shown = adding.examples(looked.survey)
    assert len(shown) == 24
    for crop in CROPS:
        seen = adding.preview(shown, Settings(size=32, crop=crop), 3)
        pack = packed(folder, f"crop-{crop}", size=32, crop=crop)
        assert seen.shape == (24, 3, 32, 32)
        assert {image.tobytes() for image in seen} <= {image.numpy().tobytes() for image in pack.images}


def test_the_report_says_what_there_is(folder: Path) -> None:
    write(folder, several(10, "a/") | {"b/0.jpg": encoded(noise(99, 100, 50), "JPEG"), "notes.txt": b"x"})
    write(folder, {"b/same.png": encoded(noise(3)), ".DS_Store": b"", "__MACOSX/x.png": b"x"})
    report = look(folder).report
    assert (report.files, report.usable, report.copies, report.channels) == (12, 12, 1, 3)
    assert dict(report.formats) == {"PNG": 11, "JPEG": 1}
    assert (report.smallest, report.largest) == ((40, 40), (100, 50))
    assert [(one.name, dict(one.counts)) for one in report.labels] == [("class", {"a": 10, "b": 2})]
    assert report.cut == pytest.approx(0.5 / 12)
    assert {over.what.many: over.number for over in report.passed_over} == {
        "files that systems leave behind": 2,
        "files that are no pictures": 1,
    }


@pytest.mark.parametrize("colour", ["auto", "grey"])
def test_images_made_during_the_survey_are_those_of_the_source(colour: str, folder: Path) -> None:
    write(folder, several(30) | {f"{n}.jpg": encoded(noise(n, 300, 200), "JPEG") for n in range(5)} | {"bad.png": b"x"})
    collection, chosen = sources.open_source(str(folder)), Settings(size=32, colour=colour, crop="pad")
    shape = adding.Shape(32, "pad")
    asked = iter(range(1000))
    with pytest.raises(Stopped):
        adding.survey(collection, adding.work_folder(), shape=shape, stop=lambda: next(asked) > 20)
    survey = adding.survey(collection, adding.work_folder(), shape=shape)
    (made,) = adding.work_folder().glob("*.images")
    assert made.stat().st_size == 36 * 3 * 32 * 32
    adding.add(adding.plan(survey, sources.labels_of(collection), chosen, "mine"))
    again = packed(folder, "again", size=32, colour=colour, crop="pad")
    assert torch.equal(load_pack(pack_path("mine")).images, again.images)
    assert not made.exists()


def test_a_copy_is_a_copy_whatever_its_file_says_besides(folder: Path) -> None:
    picture = noise(1, 200, 200)
    exif = picture.getexif()
    exif[0x010E] = "what it shows"
    write(
        folder,
        several(4)
        | {
            "plain.jpg": encoded(picture, "JPEG"),
            "described.jpg": encoded(picture, "JPEG", exif=exif, comment=b"mine"),
            "better.jpg": encoded(picture, "JPEG", quality=95),
            "0.bmp": encoded(noise(0), "BMP"),
            "0.webp": encoded(noise(0), "WEBP", lossless=True),
        },
    )
    assert look(folder).report.copies == 3
