"""The loop: reports, averages, learning rates and number formats."""

import copy
import time
from types import SimpleNamespace

import pytest
import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from ganlab import checkpoints
from ganlab.data import Pack, Stream
from ganlab.devices import choose_device, working_dtype
from ganlab.loop import train
from ganlab.recipes import Recipe
from ganlab.runs import RunFolder
from ganlab.step import lr_share, train_step, update_ema
from ganlab.training_state import Run, averaged_generator, start
from tests.tiny import TINY

CPU = torch.device("cpu")


def begin(pack: Pack, **settings: object) -> tuple[Run, Stream]:
    recipe = TINY.with_settings({"batch_size": 16, "width": 4} | settings)
    run = start(recipe, pack.spec, CPU)
    return run, Stream(pack, batch_size=recipe.batch_size, seed=recipe.seed, device=CPU)


def test_samples_come_nearer_to_the_data(finished_run: RunFolder) -> None:
    distances = [
        checkpoints.read_card(p).metrics["frechet_pixels"] for p in checkpoints.list_files(finished_run.snapshots)
    ]
    assert distances[-1] < distances[0] / 2


def test_the_discriminator_learns_to_tell_a_still_generator(digits: Pack) -> None:
    run, stream = begin(digits, steps=40, generator_lr=1e-9, discriminator_lr=2e-3, adversarial="non-saturating")
    losses = [report.values["discriminator/loss"] for report in train(run, stream, report_every=10)]
    assert losses[-1] < losses[0] / 2
    assert losses == sorted(losses, reverse=True)


def test_reports_are_means_over_the_steps_since_the_last(digits: Pack) -> None:
    run, stream = begin(digits, steps=7)
    reports = list(train(run, stream, report_every=3))
    assert [(r.step, r.images) for r in reports] == [(3, 48), (6, 96), (7, 112)]
    again, _ = begin(digits, steps=7)
    logs = [train_step(again, stream.batch(step)) for step in range(7)]
    for report, part in zip(reports, (logs[:3], logs[3:6], logs[6:]), strict=True):
        for key, value in report.values.items():
            assert value == pytest.approx(sum(log[key].item() for log in part) / len(part), rel=1e-5)
    assert 0 < reports[0].seconds < reports[1].seconds < reports[2].seconds


def test_pauses_of_the_caller_are_not_training_time(digits: Pack) -> None:
    run, stream = begin(digits, steps=2)
    for _ in train(run, stream, report_every=1):
        time.sleep(0.5)
    assert run.seconds < 0.5


def test_stop_ends_between_two_steps_and_keeps_what_was_not_reported(digits: Pack) -> None:
    run, stream = begin(digits, steps=10)
    reports = list(train(run, stream, report_every=4, stop=lambda: run.step == 6))
    assert (run.step, [r.step for r in reports]) == (6, [4])
    assert {len(values) for values in run.pending.values()} == {2}


def test_the_same_seed_gives_the_same_weights_whatever_the_global_generator(digits: Pack) -> None:
    states = []
    for global_seed in (1, 2):
        torch.manual_seed(global_seed)
        run, stream = begin(digits, steps=3)
        list(train(run, stream))
        states.append(run.nets.state_dict())
    assert all(torch.equal(value, states[1][key]) for key, value in states[0].items())


def test_dropout_depends_on_seed_and_step_alone(digits: Pack) -> None:
    """Not on the global generator, which is left as it was found."""
    states = []
    for global_seed in (1, 2):
        torch.manual_seed(global_seed)
        before = torch.random.get_rng_state()
        run, stream = begin(digits, steps=3, discriminator_dropout=0.5)
        list(train(run, stream))
        assert torch.equal(torch.random.get_rng_state(), before)
        states.append(run.nets.state_dict())
    assert all(torch.equal(value, states[1][key]) for key, value in states[0].items())


def test_dropout_leaves_out_others_at_every_step_and_seed(digits: Pack) -> None:
    """One batch and unchanging weights: what differs between two losses is what dropout left out."""
    run, stream = begin(digits, discriminator_dropout=0.5, generator_lr=1e-12, discriminator_lr=1e-12)
    batch, losses = stream.batch(0), []
    for step, seed in ((0, 0), (1, 0), (1, 1), (0, 0)):
        run.step, run.recipe = step, run.recipe.with_settings({"seed": seed})
        run.rng.manual_seed(0)
        losses.append(train_step(run, batch)["discriminator/loss"].item())
    assert losses[3] == pytest.approx(losses[0], abs=1e-6)
    assert min(abs(losses[a] - losses[b]) for a, b in ((0, 1), (0, 2), (1, 2))) > 1e-4


def test_averages_are_those_of_torch(digits: Pack) -> None:
    """With the half-life h constant, torch's exponential average with decay 0.5 ** (batch / h)."""
    run, stream = begin(digits, steps=2000, ema_halflife=20)
    run.step = 1000  # past the start, where the half-life is shorter
    reference = AveragedModel(run.nets["generator"], multi_avg_fn=get_ema_multi_avg_fn(0.5 ** (16 / 20)))
    reference.update_parameters(run.nets["generator"])  # torch's first update is a copy
    for step in range(5):
        train_step(run, stream.batch(step))
        reference.update_parameters(run.nets["generator"])
    for mine, other in zip(run.ema["generator"].parameters(), reference.module.parameters(), strict=True):
        torch.testing.assert_close(mine, other, atol=1e-6, rtol=1e-5)


def test_at_the_start_the_half_life_is_a_twentieth_of_the_images_seen(digits: Pack) -> None:
    run, _ = begin(digits, ema_halflife=10_000)
    run.step = 100  # 1600 images: a half-life of 80
    (average,), (weight,) = ([next(nets["generator"].parameters())] for nets in (run.ema, run.nets))
    before = average.clone()
    with torch.no_grad():
        weight.add_(1)
    update_ema(run)
    torch.testing.assert_close(average, torch.lerp(before, weight.data, 1 - 0.5 ** (16 / 80)))


def test_without_a_half_life_the_average_is_the_net(digits: Pack) -> None:
    run, stream = begin(digits, ema_halflife=0)
    train_step(run, stream.batch(0))
    for mine, other in zip(run.ema.parameters(), run.nets["generator"].parameters(), strict=True):
        assert torch.equal(mine, other)


def test_the_averaged_generator_has_the_statistics_of_its_own_weights(digits: Pack) -> None:
    """Its batch norms hold the mean and variance that its inputs have over the latents it was measured on."""
    run, stream = begin(digits, steps=5, ema_halflife=100)
    list(train(run, stream))
    before = copy.deepcopy(run.ema.state_dict())
    net = averaged_generator(run)
    assert not net.training
    assert all(torch.equal(value, before[key]) for key, value in run.ema.state_dict().items())
    rng = torch.Generator().manual_seed(run.recipe.seed)
    first = next(m for m in net if isinstance(m, torch.nn.BatchNorm2d))
    inputs = []
    hook = first.register_forward_pre_hook(lambda module, args: inputs.append(args[0]))
    with torch.no_grad():
        for _ in range(8):
            net(run.latent.sample(256, rng))
    hook.remove()
    torch.testing.assert_close(first.running_mean, torch.cat(inputs).mean((0, 2, 3)), atol=1e-4, rtol=1e-3)
    torch.testing.assert_close(first.running_var, torch.cat(inputs).var((0, 2, 3)), atol=1e-3, rtol=1e-2)


@pytest.mark.parametrize(("step", "expected"), [(0, 1.0), (50, 1.0), (75, 0.6), (100, 0.2)])
def test_learning_rates_fall_in_the_second_half(step: int, expected: float) -> None:
    assert lr_share(Recipe(steps=100, lr_end=0.2), step) == pytest.approx(expected)


@pytest.mark.parametrize(("step", "expected"), [(0, 1.0), (9, 1.0), (10, 0.9), (19, 0.9), (20, 0.81), (35, 0.729)])
def test_learning_rates_fall_in_steps(step: int, expected: float) -> None:
    """Against torch's StepLR, besides the numbers written out."""
    weight = torch.nn.Parameter(torch.zeros(1))
    schedule = torch.optim.lr_scheduler.StepLR(optimizer := torch.optim.SGD([weight], 1.0), 10, 0.9)
    for _ in range(step):
        optimizer.step()
        schedule.step()
    assert lr_share(Recipe(steps=100, lr_decay=0.9, lr_decay_every=10), step) == pytest.approx(expected)
    assert schedule.get_last_lr()[0] == pytest.approx(expected)


def test_learning_rates_reach_the_optimisers(digits: Pack) -> None:
    run, stream = begin(digits, steps=100, lr_end=0.2, generator_lr=1e-3)
    run.step = 75
    train_step(run, stream.batch(75))
    assert run.optimizers["generator"].lr == pytest.approx(0.6e-3)


def test_the_number_format_follows_the_recipe_and_the_hardware() -> None:
    assert working_dtype("float32", CPU) is torch.float32
    assert working_dtype("bfloat16", CPU) is torch.bfloat16
    native = torch.cpu.get_capabilities()
    fast = bool(native.get("avx512_bf16") or native.get("amx_bf16"))
    assert working_dtype("auto", CPU) is (torch.bfloat16 if fast else torch.float32)


def test_a_gpu_that_only_emulates_bfloat16_works_in_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Turing card, as torch sees it: it makes tensors of bfloat16, and multiplies them slowly."""
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr("torch.cuda.current_device", lambda: 0)
    monkeypatch.setattr("torch.cuda._check_bf16_tensor_supported", lambda device: True)
    for major, expected in ((7, torch.float32), (8, torch.bfloat16)):
        monkeypatch.setattr("torch.cuda.get_device_properties", lambda device, n=major: SimpleNamespace(major=n))
        assert working_dtype("auto", torch.device("cuda")) is expected


def test_bfloat16_trains_and_keeps_float32_weights(digits: Pack) -> None:
    run, stream = begin(digits, steps=3, precision="bfloat16")
    (report,) = train(run, stream)
    assert all(value == value for value in report.values.values())
    assert {weight.dtype for weight in run.nets.parameters()} == {torch.float32}


def test_unknown_and_missing_devices_are_refused() -> None:
    assert choose_device("cpu") == CPU
    with pytest.raises(ValueError, match=r"unknown device 'tpu', did you mean 'cpu'\? choose from auto, cpu"):
        choose_device("tpu")
    if not torch.cuda.is_available():
        assert choose_device("auto") == CPU
        with pytest.raises(ValueError, match="no CUDA device here; choose from auto, cpu"):
            choose_device("cuda")
    if not torch.backends.mps.is_available():
        with pytest.raises(ValueError, match=r"no MPS device \(.*\) here; choose from auto, cpu"):
            choose_device("mps")
