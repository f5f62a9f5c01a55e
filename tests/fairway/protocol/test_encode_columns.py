"""The columns encoding."""

import json

import numpy as np

from fairway.protocol import encode_columns
from tests.support.level2 import subscribe


def test_columns(session):
    """The columns have units of level 1 and null for unknown values; static data have a message of their own."""
    session.open()
    _, static_, moving = subscribe(session, encoding="columns", filter={"mmsi": [1]})
    assert moving["columns"] == {
        "mmsi": [1], "age_s": [0.0], "latitude": [50.0], "longitude": [-20.0], "speed_over_ground": [12.0],
        "course_over_ground": [90.0], "heading": [90.0], "rate_of_turn": [0.0], "vessel_type": ["tanker"],
        "status": ["at_sea"],
    }  # fmt: skip
    assert static_["type"] == "vessel_static"
    assert {name: values[0] for name, values in static_["columns"].items()} == {
        "mmsi": 1, "vessel_name": "ENDEAVOUR", "imo_number": "IMO9074729", "callsign": None, "vessel_type": "tanker",
        "ship_type": None, "a": None, "b": None, "c": None, "d": None, "draught": None, "destination": None,
        "eta": None, "flag": None, "route": None, "source": "receiver", "simulated": False,
    }  # fmt: skip


def test_some_rows_equal_the_same_rows_of_all(context):
    """A selection of rows has the values that all rows have, in its own order."""
    names = ("mmsi", "latitude", "vessel_name", "age_s")
    view = context.snapshot().changes(0)
    everything = json.loads(encode_columns.encode(view, np.arange(3), names))
    some = json.loads(encode_columns.encode(view, np.array([2, 0]), names))
    assert some == {name: [values[2], values[0]] for name, values in everything.items()}
    assert some["vessel_name"] == [None, "ENDEAVOUR"]


def test_empty():
    """Without vessels each column is an empty list."""
    assert json.loads(encode_columns.empty(("mmsi", "flag"))) == {"mmsi": [], "flag": []}
