"""The classifiers of pictures with several labels: what is shipped, and that it can be made again."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open

from ganlab import metrics
from ganlab.data import BUILT_IN, Pack, avatars
from ganlab.data.making import collected
from ganlab.metrics import classifiers
from ganlab.metrics.condition_classifier import (
    ConditionClassifier,
    held_out,
    read_conditions,
    train_condition_classifier,
)
from ganlab.metrics.readers import reader, weights


def avatars_classifier() -> ConditionClassifier:
    path = weights("avatars")
    assert path is not None
    net = classifiers.load(path).net
    assert isinstance(net, ConditionClassifier)
    return net


@pytest.fixture(scope="module")
def faces() -> Pack:
    """New faces: other seeds than the packed ones."""
    return collected(avatars.build(lambda share, text: None, count=700, train=200, seed=7))


def test_the_shipped_classifier_reads_new_faces(faces: Pack) -> None:
    assert held_out(avatars_classifier(), faces).accuracy >= 0.995


def test_the_same_faces_with_and_without_a_smile() -> None:
    sad = [
        avatars.Face(smile=False, beard=False, hat=k % 2 > 0, long_hair=True, eyewear="none", hair="red", skin="tan")
        for k in range(20)
    ]
    glad = [replace(face, smile=True) for face in sad]
    net = avatars_classifier()
    smiles = [
        read_conditions(net, next(avatars.draw(group, np.random.default_rng(3))).images).probabilities[:, 0]
        for group in (sad, glad)
    ]
    assert (smiles[0] < 0.5).all()
    assert (smiles[1] > 0.5).all()


@pytest.mark.parametrize(("name", "ceiling"), [("avatars", 0.99), ("iclevr", 0.97)])
def test_shipped_files_are_small_and_say_what_they_measure(name: str, ceiling: float) -> None:
    path = BUILT_IN[name].evaluation.classifier
    assert path.stat().st_size < 1_000_000
    with safe_open(path, "pt") as file:
        header = json.loads(file.metadata()["classifier"])
        assert {file.get_tensor(key).dtype for key in file.keys()} == {torch.float16}  # noqa: SIM118
    assert header["measured"]["test_accuracy"] > ceiling


@pytest.mark.parametrize("name", ["digits", "", "../metrics/avatars", "/etc/hostname", "a\0b"])
def test_there_is_no_classifier_of_other_datasets_whatever_a_header_calls_them(name: str) -> None:
    assert reader(name) is None


def test_real_faces_obey_and_shuffled_conditions_do_not(faces: Pack) -> None:
    real = metrics.reference(faces)
    images, conditions = faces.split("test")
    right, wrong = (metrics.evaluate(images, real, c).values for c in (conditions, conditions.roll(1, 0)))
    assert right["obeys"] > 0.99
    assert wrong["obeys"] < 0.7
    assert right["frechet_classifier"] == wrong["frechet_classifier"]
    assert right["frechet_joint"] < wrong["frechet_joint"] / 2
    assert metrics.leading_metric(real, conditional=True) == "frechet_joint"
    assert "frechet_joint" not in metrics.evaluate(images, real).values


def test_the_classifier_can_be_trained_again(faces: Pack, tmp_path: Path) -> None:
    """After some passes over few faces it is above the most frequent answers (0.42), and the same each time."""
    first, again = (next(train_condition_classifier(faces, epochs=20)) for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(first[1].parameters(), again[1].parameters(), strict=True))
    epoch, net = list(train_condition_classifier(faces, epochs=20))[-1]
    assert epoch == 20
    assert held_out(net, faces).accuracy > 0.55
    classifiers.save(net, tmp_path / "net.safetensors", faces, "", {"test_accuracy": 0.5})
    assert (tmp_path / "net.safetensors").stat().st_size < 1_000_000


def test_a_grey_picture_of_another_size_can_be_read() -> None:
    reading = read_conditions(avatars_classifier(), torch.zeros(2, 1, 32, 32, dtype=torch.uint8))
    assert reading.probabilities.shape == (2, 16)
    assert reading.features.abs().max() <= 1
    torch.testing.assert_close(reading.probabilities[:, 4:7].sum(1), torch.ones(2))
