"""Train tells which run sits on which card, and why one waits."""

import time

from ganlab import jobs, locks, runs
from ganlab.cards import Card
from ganlab.jobs import seen_cards
from ganlab.jobs.local import scheduler_lock
from ganlab.jobs.seen_cards import SeenCards
from tests.tiny import TINY

GB = 10**9


def test_cards_and_who_waits_for_them(open_page):
    root = runs.runs_folder()
    trains = runs.create(root / "trains", TINY, queued=time.time(), card_bytes=3 * GB)
    waits = runs.create(root / "waits", TINY, queued=time.time(), card_bytes=30 * GB)
    told = "It waits for memory: it takes about 30.0 GB, and there is 3.0 GB on card 1"
    found = [
        Card(name="NVIDIA *X*", bytes=24 * GB, free_bytes=20 * GB),
        Card(name="other", bytes=24 * GB, problem="in exclusive use"),
    ]
    with locks.hold(scheduler_lock(root)), runs.hold(trains):
        status = runs.read_status(trains).model_copy(update={"state": "running", "cards": [0], "step": 1})
        runs.write_status(trains, status)
        seen_cards.write(root, SeenCards(cards=found, held_back={"waits": told}))
        app = open_page("train", run="waits")
        assert not app.exception
        assert f":material/dns: {told}." in [caption.value for caption in app.caption]
        captions = [caption.value for caption in app.caption if "Card " in caption.value]
        assert captions == [
            r":material/memory: Card 0, NVIDIA \*X\*: 4.0 GB of 24.0 GB used; trains",
            ":material/memory: Card 1, other: 24.0 GB, and how much is free cannot be told (in exclusive use); "
            "no training",
        ]
        states = dict(zip(app.dataframe[0].value["Run"], app.dataframe[0].value["State"], strict=True))
        assert states == {"trains": "running on card 0", "waits": "queued (1)"}
    assert jobs.cards_and_runs(root, []) == [], "no scheduler is there, and what it saw is no news"
    waits.stop.touch()
