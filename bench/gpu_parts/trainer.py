"""Trains the run in a folder, in a process of its own: `python -m bench.gpu_parts.trainer FOLDER DEVICE [MEMORY_MIB]`.

Saves its state at every report, so that there is one when it is killed, and measures little: how good the result is, no
part asks. With a third argument the GPU lends it so much memory and no more.
"""

import functools
import sys
from pathlib import Path

import torch

import ganlab.ending
import ganlab.execute
from ganlab.runs import RunFolder
from ganlab.snapshots import measure_fully

SAMPLES = 500
SNAPSHOTS = 2


def main(folder: RunFolder, device: str, memory_mib: int = 0) -> None:
    ganlab.execute.SAVE_EVERY_SECONDS = 0.0
    ganlab.take_snapshot.SAMPLES_WHILE_TRAINING = SAMPLES
    ganlab.ending.measure_fully = functools.partial(measure_fully, n=SAMPLES)
    torch.backends.cudnn.deterministic = True
    if memory_mib:
        whole = torch.cuda.get_device_properties(0).total_memory
        torch.cuda.set_per_process_memory_fraction(memory_mib * 2**20 / whole)
    continue_run = folder.resume.is_file()
    for _ in ganlab.execute.execute(folder, device=device, continue_run=continue_run, snapshots=SNAPSHOTS):
        pass


if __name__ == "__main__":
    try:
        main(RunFolder(Path(sys.argv[1])), sys.argv[2], *map(int, sys.argv[3:]))
    except ValueError as error:
        sys.exit(f"error: {error}")
