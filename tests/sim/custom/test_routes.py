"""Custom routes: waypoints joined by paths over water."""

import pytest

from fairway.chart import routing
from sim.custom.errors import CustomError
from sim.custom.paths import Waypoint
from sim.custom.routes import check_fit, make_route

NEW_YORK = Waypoint(40.7128, -74.0060, "New York")
LONDON = Waypoint(51.5074, -0.1278, "London")
PARIS = Waypoint(48.8566, 2.3522, "Paris")
OFFSHORE = Waypoint(45.0, -30.0, "Offshore")


def test_the_route_of_the_guide(atlantic):
    """New York to London is sailed; the guide's third waypoint, Paris, is refused by its name."""
    assert [stop.name for stop in atlantic.stops] == ["New York", "London"]
    assert atlantic.calls == (True, True)
    with pytest.raises(routing.UnsailableError, match="'Paris'"):
        make_route("Custom Trade Route", [NEW_YORK, LONDON, PARIS])


@pytest.mark.parametrize(
    ("points", "kinds", "field"),
    [
        ([LONDON], [], "waypoints"),
        ([LONDON] * 51, [], "waypoints"),
        ([NEW_YORK, LONDON], ["galleon"], "vessel_types"),
    ],
)
def test_an_impossible_route_is_refused(points, kinds, field):
    """One waypoint, too many, or an unknown type are refused before any path is searched."""
    with pytest.raises(CustomError) as caught:
        make_route("x", points, kinds)
    assert caught.value.field == field


def test_vessels_lie_at_the_ends_and_in_ports():
    """A waypoint between the ends is a port call only near a port."""
    ends = Waypoint(44.0, -31.0, "A"), Waypoint(44.0, -29.0, "B")
    route = make_route("x", [ends[0], OFFSHORE, ends[1]])
    assert route.calls == (True, False, True)
    assert len(route.legs) == 2
    assert (route.legs[0].lat[-1], route.legs[0].lon[-1]) == pytest.approx((45.0, -30.0), abs=0.1)


def test_a_route_is_for_its_types(atlantic):
    """A vessel of another type is refused, with the types of the route; a route without types is for all."""
    check_fit(atlantic, "container")
    with pytest.raises(CustomError, match="'Atlantic' is for container, not tanker") as caught:
        check_fit(atlantic, "tanker")
    assert caught.value.field == "route"
    check_fit(make_route("x", [OFFSHORE, Waypoint(45.0, -29.0, "B")]), "tanker")
