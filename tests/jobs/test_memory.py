"""The memory that a training takes: told before it starts, compared with what real trainings took."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from ganlab import runs
from ganlab.counting import bytes_in_words
from ganlab.data import describe
from ganlab.families import FAMILIES
from ganlab.foreign import read_json
from ganlab.jobs import memory, step_memory
from ganlab.recipes import RECIPES, Recipe

TRAIN = """
import sys
from pathlib import Path
import torch
torch.set_num_threads(1)
from ganlab import execute, runs
for report in execute.execute(runs.open_run(Path(sys.argv[1]))):
    pass
print(next(line for line in Path("/proc/self/status").open(encoding="ascii") if line.startswith("VmHWM")))
"""
"""The peak of its own memory: that of `getrusage` begins with the memory of the process that started it."""


TELL = """
import sys
from ganlab.jobs import memory
from ganlab.recipes import RECIPES
shipped = RECIPES[sys.argv[1]]
for recipe in (shipped.with_settings({"seed": 5, "generator_lr": 1e-3}), shipped.with_settings({"width": 17})):
    memory.needed(recipe, "cpu")
    print("torch._dynamo" in sys.modules)
"""


def counted(recipe: Recipe) -> step_memory.Step:
    return step_memory.count(step_memory.case_of(recipe))


@pytest.mark.parametrize("made", RECIPES.values(), ids=lambda made: made.name)
def test_what_a_step_keeps_grows_with_the_batch_and_weights_are_those_of_the_nets(made: Recipe) -> None:
    """The weights against nets that were really built; 8 % is left for what does not depend on the batch."""
    one, two = counted(made), counted(made.with_settings({"batch_size": 2 * made.batch_size}))
    assert two.weights == one.weights
    per_batch = (two.drawn + two.most_of_a_phase) - (one.drawn + one.most_of_a_phase)
    assert 0 < per_batch <= (one.drawn + one.most_of_a_phase) * 1.08
    if one.weights < 40e6:
        nets = FAMILIES[made.family].build(made.config, replace(describe(made.dataset).spec, size=made.image_size))
        assert one.weights == sum(4 * weight.numel() for weight in nets.parameters())


def test_the_table_has_every_recipe_that_comes_along_as_it_is_counted() -> None:
    """`python -m ganlab.jobs.step_memory` makes it again."""
    table = read_json(step_memory.TABLE)
    assert table == {case.digest: step_memory.count(case)._asdict() for case in step_memory.cases().values()}


def test_what_comes_along_is_told_without_the_compiler_of_torch() -> None:
    """It takes a second to import, for which the first visitor of Train would wait; 2 recipes, one of them changed."""
    done = subprocess.run(
        [sys.executable, "-c", TELL, "digits-quick"], capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout.split() == ["False", "True"]


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="reads the peak where Linux tells it")
@pytest.mark.parametrize(
    "settings",
    [{}, {"width": 96, "batch_size": 1000}, {"architecture": "mlp", "hidden": 4096, "hidden_layers": 2, "width": 64}],
    ids=["small", "activations", "weights"],
)
def test_the_estimate_is_within_a_quarter_of_the_peak_of_a_real_training(
    recipe: Recipe, tmp_path: Path, settings: dict[str, object]
) -> None:
    made = recipe.with_settings({"steps": 1} | settings)
    folder = runs.create(tmp_path / "run", made, device="cpu")
    done = subprocess.run(
        [sys.executable, "-c", TRAIN, str(folder.path)], capture_output=True, encoding="utf-8", check=True
    )
    _, kilobytes, _ = done.stdout.split()
    assert memory.needed(made, "cpu").bytes == pytest.approx(int(kilobytes) * 1024, rel=0.25)


def test_more_than_there_is_gets_a_warning_that_names_the_remedy(recipe: Recipe) -> None:
    assert memory.warning(recipe, "cpu") == ""
    wide = RECIPES["iclevr-cgan-64"].with_settings({"width": 256, "batch_size": 4096})
    told = memory.warning(wide, "cpu")
    assert told.startswith(f"it would take about {bytes_in_words(memory.needed(wide, 'cpu').bytes)} of memory, most")
    assert told.endswith("lower batch_size or width")


@pytest.mark.parametrize(("count", "text"), [(12_000_000, "12 MB"), (999_000_000, "999 MB"), (1_250_000_000, "1.2 GB")])
def test_bytes_in_words(count: int, text: str) -> None:
    assert bytes_in_words(count) == text


LIMITED = """
import resource, sys
from pathlib import Path
import torch
torch.set_num_threads(1)
from ganlab import execute, runs
import ganlab.metrics.abilities
used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 300 * 2**20, resource.RLIM_INFINITY))
try:
    for report in execute.execute(runs.open_run(Path(sys.argv[1]))):
        pass
except ValueError as error:
    print(error)
"""


@pytest.mark.skipif(not Path("/proc/self/statm").is_file(), reason="needs Linux's limits")
def test_a_cpu_whose_memory_ends_says_so_in_words(recipe: Recipe, tmp_path: Path) -> None:
    """With a limit that the system itself keeps: a real allocation fails, of weights, which needs no steps before."""
    made = recipe.with_settings({"architecture": "mlp", "hidden": 4096, "hidden_layers": 3, "width": 64})
    folder = runs.create(tmp_path / "run", made, device="cpu")
    done = subprocess.run([sys.executable, "-c", LIMITED, str(folder.path)], capture_output=True, encoding="utf-8")
    assert "this machine's memory is too small for this; lower batch_size or width" in done.stdout, done.stderr
    status = runs.read_status(folder)
    assert (status.state, status.error) == ("failed", done.stdout.strip())
