"""`ganlab.dataset` and `ganlab.evaluate`: what models learn from, and what their pictures measure."""

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits

import ganlab
from ganlab import checkpoints
from ganlab.cli import main
from ganlab.counting import number


def test_a_dataset_is_arrays_with_what_is_known_of_them(data_folder: Path) -> None:
    digits = ganlab.dataset("digits")
    assert "digits" in ganlab.datasets()
    assert (digits.train.shape, digits.test.shape) == ((1_500, 28, 28, 1), (297, 28, 28, 1))
    known = np.concatenate([digits.known("digit", "train"), digits.known("digit", "test")])
    assert sorted(known.sum(0)) == sorted(np.bincount(load_digits().target))
    assert digits.labels == {"digit": tuple("0123456789")}
    assert ganlab.dataset("digits", size=64).train.shape[1:] == (64, 64, 1)
    with pytest.raises(ValueError, match=r"unknown dataset 'digit', did you mean 'digits'\? choose from digits"):
        ganlab.dataset("digit")
    with pytest.raises(ValueError, match="no factor 'colour'; choose from digit"):
        digits.known("colour")


def test_a_model_is_measured_as_on_the_command_line(
    data_folder: Path, checkpoints_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    measures = ganlab.evaluate("tiny", n=200)
    assert main(["evaluate", "tiny", "--n", "200"]) == 0
    told = capsys.readouterr().out
    assert measures["samples"] == 200
    assert number(measures["frechet_pixels"]) in told
    assert number(measures.real["frechet_pixels"]) in told
    assert measures["frechet_pixels"] > measures.real["frechet_pixels"] > 0
    assert not any(name.startswith("floor_") for name in measures)
    assert json.dumps(dict(measures))
    with pytest.raises(ValueError, match="n is 99; metrics need 100"):
        ganlab.evaluate(ganlab.load("tiny"), n=99)


def test_pictures_say_where_they_come_from(checkpoints_folder: Path, tmp_path: Path) -> None:
    from ganlab.explore import provenance
    from ganlab.export import digest

    model, file = ganlab.load("tiny"), checkpoints_folder / "tiny.safetensors"
    assert model.card == checkpoints.read_card(file)
    for pictures, latents, count in (
        (model.sample(600, seed=7, truncation=0.8), "7@0.8", 600),
        (model.sample(5, seed=7)[2:4], "9", 2),
        (model.sample(5)[[4, 0]], "4 0", 2),
        (model.decode("3;z~1=2.0"), "3;z~1=2.0", 1),
        (model.decode(model.latents([1, 2])), "", 0),
        (model.sample(2, seed=2**40), "", 0),
    ):
        pictures.save(tmp_path / "x.png", scale=1)
        made = provenance.read((tmp_path / "x.png").read_bytes())
        assert (made.model, made.sha256, made.version) == ("tiny", digest(file), ganlab.__version__)
        assert (made.latents, made.count) == (latents, count)
    model.interpolate([1, 5], steps=4, loop=True).save(tmp_path / "x.gif")
    made = provenance.read((tmp_path / "x.gif").read_bytes())
    assert (made.latents, made.walk) == ("1 5", provenance.Walk(steps=4, method="slerp", loop=True))
