"""The run directory: the truth about a run, for the trainer that writes it and everyone who reads it."""

from ganlab.runs.claims import TakenOverError, claim, require_there
from ganlab.runs.ends import state_in_words, told_state
from ganlab.runs.folder import (
    claim_path,
    create,
    is_run,
    list_runs,
    made_ns,
    open_run,
    require_writable,
    runs_folder,
)
from ganlab.runs.locking import hold, is_free, is_locked, withdraw_stop
from ganlab.runs.paths import SHEET_COLUMNS, SHEET_GAP, RunFolder, numbered, saved_states
from ganlab.runs.recipe import read_recipe
from ganlab.runs.reports import append_metrics, forget_metrics_after, missing_reports, read_metrics, sync_metrics
from ganlab.runs.status import (
    ACTIVE,
    RESUMABLE,
    Finding,
    State,
    Status,
    read_status,
    this_process,
    uptime_at_start,
    write_status,
)
from ganlab.runs.where import LOCAL, Where, is_here, read_where, write_where

__all__ = [
    "ACTIVE",
    "LOCAL",
    "RESUMABLE",
    "SHEET_COLUMNS",
    "SHEET_GAP",
    "Finding",
    "RunFolder",
    "State",
    "Status",
    "TakenOverError",
    "Where",
    "append_metrics",
    "claim",
    "claim_path",
    "create",
    "forget_metrics_after",
    "hold",
    "is_free",
    "is_here",
    "is_locked",
    "is_run",
    "list_runs",
    "made_ns",
    "missing_reports",
    "numbered",
    "open_run",
    "read_metrics",
    "read_recipe",
    "read_status",
    "read_where",
    "require_there",
    "require_writable",
    "runs_folder",
    "saved_states",
    "state_in_words",
    "sync_metrics",
    "this_process",
    "told_state",
    "uptime_at_start",
    "withdraw_stop",
    "write_status",
    "write_where",
]
