"""Layers that look at a whole batch, for processes and turns that hold a part of it."""

from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from ganlab.devices import without_autocast
from ganlab.distributed import WHOLE, Part, Processes


class _BatchNormOfAll(_BatchNorm):
    """Batch norm by the statistics of all processes' images while it trains; torch's own has GPUs only, and no CPU."""

    processes: Processes

    def forward(self, input: Tensor) -> Tensor:
        if not self.training:
            return super().forward(input)
        assert self.momentum is not None
        shape = [1, -1] + [1] * (input.ndim - 2)
        dims = [dim for dim in range(input.ndim) if dim != 1]
        with without_autocast(input.device):
            x = input.float()
            own = torch.stack([x.mean(dims), x.var(dims, unbiased=False)])  # [2, C]
            means, variances = self.processes.side_by_side(own).unbind(1)  # [processes, C] each
            mean = means.mean(0)
            variance = (variances + (means - mean).square()).mean(0)
            count = self.processes.count * x.numel() // x.shape[1]
            with torch.no_grad():
                cast(Tensor, self.num_batches_tracked).add_(1)
                cast(Tensor, self.running_mean).lerp_(mean, self.momentum)
                cast(Tensor, self.running_var).lerp_(variance * (count / (count - 1)), self.momentum)
            scale = self.weight * (variance + self.eps).rsqrt()
            y = (x - mean.view(shape)) * scale.view(shape) + self.bias.view(shape)
        return y.to(input.dtype)


class _BatchNorm1d(_BatchNormOfAll, nn.BatchNorm1d):
    pass


class _BatchNorm2d(_BatchNormOfAll, nn.BatchNorm2d):
    pass


class _Dropout(nn.Dropout):
    """Leaves out what one process with the whole batch would leave out of these images."""

    part: Part = WHOLE
    images = 1  # of the part; a layer may see real and drawn ones at once

    def forward(self, input: Tensor) -> Tensor:
        if not self.training:
            return input
        batches, part = len(input) // self.images, self.part
        size = (batches * part.count * self.images, *input.shape[1:])
        ones = input.new_ones(size)
        if input.ndim == 4 and not input.is_contiguous():  # where the noise lies in memory says which value gets which
            ones = ones.contiguous(memory_format=torch.channels_last)
        kept = F.dropout(ones, self.p)
        return input * kept.unflatten(0, (batches, part.count, self.images))[:, part.index].flatten(0, 1)


OF_ALL: dict[type[nn.Module], type[_BatchNormOfAll]] = {nn.BatchNorm1d: _BatchNorm1d, nn.BatchNorm2d: _BatchNorm2d}


def look_at_all(nets: nn.Module, processes: Processes) -> None:
    """Make layers that look at the whole batch do so where each process sees a part; their tensors stay the same."""
    for module in nets.modules():
        if type(module) is nn.Dropout:
            module.__class__ = _Dropout
        if processes.count > 1 and type(module) in OF_ALL:
            module.__class__ = OF_ALL[type(module)]
            cast(_BatchNormOfAll, module).processes = processes
        assert processes.count == 1 or isinstance(module, _BatchNormOfAll) or not isinstance(module, _BatchNorm)


def begin_part(nets: nn.Module, part: Part, images: int) -> None:
    """Say which part of the batch the nets see next, and how many images it has."""
    if part.count == 1:
        return
    for module in nets.modules():
        if isinstance(module, _Dropout):
            module.part, module.images = part, images
