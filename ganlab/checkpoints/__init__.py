"""The public checkpoint: one safetensors file with nets, recipe, metrics, curves and sample sheets.

Files may come from strangers. Nothing is unpickled, sizes are checked before memory is taken, and what the header
says is checked against the tensors that are there.
"""

from ganlab.checkpoints.card import FORMAT, Card, read_card
from ganlab.checkpoints.container import (
    MAX_FILE_BYTES,
    MAX_HEADER_BYTES,
    check_container,
    check_sums,
    check_unchanged,
    write_safely,
)
from ganlab.checkpoints.extras import Sheets
from ganlab.checkpoints.files import (
    Checkpoint,
    check,
    list_files,
    load,
    read_curves,
    read_real,
    read_sheets,
    save,
    sheet_of,
    write_measured,
)
from ganlab.checkpoints.origin import Origin, origin_of, real_pictures

__all__ = [
    "FORMAT",
    "MAX_FILE_BYTES",
    "MAX_HEADER_BYTES",
    "Card",
    "Checkpoint",
    "Origin",
    "Sheets",
    "check",
    "check_container",
    "check_sums",
    "check_unchanged",
    "list_files",
    "load",
    "origin_of",
    "read_card",
    "read_curves",
    "read_real",
    "read_sheets",
    "real_pictures",
    "save",
    "sheet_of",
    "write_measured",
    "write_safely",
]
