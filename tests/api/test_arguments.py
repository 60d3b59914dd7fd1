"""Arguments of `import ganlab`: any type that stands for a value is taken, and no other is passed over."""

import operator
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import ganlab
from ganlab.api import arguments
from ganlab.data import DataSpec
from ganlab.families import gan
from tests.tiny import TINY
from tests.untrained import save_untrained


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> "ganlab.Model":
    path = tmp_path_factory.mktemp("models") / "new.safetensors"
    save_untrained(path, "gan", gan.Config(width=4, latent_size=2), DataSpec(name="digits", channels=1, size=28))
    return ganlab.load(path)


NO_WHOLE = [2.5, 2.0, "3", True, None, float("nan"), [2], np.array([2]), np.float64(2), torch.tensor(2.5)]


@pytest.mark.parametrize("value", NO_WHOLE, ids=repr)
def test_what_is_no_whole_number_is_refused_in_words(model: "ganlab.Model", value: Any) -> None:
    calls: dict[str, Callable[[], object]] = {
        "n": lambda: model.sample(value),
        "seed": lambda: model.sample(1, seed=value),
        "steps": lambda: model.interpolate([1, 2], steps=value),
        "side": lambda: model.plane(value),
        "places": lambda: model.test_images("digits", [value]),
    }
    for name, call in calls.items():
        with pytest.raises(ValueError, match=f"{name} is .*; it must be a whole number"):
            call()
    if value is not None:
        with pytest.raises(ValueError, match=r"size is .*; it must be a whole number"):
            ganlab.dataset("digits", size=value)
        with pytest.raises(ValueError, match=r"n is .*; it must be a whole number"):
            ganlab.evaluate(model, n=value)


def test_more_pictures_than_memory_holds_are_refused_before_any_is_drawn(model: "ganlab.Model") -> None:
    for draw in (model.sample, model.sample_mixture):
        with pytest.raises(ValueError, match="n is 1000000000; it must be 1,000,000 or less"):
            draw(10**9)


def test_whole_numbers_of_other_libraries_count(model: "ganlab.Model") -> None:
    expected = model.sample(2, seed=3)
    for kind in (np.int64, np.uint8, torch.tensor, np.array):
        assert np.array_equal(model.sample(kind(2), seed=kind(3)), expected)
        assert np.array_equal(model.decode(kind(3)), expected[:1]), "a seed that is an array of no dimension"
        assert np.array_equal(model.decode([kind(3)]), expected[:1])


@pytest.mark.parametrize("value", ["1", None, True, [0.5], 10**400, torch.ones(2)], ids=lambda value: repr(value)[:20])
def test_what_is_no_number_is_refused_in_words(model: "ganlab.Model", value: Any) -> None:
    calls: dict[str, Callable[[], object]] = {
        "truncation": lambda: model.sample(1, truncation=value),
        "time": lambda: model.at([1, 2], value),
        "x": lambda: model.between([1, 2, 3, 4], value, 0),
        "y": lambda: model.between([1, 2, 3, 4], 0, value),
    }
    for name, call in calls.items():
        with pytest.raises(ValueError, match=rf"{name} is .*; it must be a number"):
            call()


@pytest.mark.parametrize("value", ["no", None, 1, []], ids=repr)
def test_a_switch_takes_truth_values_alone(model: "ganlab.Model", tmp_path: Path, value: Any) -> None:
    with pytest.raises(ValueError, match=r"loop is .*; it must be True or False"):
        model.interpolate([1, 2], steps=2, loop=value)
    with pytest.raises(ValueError, match=r"tensorboard is .*; it must be True or False"):
        ganlab.train(TINY, out=tmp_path / "run", tensorboard=value)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("value", [None, 3, b"tiny", ["tiny"]], ids=repr)
def test_names_and_paths_are_text_or_paths(model: "ganlab.Model", value: Any) -> None:
    calls: dict[str, Callable[[], object]] = {
        "model": lambda: ganlab.load(value),
        "dataset": lambda: ganlab.dataset(value),
        "recipe": lambda: ganlab.train(value),
        "device": lambda: ganlab.train(TINY, device=value),
        "file": lambda: model.sample(1).save(value),
    }
    for name, call in calls.items():
        with pytest.raises(ValueError, match=f"{name} is .*; it must be text"):
            call()


def test_a_tilde_is_the_home_of_the_user(
    model: "ganlab.Model", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    assert model.sample(1).save("~/drawn/one.npz") == tmp_path / "home" / "drawn" / "one.npz"
    assert not Path("~").exists()
    with pytest.raises(ValueError, match=r"file is '~nobody-of-that-name/a.png', and there is no such home"):
        model.sample(1).save("~nobody-of-that-name/a.png")


def test_a_value_that_is_given_twice_is_refused(model: "ganlab.Model") -> None:
    with pytest.raises(ValueError, match=r"z is given twice, also in fix; leave out one of them"):
        model.sample(1, fix={"z": "0"}, z="1")
    with pytest.raises(ValueError, match=r"fix is z=1; it must be a dict|fix is 'z=1'; it must be a dict"):
        model.sample(1, fix="z=1")  # type: ignore[arg-type]


def test_factors_may_be_tensors(model: "ganlab.Model") -> None:
    values = np.linspace(-1, 1, model.latent.dim, dtype=np.float32)
    assert np.allclose(model.sample(1, z=torch.from_numpy(values)).latents, values)


def test_latents_of_other_kinds_are_refused_in_words(model: "ganlab.Model") -> None:
    dim = model.latent.dim
    for keys, words in (
        (np.zeros((1, dim), complex), "latents are numbers, not complex128"),
        (np.full((1, dim), "x"), "latents are numbers, not <U1"),
        ([[1], [1, 2]], "rows of numbers that are all of one length"),
        (b"7", r"latents are numbers, not \|S1"),
        ([True], "latents are numbers, not bool"),
    ):
        with pytest.raises(ValueError, match=words):
            model.decode(keys)  # type: ignore[arg-type]


def test_a_square_has_four_corners_and_a_walk_two_ends(model: "ganlab.Model") -> None:
    for corners in ([1, 2, 3], [1, 2, 3, 4, 5]):
        with pytest.raises(ValueError, match=f"a square has four corners, not {len(corners)}"):
            model.between(corners, 0, 0)
    with pytest.raises(ValueError, match=r"a walk needs 2 key frames or more, not 1"):
        model.at(1, 0)
    for method in ("Slerp", None, []):
        with pytest.raises(ValueError, match=r"unknown method .* choose from lerp, slerp"):
            model.at([1, 2], 0.5, method=method)  # type: ignore[arg-type]


def test_what_is_computed_of_pictures_shows_in_a_notebook(model: "ganlab.Model", tmp_path: Path) -> None:
    brightest = model.sample(2).max()
    assert getattr(brightest, "_repr_png_", lambda: None)() is None
    assert np.load(ganlab.Pictures(np.array(3)).save(tmp_path / "three.npz"))["images"] == 3


def test_a_number_of_thousands_of_digits_is_told_of() -> None:
    with pytest.raises(ValueError, match=r"n is a number of thousands of digits; it must be 1 or more"):
        arguments.whole("n", -(10**9_000), least=1)
    assert arguments.whole("n", 10**9_000) == operator.pow(10, 9_000)
