"""Feeds changed checkpoints to everything that reads them, and counts what is no refusal in good words.

By hand, longer than in the tests: python tests/fuzz_checkpoints.py --count 6000 --seed 1 --pages 60
"""

import argparse
import collections
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import torch

sys.path.insert(0, str(Path(__file__).parents[1]))  # as a script

from ganlab import checkpoints
from ganlab.explore import library
from ganlab.explore.library import Model
from ganlab.foreign import is_real_text
from tests.fuzzing.bases import bases
from tests.fuzzing.mutations import Parts, mutated
from tests.fuzzing.uses import use

LONGEST_MESSAGE = 1_200
ONE_IN = 25  # is exported as ONNX, too


class Trouble(NamedTuple):
    """Something other than a refusal in good words."""

    number: int  # of the file
    change: str
    what: str


def fuzz(
    count: int, seed: int, folder: Path, *, seconds: float = float("inf"), keep: bool = False
) -> Iterator[Trouble | Model]:
    """Drive `count` files, or as many as the time allows: yields what is wrong, and each model that is taken in.

    A model is deleted when the next one is asked for, unless `keep`.
    """
    parts = [Parts.of(path) for path in bases(folder)]
    until = time.monotonic() + seconds
    for number in range(seed * 1_000_000, seed * 1_000_000 + count):
        if time.monotonic() > until:
            return
        content, change = mutated(parts[number % len(parts)], number)
        name = f"stranger-{number}.safetensors"
        for what in _read(content, folder / name):
            yield Trouble(number, change, what)
        model, what = _take_in(name, content)
        if what:
            yield Trouble(number, change, what)
        if model is None:
            continue
        try:
            use(model, exports=number % ONE_IN == 0)
        except Exception:
            yield Trouble(number, change, traceback.format_exc(limit=-4))
        yield model
        if not keep:
            library.delete_upload(model)


def _read(content: bytes, path: Path) -> Iterator[str]:
    """What is wrong with how a file that was never uploaded is read, or refused."""
    path.write_bytes(content)
    for read in (checkpoints.load, checkpoints.read_curves, checkpoints.read_sheets):
        if told := _outcome(read, path, named=path.name)[1]:
            yield f"{read.__name__}: {told}"
    path.unlink()


def _take_in(name: str, content: bytes) -> tuple[Model | None, str]:
    model, told = _outcome(library.add_upload, name, content, named=name)
    return model, f"add_upload: {told}" if told else ""


def _outcome(read: Callable, *args: object, named: str) -> tuple[Model | None, str]:
    """The result, and what is wrong with how there is none: a refusal names the file in few and printable words."""
    try:
        return read(*args), ""
    except ValueError as error:
        message = str(error)
        fine = named in message and len(message) <= LONGEST_MESSAGE and is_real_text(message)
        return None, "" if fine else f"a message of {len(message)} letters: {message[:300]!a}"
    except Exception:
        return None, traceback.format_exc(limit=-4)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=6_000, help="files")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--pages", type=int, default=0, help="models that are also opened on every page")
    chosen = options.parse_args()
    torch.set_num_threads(1)
    kept: list[Model] = []
    troubles: collections.Counter[str] = collections.Counter()

    def note(number: int, change: str, what: str) -> None:
        kind = what.strip().splitlines()[-1][:120]
        troubles[kind] += 1
        if troubles[kind] == 1:
            print(f"\nfile {number} ({change})\n{what}", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        for name in ("runs", "checkpoints", "studies", "data"):
            os.environ[f"GANLAB_{name.upper()}"] = str(Path(folder) / name)
        for found in fuzz(chosen.count, chosen.seed, Path(folder)):
            if isinstance(found, Trouble):
                note(*found)
                continue
            kept.append(found)
            if len(kept) <= chosen.pages:
                from tests.fuzzing.visits import visit_gallery, visit_pages  # seconds that others need not wait

                for what in (*visit_gallery([found]), *visit_pages(found)):
                    note(0, found.id, what)
    print(f"{chosen.count:,} files, seed {chosen.seed}: {len(kept):,} were taken in, {troubles.total():,} troubles")
    for kind, count in troubles.most_common():
        print(f"{count:6,}  {kind}")
    return 1 if troubles else 0


if __name__ == "__main__":
    sys.exit(main())
