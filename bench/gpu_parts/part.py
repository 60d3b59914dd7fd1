"""One part in a process of its own: `python -m bench.gpu_parts.part NAME ORDER RECORD`."""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.gpu_parts import files
from bench.gpu_parts.plan import PARTS
from bench.gpu_parts.records import AnyPart, Order

MODULES: dict[str, str] = {
    "prepare": "preparing",
    "check-devices": "pretended_cuda",
    "check-tests": "gpu_tests",
    "check-families": "families",
    "check-recovery": "recovery",
    "check-memory": "memory",
    "speed": "speed",
    "zoo": "zoo",
}
"""Each has `measure(order, record, save)`, which fills the record and saves it as often as there is something new."""


def main(name: str, order_file: Path, record_file: Path) -> None:
    order = Order.model_validate_json(order_file.read_text(encoding="utf-8"))
    record: AnyPart = PARTS[name].empty()
    measure: Callable[[Order, Any, Callable[[], None]], None]
    measure = importlib.import_module(f"bench.gpu_parts.{MODULES[name]}").measure

    def save() -> None:
        files.write(record, record_file)

    save()
    measure(order, record, save)
    save()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
