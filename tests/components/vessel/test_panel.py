"""The panel of one vessel: its answer to a selection."""

import json
from types import SimpleNamespace
from unittest.mock import Mock

import numpy as np
import pytest
from dash import Dash
from plotly.utils import PlotlyJSONEncoder

from components.vessel import panel
from fairway.chart.lanes import Lanes
from fairway.chart.ports import PortIndex
from fairway.traffic.batch import Batch
from fairway.traffic.traffic import Traffic

CUSTOM = {"name": "Ours", "index": 9, "legs": [[[0.0, 179.0], [0.0, 181.0]]]}
SIMULATOR = SimpleNamespace(execute=lambda _command: [CUSTOM])


@pytest.fixture
def show():
    """The registered callback over a Traffic with vessel 235000001."""
    traffic = Traffic(PortIndex.load(), lambda: "e")
    moving = {"lat": np.array([30_600_000]), "lon": np.array([-150_000]), "sog": np.array([101])}
    traffic.put(Batch(np.array([235000001], np.uint32), np.array([1_000_000]), "receiver", False, moving, {}))
    traffic.advance(1000.0)
    app = Dash("test", assets_folder="none")
    panel.register(app, traffic, None)
    (callback,) = [each["callback"] for each in app.callback_map.values() if "callback" in each]
    return callback.__wrapped__


def test_a_selection_is_answered(show):
    """The answer holds the card, the figure and the track of the selected vessel."""
    card, figure, hidden, track = show({"mmsi": 235000001, "at": 1.0})
    assert "MMSI 235000001" in json.dumps(card, cls=PlotlyJSONEncoder)
    assert figure["data"][0]["y"] == [10.1]
    assert (hidden, track["mmsi"], track["route"]) == (False, 235000001, [])


@pytest.mark.parametrize("selected", [None, [], {}, {"mmsi": "x"}, {"mmsi": 5}, {"mmsi": 235000001, "time": 0}])
def test_no_vessel(show, selected):
    """Without a vessel, or without a history for a time, the panel shows its hint and no figure."""
    card, _, hidden, track = show(selected)
    assert "Click a vessel" in json.dumps(card, cls=PlotlyJSONEncoder)
    assert (hidden, track) == (True, None)


def test_the_name_of_a_custom_route():
    """A vessel on a custom route has its name and legs; an index that no route has is none."""
    lanes, row = Lanes.load(), {"simulated": True, "route": 9}
    custom = panel.custom_route(row, lanes, SIMULATOR)
    assert panel.route_of(row, lanes, custom) == ("Ours", CUSTOM["legs"])
    assert panel.custom_route(row, lanes, None) is None
    assert panel.route_of(row, lanes, None) == ("", [])


def test_the_name_of_a_lane():
    """A vessel on a lane needs no request to the simulator, which may run in another process."""
    lanes, row = Lanes.load(), {"simulated": True, "route": 0}
    assert panel.custom_route(row, lanes, Mock(spec=[])) is None
    name, legs = panel.route_of(row, lanes, None)
    assert (name, len(legs)) == (lanes.routes[0].name, len(lanes.routes[0].legs_out))
