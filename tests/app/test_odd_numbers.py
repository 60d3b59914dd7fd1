"""Numbers that are none, or that are far too large, in every parameter of an address and every field that is read."""

import shutil
from pathlib import Path

import pytest

from ganlab.recipes import RECIPES
from ganlab.ui.training import fields
from tests.tiny_vae import train_vae

ODD = {
    "400 digits": "9" * 400,
    "5,000 digits": "9" * 5000,
    "1e999": "1e999",
    "nan": "nan",
    "negative": "-5",
    "negative infinity": "-inf",
    "exponent": "1e3",
    "Arabic digits": "\N{ARABIC-INDIC DIGIT THREE}\N{ARABIC-INDIC DIGIT FIVE}",
    "underscores": "1_000",
    "a list": "9,nan,1e999",
    "nothing": "",
}
POINTS = ("{}", "0@{}", "0;z={}", "0;z.1={}", "0;z~1={}", "{},{}")  # ways to write the number into a point
PARAMETERS: dict[str, tuple[str, ...]] = {
    "gallery": ("page",),
    "sample": ("seed", "count", "truncation", "live", "hold-z", "fix-z-0", "snapshots", "other-models"),
    "interpolate": ("keys", "steps", "time", "spot", "latents", "seed", "closed", "way"),
    "map": ("seed", "generated", "real", "perplexity"),
    "train": (
        "run",
        "recipe",
        "device",
        "on_collapse",
        "digits-quick.seed",
        "digits-quick.steps",
        "digits-quick.lr",
        "digits-quick.batch_size",
    ),
    "compare": ("smoothing", "at", "log", "live", "curves", "axis", "names", "panels", "stage"),
}
WALKS = (("sample", "live"), ("interpolate", "keys"))  # pages, and the parameter that names a point
VIEWS = {"interpolate": ("latents", "square", "training")}
VIEWS_OF_RECONSTRUCT = ("test images", "your own", "between two", "attributes", "samples", "plane")
ENCODING = (
    "way",
    "between_way",
    "attribute",
    "image",
    "places",
    "from",
    "to",
    "between_time",
    "strength",
    "components",
    "plane",
    "seed",
    "count",
)


@pytest.fixture(scope="module")
def vae_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train_vae(tmp_path_factory.mktemp("vae"))


def shown_words(app) -> str:
    return " ".join(element.value for kind in (app.error, app.warning, app.info, app.markdown) for element in kind)


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("page", PARAMETERS)
def test_pages_open_with_words_or_defaults(open_page, checkpoints_folder, run_folder, page, name):
    """Of a page with several views each number has one, by turns."""
    address = dict.fromkeys(PARAMETERS[page], ODD[name])
    if page in VIEWS:
        address["view"] = VIEWS[page][list(ODD).index(name) % len(VIEWS[page])]
    address |= {"layout": "PCA"} if page == "map" else {}
    address |= {"curves": "tiny"} if page == "compare" else {}
    app = open_page(page, **address)
    assert not app.exception, f"{address.get('view')} {app.exception[0].message}"
    assert len(shown_words(app)) < 10_000  # nobody reads five thousand digits


@pytest.mark.parametrize("name", ODD)
def test_stages_and_walks_open_with_odd_points(open_page, checkpoints_folder, name):
    """Each number in half of the kinds of points, on the two pages by turns."""
    odd, number = ODD[name], list(ODD).index(name)
    for place, written in enumerate(POINTS[number % 2 :: 2], number // 2):
        point = written.format(*[odd] * written.count("{}"))
        page, key = WALKS[place % 2]
        app = open_page(page, **{key: point})
        assert not app.exception, f"{key}={point[:60]} {app.exception[0].message}"


@pytest.mark.parametrize("name", ODD)
def test_reconstruct_opens_with_odd_numbers(open_page, checkpoints_folder, vae_file, name):
    """Each number in two views, each view with three numbers or more."""
    odd, first = ODD[name], 2 * list(ODD).index(name)
    shutil.copy(vae_file, checkpoints_folder / "vae.safetensors")
    for place in (first, first + 1):
        view = VIEWS_OF_RECONSTRUCT[place % len(VIEWS_OF_RECONSTRUCT)]
        app = open_page("reconstruct", model="vae", view=view, **dict.fromkeys(ENCODING, odd))
        assert not app.exception, f"{view} {app.exception[0].message}"


@pytest.mark.parametrize("name", ODD)
def test_sweeps_answer_odd_numbers_in_words(open_page, name):
    """A sweep has two settings at most: a number of steps or a seed, by turns, and a rate."""
    address = {}
    for place, setting in enumerate((("steps", "seed")[list(ODD).index(name) % 2], "discriminator_lr")):
        address |= {f"sweep_{place}": titles()[setting], f"sweep_{place}.{setting}": ODD[name]}
    app = open_page("train", **address)
    assert not app.exception, f"{address} {app.exception[0].message}"


def titles() -> dict[str, str]:
    return {field.name: field.title for field in fields.sweepable(RECIPES["digits-quick"])}


@pytest.mark.parametrize("text", ["9" * 400, "9" * 5000, "-" + "9" * 400])
def test_a_number_out_of_range_is_named_by_its_beginning(text):
    field = next(field for field in fields.sweepable(RECIPES["digits-quick"]) if field.name == "steps")
    with pytest.raises(ValueError, match=r" \.\.\. ") as told:
        fields.parse_list(field, text)
    assert len(str(told.value)) < 200


def test_each_wrong_part_of_an_address_is_told(open_page, checkpoints_folder):
    app = open_page("sample", model="nope", seed="1e999")
    assert not app.exception
    told = " ".join(one.value for one in app.warning)
    assert "There is no model `nope`" in told
    assert "`1e999` in the address cannot be used" in told
    assert app.number_input(key="seed").value == 0
    app.number_input(key="seed").set_value(5).run()
    assert not app.warning
