"""FID by torch-fidelity: the numbers of that package, and nothing without weights that the user has brought."""

import io
import pickle
from pathlib import Path

import pytest
import torch

from ganlab import data, metrics
from ganlab.cli import main
from ganlab.data import Pack
from ganlab.data.torchvision_import import torchvision
from ganlab.metrics import METRICS, inception
from ganlab.metrics.frechet import Moments, frechet_distance, moments

torchvision()
pytest.importorskip("torch_fidelity")


@pytest.fixture(scope="module")
def weights_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights of the net that nobody has trained, in the layout of the published ones."""
    from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3

    class Untrained(FeatureExtractorInceptionV3):
        def load_state_dict(self, *args: object, **options: object) -> None:
            """Stay as it was made."""

    nothing = io.BytesIO()
    torch.save({}, nothing)
    nothing.seek(0)
    torch.manual_seed(0)
    net = Untrained("untrained", ["2048"], feature_extractor_weights_path=nothing)
    path = tmp_path_factory.mktemp("weights") / inception.WEIGHTS
    torch.save(net.state_dict(), path)
    return path


@pytest.fixture
def with_weights(weights_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANLAB_INCEPTION", str(weights_file))


def test_features_and_distance_are_those_of_torch_fidelity(
    with_weights: None, weights_file: Path, digits: Pack
) -> None:
    from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3
    from torch_fidelity.metric_fid import fid_features_to_statistics, fid_statistics_to_metric

    extractor = FeatureExtractorInceptionV3("theirs", ["2048"], feature_extractor_weights_path=str(weights_file))
    images = digits.images[:3]
    assert torch.equal(inception.features(images), extractor(images.repeat(1, 3, 1, 1))[0])
    rng = torch.Generator().manual_seed(0)
    first, second = (torch.randn(200, 12, generator=rng).double() * scale + scale for scale in (1, 2))
    found = [fid_features_to_statistics(part) for part in (first, second)]
    theirs = fid_statistics_to_metric(*found, verbose=False)["frechet_inception_distance"]
    assert frechet_distance(moments(first), moments(second)) == pytest.approx(theirs, rel=1e-9)


def test_it_is_a_metric_of_its_own_that_is_measured_when_asked_for(with_weights: None, digits: Pack) -> None:
    """Of ten pictures ten times over, as Inception takes a quarter of a second for each."""
    real, few = metrics.reference(digits), digits.images[:10]
    images = few.repeat(10, 1, 1, 1)
    assert "frechet_inception" not in metrics.evaluate(images, real).values
    training = Moments(torch.zeros(2048).double(), torch.eye(2048).double())
    measured = metrics.evaluate(images, real, inception=training).values
    features = inception.features(few).repeat(10, 1)
    assert measured["frechet_inception"] == pytest.approx(frechet_distance(moments(features), training), rel=1e-6)
    assert METRICS["frechet_inception"].title == "FID"


def test_without_weights_it_says_where_they_go_and_gets_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, digits: Pack, checkpoint_file: Path, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.delenv("GANLAB_INCEPTION", raising=False)
    monkeypatch.setattr(torch.hub, "_hub_dir", str(tmp_path / "hub"))
    assert main(["evaluate", str(checkpoint_file), "--n", "100", "--fid"]) != 0
    told = capsys.readouterr().err
    assert f"the weights of Inception are not in {tmp_path / 'hub' / 'checkpoints' / inception.WEIGHTS}" in told
    assert "never downloaded unasked" in told
    assert not (tmp_path / "hub").exists()


def test_points_are_no_images(data_folder: Path) -> None:
    with pytest.raises(ValueError, match="FID compares images, and moons has points"):
        inception.reference(data.load("moons"))


class Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (exec, ("raise SystemExit('code of the file was run')",))


@pytest.mark.parametrize("share", [0.02, 0.1, 0.3, 0.5, 0.8, 0.99])
def test_a_file_of_the_old_format_that_is_cut_short_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, digits: Pack, share: float
) -> None:
    path = tmp_path / "weights.pth"
    torch.save({"weight": torch.zeros(30)}, path, _use_new_zipfile_serialization=False)
    content = path.read_bytes()
    for length in range(int(share * len(content)), int(share * len(content)) + 12):
        path.write_bytes(content[:length])
        monkeypatch.setenv("GANLAB_INCEPTION", str(path))
        with pytest.raises(ValueError, match=r"weights\.pth does not hold the weights of Inception"):
            inception.features(digits.images[:2])


@pytest.mark.parametrize(
    "content", [b"", b"no weights", pickle.dumps(Evil(), protocol=2), "state"], ids=["empty", "text", "code", "other"]
)
def test_a_file_that_holds_no_weights_is_named_and_runs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, digits: Pack, content: bytes | str
) -> None:
    path = tmp_path / "weights.pth"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        torch.save({"weight": torch.zeros(3)}, path)
    monkeypatch.setenv("GANLAB_INCEPTION", str(path))
    with pytest.raises(ValueError, match=r"weights\.pth does not hold the weights of Inception"):
        inception.features(digits.images[:2])
