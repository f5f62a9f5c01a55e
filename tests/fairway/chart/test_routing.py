"""Paths: the way by water between any waypoints, and which can't be reached."""

import subprocess
import sys

import numpy as np
import pytest

from fairway.chart import routing
from fairway.chart.geodesy import distance_nm
from fairway.chart.land_mask import Water
from fairway.chart.lanes import trace
from fairway.chart.network import Ways
from fairway.chart.routing import Unsailable
from tests.conftest import ROOT

PLACES = {
    "New York": (40.7128, -74.0060),
    "London": (51.5074, -0.1278),
    "Singapore": (1.2625, 103.845),
    "Rotterdam": (51.95, 4.05),
    "Yokohama": (35.45, 139.66),
    "Honolulu": (21.29, -157.87),
    "Auckland": (-36.84, 174.77),
    "mid-Atlantic": (30.0, -40.0),
    "Manila": (14.58, 120.95),
    "Vancouver": (49.29, -123.11),
    "Cape Town": (-33.90, 18.43),
}


def way(a: str, b: str, closed=()) -> routing.Path:
    return routing.path(routing.stop(a, *PLACES[a]), routing.stop(b, *PLACES[b]), closed)


def length_nm(path: routing.Path) -> float:
    return float(trace(path.lat, path.lon)[2][-1])


@pytest.mark.parametrize(
    ("pair", "customary_nm"),
    [
        (("New York", "London"), 3270),
        (("Singapore", "Rotterdam"), 8300),
        (("Yokohama", "Honolulu"), 3400),
        (("Auckland", "Honolulu"), 3820),
        (("Rotterdam", "London"), 170),
        (("mid-Atlantic", "Cape Town"), 5130),
    ],
)
def test_lengths(pair, customary_nm):
    """A way is about as long as seafarers reckon it."""
    assert length_nm(way(*pair)) == pytest.approx(customary_nm, rel=0.06)


@pytest.mark.parametrize(
    "pair",
    [("New York", "London"), ("Singapore", "Rotterdam"), ("Manila", "Vancouver"), ("Auckland", "Honolulu")],
)
def test_nobody_ashore(pair, referee):
    """Outside harbours and the canal the other coastline finds no land on the way, every fifth of a mile."""
    path = way(*pair)
    lat, lon, along, _ = trace(path.lat, path.lon)
    at = np.arange(path.sheltered_out_nm + 0.1, along[-1] - path.sheltered_in_nm, 0.2)
    if path.canal_nm:
        at = at[(at < path.canal_nm[0]) | (at > path.canal_nm[1])]
    ashore = referee.contains_many((np.interp(at, along, lon) + 180) % 360 - 180, np.interp(at, along, lat))
    assert at[ashore].tolist() == []


def test_a_closed_canal_is_gone_round():
    """Without the Suez canal the way from Singapore to Rotterdam is 3,400 miles longer, round the Cape."""
    usual, around = way("Singapore", "Rotterdam"), way("Singapore", "Rotterdam", {"suez"})
    assert usual.canal_nm is not None
    assert usual.canal_nm[1] - usual.canal_nm[0] == pytest.approx(103, abs=3)
    assert around.canal_nm is None
    assert length_nm(around) - length_nm(usual) == pytest.approx(3450, rel=0.05)
    assert around.lat.min() < -34.4


def test_the_guides_waypoints():
    """The guide's New York and London stand for their harbours; its Paris is 81 miles from the sea, and is named."""
    assert distance_nm(*routing.stop("New York", *PLACES["New York"]).place, *PLACES["New York"]) < 5
    assert distance_nm(*routing.stop("London", *PLACES["London"]).place, *PLACES["London"]) < 3
    with pytest.raises(Unsailable, match=r"waypoint 'Paris' \(48.8566, 2.3522\) is on land, 81 nm from the nearest"):
        routing.stop("Paris", 48.8566, 2.3522)


def test_a_leg_without_a_way_is_named():
    """From the ocean into the Caspian there is no way, and the error names both ends."""
    with pytest.raises(Unsailable, match="'here' - 'Baku': no way by water"):
        routing.path(routing.stop("here", 30.0, -40.0), routing.stop("Baku", 40.3, 50.2))
    with pytest.raises(Unsailable, match="same place"):
        way("London", "London")


def test_straight_where_nothing_is_in_the_way():
    """Over open sea the way is the great circle, in chords of at most 30 miles, also across the antimeridian."""
    path = routing.path(routing.stop("a", -30.0, 175.0), routing.stop("b", -32.0, -175.0))
    assert length_nm(path) == pytest.approx(float(distance_nm(-30, 175, -32, -175)), rel=1e-3)
    assert np.abs(np.diff(path.lon)).max() < 1
    assert distance_nm(path.lat[:-1], path.lon[:-1], path.lat[1:], path.lon[1:]).max() <= 30.1


def test_the_network_keeps_off_land():
    """No edge on open water touches a cell of land."""
    ways, water = Ways.load(), Water.load()
    open_edges = [ways.corners[at] for at in np.flatnonzero(~ways.narrow).tolist()]
    corners = np.concatenate(open_edges)
    assert not water.is_land(*corners.T).any()


def test_water():
    """The Alps are land, the Atlantic is water, and the mask agrees with itself across the date line."""
    water = Water.load()
    assert water.is_land([46.5, 30.0], [8.0, -40.0]).tolist() == [True, False]
    assert water.is_land(10.0, 180.0) == water.is_land(10.0, -180.0)
    assert water.nearest(46.5, 8.0, 20.0) is None


def test_it_costs_nothing_until_it_is_asked_for():
    """The default server loads neither mask nor network."""
    code = (
        "import app, sys; app.create(app.Settings(state_file='')); "
        "from fairway.chart.land_mask import Water; print(Water.load.cache_info())"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "currsize=0" in run.stdout


def test_the_nearest_place_on_a_line():
    """Abeam of a line's middle, across the antimeridian; before its start and behind its end the ends are nearest."""
    lat, lon = np.array([0.0, 0.0, 2.0]), np.array([179.0, 181.0, 181.0])
    assert routing.nearest(lat, lon, 0.5, -179.8) == pytest.approx((30.0, 72.0), rel=0.01)
    assert routing.nearest(lat, lon, 0.0, 178.0) == pytest.approx((60.0, 0.0), rel=0.01)
    assert routing.nearest(lat, lon, 3.0, 181.0) == pytest.approx((60.0, 240.0), rel=0.01)


def test_progress_along_several_legs():
    """Half of the second of two equal legs is three quarters of the way."""
    legs = [routing.straight((0.0, 0.0), (0.0, 4.0)), routing.straight((0.0, 4.0), (4.0, 4.0))]
    assert routing.progress(legs, 2.0, 4.1) == pytest.approx(0.75, abs=0.001)
    assert routing.progress(legs, -1.0, -1.0) == 0.0
