"""Stations: the receiver of a report, and its arrival time."""

import dataclasses

from fairway.protocol import encode_json
from fairway.traffic.derived.stations import MAX_STATIONS
from tests.support.traffic import NOW, report

A, B = 503_000_001, 503_000_002


def heard(mmsi, *stations, t=NOW, late_s=2.0):
    received = round((NOW + late_s) * 1000)
    return dataclasses.replace(report(mmsi, t), stations=list(stations), received=received)


def reported(traffic, mmsi):
    snapshot = traffic.snapshot()
    return encode_json.reception(snapshot, snapshot.find(mmsi=mmsi))


def test_each_vessel_has_its_station_and_its_latency(traffic):
    """Event and arrival stand side by side; the newest report counts."""
    traffic.put(heard([A, B], "north", ""))
    traffic.put(report(B + 1))
    traffic.advance(NOW + 2)
    assert reported(traffic, A) == {"received": "2027-01-15T08:00:02.000Z", "latency_s": 2.0, "station": "north"}
    assert reported(traffic, B) == {"received": "2027-01-15T08:00:02.000Z", "latency_s": 2.0, "station": None}
    assert reported(traffic, B + 1) == {"received": None, "latency_s": None, "station": None}
    traffic.put(heard([A], "south", t=NOW + 5, late_s=2.5))
    traffic.advance(NOW + 6)
    assert (reported(traffic, A)["latency_s"], reported(traffic, A)["station"]) == (-2.5, "south")


def test_names_are_bounded(traffic):
    """Names beyond MAX_STATIONS share one number, because the input may hold any number of them."""
    numbers = list(range(A, A + 400))
    traffic.put(heard(numbers, *(f"station {number}" for number in range(400))))
    traffic.advance(NOW + 2)
    assert len(traffic.snapshot().stations) == MAX_STATIONS + 1
    assert reported(traffic, A)["station"] == "station 0"
    assert reported(traffic, A + 399)["station"] == "others"
