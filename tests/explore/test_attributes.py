import pytest
import torch

from ganlab.data import DataSpec
from ganlab.data.object_sets import COLOURS, FORMS, OBJECTS
from ganlab.explore import attributes, points
from ganlab.explore.grids import Grid
from ganlab.explore.points import Point
from ganlab.latents import Attributes, Category, Latent, Normal

LOOKS = Attributes(name="looks", labels=("smile", "hat", "beard"))
HAIR = Category(name="hair", labels=("black", "blond"))
FACES = DataSpec(name="faces", channels=3, size=28, conditions=(LOOKS, HAIR))
LATENT = Latent(factors=(Normal(name="z", size=4), LOOKS, HAIR))
SCENES = Latent(factors=(Normal(name="z", size=4), OBJECTS))


def rows(latent: Latent, grid: Grid) -> dict[str, torch.Tensor]:
    u = grid.latents(latent)
    return {name: part.reshape(-1, grid.columns, part.shape[1]) for name, part in latent.split(u).items()}


def test_pairs_differ_in_one_label_alone() -> None:
    found = rows(LATENT, attributes.pairs(LATENT, Point(3), "looks", "hat"))
    without, with_it = found["looks"]
    assert torch.equal(with_it - without, torch.tensor([0.0, 1, 0]).expand(10, -1))
    drawn = LATENT.split(LATENT.from_seeds(range(3, 13)))
    assert torch.equal(without[:, [0, 2]], drawn["looks"][:, [0, 2]])  # the others as the seed has them
    for name in ("z", "hair"):
        assert torch.equal(found[name], drawn[name].expand(2, -1, -1))


def test_a_pair_of_a_category_has_another_label() -> None:
    found = rows(LATENT, attributes.pairs(LATENT, Point(3), "hair", "blond"))["hair"]
    assert (found[0] == torch.tensor([1.0, 0])).all()
    assert (found[1] == torch.tensor([0.0, 1])).all()


@pytest.mark.parametrize("label", ["gray cube", "yellow cylinder"])
def test_pairs_keep_to_the_bounds_of_a_factor(label: str) -> None:
    column = OBJECTS.labels.index(label)
    for held in ((), (("objects", label),), (("objects", "red cube+blue cube+cyan sphere"),)):
        base = Point(0, fixed=held)
        without, with_it = rows(SCENES, attributes.pairs(SCENES, base, "objects", label))["objects"]
        drawn = SCENES.split(points.latents(SCENES, [Point(seed, fixed=held) for seed in range(10)]))["objects"]
        assert (without[:, column] == 0).all()
        assert (with_it[:, column] == 1).all()
        as_it_is = torch.where(drawn[:, [column]] == 1, with_it, without)
        assert torch.equal(as_it_is, drawn)
        at_a_bound = drawn.sum(1) == torch.where(drawn[:, column] == 1, 1, 3)
        assert torch.equal(((without == 1) & (with_it == 0)).sum(1), at_a_bound.long())
        for counts in (without.sum(1), with_it.sum(1)):
            assert ((counts >= 1) & (counts <= 3)).all()


def test_what_gives_way_to_a_label_is_said() -> None:
    def said(held: str, label: str, *, stage: Point | None = None) -> str:
        base = Point(0, fixed=(("objects", held),) if held else ())
        grid = attributes.pairs(SCENES, base, "objects", label, stage=stage)
        return attributes.exchanges(SCENES, grid, "objects", label)

    three = "yellow sphere+blue cylinder+red cube"
    on_stage = Point(0, fixed=(("objects", three),))
    place = "A picture has 1 to 3 objects, so gray cube takes the place of "
    assert said(three, "gray cube") == f"{place}blue cylinder."
    assert said("gray cube", "gray cube") == f"{place}red cube."
    assert said("red cube+blue cube", "gray cube") == said(three, "red cube") == ""
    assert said("red cube", "gray cube", stage=on_stage) == f"{place}blue cylinder (on the stage)."


def test_what_cannot_be_paired_is_refused() -> None:
    with pytest.raises(ValueError, match="looks has no label 'wig'; choose from smile, hat, beard"):
        attributes.pairs(LATENT, Point(0), "looks", "wig")
    with pytest.raises(ValueError, match="z is a normal factor"):
        attributes.pairs(LATENT, Point(0), "z", "hat")


def test_each_label_alone_beside_none_at_all() -> None:
    grid = attributes.each_label(LATENT, Point(3), "looks", rows=2)
    assert grid.heads == ("none", "smile", "hat", "beard")
    assert torch.equal(rows(LATENT, grid)["looks"], torch.cat([torch.zeros(1, 3), torch.eye(3)]).expand(2, -1, -1))


def test_many_labels_fill_a_table_of_forms_by_colours() -> None:
    grid = attributes.each_label(SCENES, Point(3), "objects")
    assert (grid.heads, grid.sides) == (COLOURS, FORMS)
    found = rows(SCENES, grid)
    assert torch.equal(found["objects"].flatten(0, 1), torch.eye(24))
    assert len(found["z"].flatten(0, 1).unique(dim=0)) == 1


def test_many_conditions_are_the_same_in_every_row_and_keep_what_is_held() -> None:
    base = Point(3, fixed=(("hair", "blond"),))
    grid = attributes.many_conditions(LATENT, FACES, base, rows=3, columns=5)
    found = rows(LATENT, grid)
    assert torch.equal(found["looks"], found["looks"][:1].expand(3, -1, -1))
    assert len(found["looks"][0].unique(dim=0)) > 1
    assert (found["hair"] == torch.tensor([0.0, 1])).all()
    assert torch.equal(found["z"][:, 0], LATENT.split(LATENT.from_seeds([3, 4, 5]))["z"])
    assert torch.equal(found["z"], found["z"][:, :1].expand(-1, 5, -1))


def test_the_grids_can_be_written_down() -> None:
    for latent, grid in (
        (LATENT, attributes.pairs(LATENT, Point(3), "looks", "hat")),
        (SCENES, attributes.many_conditions(SCENES, FACES, Point(1))),
    ):
        again = points.parse(points.write(grid.points))
        assert torch.equal(points.latents(latent, again), grid.latents(latent))


@pytest.mark.parametrize(
    "labels", [("red cube", "blue sphere"), ("smile", "hat"), ("red cube", "blue cube", "red ball")]
)
def test_only_whole_combinations_are_a_table(labels: tuple[str, ...]) -> None:
    assert attributes.two_words(labels) is None
