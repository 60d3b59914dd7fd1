"""What codes mean: on drawn strokes of known angle and width, and on generators whose codes are known."""

import math

import pytest
import torch
from sklearn.metrics import normalized_mutual_info_score
from torch import Tensor

from ganlab.checkpoints.codes import DrawnLabel
from ganlab.data import DataSpec, Pack
from ganlab.latents import Attributes, Category, Latent, Normal, Uniform
from ganlab.metrics.classifier import Reading
from ganlab.metrics.codes import drawn_codes, match, real_codes, sweep_code
from ganlab.metrics.readers import Reader
from ganlab.metrics.reconstruction import errors, mean_image_errors
from ganlab.metrics.strokes import QUALITIES, measure_strokes

SIZE = 56


def stroke(degrees: float, width: float, length: float = 30.0) -> Tensor:
    """An upright bar, sheared to the right by an angle, uint8 [1, 1, SIZE, SIZE]; its edges are soft."""
    y, x = torch.meshgrid(torch.arange(SIZE) - SIZE / 2 + 0.5, torch.arange(SIZE) - SIZE / 2 + 0.5, indexing="ij")
    across = (x + y * math.tan(math.radians(degrees))) * math.cos(math.radians(degrees))
    inside = (width / 2 - across.abs() + 0.5).clamp(0, 1) * (length / 2 - y.abs() + 0.5).clamp(0, 1)
    return (inside * 255).byte()[None, None]


@pytest.mark.parametrize("degrees", [-30, -10, 0, 5, 25])
def test_slant_is_the_angle_of_the_stroke(degrees: float) -> None:
    assert measure_strokes(stroke(degrees, 4))["slant"][0] == pytest.approx(degrees, abs=1)


@pytest.mark.parametrize("width", [2, 3, 4.5, 6, 8])
@pytest.mark.parametrize("degrees", [0, 20])
def test_thickness_is_the_width_of_the_stroke(width: float, degrees: float) -> None:
    assert measure_strokes(stroke(degrees, width))["thickness"][0] * SIZE == pytest.approx(width, abs=0.8)


def test_box_and_ink_of_a_bar() -> None:
    measured = measure_strokes(stroke(0, 10, 30))
    assert measured["width"][0] * SIZE == pytest.approx(10, abs=1)
    assert measured["height"][0] * SIZE == pytest.approx(30, abs=1)
    assert measured["ink"][0] * SIZE**2 == pytest.approx(300, rel=0.02)


def test_a_black_image_measures_nothing() -> None:
    measured = measure_strokes(torch.zeros(2, 1, 28, 28, dtype=torch.uint8))
    assert measured.keys() == QUALITIES.keys()
    assert all((values == 0).all() for values in measured.values())


DRAWING = Latent(factors=(Normal(name="z", size=2), Uniform(name="c2", size=1), Uniform(name="c3", size=1)))


def draw_bars(u: Tensor) -> Tensor:
    """c2 leans the bar to the left, c3 does nothing; z is its length and its thickness."""
    z, c2, _ = DRAWING.split(u).values()
    rows = zip(z.clamp(-1, 1).tolist(), c2[:, 0].tolist(), strict=True)
    return torch.cat([stroke(-8 * lean, 5 + thick, 30 + 4 * long) for (long, thick), lean in rows])


def test_a_code_is_named_after_what_it_does() -> None:
    real = draw_bars(DRAWING.sample(200, torch.Generator().manual_seed(1)))
    leaning = sweep_code(draw_bars, DRAWING, "c2", real, lines=20)
    assert leaning.quality == "slant"
    assert leaning.rho == pytest.approx(-1)
    assert leaning.clear
    assert leaning.effect == pytest.approx(-32 / measure_strokes(real)["slant"].std(), rel=0.05)
    idle = sweep_code(draw_bars, DRAWING, "c3", real, lines=20)
    assert not idle.clear
    assert idle.correlations == dict.fromkeys(QUALITIES, 0)


def test_matching_and_mutual_information() -> None:
    codes = torch.tensor([0, 0, 0, 1, 1, 2, 2, 2, 3])
    classes = torch.tensor([2, 2, 1, 0, 0, 1, 1, 0, 1])
    found = match(codes, classes)
    assert found.accuracy == pytest.approx(6 / 9)
    assert {code: found.table[code] for code in (0, 1, 2)} == {0: 2, 1: 0, 2: 1}
    assert 3 not in found.table  # more codes than classes
    assert found.nmi == pytest.approx(normalized_mutual_info_score(classes, codes))


def test_a_constant_code_says_nothing() -> None:
    found = match(torch.zeros(10, dtype=torch.long), torch.arange(10) % 2)
    assert found.accuracy == 0.5
    assert found.nmi == 0


C1 = Category(name="c1", labels=("0", "1", "2"))
CLASSES = Category(name="thing", labels=("cat", "dog", "cow"))
SHIFTED = Latent(factors=(Normal(name="z", size=1), C1))


def bright(levels: Tensor) -> Tensor:
    return (levels * 100).byte()[:, None, None, None].expand(-1, 1, 2, 2).contiguous()


def test_real_images_give_the_table_of_codes() -> None:
    """A recognizer that calls a thing of class k code k + 1, but every tenth one code 0."""
    classes = torch.arange(300) % 3
    pack = Pack(
        spec=DataSpec(name="", channels=1, size=2, conditions=(CLASSES,)),
        images=bright(classes.float()),
        conditions=torch.nn.functional.one_hot(classes).byte(),
        train=0,
        licence="",
    )

    def read(images: Tensor) -> Tensor:
        code = (images[:, 0, 0, 0] // 100 + 1) % 3
        code[::10] = 0
        return torch.nn.functional.one_hot(code.long(), 3).float()

    found = real_codes(lambda: read(pack.images).argmax(1), C1, pack)
    assert found.table == {"1": "cat", "2": "dog", "0": "cow"}
    assert found.accuracy == pytest.approx(1 - 20 / 300, abs=1e-3)


def test_generated_images_tell_what_a_code_draws() -> None:
    """Code k draws class k - 1, but with z above 1 always a cow."""

    def generate(u: Tensor) -> Tensor:
        z, c1 = SHIFTED.split(u).values()
        return bright(torch.where(z[:, 0] > 1, 2, (c1.argmax(1) - 1) % 3))

    def read(images: Tensor) -> Reading:
        onehot = torch.nn.functional.one_hot((images[:, 0, 0, 0] // 100).long(), 3).float()
        return Reading(onehot, onehot)

    reader = Reader(DataSpec(name="", channels=1, size=2, conditions=(CLASSES,)), read)
    drawn = drawn_codes(generate, SHIFTED, C1, reader, n=2000)
    assert [drawn[label].class_name for label in C1.labels] == ["cow", "cat", "dog"]
    assert drawn["0"].share == 1
    assert drawn["1"].share == pytest.approx(0.841, abs=0.03)
    assert drawn["1"].follows == "thing: cat"


def test_an_attribute_that_a_code_takes_away_is_named_so() -> None:
    marks = Attributes(name="marks", labels=("smile", "hat"))

    def generate(u: Tensor) -> Tensor:
        return (SHIFTED.split(u)["c1"][:, :2] < 0.5).byte()[:, None, None, :]  # code 0: no smile; 1: no hat

    reader = Reader(
        DataSpec(name="", channels=1, size=2, conditions=(marks,)),
        lambda images: Reading(images[:, 0, 0].float(), images[:, 0, 0].float()),
    )
    drawn = drawn_codes(generate, SHIFTED, C1, reader, n=10)
    assert drawn["0"] == DrawnLabel(follows="not marks: smile", rate=0, rate_of_others=1)
    assert drawn["1"].follows == "not marks: hat"


def test_no_two_codes_are_named_after_the_same_label() -> None:
    """Codes 0 and 1 both bring a smile; 1 brings a hat in every second picture, too."""
    marks = Attributes(name="marks", labels=("smile", "hat", "beard"))

    def generate(u: Tensor) -> Tensor:
        code = SHIFTED.split(u)["c1"].argmax(1)
        hat = (code == 1) & (torch.arange(len(u)) % 2 == 0)
        return torch.stack([code < 2, hat, code == 2], 1).byte()[:, None, None, :]

    reader = Reader(
        DataSpec(name="", channels=1, size=3, conditions=(marks,)),
        lambda images: Reading(images[:, 0, 0].float(), images[:, 0, 0].float()),
    )
    drawn = drawn_codes(generate, SHIFTED, C1, reader, n=10)
    assert [drawn[label].follows for label in C1.labels] == ["marks: smile", "marks: hat", "marks: beard"]


def test_reconstruction_error_in_pixels_from_0_to_1(digits: Pack) -> None:
    test = digits.split("test")[0]
    assert errors(lambda images: images, test).tolist() == [0] * len(test)
    grey = errors(torch.zeros_like, test).mean()
    assert grey == pytest.approx(((test.double() / 255 - 0.5) ** 2).mean().item(), rel=1e-5)
    mean = (digits.split("train")[0].double() / 255).mean(0)
    assert mean_image_errors(digits).mean() == pytest.approx(
        ((test.double() / 255 - mean) ** 2).mean().item(), rel=1e-5
    )
