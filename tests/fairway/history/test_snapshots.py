"""The past as a Snapshot."""

import numpy as np

from fairway.chart.ports import PortIndex
from fairway.history import frames
from fairway.history.runs import PastFleet, Run
from fairway.history.snapshots import snapshot_of
from fairway.history.tables import STATIC
from fairway.traffic import fields
from tests.support.history import T, fleet, moves

RUNS = (Run(1, "epoch-1", "live", (), T, T), Run(2, "epoch-2", "live", (), T, T))
SHIP = 232_100_000
NO_PORT = next(item.missing for item in fields.STATIC if item.name == "destination_port")


def past(*batches):
    rows = np.concatenate([frames.rows_of(batch, {SHIP: 3}, 1) for batch in batches])
    return PastFleet(T, rows, RUNS, (("simulator", True), ("receiver", False)))


def test_a_snapshot():
    """A Snapshot has the time of the fleet, the epoch of the last run, and the source of each vessel."""
    snapshot = snapshot_of(past(moves(T, SHIP, sog=123)), PortIndex.load())
    assert (snapshot.epoch, snapshot.seq, snapshot.now) == ("epoch-2", 1, T / 1000)
    assert snapshot.columns["sog"].tolist() == [123]
    assert [snapshot.sources[number] for number in snapshot.columns["source"]] == ["receiver"]
    assert snapshot.static_columns["flag"].tolist() == ["GB"]


def test_static_data():
    """Static rows fill names and sizes of their vessels; a vessel without one has only its type."""
    static = dict.fromkeys(column.name for column in STATIC.columns)
    static |= {"mmsi": 7, "name": "ENDEAVOUR", "destination": "ROTTERDAM", "vessel_type": 3, "flag": "NL"}
    snapshot = snapshot_of(past(fleet(T, 7, SHIP)), PortIndex.load(), [static])
    assert snapshot.static_columns["name"].tolist() == ["ENDEAVOUR", ""]
    assert snapshot.static_columns["flag"].tolist() == ["NL", "GB"]
    known, unknown = snapshot.static_columns["destination_port"].tolist()
    assert snapshot.port_names[known] == "Rotterdam"
    assert unknown == NO_PORT


def test_an_empty_past():
    """No runs give an empty Snapshot."""
    snapshot = snapshot_of(PastFleet(T, np.zeros(0, frames.ROW), (), ()), PortIndex.load())
    assert (snapshot.epoch, len(snapshot.columns["mmsi"])) == ("", 0)
