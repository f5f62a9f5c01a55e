"""Filtered clients: vessels that enter, leave and are removed."""

import json

import pytest

from fairway.protocol.held_vessels import HeldVessels
from fairway.protocol.session import Session
from fairway.traffic.filter import Filter, in_box
from fairway.traffic.traffic import Traffic
from tests.support.level2 import (
    Client,
    context_of,
)
from tests.support.traffic import NOW, report, static


def test_entering_and_leaving_a_filter(session, traffic):
    """A vessel that leaves the filter is removed with the reason; one that enters comes with its static data."""
    traffic.put(report(4, lat=49.992, lon=-20))
    traffic.advance(NOW)
    client = Client()
    client.hear(session.open())
    request = {"type": "subscribe", "proto": 2, "encoding": "columns", "filter": {"bbox": [-30, 49.996, 0, 60]}}
    client.hear(session.receive(json.dumps(request)))
    assert client.fleet.keys() == {1, 2}
    traffic.put(report([1, 4], t=NOW + 1, lat=[49.992, 50], lon=-20))
    traffic.put(static(4, name="THIRD"))
    traffic.advance(NOW + 1)
    client.hear(session.tick())
    assert (client.fleet.keys(), client.removed) == ({2, 4}, {1: "left_filter"})
    assert client.static[4]["vessel_name"] == "THIRD"
    traffic.put(report(1, t=NOW + 2, lat=49.99, lon=-20))
    traffic.delete([4])
    traffic.advance(NOW + 2)
    client.hear(session.tick())
    assert (client.fleet.keys(), client.removed) == ({2}, {1: "left_filter", 4: "deleted"})
    assert session.tick() == []


@pytest.mark.parametrize("box", [None, [-30, 40, 0, 60]])
def test_removed_and_back_within_a_tick(session, traffic, box):
    """A vessel that is deleted and reported again before the next tick is an update, not a removal."""
    client = Client(filtered=bool(box))
    client.hear(session.open())
    wanted = {"bbox": box} if box else {}
    client.hear(session.receive(json.dumps({"type": "subscribe", "proto": 2, "filter": wanted})))
    traffic.delete([1, 2])
    traffic.put(report([1, 2], t=NOW + 1, lat=[50, -50], lon=-20))
    traffic.advance(NOW + 1)
    client.hear(session.tick())
    assert client.removed == ({2: "deleted"} if box else {})
    assert client.fleet.keys() == ({1} if box else {1, 2, 3})


def test_a_reused_row(ports):
    """A new vessel outside the filter on the row of a removed vessel causes no second removal."""
    traffic = Traffic(ports, lambda: "e", tombstones=1)
    traffic.advance(NOW)
    traffic.put(report([1, 2]))
    traffic.advance(NOW)
    client, session = Client(filtered=True), Session(context_of(traffic))
    client.hear(session.open())
    client.hear(session.receive(json.dumps({"type": "subscribe", "proto": 2, "filter": {"bbox": [-30, 40, 0, 60]}})))
    for mmsi in (1, 2):
        traffic.delete([mmsi])
        traffic.advance(NOW)
        client.hear(session.tick())
    traffic.put(report(9, lat=0))
    snapshot = traffic.advance(NOW)
    client.hear(session.tick())
    assert snapshot.find(mmsi=9) == 0
    assert client.removed == {1: "deleted", 2: "deleted"}


def test_has(context):
    """After a snapshot a client has the vessels of its filter only."""
    held, snapshot = HeldVessels(Filter((in_box(-30, 40, 0, 60),))), context.snapshot()
    assert not held.has(snapshot, 1)
    changes = held.full(snapshot)
    assert sorted(changes.view["mmsi"].tolist()) == [1, 2]
    assert [held.has(snapshot, mmsi) for mmsi in (1, 2, 3, 99)] == [True, True, False, False]
