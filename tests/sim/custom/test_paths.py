"""Paths by water for custom vessels."""

import pytest

from fairway.chart import routing
from fairway.chart.geodesy import distance_nm
from sim.custom.errors import CustomError
from sim.custom.paths import Waypoint, path_between, path_from, port_index, stop_of

ROTTERDAM = 51.95, 4.05


def test_a_port_is_found_by_name_and_locode():
    """Name and UN/LOCODE of a port give the same water; an unknown port is an error with its key."""
    assert stop_of("Rotterdam") == stop_of("NLRTM")
    assert distance_nm(*stop_of("NLRTM").place, *ROTTERDAM) < 30
    with pytest.raises(CustomError, match="destination 'Atlantis'") as caught:
        stop_of("Atlantis")
    assert caught.value.field == "destination"


def test_a_waypoint_on_land_is_refused():
    """The error names the waypoint."""
    with pytest.raises(routing.UnsailableError, match="'Paris'"):
        stop_of(Waypoint(48.8566, 2.3522, "Paris"))


def test_a_path_begins_at_the_vessel():
    """A path leads from the vessel's own position to the stop."""
    here, there = (45.01, -30.03), routing.stop("there", 45.5, -30.0)
    path = path_from(here, there, ())
    assert distance_nm(path.lat[0], path.lon[0], *here) < 0.1
    assert distance_nm(path.lat[-1], path.lon[-1], *there.place) < 0.1


def test_paths_and_ports_are_found_once():
    """The second request for a path, or for the ports, gets the same object."""
    ends = routing.stop("here", 45.0, -30.0), routing.stop("there", 45.5, -30.0)
    assert path_between(*ends, frozenset()) is path_between(*ends, frozenset())
    assert port_index() is port_index()
