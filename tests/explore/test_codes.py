import pytest
import torch

from ganlab.checkpoints.codes import parse_codes
from ganlab.explore import code_words, codes, grids, points
from ganlab.explore.points import Point
from ganlab.latents import Category, Latent, Normal, Uniform

C1 = Category(name="c1", labels=("0", "1", "2"))
LATENT = Latent(factors=(Normal(name="z", size=4), C1, Uniform(name="c2", size=1), Uniform(name="c3", size=2)))
PLAIN = Latent(factors=(Normal(name="z", size=4),))

MEASURED = parse_codes(
    {
        "c1": {
            "kind": "category",
            "accuracy": 0.9,
            "nmi": 0.8,
            "table": {"0": "7", "1": "3"},
            "drawn": {
                "0": {"follows": "digit: 7", "rate": 0.9, "rate_of_others": 0.1, "class": "7", "share": 0.9},
                "2": {"follows": "digit: 3", "rate": 0.6, "rate_of_others": 0.2, "class": "3", "share": 0.6},
            },
        },
        "c2": {
            "kind": "continuous",
            "quality": "slant",
            "rho": -0.9,
            "clear": True,
            "effect": 2.0,
            "correlations": {"ink": 0.1, "width": 0.6, "slant": -0.9},
        },
        "c3": {
            "kind": "continuous",
            "quality": "width",
            "rho": 0.8,
            "clear": False,
            "effect": 0.1,
            "correlations": {"ink": 0.7, "width": 0.8, "slant": 0.65},
        },
    }
)


def parts(grid: grids.Grid) -> dict[str, torch.Tensor]:
    """The factors of a grid's latents: [rows, columns, size]."""
    u = grid.latents(LATENT)
    return {name: part.reshape(-1, grid.columns, part.shape[1]) for name, part in LATENT.split(u).items()}


def test_one_latent_a_row_changes_the_category_alone() -> None:
    found = parts(codes.one_latent_a_row(LATENT, Point(5), "c1", rows=4))
    assert torch.equal(found["c1"], torch.eye(3).expand(4, -1, -1))
    for name in ("z", "c2", "c3"):
        assert torch.equal(found[name], found[name][:, :1].expand_as(found[name]))
        assert torch.equal(found[name][:, 0], LATENT.split(LATENT.from_seeds(range(5, 9)))[name])


def test_rows_of_their_own_seed_drop_what_the_stage_did_to_the_normal_values_and_keep_the_rest() -> None:
    base = Point(5, fixed=(("z", "1,2,3,4"), ("c2", "-1.5")))
    found = parts(codes.one_latent_a_row(LATENT, base, "c1", rows=2))
    assert torch.equal(found["z"][:, 0], LATENT.split(LATENT.from_seeds([5, 6]))["z"])
    assert (found["c2"] == -1.5).all()


def test_one_label_a_row_has_a_seed_for_every_picture() -> None:
    grid = codes.one_label_a_row(LATENT, Point(points.MAX_SEED - 1), "c1", columns=5)
    found = parts(grid)
    assert torch.equal(found["c1"], torch.eye(3)[:, None].expand(-1, 5, -1))
    assert len({point.seed for point in grid.points}) == 15  # seeds start again after the last one
    assert len(found["z"].flatten(0, 1).unique(dim=0)) == 15


def test_a_sweep_moves_one_value_over_its_range() -> None:
    axis = codes.continuous(LATENT, reach=3)[2]
    assert (axis.name, axis.low, axis.high) == ("c3.2", -3, 3)
    grid = codes.sweep(LATENT, Point(5), axis, "c1", steps=7)
    found, own = parts(grid), LATENT.split(LATENT.from_seeds([5]))
    assert torch.equal(found["c3"][0, :, 1], torch.linspace(-3, 3, 7))
    torch.testing.assert_close(found["c3"][..., 0], own["c3"][0, :1].expand(3, 7), atol=1e-4, rtol=0)
    assert torch.equal(found["c1"], torch.eye(3)[:, None].expand(-1, 7, -1))
    for name in ("z", "c2"):
        assert torch.equal(found[name], own[name].expand(3, 7, -1))
    assert grid.heads == ("-3", "-2", "-1", "0", "1", "2", "3")


def test_a_sweep_without_a_category_has_a_seed_a_row() -> None:
    latent = Latent(factors=(Normal(name="z", size=4), Uniform(name="c1", size=1, low=0, high=4)))
    (axis,) = codes.continuous(latent)
    assert (axis.low, axis.high) == (-2, 6)  # twice the range of the training, around its middle
    u = codes.sweep(latent, Point(0), axis, steps=3).latents(latent).reshape(10, 3, 5)
    assert torch.equal(u[..., 4], torch.tensor([-2.0, 2, 6]).expand(10, -1))
    assert len(u[:, 0, :4].unique(dim=0)) == 10


def test_a_factor_that_is_no_category_is_refused() -> None:
    with pytest.raises(ValueError, match="z is a normal factor; the categories are c1"):
        codes.one_latent_a_row(LATENT, Point(0), "z")


def test_labels_are_named_by_what_was_measured_and_stay_distinct() -> None:
    assert code_words.label_words(LATENT, MEASURED) == {"c1": {"0": "7", "1": "3 (1)", "2": "3 (2)"}}
    assert code_words.label_words(LATENT, {}) == {"c1": {"0": "0", "1": "1", "2": "2"}}


def test_buttons_tell_where_a_press_may_disappoint() -> None:
    code = {
        "kind": "category",
        "table": {"0": "5", "1": "7", "2": "3"},
        "drawn": {
            "0": {"class": "5", "share": 0.64},
            "1": {"class": "7", "share": 0.88},
            "2": {"class": "8", "share": 0.95},
        },
    }
    known = parse_codes({"c1": code})
    words = code_words.button_words(LATENT, known)
    assert words == {"c1": {"0": "5 (64%)", "1": "7 (88%)", "2": "3 (mostly 8)"}}
    heads = code_words.label_heads(LATENT, known, "c1")
    assert [head.partition(" → ")[2] for head in heads] == list(words["c1"].values())  # grids tell the same


def test_heads_of_a_grid_tell_how_sure_they_are() -> None:
    assert code_words.label_heads(LATENT, MEASURED, "c1") == ("0 → 7", "1 → 3", "2 → 3 (60%)")
    assert code_words.label_heads(LATENT, {}, "c1") == C1.labels
    other = parse_codes({"c1": {"kind": "category", "table": {"0": "5"}, "drawn": {"0": {"class": "8", "share": 0.7}}}})
    assert code_words.label_heads(LATENT, other, "c1")[0] == "0 → 5 (mostly 8)"


def test_a_label_without_classes_is_named_by_what_follows_it() -> None:
    drawn = {"0": {"follows": "attributes: long hair"}, "1": {"follows": "not attributes: hat"}}
    words = code_words.label_words(LATENT, parse_codes({"c1": {"kind": "category", "drawn": drawn}}))
    assert words == {"c1": {"0": "long hair", "1": "not hat", "2": "2"}}


def test_continuous_codes_are_named_by_what_follows_them_steadily() -> None:
    latent = Latent(factors=(Uniform(name="c2", size=1), Uniform(name="c3", size=1), Uniform(name="c4", size=1)))
    weak = parse_codes({"c4": {"kind": "continuous", "quality": "ink", "rho": 0.3, "correlations": {"ink": 0.3}}})
    titles = code_words.axis_words({**MEASURED, **weak}, codes.continuous(latent))
    assert titles == {"c2.1": "c2: slant", "c3.1": "c3: width, ink"}
    assert code_words.axis_words({}, codes.continuous(LATENT)) == {}


def test_the_tables_say_what_was_measured() -> None:
    rows = code_words.label_rows(C1, MEASURED["c1"])
    assert rows[0] == {"c1": "0", "real data are": "7", "draws mostly": "7", "share": 0.9}
    assert rows[1] == {"c1": "1", "real data are": "3"}
    assert [row["moves"] for row in code_words.code_rows(MEASURED)] == ["slant", "width, ink"]
    assert code_words.code_rows({}) == []


def test_a_colour_is_named_with_what_has_it():
    header = {
        "c1": {"kind": "category", "drawn": {"0": {"follows": "clothes: red"}, "1": {"follows": "not marks: hat"}}}
    }
    latent = Latent(factors=(Category(name="c1", labels=("0", "1")),))
    assert code_words.label_words(latent, parse_codes(header))["c1"] == {"0": "red clothes", "1": "not hat"}


def test_what_is_known_by_its_absence_is_shared_by_those_without_it() -> None:
    """No picture of the label has a hat: all of them show what it is named by."""
    drawn = {"1": {"follows": "not attributes: hat", "rate": 0.0, "rate_of_others": 0.25}}
    measured = parse_codes({"c1": {"kind": "category", "drawn": drawn}})
    assert code_words.button_words(LATENT, measured)["c1"]["1"] == "not hat"
    row = code_words.label_rows(C1, measured["c1"])[1]
    assert (row["draws mostly"], row["share"], row["share under the others"]) == ("not hat", 1, 0.75)
