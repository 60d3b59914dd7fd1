"""The public checkpoint: what was saved comes back, and what a stranger may send is refused with a reason."""

import json
import os
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from ganlab import checkpoints
from ganlab.checkpoints import MAX_HEADER_BYTES, Sheets
from ganlab.checkpoints.codes import parse_codes
from ganlab.data import DataSpec
from ganlab.data.digits import DIGITS
from ganlab.families import gan
from ganlab.mixture import Mixture
from ganlab.runs import RunFolder
from tests.tiny import TINY

SPEC = DataSpec(name="digits", channels=1, size=28, conditions=(DIGITS,))
LATENT = gan.latent(TINY.config, SPEC)
CODES = parse_codes({"c1": {"kind": "category", "accuracy": 0.5, "nmi": 0.25, "table": {"0": "7"}}})

Tensors = dict[str, Tensor]
Header = dict[str, str]
Change = Callable[[Tensors, Header], object]


def fresh_generator() -> torch.nn.Module:
    torch.manual_seed(0)
    return gan.build(TINY.config, SPEC)["generator"].eval()


def save(path: Path, generator: torch.nn.Module, **extra: object) -> None:
    checkpoints.save(
        path,
        recipe=TINY,
        data=SPEC,
        latent=LATENT,
        nets={"generator": generator},
        step=12,
        metrics={"confident": 0.5},
        **extra,
    )


@pytest.fixture
def changed(checkpoint_file: Path, tmp_path: Path) -> Callable[[Change], Path]:
    """A copy of the good checkpoint after a change of its tensors or header entries (JSON texts)."""

    def write(change: Change) -> Path:
        tensors = load_file(checkpoint_file)
        with safe_open(checkpoint_file, "pt") as file:
            header = dict(file.metadata())
        change(tensors, header)
        save_file(tensors, tmp_path / "changed.safetensors", header)
        return tmp_path / "changed.safetensors"

    return write


def test_round_trip(tmp_path: Path) -> None:
    generator, path = fresh_generator(), tmp_path / "new" / "model.safetensors"
    curves = {"step": torch.tensor([1.0, 2.0]), "generator/loss": torch.tensor([0.5, float("nan")])}
    sheets = Sheets(steps=[0, 12], images=torch.randint(256, (2, 3, 1, 28, 28)).byte())
    save(path, generator, curves=curves, sheets=sheets, codes=CODES)
    model = checkpoints.load(path)
    card = model.card
    assert (card.name, card.step, card.images_seen, card.metrics) == (
        "model",
        12,
        12 * TINY.batch_size,
        {"confident": 0.5},
    )
    assert (card.recipe, card.data, card.latent, card.codes) == (TINY, SPEC, LATENT, CODES)
    assert card.parameters == {"generator": sum(v.numel() for v in generator.state_dict().values())}
    assert card.bytes == path.stat().st_size
    again = checkpoints.read_curves(path)
    assert again.keys() == curves.keys()
    for name, values in curves.items():
        torch.testing.assert_close(again[name], values, equal_nan=True)
    read = checkpoints.read_sheets(path)
    assert read is not None
    assert read.steps == [0, 12]
    assert torch.equal(read.images, sheets.images)
    assert [p.name for p in path.parent.iterdir()] == ["model.safetensors"]


def test_images_are_those_of_the_net(tmp_path: Path) -> None:
    """Through the file's float16 and back, no pixel moves by more than 1 of 255."""
    generator, path = fresh_generator(), tmp_path / "model.safetensors"
    save(path, generator)
    model = checkpoints.load(path)
    u = LATENT.sample(300, torch.Generator().manual_seed(1))
    with torch.no_grad():
        exact = ((generator(u) + 1) * 127.5).round().permute(0, 2, 3, 1)
    images = model.images(u)
    assert images.dtype == torch.uint8
    assert images.shape == (300, 28, 28, 1)
    assert (images.int() - exact.int()).abs().max() <= 1
    stored = {(value.numel() >= 10_000, value.dtype) for value in load_file(path).values() if value.ndim > 1}
    assert stored == {(True, torch.float16), (False, torch.float32)}
    assert not any(weight.requires_grad for weight in model.nets["generator"].parameters())


def test_weights_stay_float32_where_float16_would_show(tmp_path: Path) -> None:
    """Outputs near a step of the tanh: weights so large that rounding them moves pixels."""
    generator = fresh_generator()
    with torch.no_grad():
        generator[0].weight.mul_(300)
        next(m for m in reversed(generator) if isinstance(m, torch.nn.ConvTranspose2d)).weight.mul_(3000)
    save(tmp_path / "model.safetensors", generator)
    stored = load_file(tmp_path / "model.safetensors")
    assert {value.dtype for key, value in stored.items() if key.endswith("weight")} == {torch.float32}
    model = checkpoints.load(tmp_path / "model.safetensors")
    for key, value in model.nets["generator"].state_dict().items():
        assert torch.equal(value, generator.state_dict()[key])
        assert value.untyped_storage().filename is None, "cutting the file short would crash the process"


def test_a_seed_gives_the_same_picture_in_any_batch(checkpoint_file: Path) -> None:
    model = checkpoints.load(checkpoint_file)
    many = model.images(model.latent.from_seeds(range(40)))
    alone = model.images(model.latent.from_seeds([17]))[0]
    assert (many[17].int() - alone.int()).abs().max() <= 1  # other batches may take other kernels


def test_latents_of_a_wrong_shape_are_refused(checkpoint_file: Path) -> None:
    with pytest.raises(ValueError, match=r"checkpoint takes latents of shape \[N, 16\], not \[2, 15\]"):
        checkpoints.load(checkpoint_file).images(torch.zeros(2, 15))


def test_a_real_run_leaves_metrics_curves_and_sheets(finished_run: RunFolder) -> None:
    card = checkpoints.read_card(finished_run.checkpoint)
    assert card.metrics["samples"] == 10_000
    curves = checkpoints.read_curves(finished_run.checkpoint)
    assert curves["step"][-1] == card.recipe.steps
    assert {len(values) for values in curves.values()} == {len(curves["step"])}
    sheets = checkpoints.read_sheets(finished_run.checkpoint)
    assert sheets is not None
    assert 0 in sheets.steps
    assert sheets.images.shape == (len(sheets.steps), 16, 1, 28, 28)


@pytest.mark.parametrize("reader", [checkpoints.read_card, checkpoints.load])
class TestRefused:
    """Each message names the file, the reason and what to do."""

    def test_a_missing_file(self, reader: Callable[[Path], object], tmp_path: Path) -> None:
        with pytest.raises(ValueError, match=r"nowhere\.safetensors is not there; `python -m ganlab list`"):
            reader(tmp_path / "nowhere.safetensors")

    def test_a_truncated_file(self, reader: Callable[[Path], object], truncated_file: Path) -> None:
        with pytest.raises(ValueError, match=r"truncated\.safetensors is damaged or cut short .*download it again"):
            reader(truncated_file)

    @pytest.mark.parametrize("keep", [0, 1, 8, 9, 200])
    def test_a_file_cut_in_its_header(self, reader: Callable[[Path], object], truncated_file: Path, keep: int) -> None:
        truncated_file.write_bytes(truncated_file.read_bytes()[:keep])
        with pytest.raises(ValueError, match=r"truncated\.safetensors is not a safetensors file, or is cut short"):
            reader(truncated_file)

    def test_a_pickle(self, reader: Callable[[Path], object], pickle_file: Path) -> None:
        with pytest.raises(ValueError, match=r"pickle\.safetensors is a pickle .*never read.*Ask for a safetensors"):
            reader(pickle_file)
        assert not (pickle_file.parent / "ran").exists()

    def test_a_file_of_torch_save(self, reader: Callable[[Path], object], tmp_path: Path) -> None:
        torch.save({"x": torch.zeros(3)}, tmp_path / "model.pt")
        with pytest.raises(ValueError, match=r"model\.pt is a pickle"):
            reader(tmp_path / "model.pt")

    def test_a_picture_that_was_renamed(self, reader: Callable[[Path], object], finished_run: RunFolder) -> None:
        with pytest.raises(ValueError, match="is not a safetensors file"):
            reader(next(finished_run.samples.glob("*.png")))

    def test_a_header_that_claims_a_gigabyte(self, reader: Callable[[Path], object], tmp_path: Path) -> None:
        path = tmp_path / "large.safetensors"
        path.write_bytes(struct.pack("<Q", 2**30) + b"{" + b" " * 100)
        with pytest.raises(ValueError, match=r"large\.safetensors is not a safetensors file, or is cut short"):
            reader(path)

    def test_a_header_that_is_a_hundred_megabytes(self, reader: Callable[[Path], object], tmp_path: Path) -> None:
        path = tmp_path / "large.safetensors"
        size = 100 * 2**20
        path.write_bytes(struct.pack("<Q", size) + b"{")
        os.truncate(path, size + 8)  # a hole: no memory or disk is taken
        with pytest.raises(ValueError, match=f"header of {size:,} bytes; at most {MAX_HEADER_BYTES:,}"):
            reader(path)

    def test_a_file_of_a_gigabyte(self, reader: Callable[[Path], object], tmp_path: Path) -> None:
        path = tmp_path / "large.safetensors"
        path.write_bytes(struct.pack("<Q", 100) + b"{")
        os.truncate(path, 2**30)
        with pytest.raises(ValueError, match="has 1,073,741,824 bytes; at most"):
            reader(path)

    def test_a_safetensors_file_of_something_else(self, reader: Callable[[Path], object], tmp_path: Path) -> None:
        save_file({"weight": torch.zeros(3)}, tmp_path / "other.safetensors")
        with pytest.raises(ValueError, match=r"other\.safetensors is a safetensors file, but not a ganlab checkpoint"):
            reader(tmp_path / "other.safetensors")

    @pytest.mark.parametrize(
        ("entry", "value", "message"),
        [
            ("format", 2, "has checkpoint format 2; this ganlab reads 1. Update ganlab"),
            ("format", "one", "has checkpoint format one"),
            ("step", "many", "the header does not fit"),
            ("metrics", [1, 2], "the header does not fit"),
            ("metrics", {"confident": "high"}, "the header does not fit"),
            ("recipe", {"family": "evil"}, "unknown family 'evil'"),
            ("recipe", {"dataset": "../../etc"}, "is no name"),
            ("recipe", [], "the header does not fit"),
            ("recipe", None, "the header does not fit"),
            ("data", {"name": "digits"}, "the header does not fit"),
            (
                "data",
                {"name": "digits", "channels": 1, "size": 4096},
                "4096 px, the recipe 1 or 3 of 28 px",
            ),
            ("data", {"name": "digits", "channels": 64, "size": 28}, "64 channels"),
            ("data", {"name": "digits", "channels": 1, "size": 10**9}, "size: Input should be less than or equal"),
            ("data", {"name": "digits", "channels": 10**9, "size": 28}, "channels: Input should be less than or eq"),
            ("data", {"name": "digits", "channels": "grey", "size": 28}, "a whole number"),
            ("latent", [{"kind": "normal", "name": "z", "size": 10**9}], "the header does not fit"),
            ("latent", [{"kind": "normal", "name": "z", "size": 5}], "`latent` does not fit the recipe"),
        ],
    )
    def test_a_wrong_header_entry(
        self,
        reader: Callable[[Path], object],
        changed: Callable[[Change], Path],
        entry: str,
        value: object,
        message: str,
    ) -> None:
        path = changed(lambda tensors, header: header.update({entry: json.dumps(value)}))
        with pytest.raises(ValueError, match=message) as caught:
            reader(path)
        assert "changed.safetensors" in str(caught.value)

    @pytest.mark.parametrize("entry", ["recipe", "data", "latent", "step", "metrics", "created"])
    def test_a_missing_header_entry(
        self,
        reader: Callable[[Path], object],
        changed: Callable[[Change], Path],
        entry: str,
    ) -> None:
        with pytest.raises(ValueError, match=f"has no '{entry}'; export the model again"):
            reader(changed(lambda tensors, header: header.pop(entry)))

    def test_a_header_entry_that_is_not_json(
        self, reader: Callable[[Path], object], changed: Callable[[Change], Path]
    ) -> None:
        with pytest.raises(ValueError, match="header entry 'metrics' is not JSON"):
            reader(changed(lambda tensors, header: header.update(metrics="{")))

    @pytest.mark.parametrize(
        ("entry", "text", "message"),
        [
            ("step", "Infinity", "the header does not fit .*`step` is inf, not a whole number from 0"),
            ("step", "NaN", "`step` is nan"),
            ("step", "-1", "`step` is -1"),
            ("step", "1.5", "`step` is 1.5"),
            ("step", "true", "`step` is True"),
            ("images_seen", "1e400", "`images_seen` is inf"),
            ("images_seen", "-Infinity", "`images_seen` is -inf"),
            ("images_seen", "9" * 400, "`images_seen` is 9+ ... 9+,"),
            ("metrics", f'{{"confident": {"9" * 400}}}', "the header does not fit .*metrics.confident: .*number"),
            ("metrics", "9" * 5000, "'metrics' is not JSON .*digits"),
            ("metrics", "[" * 100_000, "'metrics' is not JSON .*too deeply"),
            ("codes", '{"a":' * 100_000, "'codes' is not JSON .*too deeply"),
        ],
        ids=lambda value: value[:20],
    )
    def test_numbers_and_nesting_that_are_made_to_harm(
        self,
        reader: Callable[[Path], object],
        changed: Callable[[Change], Path],
        entry: str,
        text: str,
        message: str,
    ) -> None:
        path = changed(lambda tensors, header: header.update({entry: text}))
        with pytest.raises(ValueError, match=rf"(?s)changed\.safetensors: .*{message}"):
            reader(path)

    @pytest.mark.parametrize(
        "codes",
        [
            ["c1"],
            {"c1": "slant"},
            {"c1": {"kind": "poem"}},
            {"c1": {"kind": "category", "table": 5}},
            {"c1": {"kind": "category", "drawn": {"0": {"share": "most"}}}},
            {"c2": {"kind": "continuous", "correlations": {"slant": None}}},
            {"hair": {"kind": "condition", "labels": {"red": {"success": 1.0}}}},
        ],
        ids=str,
    )
    def test_codes_that_pages_could_not_read(
        self, reader: Callable[[Path], object], changed: Callable[[Change], Path], codes: object
    ) -> None:
        with pytest.raises(ValueError, match=r"(?s)the header does not fit .*export the model again"):
            reader(changed(lambda tensors, header: header.update(codes=json.dumps(codes))))

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("../../evil", r"has a net '' that gan does not have"),
            ("/etc/evil", r"has a net '/etc/evil' that gan does not have"),
            ("generator.../../evil", r"is \[3\] of numbers, its recipe needs none"),
            ("generator.extra", r"tensor 'generator\.extra' is \[3\] of numbers, its recipe needs none"),
            ("critic.weight", r"has a net 'critic' that gan does not have"),
            ("curve/../../evil", r"'\.\./\.\./evil' is no name of a curve"),
            ("curve/<script>", r"'<script>' is no name of a curve"),
            ("curve/short", r"curves are not vectors of one length"),
            ("sheets/images", r"sample sheets do not fit the model"),
            ("sheets/evil", r"sample sheets do not fit the model"),
            ("prior/weights", r"mixture prior does not fit the latent"),
            ("prior/evil", r"mixture prior does not fit the latent"),
        ],
    )
    def test_an_extra_tensor(
        self,
        reader: Callable[[Path], object],
        changed: Callable[[Change], Path],
        name: str,
        message: str,
    ) -> None:
        with pytest.raises(ValueError, match=message):
            reader(changed(lambda tensors, header: tensors.update({name: torch.zeros(3)})))

    def test_a_missing_tensor(self, reader: Callable[[Path], object], changed: Callable[[Change], Path]) -> None:
        with pytest.raises(ValueError, match=r"tensor 'generator\.0\.weight' is missing, its recipe needs"):
            reader(changed(lambda tensors, header: tensors.pop("generator.0.weight")))

    def test_a_tensor_of_another_shape(
        self, reader: Callable[[Path], object], changed: Callable[[Change], Path]
    ) -> None:
        with pytest.raises(ValueError, match=r"tensor 'generator\.0\.weight' is \[1, 2\]"):
            reader(changed(lambda tensors, header: tensors.update({"generator.0.weight": torch.zeros(1, 2)})))

    def test_a_file_without_a_generator(
        self, reader: Callable[[Path], object], changed: Callable[[Change], Path]
    ) -> None:
        def drop(tensors: Tensors, header: Header) -> None:
            for key in [key for key in tensors if key.startswith("generator.")]:
                del tensors[key]

        with pytest.raises(ValueError, match="has no net called 'generator'"):
            reader(changed(drop))


def test_a_mixture_prior_travels_with_the_model(tmp_path: Path) -> None:
    rng = torch.Generator().manual_seed(0)
    mixture = Mixture(
        weights=torch.tensor([0.25, 0.75], dtype=torch.float64),
        means=torch.randn(2, LATENT.dim, generator=rng, dtype=torch.float64),
        factors=torch.randn(2, LATENT.dim, 3, generator=rng).half().double(),
    )
    save(tmp_path / "model.safetensors", fresh_generator(), mixture=mixture)
    again = checkpoints.load(tmp_path / "model.safetensors").mixture
    assert again is not None
    torch.testing.assert_close(again.sample(50, seed=1), mixture.sample(50, seed=1))


def test_a_model_without_a_mixture_has_none(checkpoint_file: Path) -> None:
    assert checkpoints.load(checkpoint_file).mixture is None


@pytest.mark.parametrize("weights", [[0.5, float("nan")], [1.5, -0.5], [0.5, 0.6]], ids=str)
def test_weights_of_a_mixture_that_are_no_shares_are_refused(
    changed: Callable[[Change], Path], weights: list[float]
) -> None:
    prior = {
        "prior/weights": torch.tensor(weights),
        "prior/means": torch.zeros(2, LATENT.dim),
        "prior/factors": torch.zeros(2, LATENT.dim, 1),
    }
    with pytest.raises(ValueError, match="mixture prior is none"):
        checkpoints.load(changed(lambda tensors, header: tensors.update(prior)))


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_not_finite_are_refused(changed: Callable[[Change], Path], value: float) -> None:
    path = changed(lambda tensors, header: tensors["generator.0.weight"].view(-1)[3:4].fill_(value))
    with pytest.raises(ValueError, match=r"generator\.0\.weight holds values that are not finite.*earlier snapshot"):
        checkpoints.load(path)


def test_a_header_length_that_begins_like_a_pickle_is_none(
    changed: Callable[[Change], Path],
) -> None:
    """One file in 32 has a header whose length begins with the byte 0x80, as pickles do."""
    first_bytes = set()
    for length in range(0, 256, 8):
        note = json.dumps({"note": "x" * length})
        path = changed(lambda tensors, header, note=note: header.update(environment=note))
        checkpoints.load(path)
        first_bytes.add(path.read_bytes()[0])
    assert 0x80 in first_bytes


def test_files_are_listed_by_name(checkpoints_folder: Path, checkpoint_file: Path) -> None:
    (checkpoints_folder / "another.safetensors").write_bytes(checkpoint_file.read_bytes())
    (checkpoints_folder / "README.md").write_text("not a checkpoint", encoding="utf-8")
    assert [p.stem for p in checkpoints.list_files(checkpoints_folder)] == ["another", "tiny"]
    assert checkpoints.list_files(checkpoints_folder / "nowhere") == []


def test_what_would_be_too_large_to_read_leaves_the_old_file(checkpoint_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "alone" / "full.safetensors"
    path.parent.mkdir()
    with safe_open(checkpoint_file, "pt") as file:
        metadata = file.metadata()
    tensors = load_file(checkpoint_file)
    save_file(tensors, path, metadata | {"padding": '""'})
    room = MAX_HEADER_BYTES - struct.unpack("<Q", path.read_bytes()[:8])[0]
    save_file(tensors, path, metadata | {"padding": f'"{"x" * (room - 100)}"'})
    before = path.read_bytes()
    card = checkpoints.read_card(path)
    with pytest.raises(
        ValueError, match=r"full\.safetensors would have a header of 4,.* unchanged\. Shorten the texts"
    ):
        checkpoints.write_measured(path, card.metrics, card.codes, {f"metric {n}": "why " * 200 for n in range(50)})
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]
    with pytest.raises(ValueError, match=r"full\.safetensors would have [\d,]+ bytes, .*Choose smaller nets"):
        checkpoints.write_safely(path, tensors, metadata, max_bytes=1_000)
    assert path.read_bytes() == before
