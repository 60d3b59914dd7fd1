"""What `import ganlab` offers: models by name, their pictures as arrays, and trainings as iterators of reports."""

from ganlab.api.measuring import Measures, evaluate
from ganlab.api.model import Model, load, models
from ganlab.api.packs import Dataset, dataset, datasets
from ganlab.api.pictures import Pictures
from ganlab.api.training import Training, train

__all__ = [
    "Dataset",
    "Measures",
    "Model",
    "Pictures",
    "Training",
    "dataset",
    "datasets",
    "evaluate",
    "load",
    "models",
    "train",
]
