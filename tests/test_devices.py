"""What has to hold on a GPU and can be seen without one."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.optim.adam import adam
from torch.optim.sgd import sgd
from torch.utils._python_dispatch import TorchDispatchMode

from ganlab import runs
from ganlab.data import Pack, Stream
from ganlab.devices import kernels_for_training, names_here, seeded
from ganlab.execute import execute
from ganlab.families import FAMILIES
from ganlab.nets.blocks import SpectralNorm
from ganlab.optimizers import OPTIMIZERS, Kind
from ganlab.recipes import Recipe
from ganlab.step import train_step
from ganlab.training_state import start
from tests.tiny import TINY
from tests.variants import SMALL, SPECS, VARIANTS

META = torch.device("meta")
"""A device of shapes without numbers: it refuses CPU tensors and has no numbers to read, as a GPU that is never waited
for."""


@pytest.fixture
def _unfused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Torch has no fused kernels for shapes alone; Adam's others read the number of steps, which is on the CPU then."""

    def unfused(compute: Callable[..., None]) -> Callable[..., None]:
        return lambda *lists, fused, **settings: compute(*lists, **settings)

    fresh, move = OPTIMIZERS["adam"]
    monkeypatch.setattr("ganlab.optimizers.adam", unfused(adam))
    monkeypatch.setattr("ganlab.optimizers.sgd", unfused(sgd))
    monkeypatch.setitem(OPTIMIZERS, "adam", Kind(lambda weight: fresh(weight) | {"step": torch.zeros(())}, move))


@pytest.mark.usefixtures("_unfused")
@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("data", SPECS)
def test_a_step_stays_on_its_device_and_reads_nothing_back(variant: str, data: str) -> None:
    (family, settings), spec = VARIANTS[variant], SPECS[data]
    recipe = Recipe(
        dataset="digits",
        family=family,
        config=FAMILIES[family].Config(**(SMALL | settings)),
        batch_size=8,
        precision="float32",
        mirror=True,
    )
    run = start(recipe, spec, META)
    shapes = torch.zeros(20, *spec.shape, dtype=torch.uint8), torch.zeros(20, spec.condition_dim, dtype=torch.uint8)
    pack = Pack(spec=spec, images=shapes[0], conditions=shapes[1], train=20, licence="none")
    stream = Stream(pack, batch_size=8, seed=0, device=META, mirror=True)
    for step in range(3):  # the third batch spans two epochs
        log = train_step(run, stream.batch(step))
    assert {value.device for value in log.values()} == {META}
    for phase in run.phases:
        states = run.optimizers[phase.name].states.values()
        found = {state[key].device for state in states for key in state if key != "step"}
        assert found == (set() if phase.optimizer.kind == "sgd" else {META})


def test_the_device_of_shapes_finds_mixed_devices_and_waiting() -> None:
    """What the test before relies on."""
    there = torch.zeros(3, device=META)
    with pytest.raises(RuntimeError, match="device"):
        torch.cat([there, torch.zeros(3)])
    with pytest.raises(RuntimeError, match="meta"):
        there.sum().item()


class _Kinds(TorchDispatchMode):
    """Notes the number format of everything that is computed."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[torch.dtype] = set()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        found = func(*args, **(kwargs or {}))
        results = found if isinstance(found, tuple | list) else (found,)
        self.seen |= {value.dtype for value in results if isinstance(value, torch.Tensor) and value.device == META}
        return found


@pytest.mark.usefixtures("_unfused")
@pytest.mark.parametrize("variant", VARIANTS)
def test_a_step_has_no_number_of_64_bits_on_its_device(variant: str) -> None:
    """The GPU of an Apple processor knows none."""
    (family, settings), spec = VARIANTS[variant], next(iter(SPECS.values()))
    config = FAMILIES[family].Config(**(SMALL | settings))
    recipe = Recipe(dataset="digits", family=family, config=config, batch_size=8, precision="float32", mirror=True)
    shapes = torch.zeros(20, *spec.shape, dtype=torch.uint8), torch.zeros(20, spec.condition_dim, dtype=torch.uint8)
    pack = Pack(spec=spec, images=shapes[0], conditions=shapes[1], train=20, licence="none")
    with _Kinds() as kinds:
        run = start(recipe, spec, META)
        stream = Stream(pack, batch_size=8, seed=0, device=META, mirror=True)
        for step in range(2):
            train_step(run, stream.batch(step))
    assert torch.float32 in kinds.seen
    assert torch.float64 not in kinds.seen


@pytest.mark.parametrize("name", ["cpu", "cuda", "mps"])
def test_a_seeded_block_leaves_the_generators_as_they_were(name: str) -> None:
    if name not in names_here():
        pytest.skip(f"there is no {name} device")
    device = torch.device(name)
    torch.manual_seed(7)
    expected = torch.rand(3), torch.rand(3, device=device)
    torch.manual_seed(7)
    before = torch.rand(3)
    drawn = []
    for _ in range(2):
        with seeded(device, 5):
            drawn.append((torch.rand(3), torch.rand(3, device=device)))
    assert before.equal(expected[0])
    assert torch.rand(3, device=device).equal(expected[1])
    assert all(first.equal(second) for first, second in zip(*drawn, strict=True))


@pytest.mark.skipif("mps" not in names_here(), reason="there is no MPS device")
def test_an_apple_gpu_trains_and_goes_on_as_a_cpu_would(data_folder: Path, tmp_path: Path) -> None:
    folder = runs.create(tmp_path / "run", TINY.with_settings({"steps": 20}), device="mps")
    for report in execute(folder):
        if report.step >= 10:
            folder.stop.touch()
    folder.stop.unlink(missing_ok=True)
    list(execute(folder, continue_run=True))
    assert runs.read_status(folder).state == "done"


def test_spectral_norm_ignores_autocast(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a GPU autocast takes `mv` into bfloat16; here it takes `mm`, which stands in for it."""
    weight = torch.randn(16, 9, generator=torch.Generator().manual_seed(0))
    torch.manual_seed(0)
    norm = SpectralNorm(weight)
    monkeypatch.setattr("torch.mv", lambda matrix, vector: (matrix @ vector[:, None])[:, 0])
    for _ in range(50):
        with torch.autocast("cpu", torch.bfloat16):
            divided = norm(weight)
    assert divided.dtype == torch.float32
    assert torch.linalg.matrix_norm(divided, 2).item() == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("deterministic", [False, True])
def test_kernels_are_tried_on_a_gpu_and_the_settings_come_back(
    deterministic: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    cudnn = torch.backends.cudnn
    monkeypatch.setattr(cudnn, "deterministic", deterministic)
    before = cudnn.benchmark, cudnn.allow_tf32
    with kernels_for_training(torch.device("cuda"), allow_tf32=False):
        assert (cudnn.benchmark, cudnn.allow_tf32) == (not deterministic, False)
    assert (cudnn.benchmark, cudnn.allow_tf32) == before
    with kernels_for_training(torch.device("cpu"), allow_tf32=False):
        assert (cudnn.benchmark, cudnn.allow_tf32) == before


BARE = """
import sys
for name in "streamlit plotly pandas torchvision scipy sklearn onnx tyro tqdm threadpoolctl".split():
    sys.modules[name] = None
from pathlib import Path
from ganlab import checkpoints, runs
from ganlab.execute import execute
from tests.tiny import TINY
folder = runs.create(Path(sys.argv[1]), TINY.with_settings({"steps": 4}), device="cpu")
list(execute(folder))
assert checkpoints.read_card(folder.checkpoint).metrics["samples"] == 10_000
"""


def test_a_machine_that_only_trains_needs_few_packages(data_folder: Path, tmp_path: Path) -> None:
    """Trained, measured and saved where all the packages of the app, the exports and the maps are missing."""
    subprocess.run([sys.executable, "-c", BARE, str(tmp_path / "run")], check=True, cwd=Path(__file__).parents[1])
