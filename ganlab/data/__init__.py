"""Datasets by name, each packed once into tensors on disk."""

from ganlab.data.catalogue import BUILT_IN, describe, load, names
from ganlab.data.dataset import Dataset, Progress
from ganlab.data.folder import data_folder
from ganlab.data.packs import Pack
from ganlab.data.spec import Condition, DataSpec, parse_spec, spec_values
from ganlab.data.stream import Batch, Stream, as_packed, resized, to_float, to_uint8

__all__ = [
    "BUILT_IN",
    "Batch",
    "Condition",
    "DataSpec",
    "Dataset",
    "Pack",
    "Progress",
    "Stream",
    "as_packed",
    "data_folder",
    "describe",
    "load",
    "names",
    "parse_spec",
    "resized",
    "spec_values",
    "to_float",
    "to_uint8",
]
