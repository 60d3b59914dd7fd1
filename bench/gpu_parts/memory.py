"""Out of memory on purpose: what the user is told, and whether the run can go on afterwards."""

from collections.abc import Callable

from bench.gpu_parts.curves import recipe
from bench.gpu_parts.records import Memory, Order
from bench.gpu_parts.recovery import train
from bench.parcels import checksum
from ganlab import runs

LENT_MIB = 48  # less than the activations of one batch take


def measure(order: Order, record: Memory, save: Callable[[], None]) -> None:
    width, steps, batch_size = (8, 2, 16) if order.rehearsal else (64, 60, 256)
    made = recipe("gan", width=width, steps=steps).with_settings({"batch_size": batch_size})
    folder = runs.create(order.work / "memory", made, device=order.device)
    folder.stop.touch()  # a wish from before the start counts: it saves its first state and ends
    train(folder, order)
    folder.stop.unlink(missing_ok=True)
    before = checksum(folder.resume)
    if order.rehearsal:
        record.words = "a CPU lends no part of its memory; nothing was rehearsed here but the run that goes on"
    else:
        try:
            train(folder, order, str(LENT_MIB))
        except ValueError as error:
            record.words = str(error)
    record.state_kept = checksum(folder.resume) == before
    save()
    train(folder, order)
    record.went_on = runs.read_status(folder).state == "done"
    save()
    if not (record.state_kept and record.went_on and (order.rehearsal or "memory is too small" in record.words)):
        raise ValueError(f"out of memory did not end as it should: {record.words or 'the run found enough memory'}")
