"""Results of studies, recipes and latents in addresses, changed in ways that strangers change them."""

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from torch import Tensor

from ganlab import runs, studies
from ganlab.commands import names
from ganlab.explore import comparison, curves, differences, points
from ganlab.explore import studies as study_files
from ganlab.foreign import is_real_text
from ganlab.latents import Category, Latent, Normal
from ganlab.recipes import RECIPES
from tests.fuzzing.mutations import NO_JSON, TEXTS, changed_json

LATENT = Latent(factors=(Normal(name="z", size=2), Category(name="digit", labels=("0", "1+1", "a*b"))))
LONGEST = 1_200


def refusal(read: Callable[..., object], *args: object) -> str:
    """The words of a refusal; empty where there is none."""
    try:
        read(*args)
    except ValueError as error:
        return str(error)
    return ""


def fits(message: str, named: str = "") -> bool:
    return named in message and len(message) <= LONGEST and is_real_text(message)


def changed_text(values: object, rng: random.Random) -> str:
    if rng.random() < 0.08:
        return rng.choice(NO_JSON)
    for _ in range(rng.choice((1, 1, 2, 3))):
        values = changed_json(values, rng)[0]
    return json.dumps(values)


def test_results_of_a_study_are_shown_or_left_out_with_a_reason(listed_study: Path) -> None:
    good = json.loads(listed_study.read_text(encoding="utf-8"))
    for seed in range(300):
        listed_study.write_text(changed_text(good, random.Random(seed)), encoding="utf-8", errors="replace")
        file = study_files.read(listed_study)
        assert all(fits(problem, "small.json") for problem in file.problems), seed
        told = refusal(studies.read_results, listed_study)
        assert not told or fits(told, "small.json"), seed
        entries = [comparison.read(source) for source in comparison.sources().values()]
        differences.labels(entries, by="settings")
        differences.metrics_table(entries)
        for entry in entries:
            assert all(fits(problem) for problem in entry.problems), seed
            for quantity in entry.curves.quantities:
                curves.line(entry.curves, quantity, half_life=10, points=8)


@pytest.mark.parametrize("name", ["mnist-dcgan-28", "faces-acgan-64", "mnist-infogan-64", "mnist-vae-28"])
def test_a_recipe_file_is_one_or_is_refused_with_its_name(tmp_path: Path, name: str) -> None:
    path, good = tmp_path / "mine.json", RECIPES[name].model_dump(mode="json")
    folder = runs.create(tmp_path / "run", RECIPES[name])
    for seed in range(200):
        path.write_text(changed_text(good, random.Random(seed)), encoding="utf-8", errors="replace")
        told = refusal(names.recipe, str(path))
        assert not told or fits(told, "mine.json"), seed
        folder.recipe.write_bytes(path.read_bytes())
        told = refusal(runs.read_recipe, folder)
        assert not told or fits(told, "recipe.json"), seed


def test_latents_of_an_address_are_drawn_or_refused() -> None:
    rng = random.Random(0)
    for _ in range(3_000):
        pieces = [
            rng.choice(
                ("0", "17", "@0.8", ";", "=", "digit", "z", "1+1*0.5", "+a*b*0.5", ",", " ", "*", *TEXTS, "9" * 5_000)
            )
        ]
        pieces += rng.choices(
            ("0", ";digit=", ";z=", "1%2B1", "1%2B1*0.5%2Ba*b*0.5", "a*b", "0.5", "@1", "%00", "%ff"), k=3
        )
        text = "".join(pieces)
        assert fits(refusal(points.parse, text))
        if not refusal(drawn, text):
            for point in points.parse(text):
                points.in_words(LATENT, point, {})


def drawn(text: str) -> Tensor:
    return points.latents(LATENT, points.parse(text))


def test_mixes_of_labels_that_hold_signs_themselves() -> None:
    [point] = points.parse("3;digit=1%2B1*0.25+a*b*0.75")
    u = points.latents(LATENT, [point])
    assert u[0, 2:].tolist() == [0, 0.25, 0.75]
    assert points.in_words(LATENT, point, {}) == "Seed 3, digit is 25% 1+1, 75% a*b"
    assert points.parse(str(point)) == [point]
