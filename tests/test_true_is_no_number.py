"""`true` in a JSON file of ours stands for no number, though Python takes it for 1."""

import importlib
import pkgutil
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from pydantic import BaseModel, ValidationError
from safetensors import safe_open
from safetensors.torch import load_file, save_file

import ganlab
from ganlab import checkpoints, resume, runs
from ganlab.data.packs import pack_path, read_header
from ganlab.foreign import TrueIsNoNumber
from ganlab.runs import RunFolder


def _all_records() -> list[type[BaseModel]]:
    for module in pkgutil.walk_packages(ganlab.__path__, "ganlab."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found, todo = [], [BaseModel]
    while todo:
        known = todo.pop().__subclasses__()
        todo += known
        found += [record for record in known if record.__module__.startswith("ganlab.")]
    return found


def _numbers(kind: Any) -> bool:
    if get_origin(kind) is Annotated:
        return _numbers(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        parts = get_args(kind)
        return bool not in parts and any(map(_numbers, parts))
    return kind in (int, float)


def test_no_record_takes_true_for_a_number() -> None:
    records = [
        record
        for record in _all_records()
        if any(_numbers(field.annotation) for field in record.model_fields.values())
        and not record.model_config.get("strict")
    ]
    assert runs.Status in records
    assert not [record for record in records if not issubclass(record, TrueIsNoNumber)]


class _Counted(TrueIsNoNumber):
    maybe: Annotated[int, "of something"] | None = None
    either: bool | int = 0


def test_numbers_that_may_be_left_out_are_numbers_too() -> None:
    with pytest.raises(ValidationError, match="maybe"):
        _Counted.model_validate({"maybe": True})
    assert _Counted.model_validate({"maybe": None, "either": True}).either is True


@pytest.mark.parametrize("value", ["true", "1.0", '"1"'])
def test_a_format_is_a_whole_number(
    value: str, checkpoint_file: Path, run_folder: RunFolder, data_folder: Path, tmp_path: Path
) -> None:
    path = tmp_path / "x.safetensors"
    with safe_open(checkpoint_file, "pt") as file:
        save_file(load_file(checkpoint_file), path, file.metadata() | {"format": value})
    with pytest.raises(ValueError, match="has checkpoint format"):
        checkpoints.read_card(path)
    with pytest.raises(ValueError, match="no format 1"):
        resume.saved_step(path, {"state": f'{{"format": {value}, "step": 1}}'})
    with safe_open(pack_path("digits"), "pt") as file:
        metadata = file.metadata()
    save_file({}, path, {"pack": metadata["pack"].replace('"format": 2', f'"format": {value.replace("1", "2")}')})
    with pytest.raises(ValueError, match="it is not a pack of format 2"):
        read_header(path)
