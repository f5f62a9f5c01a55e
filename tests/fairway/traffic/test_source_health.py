"""Whether feeds speak, by wall time."""

from dataclasses import replace

import numpy as np

from fairway.traffic.batch import SourceReport
from fairway.traffic.source_health import SILENT_AFTER_S, SourceHealth
from tests.support.traffic import NOW, report


def test_states_of_a_feed():
    """Nothing yet is silent, a report makes it ok, a minute without one silent again, a dead thread down."""
    wall, alive, published = [100.0], {"receiver"}, []
    states = SourceHealth(["receiver"], lambda: wall[0], lambda name: name in alive)
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
    states = SourceHealth(["receiver"], lambda: 0.0, lambda _: True)
    publish = states.listen("receiver", lambda _: None)
    publish(SourceReport("receiver", {"checksum": 2}))
    publish(SourceReport("receiver", {"checksum": 1, "type 21": 1}))
    (only,) = states.states()
    assert only == {
        "name": "receiver", "state": "silent", "age_s": None, "reason": None, "reports": 0, "reports_per_s": 0.0,
        "rejected": {"checksum": 3, "type 21": 1}, "latency_s": None, "ahead": 0, "stations": {},
    }  # fmt: skip


def heard_by(wall):
    states = SourceHealth(["receiver"], lambda: wall[0], lambda _: True)
    return states, states.listen("receiver", lambda _: None)


def test_a_source_that_cannot_be_reached():
    """It is down and says why, until it can be reached again; each address of a feed is a source of its own."""
    states, publish = heard_by([0.0])
    publish(SourceReport("receiver", down="connecting"))
    publish(SourceReport("receiver-2", down="Connection refused"))
    publish(SourceReport("receiver", down=""))
    publish(SourceReport("receiver", {"checksum": 1}))
    seen = [(state["name"], state["state"], state["reason"]) for state in states.states()]
    assert seen == [("receiver", "silent", None), ("receiver-2", "down", "Connection refused")]


def test_rate_is_that_of_the_last_minute():
    """Reports a second, over sixty seconds."""
    wall = [0.0]
    states, publish = heard_by(wall)
    for second in range(90):
        wall[0] = second + 0.5
        publish(report(np.arange(1, 4)))
        publish(report(np.arange(1, 4)))
    assert states.states()[0]["reports_per_s"] == 6.0
    wall[0] += 30
    assert states.states()[0]["reports_per_s"] == 3.0
    wall[0] += 60
    assert states.states()[0]["reports_per_s"] == 0.0
    assert states.states()[0]["reports"] == 540


def test_latency_and_wrong_clocks():
    """How late reports come, and how many come before they were sent."""
    states, publish = heard_by([0.0])
    for late_s in (2, 3, 600):
        publish(replace(report([1]), received=round((NOW + late_s) * 1000)))
    publish(replace(report([1, 2, 3]), received=round((NOW - 3) * 1000)))
    (state,) = states.states()
    assert (state["latency_s"], state["ahead"]) == (2.5, 3)


def test_stations_are_counted_and_bounded():
    """TAG blocks name the station; a flood of names ends in one."""
    states, publish = heard_by([0.0])
    publish(replace(report([1, 2, 3]), stations=["", "north", "north"]))
    for number in range(100):
        publish(replace(report([1]), stations=[f"s{number}"]))
    stations = states.states()[0]["stations"]
    assert (stations["north"], stations[""], len(stations), sum(stations.values())) == (2, 1, 65, 103)
