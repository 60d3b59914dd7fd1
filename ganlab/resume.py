"""The private state of a run in progress: everything that is needed to go on as if it had never stopped."""

import json
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from ganlab.checkpoints import check_container, write_safely
from ganlab.train import Run

STATE_FORMAT = 1
MAX_STATE_BYTES = 64 * 2**30  # weights, averages and two moments a weight of the widest nets take 6 GB


def save_state(run: Run, path: Path) -> None:
    """Write the run's state; on an error the state that was there stays whole."""
    tensors: dict[str, Tensor] = {"rng": run.rng.get_state()}
    tensors |= {f"nets.{key}": value for key, value in run.nets.state_dict().items()}
    tensors |= {f"ema.{key}": value for key, value in run.ema.state_dict().items()}
    for name, optimizer in run.optimizers.items():
        for index, state in optimizer.state_dict()["state"].items():
            tensors |= {f"optimizers.{name}.{index}.{key}": value for key, value in state.items()}
    for key, values in run.pending.items():
        tensors[f"pending.{key}"] = torch.stack(values)
    # A copy each: averages and nets may share memory, which safetensors refuses.
    tensors = {key: value.detach().to("cpu", copy=True).contiguous() for key, value in tensors.items()}
    header = {"format": STATE_FORMAT, "step": run.step, "seconds": run.seconds}
    write_safely(path, tensors, {"state": json.dumps(header)})


def restore_state(run: Run, path: Path) -> None:
    """Bring a freshly started run to the saved step. ValueError names the file when it does not fit the run.

    It fits on every device: random numbers come from the CPU, and numbers go where the run is.
    """
    check_container(path, MAX_STATE_BYTES)
    try:
        with safe_open(path, "pt", device=str(run.device)) as file:
            header = json.loads((file.metadata() or {}).get("state", "{}"))
            if header.get("format") != STATE_FORMAT:
                raise ValueError(f"{path} is not a resume state of format {STATE_FORMAT}; start the run again")
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
        run.nets.load_state_dict(_under(tensors, "nets."))
        run.ema.load_state_dict(_under(tensors, "ema."))
        for name, optimizer in run.optimizers.items():
            _restore_optimizer(optimizer, _under(tensors, f"optimizers.{name}."))
        run.rng.set_state(tensors["rng"].cpu())
        step, seconds = header["step"], header["seconds"]
    except (SafetensorError, OSError, RuntimeError, KeyError, IndexError) as error:
        raise ValueError(f"{path} does not hold this run's state ({error}); start the run again") from error
    run.pending = {key: list(values) for key, values in _under(tensors, "pending.").items()}
    run.step, run.seconds = step, seconds


def _restore_optimizer(optimizer: torch.optim.Optimizer, tensors: dict[str, Tensor]) -> None:
    weights = [weight for group in optimizer.param_groups for weight in group["params"]]
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in tensors.items():
        index, name = key.split(".")
        weight = weights[int(index)]
        if value.shape == weight.shape:  # in the weight's memory order, which the fused kernels take for granted
            value = torch.empty_like(weight, requires_grad=False).copy_(value)
        state.setdefault(int(index), {})[name] = value
    optimizer.load_state_dict(optimizer.state_dict() | {"state": state})


def _under(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {key.removeprefix(prefix): value for key, value in tensors.items() if key.startswith(prefix)}
