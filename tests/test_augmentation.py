"""Differentiable augmentation: closed forms, gradients, and what every family's players see."""

import copy
import itertools

import numpy as np
import pytest
import torch
from torch import Tensor

from ganlab.augmentation import CHANGES, FEW_IMAGES, FEWEST_PASSES, changed, changes_for, draw_changes, in_words
from ganlab.data import Batch
from ganlab.data.catalogue import BUILT_IN
from ganlab.families import FAMILIES
from ganlab.players import augment_setting
from ganlab.recipes import RECIPES, Recipe
from ganlab.step import seen_in, train_step
from ganlab.training_state import Run, start
from ganlab.types import Drawn, Phase
from tests.variants import SMALL, SPEC, VARIANTS

ALL = tuple(CHANGES)
ADVERSARIAL = [name for name, (family, _) in VARIANTS.items() if family != "vae"]


def pictures(channels: int = 3, size: int = 16, count: int = 5) -> Tensor:
    rng = torch.Generator().manual_seed(3)
    return torch.rand(count, channels, size, size, generator=rng, dtype=torch.float64) * 2 - 1


def reference_colour(image: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """DiffAugment's brightness, saturation and contrast of one picture [C, H, W]."""
    brightness, saturation, contrast = numbers
    image = image + brightness
    if len(image) == 3:
        grey = image.sum(0) / 3
        image = np.stack([grey + saturation * (channel - grey) for channel in image])
    middle = image.sum() / image.size
    return middle + contrast * (image - middle)


def reference_translation(image: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    made = np.zeros_like(image)
    down, right = numbers
    size = image.shape[1]
    for row, column in itertools.product(range(size), repeat=2):
        if 0 <= row + down < size and 0 <= column + right < size:
            made[:, row + down, column + right] = image[:, row, column]
    return made


def reference_cutout(image: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Half of the side, around the middle; what lies outside of the picture cuts nothing."""
    made, size = image.copy(), image.shape[1]
    side = size // 2
    top, left = (int(number) - side // 2 for number in numbers)
    made[:, max(0, top) : max(0, top + side), max(0, left) : max(0, left + side)] = 0
    return made


REFERENCES = {"colour": reference_colour, "translation": reference_translation, "cutout": reference_cutout}


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", ALL)
def test_each_change_has_its_closed_form(name: str, channels: int) -> None:
    images = pictures(channels, count=40)
    drawn = draw_changes((name,), images, torch.Generator().manual_seed(0))
    drawn = {key: numbers.double() if numbers.is_floating_point() else numbers for key, numbers in drawn.items()}
    expected = np.stack(
        [REFERENCES[name](image, row) for image, row in zip(images.numpy(), drawn[name].numpy(), strict=True)]
    )
    np.testing.assert_allclose(changed(images, drawn).numpy(), expected, rtol=0, atol=1e-14)


def test_they_come_in_the_order_of_the_paper() -> None:
    images = pictures()
    drawn = draw_changes(ALL, images, torch.Generator().manual_seed(0))
    drawn["colour"] = drawn["colour"].double()
    expected = images.numpy()
    for name in ("colour", "translation", "cutout"):
        rows = zip(expected, drawn[name].numpy(), strict=True)
        expected = np.stack([REFERENCES[name](image, row) for image, row in rows])
    np.testing.assert_allclose(changed(images, drawn).numpy(), expected, rtol=0, atol=1e-14)


@pytest.mark.parametrize("names", [*((name,) for name in ALL), ALL])
def test_gradients_go_through_them(names: tuple[str, ...]) -> None:
    """Against finite differences, once and twice: gradient penalties need both."""
    images = pictures(size=8, count=2).requires_grad_()
    drawn = draw_changes(names, images, torch.Generator().manual_seed(1))
    drawn = {key: numbers.double() if numbers.is_floating_point() else numbers for key, numbers in drawn.items()}
    assert torch.autograd.gradcheck(lambda x: changed(x, drawn), images)
    assert torch.autograd.gradgradcheck(lambda x: changed(x, drawn).square(), images)


def test_what_is_drawn_covers_the_papers_ranges() -> None:
    """16 px: brightness ±0.5, saturation 0 to 2, contrast 0.5 to 1.5; 2 px any way; the middle of a cut anywhere."""
    rng = torch.Generator().manual_seed(0)
    drawn = draw_changes(ALL, torch.zeros(20_000, 3, 16, 16), rng)
    ranges = torch.tensor([[-0.5, 0.5], [0, 2], [0.5, 1.5]])
    torch.testing.assert_close(drawn["colour"].min(0)[0], ranges[:, 0], atol=0.002, rtol=0)
    torch.testing.assert_close(drawn["colour"].max(0)[0], ranges[:, 1], atol=0.002, rtol=0)
    torch.testing.assert_close(drawn["colour"].mean(0), torch.tensor([0.0, 1.0, 1.0]), atol=0.02, rtol=0)
    assert drawn["translation"].unique(dim=0).tolist() == [
        list(pair) for pair in itertools.product(range(-2, 3), repeat=2)
    ]
    assert drawn["cutout"].unique().tolist() == list(range(17))


@pytest.mark.parametrize(
    ("setting", "images", "passes", "names"),
    [
        ("auto", FEW_IMAGES - 1, FEWEST_PASSES, ALL),
        ("auto", FEW_IMAGES - 1, FEWEST_PASSES - 1, ()),
        ("auto", FEW_IMAGES, 10**4, ()),
        ("none", 10, 10**4, ()),
        ("cutout", 10**6, 1, ("cutout",)),
        ("colour,cutout", 10, 1, ("colour", "cutout")),
    ],
)
def test_who_is_changed(setting: str, images: int, passes: int, names: tuple[str, ...]) -> None:
    seen = passes * images
    assert changes_for(setting, images, seen) == names
    told = in_words(setting, images, seen)
    assert told.startswith(", ".join(names))
    assert ("by itself" in told) == (setting == "auto" and bool(names))


def begin(variant: str, augmentation: tuple[str, ...], **settings: object) -> tuple[Run, Batch]:
    family, config = VARIANTS[variant]
    made = FAMILIES[family].Config(**(SMALL | config | settings))
    recipe = Recipe(family=family, dataset="digits", batch_size=8, precision="float32", config=made)
    rng = torch.Generator().manual_seed(5)
    images = torch.rand(8, *SPEC.shape, generator=rng) * 2 - 1
    conditions = torch.nn.functional.one_hot(torch.randint(10, (8,), generator=rng), 10).float()
    return start(recipe, SPEC, torch.device("cpu"), augmentation=augmentation), Batch(images, conditions)


@pytest.mark.parametrize("variant", ADVERSARIAL)
def test_every_turn_of_every_adversarial_family_sees_changed_images(variant: str) -> None:
    """Real and drawn images of one place through the same change; the trunk is never shown an image as it was."""
    run, batch = begin(variant, ALL)
    shown: list[Tensor] = []
    run.nets["trunk"].register_forward_pre_hook(lambda net, given: shown.append(given[0].detach()))
    log = train_step(run, batch)
    assert all(value.isfinite() for value in log.values())
    seen = torch.cat([images[:, : SPEC.channels] for images in shown])
    plain = {image.numpy().tobytes() for image in batch.images}
    assert not any(image.contiguous().numpy().tobytes() in plain for image in seen)
    cut = (seen == 0).flatten(1).sum(1)  # pixels that are 0 were cut out, or moved in from outside
    moved_again = run.recipe.config.model_dump().get("consistency_weight", 0) > 0  # after the change, by interpolation
    assert (cut > 0).double().mean() > (0.6 if moved_again else 0.95)


@pytest.mark.parametrize("variant", ADVERSARIAL)
def test_real_and_drawn_are_changed_alike_and_anew_in_each_turn(variant: str) -> None:
    run, batch = begin(variant, ALL)
    drawn = Drawn(torch.zeros(8, 1), batch.images.clone())
    seen = [seen_in(phase, batch, drawn, ALL, run.rng) for phase in run.phases]
    for real, fake in seen:
        torch.testing.assert_close(real.images, fake.images, rtol=0, atol=0)
    assert not torch.equal(seen[0][0].images, seen[-1][0].images)


@pytest.mark.parametrize("penalty", ["wasserstein", "r1-r2"])
def test_gradient_penalties_look_at_what_the_discriminator_sees(penalty: str) -> None:
    """R1 + R2 of a linear discriminator is the same everywhere; the interpolation lies between changed images."""
    settings = {"penalty": penalty, "discriminator_norm": "none", "adversarial": "relativistic"}
    run, batch = begin("gan", ALL, **settings)
    log = train_step(run, batch)
    assert log["discriminator/penalty"].isfinite()
    assert log["discriminator/penalty"] > 0


def test_an_encoder_sees_images_as_they_are() -> None:
    run, _ = begin("vae", ALL)
    assert augment_setting(run.recipe.config) == "none"
    assert not any(phase.augments for phase in run.phases)


@pytest.mark.parametrize("variant", ADVERSARIAL)
def test_without_augmentation_nothing_is_drawn_and_nothing_changes(variant: str) -> None:
    """The curve of a seed is that of a phase which knows of no augmentation."""
    run, batch = begin(variant, ())
    phase: Phase = run.phases[0]
    drawn = Drawn(torch.zeros(8, 1), batch.images)
    before = run.rng.get_state()
    real, fake = seen_in(phase, batch, drawn, (), run.rng)
    assert real is batch
    assert fake.images.data_ptr() == batch.images.data_ptr()
    assert torch.equal(run.rng.get_state(), before)


def test_the_generator_learns_through_the_changes() -> None:
    """Its gradient is that of the loss of changed images: where everything is cut out there is none."""
    run, batch = begin("gan", ("cutout",))
    phase = next(phase for phase in run.phases if "generator" in phase.trains)
    images = batch.images.clone().requires_grad_()
    _, fake = seen_in(phase, batch, Drawn(torch.zeros(8, 1), images), ("cutout",), run.rng)
    fake.images.sum().backward()
    assert torch.equal(images.grad, (fake.images != 0).float())


@pytest.mark.parametrize("name", [name for name, made in RECIPES.items() if augment_setting(made.config) == "auto"])
def test_shipped_recipes_of_many_images_train_as_before(name: str) -> None:
    """Those of fewer say whether they augment, so that none of the shipped curves moves."""
    assert BUILT_IN[RECIPES[name].dataset].train >= FEW_IMAGES


def test_other_numbers_at_every_step_and_the_same_for_a_seed() -> None:
    runs = [begin("gan", ALL) for _ in range(2)]
    logs = [[train_step(run, batch)["discriminator/loss"].item() for _ in range(3)] for run, batch in runs]
    assert logs[0] == logs[1]
    plain, batch = begin("gan", ())
    assert train_step(copy.deepcopy(plain), batch)["discriminator/loss"].item() != logs[0][0]
