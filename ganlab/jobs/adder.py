"""The process that looks at the pictures of an addition, or packs them: `python -m ganlab.jobs.adder FOLDER START`."""

import os
import sys
from pathlib import Path

from ganlab.counting import counted
from ganlab.data import adding, sources
from ganlab.data.adding import Added
from ganlab.jobs import additions, work
from ganlab.jobs.additions import Addition, Wish
from ganlab.owners import read_owner, write_owner


def main() -> int:
    """Do what is due; returns 1 when it cannot be done, and the addition's status says why."""
    addition = Addition(Path(sys.argv[1]))

    def do() -> work.State:
        wish = additions.read_wish(addition)
        return _pack(addition, wish) if wish else _look(addition)

    def in_plain_words(told: str) -> str:
        return told.replace(f"{addition.dropped}{os.sep}", "").replace(str(addition.dropped), "what was given")

    return work.carry_out(addition, sys.argv[2], do, in_plain_words)


def _look(addition: Addition) -> work.State:
    tell = work.Teller(addition, "looking")
    collection = additions.open_pictures(addition, lambda found: tell(0.0, f"found {counted(found, 'picture')}"))
    adding.survey(collection, addition.looks, tell, addition.stop.exists)
    return "looked"


def _pack(addition: Addition, wish: Wish) -> work.State:
    tell = work.Teller(addition, "packing")
    found = additions.looked(addition)
    plan = adding.plan(found.survey, sources.labels_of(found.survey.collection, wish.labels), wish.settings, wish.name)
    adding.add(plan, tell, addition.stop.exists, title=wish.title, licence=wish.licence)
    if owner := read_owner(addition.owner):
        write_owner(Added(wish.name).owner, owner)
    return "packed"


if __name__ == "__main__":
    sys.exit(main())
