"""Routes by water between any waypoints, and errors for those that no ship reaches."""

import numpy as np
import pytest

from fairway.chart import routing
from fairway.chart.geodesy import distance_nm
from fairway.chart.lanes import trace
from fairway.chart.routing import UnsailableError

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


def route(a: str, b: str, closed=()) -> routing.Path:
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
    """A route is about as long as in distance tables."""
    assert length_nm(route(*pair)) == pytest.approx(customary_nm, rel=0.06)


@pytest.mark.parametrize(
    "pair",
    [("New York", "London"), ("Singapore", "Rotterdam"), ("Manila", "Vancouver"), ("Auckland", "Honolulu")],
)
def test_no_land_on_the_route(pair, referee):
    """Outside harbours and the canal an independent coastline finds no land on the route, every fifth of a mile."""
    path = route(*pair)
    lat, lon, along, _ = trace(path.lat, path.lon)
    at = np.arange(path.sheltered_out_nm + 0.1, along[-1] - path.sheltered_in_nm, 0.2)
    if path.canal_nm:
        at = at[(at < path.canal_nm[0]) | (at > path.canal_nm[1])]
    ashore = referee.contains_many((np.interp(at, along, lon) + 180) % 360 - 180, np.interp(at, along, lat))
    assert at[ashore].tolist() == []


def test_a_closed_canal_is_avoided():
    """Without the Suez Canal the route from Singapore to Rotterdam is 3,450 miles longer, round the Cape."""
    usual, around = route("Singapore", "Rotterdam"), route("Singapore", "Rotterdam", {"suez"})
    assert usual.canal_nm is not None
    assert usual.canal_nm[1] - usual.canal_nm[0] == pytest.approx(103, abs=3)
    assert around.canal_nm is None
    assert length_nm(around) - length_nm(usual) == pytest.approx(3450, rel=0.05)
    assert around.lat.min() < -34.4


def test_the_guides_waypoints():
    """The guide's New York and London stand for their harbours; its Paris is 81 miles from the sea, and is named."""
    assert distance_nm(*routing.stop("New York", *PLACES["New York"]).place, *PLACES["New York"]) < 5
    assert distance_nm(*routing.stop("London", *PLACES["London"]).place, *PLACES["London"]) < 3
    with pytest.raises(
        UnsailableError, match=r"waypoint 'Paris' \(48.8566, 2.3522\) is on land, 81 nm from the nearest"
    ):
        routing.stop("Paris", 48.8566, 2.3522)


def test_a_leg_without_a_route_is_named():
    """No route leads from the ocean into the Caspian, and the error names both ends."""
    with pytest.raises(UnsailableError, match="'here' - 'Baku': no route by water"):
        routing.path(routing.stop("here", 30.0, -40.0), routing.stop("Baku", 40.3, 50.2))
    with pytest.raises(UnsailableError, match="same place"):
        route("London", "London")


def test_open_sea():
    """Over open sea the route is the great circle, in chords of at most 30 miles, also across the antimeridian."""
    path = routing.path(routing.stop("a", -30.0, 175.0), routing.stop("b", -32.0, -175.0))
    assert length_nm(path) == pytest.approx(float(distance_nm(-30, 175, -32, -175)), rel=1e-3)
    assert np.abs(np.diff(path.lon)).max() < 1
    assert distance_nm(path.lat[:-1], path.lon[:-1], path.lat[1:], path.lon[1:]).max() <= 30.1
