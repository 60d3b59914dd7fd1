"""Imports torchvision beside a CPU-only torch, where its compiled operators are missing."""

import functools
from types import ModuleType

import torch


@functools.cache
def torchvision() -> ModuleType:
    """The torchvision package.

    The registry's wheel registers `nms` for operators that a CPU build of torch does not find, and then fails
    at import with "operator torchvision::nms does not exist". Declaring the schemas first is enough: nothing
    here calls them.
    """
    try:
        import torchvision
    except RuntimeError as error:
        if "torchvision::nms" not in str(error):
            raise
        schemas = torch.library.Library("torchvision", "DEF")
        for name in ("nms", "qnms"):
            schemas.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        import torchvision

        torchvision.declared_schemas = schemas  # they vanish with the object that declared them
    return torchvision
