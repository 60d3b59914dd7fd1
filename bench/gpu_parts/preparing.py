"""Gets everything ready that is no question to a GPU: the machine's own facts, packs, and their references."""

import math
import os
import platform
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import torch

from bench.gpu_parts.records import Machine, Order, Prepare, Ready
from ganlab import data
from ganlab.data import avatars, catalogue
from ganlab.data.avatars import Options, render_here
from ganlab.data.dataset import silent
from ganlab.data.making import collected
from ganlab.data.packs import pack_path
from ganlab.data.writing import write_pack
from ganlab.metrics import reference_files

DATASETS = {"digits": 28, "iclevr": 64, "avatars": 64, "mnist": 28}
"""In the order of their use, at the sizes (pixels) that the trainings have."""
REHEARSED_FACES = 48


def measure(order: Order, record: Prepare, save: Callable[[], None]) -> None:
    record.machine = machine()
    save()
    if order.rehearsal:
        began = time.monotonic()
        made = avatars.build(silent, count=REHEARSED_FACES, train=REHEARSED_FACES - 8, render=on_all_cores)
        faces = collected(made)
        record.ready.append(Ready(name="avatars", images=len(faces.images), seconds=round(time.monotonic() - began, 1)))
        save()
    for name, size in (("digits", 28),) if order.rehearsal else DATASETS.items():
        if name != "avatars" and catalogue.state(name) not in ("packed", "files", "offline"):
            continue  # the list of what was left out says why
        began = time.monotonic()
        if name == "avatars" and not catalogue.is_packed(name):
            write_pack(avatars.build(silent, render=on_all_cores), pack_path(name))
        pack = data.load(name, size)
        reference_files.reference(pack)
        record.ready.append(Ready(name=name, images=len(pack.images), seconds=round(time.monotonic() - began, 1)))
        save()


def machine() -> Machine:
    """The facts of this machine that figures depend on."""
    there = torch.cuda.is_available()
    return Machine(
        card=torch.cuda.get_device_name() if there else "",
        memory_gib=round(torch.cuda.get_device_properties(0).total_memory / 2**30, 1) if there else 0.0,
        cores=os.cpu_count() or 1,
        torch=torch.__version__,
        cuda=torch.version.cuda or "",
        cudnn=torch.backends.cudnn.version() or 0 if there else 0,
        python=platform.python_version(),
    )


def on_all_cores(options: list[Options]) -> Iterator[np.ndarray]:
    """The drawings in their order, each core making an equal share of them."""
    cores = os.cpu_count() or 1
    size = math.ceil(len(options) / (4 * cores))
    shares = [options[start : start + size] for start in range(0, len(options), size)]
    with ProcessPoolExecutor(cores, mp_context=get_context("forkserver")) as pool:
        for drawn in pool.map(_render_share, shares):
            yield from drawn


def _render_share(options: list[Options]) -> list[np.ndarray]:
    return list(render_here(options))
