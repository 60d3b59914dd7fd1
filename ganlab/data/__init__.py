"""Datasets by name, each packed once into uint8 tensors on disk."""

from ganlab.data.dataset import Dataset, Progress
from ganlab.data.datasets import DATASETS, describe, load
from ganlab.data.packs import (
    Batch,
    Condition,
    DataSpec,
    Pack,
    Stream,
    data_folder,
    parse_spec,
    resized,
    spec_values,
    to_float,
    to_uint8,
)

__all__ = [
    "DATASETS",
    "Batch",
    "Condition",
    "DataSpec",
    "Dataset",
    "Pack",
    "Progress",
    "Stream",
    "data_folder",
    "describe",
    "load",
    "parse_spec",
    "resized",
    "spec_values",
    "to_float",
    "to_uint8",
]
