"""Whether feeds speak, by wall time."""

import numpy as np

from traffic.batch import Batch
from traffic.feed_states import SILENT_AFTER_S, FeedStates

from .conftest import report


def test_states_of_a_feed():
    """Nothing yet is silent, a report makes it ok, a minute without one silent again, a dead thread down."""
    wall, alive, published = [100.0], {"receiver"}, []
    states = FeedStates(["receiver"], lambda: wall[0], lambda name: name in alive)
    publish = states.listen("receiver", published.append)

    def state():
        (only,) = states.states()
        return only["state"], only["age_s"]

    assert state() == ("silent", None)
    batch = report([1, 2])
    publish(batch)
    assert published == [batch]
    assert state() == ("ok", 0.0)
    wall[0] += SILENT_AFTER_S
    assert state() == ("ok", 60.0)
    wall[0] += 0.1
    assert state() == ("silent", 60.1)
    alive.clear()
    assert state() == ("down", 60.1)


def test_what_gives_no_report_is_counted_and_no_sign_of_life():
    """Rejected sentences are counted by reason; a feed that gives nothing else stays silent."""
    states = FeedStates(["receiver"], lambda: 0.0, lambda _: True)
    publish = states.listen("receiver", lambda _: None)
    nothing = np.zeros(0, np.uint32), np.zeros(0, np.int64)
    publish(Batch(*nothing, "receiver", False, {}, {}, {"checksum": 2}))
    publish(Batch(*nothing, "receiver", False, {}, {}, {"checksum": 1, "type 21": 1}))
    (only,) = states.states()
    assert only == {
        "name": "receiver", "state": "silent", "age_s": None, "reports": 0, "rejected": {"checksum": 3, "type 21": 1},
    }  # fmt: skip
