"""The classifier of a user's own pictures: trained by one command, then measured by like that of MNIST."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from sklearn.linear_model import LogisticRegression

from ganlab import metrics
from ganlab.cli import main
from ganlab.data import Pack, catalogue, resized
from ganlab.data.packs import pack_path, save_pack
from ganlab.explore import colourings, maps
from ganlab.families import cgan, infogan
from ganlab.latents import Attributes
from ganlab.metrics import classifiers, reference_files
from ganlab.metrics.abilities import Abilities
from ganlab.metrics.readers import accuracy, reader, weights
from ganlab.monitor import inspect_samples
from tests.own_pictures import add, shades, unlabelled
from tests.untrained import save_untrained

NAME = "my-digits"


@pytest.fixture(scope="module")
def data_with_classifier(digits: Pack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A GANLAB_DATA with the digits as a user's own pictures, and the classifier that the command trains."""
    folder = tmp_path_factory.mktemp("own")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GANLAB_DATA", str(folder))
        save_pack(own(digits), pack_path(NAME))
        assert main(["data", "classifier", NAME, "--epochs", "4"]) == 0
    return folder


@pytest.fixture
def with_classifier(data_with_classifier: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANLAB_DATA", str(data_with_classifier))


@pytest.fixture
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def own(digits: Pack) -> Pack:
    return replace(digits, spec=replace(digits.spec, name=NAME), title="My digits", fingerprint="")


def test_the_classifier_lies_with_the_pack_and_says_how_good_it_is(with_classifier: None, digits: Pack) -> None:
    """Its accuracy is that of its own answers, and better than that of a linear model of the pixels."""
    path = catalogue.classifier_path(NAME)
    assert path.parent == pack_path(NAME).parent
    assert weights(NAME) == path
    share = accuracy(NAME)
    assert share is not None
    found = reader(NAME)
    assert found is not None
    images, conditions = digits.split("test")
    right = found.read(images).probabilities.argmax(1) == conditions.argmax(1)
    assert share == pytest.approx(right.double().mean().item(), abs=0.01)  # of 297; weights are stored as float16
    train, labels = digits.split("train")
    linear = LogisticRegression(max_iter=300).fit(train.flatten(1).numpy() / 255, labels.argmax(1).numpy())
    assert share > linear.score(images.flatten(1).numpy() / 255, conditions.argmax(1).numpy()) - 0.005
    assert share > 0.9


def test_the_list_tells_the_accuracy(with_classifier: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "list"]) == 0
    [line] = [line for line in capsys.readouterr().out.splitlines() if NAME in line]
    assert "My digits" in line
    assert f"classifier: {accuracy(NAME):.1%} of the test images' labels" in line


def test_models_are_measured_as_those_of_mnist(with_classifier: None, digits: Pack, tmp_path: Path) -> None:
    pack = own(digits)
    real = metrics.reference(pack)
    assert metrics.leading_metric(real) == "frechet_classifier"
    assert metrics.leading_metric(real, conditional=True) == "frechet_joint"
    model = save_untrained(tmp_path / "m.safetensors", "cgan", cgan.Config(width=4, latent_size=4), pack.spec)
    floor = metrics.floor(pack, real).values
    assert floor["obeys"] == pytest.approx(accuracy(NAME), abs=0.01)
    assert floor["confident"] > 0.5
    found = Abilities(model, pack)
    assert found.codes.keys() == {"digit"}  # what setting a label changes
    assert maps.spaces(model)[0] == "features" or "features" in maps.spaces(model)


def test_codes_get_names(with_classifier: None, digits: Pack, tmp_path: Path) -> None:
    pack = own(digits)
    config = infogan.Config(width=4, latent_size=4)
    model = save_untrained(tmp_path / "m.safetensors", "infogan", config, pack.spec)
    code = Abilities(model, pack).code
    assert code is not None
    assert {drawn.class_name for drawn in code.drawn.values()} <= set(map(str, range(10)))
    assert len(code.drawn) == 10
    grey = colourings.why_unknown(model, "digit")
    assert grey == ""


def test_a_classifier_of_other_pictures_of_that_name_does_not_count(
    data_with_classifier: Path, own_folder: Path, digits: Pack
) -> None:
    changed = own(digits)
    changed = replace(changed, images=changed.images.flip(3))
    save_pack(changed, pack_path(NAME))
    content = (data_with_classifier / "packs" / catalogue.classifier_path(NAME).name).read_bytes()
    catalogue.classifier_path(NAME).write_bytes(content)
    assert weights(NAME) is None
    save_pack(own(digits), pack_path(NAME))
    assert weights(NAME) is not None
    catalogue.classifier_path(NAME).write_bytes(content[:1000])
    assert weights(NAME) is None


def test_what_belongs_to_a_dataset_goes_with_it(own_folder: Path) -> None:
    pack, other = add(shades()), add(unlabelled(shades(), "my.shades-2"))
    for one in (pack, other):
        reference_files.reference(one)
        catalogue.classifier_path(one.spec.name).write_bytes(b"weights")
    assert len(list(own_folder.rglob("*.safetensors"))) == 6
    assert main(["data", "remove", "my.shades"]) == 0
    left = sorted(path.name for path in own_folder.rglob("*.safetensors"))
    assert left == ["my.shades-2-28.safetensors", "my.shades-2.classifier.safetensors", "my.shades-2.v2.safetensors"]


def test_what_has_a_classifier_or_cannot_have_one_is_told(own_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add(shades())
    add(unlabelled(shades(), "no-labels"))
    for name, told in (
        ("mnist", "a classifier of mnist comes with the program"),
        ("my.shades", "my.shades has 260 images; a classifier needs 1,000 or more"),
        ("no-labels", "the images of no-labels have no labels; choose from digits, mnist"),
        ("moons", "moons has points, and no images; choose from digits, mnist"),
        ("my-shades", "there is no dataset 'my-shades', did you mean 'my.shades'?"),
    ):
        assert main(["data", "classifier", name]) != 0
        assert told in capsys.readouterr().err
    assert list(own_folder.rglob("*.classifier.safetensors")) == []


def test_a_classifier_of_several_labels_in_colour(own_folder: Path) -> None:
    """Attributes that are plain to see are found in nearly all test images after a few passes."""
    rng = torch.Generator().manual_seed(0)
    pack = shades(1_200, 1_000)
    marks = torch.randint(0, 2, (1_200, 2), generator=rng)
    images = pack.images.expand(-1, 3, -1, -1).clone()
    images[:, 0, :14] = torch.where(marks[:, :1, None] > 0, 255, 0).byte()
    images[:, 2, 14:] = torch.where(marks[:, 1:, None] > 0, 255, 0).byte()
    spec = replace(
        pack.spec,
        name="marks",
        channels=3,
        conditions=(*pack.spec.conditions, Attributes(name="marks", labels=("red top", "blue foot"))),
    )
    pack = replace(pack, spec=spec, images=images, conditions=torch.cat([pack.conditions, marks.byte()], 1))
    add(resized(pack, 32))
    assert main(["data", "classifier", "marks", "--epochs", "3"]) == 0
    header = classifiers.read_header(catalogue.classifier_path("marks"))
    assert header.kind == "colour"
    assert header.measured["test_accuracy"] > 0.97
    with safe_open(catalogue.classifier_path("marks"), "pt") as file:
        assert {file.get_tensor(key).dtype for key in file.keys()} == {torch.float16}  # noqa: SIM118


def test_without_labels_there_is_a_leading_metric_all_the_same(own_folder: Path) -> None:
    pack = unlabelled(shades(), "plain")
    real = metrics.reference(pack)
    leading = metrics.leading_metric(real)
    assert leading == "frechet_pixels"
    assert metrics.METRICS[leading].needs == {"pictures"}
    same, noise = (
        metrics.evaluate(images, real).values[leading]
        for images in (pack.split("test")[0].repeat(2, 1, 1, 1), torch.randint(0, 256, (120, 1, 28, 28)).byte())
    )
    assert same < noise
    mean = pack.split("train")[0].double().mean(0).round().byte().repeat(200, 1, 1, 1)
    shares = [metrics.evaluate(images, real).values["pixel_share"] for images in (mean, pack.split("train")[0])]
    assert shares == pytest.approx([1.0, 0.0], abs=0.01)
    assert inspect_samples(10, 10, {"pixel_share": shares[0]}, [])[0].kind == "not-converged"


@pytest.mark.parametrize("side", [128])
def test_large_pictures_are_compared_at_64_px(side: int) -> None:
    pack = unlabelled(resized(shades(), side), "large")
    real = metrics.reference(pack)
    assert real.pixels.mean.shape == (64 * 64,)
    assert metrics.evaluate(pack.split("train")[0], real).values["frechet_pixels"] < 1e-3


@pytest.mark.parametrize("seed", ["-1", str(2**31), str(2**70)])
@pytest.mark.parametrize("command", [["classifier", "digits"], ["data", "classifier", "digits"]])
def test_a_seed_that_is_none_is_told_before_anything_is_read(
    command: list[str], seed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, f"--seed={seed}"]) == 1
    assert f"--seed is {seed}; choose a whole number from 0 to 2,147,483,647" in capsys.readouterr().err
