"""Where pictures come from: folders, archives, tables and data sets of others, all as one `Collection`."""

from ganlab.data.sources.collection import Collection, Gone, Labels, Marks, PassedOver, Words
from ganlab.data.sources.labelling import labels_from, labels_of
from ganlab.data.sources.opening import open_source
from ganlab.data.sources.zips import Spelling

__all__ = [
    "Collection",
    "Gone",
    "Labels",
    "Marks",
    "PassedOver",
    "Spelling",
    "Words",
    "labels_from",
    "labels_of",
    "open_source",
]
