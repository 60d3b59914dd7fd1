"""Readings of pictures whose content is known, by classifiers that look at given pixels."""

from pathlib import Path

import numpy as np
import pytest
import torch

from ganlab.checkpoints.codes import parse_codes
from ganlab.data import DataSpec
from ganlab.data.avatars import SPEC as AVATARS
from ganlab.data.object_sets import OBJECTS
from ganlab.data.spec import column_of
from ganlab.explore import readings
from ganlab.families import acgan
from ganlab.latents import Attributes, Category, Latent, Normal
from ganlab.metrics.classifier import Reading
from ganlab.metrics.readers import Reader
from tests.untrained import save_untrained

LOOKS = Attributes(name="looks", labels=("smile", "hat"))
HAIR = Category(name="hair", labels=("black", "blond"))
FACES = DataSpec(name="faces", channels=1, size=28, conditions=(LOOKS, HAIR))
LATENT = Latent(factors=(Normal(name="z", size=2), LOOKS, HAIR))


def read_first_pixels(count: int) -> Reader:
    """A classifier whose probabilities are the first `count` pixels."""
    scenes = DataSpec(name="scenes", channels=1, size=28, conditions=(OBJECTS,))
    data = {4: FACES, 16: AVATARS, 24: scenes}[count]

    def read(images: torch.Tensor) -> Reading:
        return Reading(images.flatten(1)[:, :count].float() / 255, torch.zeros(len(images), 1))

    return Reader(data, read)


def pictures(*rows: list[float]) -> np.ndarray:
    images = np.zeros((len(rows), 28, 28, 1), np.uint8)
    for image, row in zip(images, rows, strict=True):
        image[0, : len(row), 0] = np.array(row) * 255
    return images


def test_a_picture_is_right_when_all_that_was_asked_for_is_found() -> None:
    asked = LATENT.fix(LATENT.from_seeds([0, 1, 2, 3]), {"looks": "hat", "hair": "blond"})
    shown = pictures([0, 1, 0, 1], [1, 1, 0, 1], [0, 0.4, 0.2, 0.8], [0.4, 0.6, 0.3, 0.7])
    judged = readings.judge_pictures(read_first_pixels(4), LATENT, asked, shown)
    assert judged.right == [True, False, False, True]
    assert judged.share == 0.5
    assert judged.words[0] == "hat (100%), hair blond (100%)"
    assert judged.words[2] == "hair blond (80%)"


def test_labels_that_the_model_does_not_know_do_not_count() -> None:
    some = Latent(factors=(Normal(name="z", size=2), Attributes(name="looks", labels=("hat",))))
    asked = some.fix(some.from_seeds([0, 1]), {"looks": "hat"})
    judged = readings.judge_pictures(read_first_pixels(4), some, asked, pictures([1, 1, 1, 0], [1, 0, 0, 1]))
    assert judged.right == [True, False]


def test_of_objects_the_likeliest_count() -> None:
    scenes = Latent(factors=(Normal(name="z", size=2), OBJECTS))
    asked = scenes.fix(scenes.from_seeds([0, 1]), {"objects": "gray cube+red cube"})
    judged = readings.judge_pictures(read_first_pixels(24), scenes, asked, pictures([0.3, 0.2, 0.1], [0.3, 0.1, 0.2]))
    assert judged.right == [True, False]
    assert judged.words == ["✓ gray cube (30%), ✓ red cube (20%)", "✓ gray cube (30%), ✗ red cube (10%)"]


def test_objects_that_nobody_asked_for_are_named_when_they_are_likely() -> None:
    scenes = Latent(factors=(Normal(name="z", size=2), OBJECTS))
    asked = scenes.fix(scenes.from_seeds([0]), {"objects": "gray cube+red cube"})
    judged = readings.judge_pictures(read_first_pixels(24), scenes, asked, pictures([0.9, 0.6, 0.8, 0.4]))
    assert judged.right == [False]
    assert judged.words == ["✓ gray cube (90%), ✗ red cube (60%), blue cube (80%, not asked for)"]


def test_what_a_hat_hides_is_not_read_and_said_to_be_unjudged() -> None:
    faces = Latent(factors=(Normal(name="z", size=2), *AVATARS.conditions))
    others = {"eyewear": "none", "hair": "blond", "skin": "pale"}
    marks = ("hat+long hair", "beard+hat", "long hair")
    asked = torch.cat([faces.fix(faces.from_seeds([0]), others | {"attributes": value}) for value in marks])
    at = column_of(AVATARS.conditions)
    seen = torch.zeros(3, AVATARS.condition_dim)
    for row, pair in enumerate((("attributes", "hat"), ("attributes", "beard"), ("hair", "blond"))):
        seen[row, [at[pair], at["eyewear", "none"], at["skin", "pale"]]] = 1
    seen[0, at["hair", "grey"]] = seen[1, at["attributes", "hat"]] = seen[1, at["hair", "blond"]] = 1
    judged = readings.judge_pictures(read_first_pixels(16), faces, asked, pictures(*seen.tolist()))
    assert judged.right == [True, True, False]
    assert judged.words == [
        "hat (100%), eyewear none (100%), skin pale (100%)",
        "beard (100%), hat (100%), eyewear none (100%), hair blond (100%), skin pale (100%)",
        "eyewear none (100%), hair blond (100%), skin pale (100%)",
    ]
    assert judged.unjudged == ["hidden by the hat and not judged: long hair, hair blond", "", ""]


def test_side_effects_are_laid_out_from_a_header() -> None:
    def entry(success: float, **changes: float) -> dict:
        return {"success": success, "pictures": 50, "changes": changes}

    codes = {
        "looks": {
            "kind": "condition",
            "labels": {"smile": entry(0.8, hat=0.3, hair=0.0), "hat": entry(0.9, smile=0.1)},
        },
        "hair": {"kind": "condition", "labels": {"brown": entry(1.0, hat=0.2, skin=0.5)}},
        "skin": {"kind": "condition", "labels": {"brown": entry(0.7, hair=0.4)}},  # two labels of one name
    }
    matrix = readings.side_effects(parse_codes(codes))
    assert matrix is not None
    assert matrix.rows == ["smile", "hat", "hair: brown", "skin: brown"]
    assert matrix.columns == ["as wished", "smile", "hat", "hair", "skin"]
    nan = np.nan
    expected = [[0.8, nan, 0.3, 0, nan], [0.9, 0.1, nan, nan, nan], [1, nan, 0.2, nan, 0.5], [0.7, nan, nan, 0.4, nan]]
    np.testing.assert_array_equal(matrix.values, expected)
    assert readings.side_effects({}) is None
    assert readings.side_effects(parse_codes({"c1": {"kind": "category", "table": {}}})) is None


@pytest.mark.parametrize("count", [4, 24])
def test_a_matrix_is_measured_with_progress(tmp_path: Path, count: int) -> None:
    classifier = read_first_pixels(count)
    config = acgan.Config(width=4, latent_size=4)
    model = save_untrained(tmp_path / "m.safetensors", "acgan", config, classifier.data)
    told: list[float] = []
    matrix = readings.measure_matrix(model, classifier, lambda share, text: told.append(share), n=12)
    assert matrix is not None
    assert told == sorted(told)
    assert len(told) == (1 + 4 if count == 4 else 24)
    if count == 24:
        first = model.latent.fix(
            model.latent.sample(12, torch.Generator().manual_seed(0)), {"objects": OBJECTS.labels[5]}
        )
        expected = model.images(first).flatten(1)[:, :24].double().mean(0) / 255
        np.testing.assert_allclose(matrix.values[5], expected, rtol=1e-5)
    else:
        assert matrix.rows == ["smile", "hat", "hair: black", "hair: blond"]
        assert matrix.columns == ["as wished", "smile", "hat", "hair"]
        assert ((matrix.values >= 0) & (matrix.values <= 1) | np.isnan(matrix.values)).all()


def test_there_is_no_classifier_for_data_that_nobody_knows() -> None:
    assert readings.classifier_of(FACES) is None
