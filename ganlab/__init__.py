"""Small generative models: trained, measured, and shown in a web app.

import ganlab

model = ganlab.load("mnist-cgan-28")
model.sample(8, seed=7, digit=3).save("threes.png")

for report in ganlab.train("digits-quick", steps=500):
    print(report.step, report.values)
"""

from typing import TYPE_CHECKING

from ganlab.version import __version__

if TYPE_CHECKING:
    from ganlab.api import (
        Dataset,
        Measures,
        Model,
        Pictures,
        Training,
        dataset,
        datasets,
        evaluate,
        load,
        models,
        train,
    )

__all__ = [
    "Dataset",
    "Measures",
    "Model",
    "Pictures",
    "Training",
    "__version__",
    "dataset",
    "datasets",
    "evaluate",
    "load",
    "models",
    "train",
]


def __getattr__(name: str) -> object:
    """What `ganlab.api` offers; imported when it is used, with torch, which takes two seconds."""
    if name in __all__:
        from ganlab import api

        return getattr(api, name)
    raise AttributeError(f"module 'ganlab' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
