"""Datasets by name, each packed once into uint8 tensors on disk."""

from ganlab.data.datasets import DATASETS, Dataset, describe, load
from ganlab.data.packs import Batch, DataSpec, Pack, Stream, data_folder, resized, to_float, to_uint8

__all__ = [
    "DATASETS",
    "Batch",
    "DataSpec",
    "Dataset",
    "Pack",
    "Stream",
    "data_folder",
    "describe",
    "load",
    "resized",
    "to_float",
    "to_uint8",
]
