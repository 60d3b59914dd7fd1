"""A run that begins with another model's nets: what is taken, what is fresh, and what becomes of the record of it."""

from pathlib import Path

import pytest
import torch

from ganlab import checkpoints, runs, warm_start
from ganlab.data.catalogue import BUILT_IN
from ganlab.execute import execute
from ganlab.families import FAMILIES
from ganlab.recipes import Recipe, parse_recipe
from ganlab.runs import RunFolder
from ganlab.step import train_step
from ganlab.training_state import Run, start
from ganlab.warm_start import Start, begin, fit, fitting, lines, nets_of, read_outline, read_start, read_written
from tests.test_families import batch
from tests.tiny import TINY

CPU = torch.device("cpu")
SPEC = BUILT_IN["digits"].spec


def fresh(**settings: object) -> Run:
    return start(TINY.with_settings(settings), SPEC, CPU)


def same(one: torch.nn.Module, other: torch.nn.Module) -> dict[str, bool]:
    """Which tensors of two nets are equal, bit for bit."""
    theirs = other.state_dict()
    return {key: torch.equal(value, theirs[key]) for key, value in one.state_dict().items()}


def test_a_checkpoint_gives_its_generator_and_the_rest_is_fresh(checkpoint_file: Path) -> None:
    run, untouched = fresh(seed=4), fresh(seed=4)
    source = read_start(checkpoint_file)
    found = begin(run, source)
    model = checkpoints.load(checkpoint_file)
    assert all(same(run.nets["generator"], model.nets["generator"]).values())
    assert all(same(run.ema["generator"], model.nets["generator"]).values())
    assert all(same(run.nets["trunk"], untouched.nets["trunk"]).values())
    assert not found["generator"].fresh
    assert not found["trunk"].taken
    told = "\n".join(lines(found))
    assert f"generator: all {len(found['generator'].taken)} layers taken" in told
    assert f"trunk: fresh: {checkpoint_file.stem} holds no trunk" in told
    assert run.began_from == source.beginning
    assert source.beginning.step == model.card.step


def test_a_run_that_was_saved_gives_its_discriminator_too(finished_run: RunFolder) -> None:
    run = fresh(seed=4)
    source = read_start(finished_run.path)
    found = begin(run, source)
    assert [name for name, of_net in found.items() if of_net.fresh] == []
    for key, value in run.nets.state_dict().items():
        assert torch.equal(value, source.tensors[key]), key
    assert source.beginning.name == finished_run.name
    assert source.beginning.step == TINY.steps


@pytest.mark.parametrize("kind", ["checkpoint", "run"])
def test_what_would_be_taken_is_known_from_the_heads_of_files(
    kind: str, checkpoint_file: Path, finished_run: RunFolder
) -> None:
    source = checkpoint_file if kind == "checkpoint" else finished_run.path
    outline, whole = read_outline(source), read_start(source)
    assert (outline.name, outline.step) == (whole.beginning.name, whole.beginning.step)
    recipe = TINY.with_settings({"latent_size": 20})
    assert fit(outline, nets_of(recipe)) == fit(whole, start(recipe, SPEC, CPU).nets)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"latent_size": 20}, "generator: 4 of 5 layers taken; fresh: 0: weight [784, 16] there, [784, 20] here"),
        ({"discriminator_norm": "none"}, "trunk: fresh: not there"),
        ({"hidden": 9}, "not there"),
    ],
)
def test_what_does_not_fit_is_fresh_layer_by_layer(
    settings: dict[str, object], told: str, finished_run: RunFolder
) -> None:
    run, untouched = fresh(**settings), fresh(**settings)
    source = read_start(finished_run.path)
    found = begin(run, source)
    assert told in "\n".join(lines(found))
    for name, net in run.nets.items():
        for key, value in net.state_dict().items():
            taken = warm_start._layer(key) in found[name].taken
            expected = source.tensors[f"{name}.{key}"] if taken else untouched.nets[name].state_dict()[key]
            assert torch.equal(value, expected), (name, key)


def test_another_family_takes_the_nets_of_the_same_name(finished_run: RunFolder) -> None:
    made = parse_recipe(TINY.model_dump() | {"family": "infogan", "config": {"width": 8, "latent_size": 16}})
    run = start(made, SPEC, CPU)
    found = begin(run, read_start(finished_run.path))
    assert not found["trunk"].fresh
    assert list(found["generator"].fresh) == ["0"]  # it reads the codes beside the noise
    assert not found["recognizer"].taken


def test_nothing_that_fits_is_an_error_that_says_why(checkpoint_file: Path) -> None:
    made = TINY.with_settings({"architecture": "mlp", "width": 5})
    with pytest.raises(ValueError, match=r"nothing of checkpoint fits these nets: generator: .*\[784, 16\] there"):
        fitting(checkpoint_file, [TINY, made])


def test_a_taken_net_goes_on_as_it_would_have(finished_run: RunFolder) -> None:
    """A start from all nets of a run, and that run's own nets put into a fresh one by torch, make the same step."""
    begun, by_hand = fresh(), fresh()
    source = read_start(finished_run.path)
    begin(begun, source)
    by_hand.nets.load_state_dict(source.tensors)
    assert train_step(begun, batch()) == train_step(by_hand, batch())


@pytest.mark.parametrize("family", FAMILIES)
def test_every_tensor_of_every_family_belongs_to_a_layer(family: str) -> None:
    made = Recipe(family=family, dataset="digits", config=FAMILIES[family].Config(width=4, latent_size=6))
    run = start(made, SPEC, CPU)
    source = Start(
        warm_start.Beginning(name="itself", step=0, digest="0" * 64),
        {key: value + 1 if value.is_floating_point() else value for key, value in run.nets.state_dict().items()},
    )
    found = begin(run, source)
    assert not any(of_net.fresh for of_net in found.values())
    for key, value in run.nets.state_dict().items():
        assert torch.equal(value, source.tensors[key]), key


def test_the_run_and_its_checkpoint_say_where_they_began(checkpoint_file: Path, tmp_path: Path) -> None:
    made = TINY.with_settings({"steps": 8, "name": "begun"})
    source = fitting(checkpoint_file, [made])
    folder = runs.create(tmp_path / "begun", made, device="cpu", init=source)
    assert runs.read_status(folder).began_from == str(source.beginning)
    told: list[str] = []
    reports = execute(folder, tell=told.append)
    next(reports)
    folder.stop.touch()
    list(reports)
    assert runs.read_status(folder).state == "cancelled"
    folder.init.unlink()  # the saved state has it all
    folder.stop.unlink(missing_ok=True)
    list(execute(folder, continue_run=True))
    assert checkpoints.read_card(folder.checkpoint).began_from == source.beginning
    assert any("generator: all" in line for line in told)


def test_nets_that_were_lost_before_the_first_step_are_told(checkpoint_file: Path, tmp_path: Path) -> None:
    made = TINY.with_settings({"steps": 8})
    folder = runs.create(tmp_path / "begun", made, device="cpu", init=fitting(checkpoint_file, [made]))
    folder.init.unlink()
    with pytest.raises(ValueError, match=r"init\.safetensors is gone"):
        list(execute(folder))


def test_a_damaged_file_of_nets_is_named(checkpoint_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "init.safetensors"
    source = read_start(checkpoint_file)
    source.write(path)
    again = read_written(path)
    assert again.beginning == source.beginning
    assert all(torch.equal(value, source.tensors[key]) for key, value in again.tensors.items())
    content = bytearray(path.read_bytes())
    content[-5] ^= 255
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"init\.safetensors is damaged: .* not as it was written"):
        read_written(path)


@pytest.mark.parametrize("what", ["pickle_file", "truncated_file"])
def test_what_is_no_checkpoint_is_refused(what: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises(ValueError, match=r"pickle|cut short"):
        read_start(request.getfixturevalue(what))


def test_a_run_that_has_nothing_yet(tmp_path: Path) -> None:
    folder = runs.create(tmp_path / "new", TINY)
    with pytest.raises(ValueError, match="neither a saved state nor a checkpoint"):
        read_start(folder.path)


def test_fit_names_why_once(checkpoint_file: Path) -> None:
    found = fit(read_start(checkpoint_file), fresh().nets)
    assert set(found) == {"generator", "trunk", "discriminator"}


@pytest.mark.parametrize("damage", [b"", b"no state", None], ids=["empty", "text", "cut short"])
def test_a_damaged_state_gives_way_to_the_one_before_it(run_folder: RunFolder, damage: bytes | None) -> None:
    whole = run_folder.resume.read_bytes()
    run_folder.resume_before.write_bytes(whole)
    run_folder.resume.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    assert read_start(run_folder.path).beginning.step == read_outline(run_folder.path).step == TINY.steps
    run_folder.resume_before.write_bytes(b"")
    assert "trunk" not in {key.partition(".")[0] for key in read_start(run_folder.path).tensors}  # the checkpoint's
    run_folder.checkpoint.unlink()
    with pytest.raises(ValueError, match=r"resume\S*current|resume"):
        read_start(run_folder.path)
