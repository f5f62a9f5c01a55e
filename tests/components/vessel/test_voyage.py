"""The leg of a vessel, and the distance to go on it."""

import numpy as np
import pytest

from components.vessel import voyage
from fairway.chart.lanes import Lanes

CUSTOM = {
    "name": "Ours",
    "waypoints": [{"name": "A"}, {"name": "B"}, {"name": "C"}],
    "legs": [[[0.0, 179.0], [0.0, 181.0]], [[0.0, 181.0], [3.0, 181.0]]],
}


def middle_of(lanes, leg) -> tuple[float, float]:
    """Latitude and longitude half-way along a leg."""
    along = lanes.along_nm[lanes.first[leg] :][: lanes.count[leg]]
    point = int(lanes.first[leg] + np.searchsorted(along, lanes.length_nm[leg] / 2))
    return float(lanes.lat[point]), float(lanes.lon[point])


def test_half_way_along_a_lane():
    """Half-way along its lane a vessel has half of the leg to go, in hours that follow from its speed."""
    lanes = Lanes.load()
    lat, lon = middle_of(lanes, lanes.routes[0].legs_out[0])
    found = voyage.find(lanes, lat, lon, 12.0, "Rotterdam", 0)
    assert found.start == "Singapore"
    assert found.done == pytest.approx(0.5, abs=0.01)
    assert found.hours == pytest.approx(found.to_go_nm / 12)


def test_no_hours_at_rest():
    """A vessel at rest has a leg, but no time of arrival."""
    lanes = Lanes.load()
    lat, lon = middle_of(lanes, lanes.routes[0].legs_out[0])
    assert voyage.find(lanes, lat, lon, 0.0, "Rotterdam", -1).hours is None


@pytest.mark.parametrize(("destination", "place"), [("NOWHERE", None), ("Rotterdam", (80.0, -120.0))])
def test_no_leg(destination, place):
    """An unknown destination, or a place far from every lane to it, has no leg."""
    lanes = Lanes.load()
    lat, lon = place or middle_of(lanes, lanes.routes[0].legs_out[0])
    assert voyage.find(lanes, lat, lon, 12.0, destination, -1) is None


def test_custom_route():
    """On a custom route the leg is the one to the destination, out or back, across the antimeridian too."""
    out = voyage.on_custom_route(CUSTOM, 0.0, -179.5, 10.0, "B")
    assert (out.start, out.done) == ("A", pytest.approx(0.75, abs=0.01))
    assert out.hours == pytest.approx(30 / 10, rel=0.01)
    back = voyage.on_custom_route(CUSTOM, 1.0, -179.0, 0.0, "B")
    assert (back.start, back.done, back.hours) == ("C", pytest.approx(2 / 3, abs=0.01), None)
    assert voyage.on_custom_route(CUSTOM, 40.0, 0.0, 10.0, "B") is None
    assert voyage.on_custom_route(CUSTOM, 0.0, 179.5, 10.0, "D") is None
