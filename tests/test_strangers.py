"""Files of right names and shapes whose types, texts or values are wrong."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from ganlab import checkpoints
from ganlab.explore import axes, library
from ganlab.foreign import is_real_text
from tests.fuzzing.bases import bases
from tests.fuzzing.mutations import SIZES, TORCH, Parts
from tests.fuzzing.uses import use

PLACES = {"gan": 0, "infogan": 1, "cgan": 2, "vae": 3}


@pytest.fixture(scope="module")
def good_files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return bases(tmp_path_factory.mktemp("good"))


@pytest.fixture
def stranger(good_files: list[Path]) -> Callable[..., str]:
    """Change a good file of a family and upload it: the refusal, or nothing when it was taken in and can be used."""

    def upload(family: str, change: Callable[[Parts], object]) -> str:
        parts = Parts.of(good_files[PLACES[family]])
        change(parts)
        try:
            model = library.add_upload("stranger.safetensors", parts.joined())
        except ValueError as error:
            return str(error)
        use(model, exports=False)
        return ""

    return upload


def typed(name: str, dtype: str) -> Callable[[Parts], None]:
    def change(parts: Parts) -> None:
        one = parts.tensors[name]
        count = len(one.content) // SIZES[one.dtype]
        parts.tensors[name] = replace(one, dtype=dtype, content=bytes(count * SIZES[dtype]))

    return change


def filled(name: str, *values: float) -> Callable[[Parts], None]:
    """The tensor with these values, again and again."""

    def change(parts: Parts) -> None:
        one = parts.tensors[name]
        count = len(one.content) // SIZES[one.dtype]
        new = torch.tensor((values * count)[:count]).to(TORCH[one.dtype])
        parts.tensors[name] = replace(one, content=new.view(torch.uint8).numpy().tobytes())

    return change


def both(*changes: Callable[[Parts], object]) -> Callable[[Parts], object]:
    return lambda parts: [change(parts) for change in changes]


def entry(key: str, text: str) -> Callable[[Parts], None]:
    return lambda parts: parts.metadata.update({key: text})


def condition(**changes: object) -> Callable[[Parts], None]:
    """The last condition changed in the dataset and in the latent alike, so that both fit."""

    def change(parts: Parts) -> None:
        data, latent = json.loads(parts.metadata["data"]), json.loads(parts.metadata["latent"])
        data["conditions"][-1] |= changes
        latent[-1] |= changes
        parts.metadata |= {"data": json.dumps(data), "latent": json.dumps(latent)}

    return change


@pytest.mark.parametrize("dtype", ["BOOL", "I8", "U8", "I32", "I64", "F8_E4M3", "F8_E5M2", "C64"])
@pytest.mark.parametrize(
    ("family", "name"), [("gan", "generator.0.weight"), ("vae", "prior/means"), ("gan", "curve/generator/loss")]
)
def test_numbers_of_another_type_are_refused(stranger, family: str, name: str, dtype: str) -> None:
    told = stranger(family, typed(name, dtype))
    assert told.startswith("stranger.safetensors: ")
    assert name in told


@pytest.mark.parametrize(
    ("name", "dtype"),
    [("sheets/images", "F16"), ("sheets/images", "I8"), ("sheets/steps", "F32"), ("sheets/steps", "U8")],
)
def test_sheets_of_another_type_are_refused(stranger, name: str, dtype: str) -> None:
    assert "stranger.safetensors: 'sheets/" in stranger("gan", typed(name, dtype))


@pytest.mark.parametrize("dtype", ["F16", "BF16", "F64"])
def test_numbers_of_another_width_are_read(stranger, dtype: str) -> None:
    assert stranger("gan", typed("generator.0.weight", dtype)) == ""


@pytest.mark.parametrize(
    ("family", "change", "reason"),
    [
        ("gan", filled("generator.3.running_var", -1.0), "variances below 0"),
        (
            "vae",
            both(filled("generator.3.weight", 3e38), filled("generator.5.weight", 1e9, -1e9)),
            "generator has weights so",
        ),
        ("vae", filled("encoder.head.weight", 1e30), "encoder"),
        ("infogan", filled("recognizer.layers.3.weight", 3e38), "recognizer has weights so large"),
        ("vae", filled("prior/means", 1e30), "mixture prior is none"),
        ("vae", filled("prior/factors", float("inf")), "mixture prior is none"),  # stored as float16
        ("gan", filled("curve/step", -1.0), "curves do not say of which steps"),
        ("gan", filled("curve/step", 5.0, 1.0), "curves do not say of which steps"),
        ("gan", filled("curve/step", float("nan")), "curves do not say of which steps"),
        ("gan", filled("sheets/steps", 3, 3), "sample sheets do not say of which steps"),
        ("gan", filled("sheets/steps", -5, 7), "sample sheets do not say of which steps"),
        ("gan", filled("sheets/steps", 0, 2.0**62), "sample sheets do not say of which steps"),
    ],
)
def test_values_that_no_training_leaves_are_refused(stranger, family: str, change, reason: str) -> None:
    told = stranger(family, change)
    assert told.startswith("stranger.safetensors")
    assert reason in told


@pytest.mark.parametrize(
    "change",
    [
        entry("metrics", '{"confident": Infinity, "frechet_pixels": NaN, "real_frechet_pixels": -Infinity}'),
        entry("metrics", '{"confident": 1e308, "frechet_pixels": -0.0, "unknown": 3}'),
        filled("generator.0.weight", 0.0),
        filled("generator.0.weight", 1e-40),
        filled("curve/generator/loss", 1e38, -1e38),
        filled("curve/seconds", float("nan")),
        filled("curve/step", 0.0),
    ],
)
def test_values_that_are_odd_are_shown_without_harm(stranger, change) -> None:
    assert stranger("gan", change) == ""


@pytest.mark.parametrize("name", ["z", "looks", "a__b", "z.1", "c2~1", "", "\ud800", "a\nb", "\u202eabc", "n" * 65])
def test_names_of_conditions_that_break_pages_are_refused(stranger, name: str) -> None:
    told = stranger("cgan", condition(name=name))
    assert told.startswith("stranger.safetensors: ")
    assert is_real_text(told)
    assert len(told) < 1_200


@pytest.mark.parametrize(
    "labels",
    [
        ["a", "a", "b"],
        ["", "a", "b"],
        ["a ", "b", "c"],
        ["\x1b[31m", "a", "b"],
        ["l" * 1_500_000, "a", "b"],
        ["a"] * 10**5,
    ],
    ids=["twice", "empty", "space", "escape", "long", "many"],
)
def test_labels_that_break_pages_are_refused(stranger, labels: list[str]) -> None:
    told = stranger("cgan", condition(labels=labels))
    assert told.startswith("stranger.safetensors: ")
    assert is_real_text(told)
    assert len(told) < 1_200


@pytest.mark.parametrize("labels", [["C++", "a*b", "any"], ["1*0.5", "0.5", "1"], ["Ж", "数", "e\u0301"]])
def test_labels_with_signs_can_be_used(stranger, labels: list[str]) -> None:
    assert stranger("cgan", condition(labels=labels)) == ""


@pytest.mark.parametrize("text", [json.dumps("\ud800"), json.dumps("2026\n"), json.dumps("x" * 10**6), "3", "null"])
def test_dates_that_are_no_text_are_refused(stranger, text: str) -> None:
    told = stranger("gan", entry("created", text))
    assert "created" in told
    assert is_real_text(told)
    assert len(told) < 1_200


def test_a_generator_that_does_not_hear_its_latent_has_no_directions(good_files: list[Path], tmp_path: Path) -> None:
    parts = Parts.of(good_files[0])
    filled("generator.0.weight", 0.0)(parts)
    (tmp_path / "deaf.safetensors").write_bytes(parts.joined())
    assert axes.axes(checkpoints.load(tmp_path / "deaf.safetensors")) == []
