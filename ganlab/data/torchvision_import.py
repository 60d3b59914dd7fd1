"""Imports torchvision beside a CPU-only torch, where its compiled operators are missing."""

import functools
from types import ModuleType

import torch

from ganlab.extras import how_to_install


@functools.cache
def torchvision(extra: str = "mnist") -> ModuleType:
    """The torchvision package, which `extra` brings.

    The registry's wheel registers `nms` for operators that a CPU build of torch does not find, and then fails
    at import with "operator torchvision::nms does not exist". Declaring the schemas first is enough: nothing
    here calls them. ValueError, with the remedy, where it is not installed.
    """
    try:
        import torchvision
    except ModuleNotFoundError as error:
        instead = "; or copy its files from a machine that has them" if extra == "mnist" else ""
        raise ValueError(f"{how_to_install(extra)}{instead}") from error
    except RuntimeError as error:
        if "torchvision::nms" not in str(error):
            raise
        schemas = torch.library.Library("torchvision", "DEF")
        for name in ("nms", "qnms"):
            schemas.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        import torchvision

        torchvision.declared_schemas = schemas  # they vanish with the object that declared them
    return torchvision
