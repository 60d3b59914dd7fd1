"""The parts in their order, and the time of each."""

from dataclasses import dataclass

from bench.gpu_parts.records import AnyPart, Devices, Families, Memory, Prepare, Recovery, Speed, Tests, Zoo


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """One part."""

    empty: type[AnyPart]  # its record
    share: float  # of all minutes
    rest: bool = False  # uses whatever time it gets


PARTS: dict[str, Planned] = {
    "prepare": Planned(empty=Prepare, share=0.16),
    "check-devices": Planned(empty=Devices, share=0.06),
    "check-tests": Planned(empty=Tests, share=0.1),
    "check-families": Planned(empty=Families, share=0.12),
    "check-recovery": Planned(empty=Recovery, share=0.1),
    "check-memory": Planned(empty=Memory, share=0.08),
    "speed": Planned(empty=Speed, share=0.16),
    "zoo": Planned(empty=Zoo, share=0.22, rest=True),
}
CHOICES = ("check", "speed", "zoo")
CLOSING_SECONDS = 3.0


def chosen(only: list[str]) -> list[str]:
    """The parts that belong to the choices; getting ready belongs to each, and no choice is every one."""
    wanted = only or list(CHOICES)
    return [name for name in PARTS if name == "prepare" or name.split("-")[0] in wanted]


def seconds_for(name: str, names: list[str], *, total: float, passed: float, rehearsal: bool = False) -> float:
    """How long a part may run of `names`: its share, what the parts before it have left, and never beyond the total.

    The last one takes the rest, but for rehearsals, which are to be short.
    """
    before = sum(PARTS[other].share for other in names[: names.index(name)])
    most = total - CLOSING_SECONDS - passed
    if PARTS[name].rest and not rehearsal:
        return max(0.0, most)
    saved = 0.0 if PARTS[name].rest else max(0.0, before * total - passed)
    return max(0.0, min(PARTS[name].share * total + saved, most))
