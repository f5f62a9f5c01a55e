"""Custom vessels and routes as typed commands, and back."""

import pytest

from fairway.commands.quantities import NamedPosition, RoutePoint
from fairway.errors import RequestError
from sim.custom import Vessel, Waypoint
from sim.custom.conversion import add_command, destination_of, route_command, vessel_of, waypoint_of

FULL = Vessel(
    "One", "tanker", (45.0, -30.0), 12.0, 90.0, Waypoint(46.0, -30.0, "There"), 200.0, 30.0, "IMO9074729",
    241_000_001, "GR",
)  # fmt: skip


@pytest.mark.parametrize("vessel", [FULL, Vessel("Two", "bulker"), Vessel("Three", "tanker", destination="NLRTM")])
def test_a_vessel_survives_its_command(vessel):
    """A vessel, its command, and the vessel of that command are the same."""
    assert vessel_of(add_command(vessel)) == vessel


def test_a_route_belongs_to_the_command():
    """Route and progress are keys of the command; without a route neither is."""
    command = add_command(FULL, "Atlantic", 0.5)
    assert (command.route, command.route_progress) == ("Atlantic", 0.5)
    assert add_command(FULL, None, 0.5) == add_command(FULL)


@pytest.mark.parametrize(
    ("vessel", "field"),
    [(Vessel("One", "tanker", speed=61.0), "speed"), (Vessel("One", "galleon"), "vessel_type")],
)
def test_an_impossible_vessel_has_no_command(vessel, field):
    """The error names the key at fault."""
    with pytest.raises(RequestError) as caught:
        add_command(vessel)
    assert caught.value.field == field


def test_a_place_without_a_name_is_named_by_its_numbers():
    """Waypoints and destinations always have a name."""
    assert waypoint_of(RoutePoint(1.5, -2.0)) == Waypoint(1.5, -2.0, "1.5, -2")
    assert waypoint_of(RoutePoint(1.5, -2.0, "A")).name == "A"
    assert destination_of(NamedPosition(1.5, -2.0)) == Waypoint(1.5, -2.0, "1.5, -2")
    assert destination_of("NLRTM") == "NLRTM"


def test_a_route_and_its_dictionary_give_one_command(atlantic):
    """A CustomRoute and a dictionary as the guide shows it give the same command; an unknown key is refused."""
    points = [{"lat": point.lat, "lon": point.lon, "name": point.name} for point in atlantic.waypoints]
    table = {"name": "Atlantic", "waypoints": points, "vessel_types": ["container"]}
    assert route_command(table) == route_command(atlantic)
    with pytest.raises(RequestError, match="unknown key 'ports'"):
        route_command(table | {"ports": []})
