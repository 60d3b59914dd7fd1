"""The private state of a run in progress: everything that is needed to go on as if it had never stopped."""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from pydantic import Field
from safetensors import SafetensorError, safe_open
from torch import Tensor

from ganlab.beginning import Beginning
from ganlab.checkpoints import check_container, check_sums, write_safely
from ganlab.foreign import TrueIsNoNumber, is_format, parse_json
from ganlab.optimizers import PhaseOptimizer
from ganlab.recipes import parse_recipe
from ganlab.training_state import Run
from ganlab.whole_files import Check, anyway, replacing

STATE_FORMAT = 1
MAX_STATE_BYTES = 64 * 2**30  # weights, averages and two moments a weight of the widest nets take 6 GB
REMEDY = "start the run again"
MAY_CHANGE = {"name", "steps", "patience"}
"""Settings that say how long a run goes on, and nothing of what it has learnt."""


class _Header(TrueIsNoNumber):
    """What a state says beside its tensors."""

    step: int = Field(ge=0)
    seconds: float = Field(ge=0, allow_inf_nan=False)
    recipe: dict[str, Any] | None = None  # the first states do not say
    fingerprint: str = ""  # of the pack; the first states do not say
    augmentation: tuple[str, ...] = ()
    began_from: Beginning | None = None


def save_state(
    run: Run, path: Path, before: Path | None = None, fingerprint: str = "", *, check: Check = anyway
) -> None:
    """Write the run's state; on an error the state that was there stays whole.

    With `before`, the state that was in `path` is kept there, for when the new one should turn out damaged.
    `fingerprint` is that of the pack that the run learns from, `check` as `replacing` takes it.
    """
    tensors: dict[str, Tensor] = {"rng": run.rng.get_state()}
    tensors |= {f"nets.{key}": value for key, value in run.nets.state_dict().items()}
    tensors |= {f"ema.{key}": value for key, value in run.ema.state_dict().items()}
    for name, optimizer in run.optimizers.items():
        for index, state in optimizer.states.items():
            tensors |= {f"optimizers.{name}.{index}.{key}": value for key, value in state.items()}
    for key, values in run.pending.items():
        tensors[f"pending.{key}"] = torch.stack(values)
    # A copy each: averages and nets may share memory, which safetensors refuses.
    tensors = {key: value.detach().to("cpu", copy=True).contiguous() for key, value in tensors.items()}
    header = {
        "format": STATE_FORMAT,
        "step": run.step,
        "seconds": run.seconds,
        "recipe": run.recipe.model_dump(mode="json"),
        "fingerprint": fingerprint,
        "augmentation": run.augmentation,
        "began_from": run.began_from.model_dump() if run.began_from else None,
    }
    if before and path.is_file():
        _keep(path, before, check)
    write_safely(path, tensors, {"state": json.dumps(header)}, check=check, max_bytes=MAX_STATE_BYTES)


class OtherPicturesError(ValueError):
    """The dataset is not the one that a run began with."""


def restore_newest(run: Run, paths: Sequence[Path], fingerprint: str = "") -> list[str]:
    """Bring a freshly started run to the first of the states that can be used; returns what a person should know.

    That is why those before it cannot be used, and what is not as it was. ValueError, that of the first, when none
    can be. `fingerprint` as in `restore_state`.
    """
    problems: list[ValueError] = []
    for path in paths:
        try:
            note = restore_state(run, path, fingerprint)
        except OtherPicturesError:
            raise
        except ValueError as error:
            problems.append(error)
        else:
            older = [f"{problem}. The state that was saved before it is used instead" for problem in problems]
            return [*older, *filter(None, [note])]
    raise problems[0]


def restore_state(run: Run, path: Path, fingerprint: str = "") -> str:
    """Bring a freshly started run to the saved step; returns what was changed since, in words.

    ValueError names the file when it does not fit the run. It fits on every device: random numbers come from the CPU,
    and numbers go where the run is. OtherPicturesError where `fingerprint`, that of the pack at hand, is not the one
    that it was saved with.
    """
    check_container(path, MAX_STATE_BYTES, remedy=REMEDY)
    try:
        with safe_open(path, "pt", device=str(run.device)) as file:
            header = _header(path, file.metadata())
            _check_pictures(header, run, fingerprint)
            note = _check_fit(path, header, run)
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
            check_sums(path, file.metadata(), tensors, remedy=REMEDY)
        run.nets.load_state_dict(_under(tensors, "nets."))
        run.ema.load_state_dict(_under(tensors, "ema."))
        for name, optimizer in run.optimizers.items():
            _restore_optimizer(optimizer, _under(tensors, f"optimizers.{name}."))
        run.rng.set_state(tensors["rng"].cpu())
    except (SafetensorError, OSError, RuntimeError, KeyError, IndexError) as error:
        raise ValueError(f"{path} does not hold this run's state ({error}); {REMEDY}") from error
    # Copies, as everything else is by now: what maps the file keeps Windows from writing the next state over it.
    run.pending = {key: list(values.clone()) for key, values in _under(tensors, "pending.").items()}
    run.step, run.seconds = header.step, header.seconds
    run.began_from, run.augmentation = (
        header.began_from,
        header.augmentation,
    )  # whatever the recipe would mean today: it goes on as it began
    return note


def saved_step(path: Path, metadata: Mapping[str, str]) -> int:
    """The step of a state, from its file's header. ValueError when it is none."""
    return _header(path, metadata).step


def _header(path: Path, metadata: Mapping[str, str] | None) -> _Header:
    try:
        found = parse_json((metadata or {}).get("state", "{}"))
        if not isinstance(found, dict) or not is_format(found.get("format"), STATE_FORMAT):
            raise ValueError(f"its header has no format {STATE_FORMAT}")
        return _Header.model_validate(found)
    except ValueError as error:
        raise ValueError(f"{path} is not a resume state of format {STATE_FORMAT} ({error}); {REMEDY}") from error


def _check_pictures(header: _Header, run: Run, fingerprint: str) -> None:
    if header.fingerprint and fingerprint and header.fingerprint != fingerprint:
        raise OtherPicturesError(
            f"the pictures of {run.recipe.dataset!r} are not those that this run began with: the dataset was packed "
            "again from others. Put the pack back that it began with, or start a new run on the pictures that are here"
        )


def _check_fit(path: Path, header: _Header, run: Run) -> str:
    """Which settings were changed that may be, in words.

    ValueError for a state of other settings, or of a step that the run does not have.
    """
    if header.step > run.recipe.steps:
        raise ValueError(f"{path} is of step {header.step:,}, after the run's last, {run.recipe.steps:,}; {REMEDY}")
    if header.recipe is None:
        return ""
    before, now = parse_recipe(header.recipe).model_dump(), run.recipe.model_dump()
    changed = [key for key in now if before[key] != now[key]]  # what came with a later version counts as its default
    if fixed := [key for key in changed if key not in MAY_CHANGE]:
        raise ValueError(
            f"{path} does not hold this run's state: it was saved with another {fixed[0]}; put recipe.json back as it "
            f"was, or {REMEDY}"
        )
    told = ", ".join(f"{key} was {before[key]} and is {now[key]}" for key in changed)
    return f"recipe.json was changed since the state was saved: {told}" if told else ""


def _keep(path: Path, before: Path, check: Check) -> None:
    """Let `before` be the file that is in `path`, too."""
    with replacing(before, check=check) as part:
        try:
            part.hardlink_to(path)
        except OSError:  # a file system without links
            shutil.copyfile(path, part)


def _restore_optimizer(optimizer: PhaseOptimizer, tensors: dict[str, Tensor]) -> None:
    optimizer.states = {}
    for key, value in tensors.items():
        index, name = key.split(".")
        weight = optimizer.weights[int(index)]
        if value.shape == weight.shape:  # in the weight's memory order, which the fused kernels take for granted
            value = torch.empty_like(weight, requires_grad=False).copy_(value)
        else:
            value = value.clone()
        optimizer.states.setdefault(int(index), {})[name] = value


def _under(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {key.removeprefix(prefix): value for key, value in tensors.items() if key.startswith(prefix)}
