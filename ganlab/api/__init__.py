"""What `import ganlab` offers: models by name, their pictures as arrays, and trainings as iterators of reports."""

from ganlab.api.model import Model, load, models
from ganlab.api.pictures import Pictures
from ganlab.api.training import Training, train

__all__ = ["Model", "Pictures", "Training", "load", "models", "train"]
