"""Commands about simulated vessels."""

import pytest
from msgspec import UNSET

from fairway.commands.quantities import Coordinates, NamedPosition
from fairway.commands.validation import checked
from fairway.commands.vessels import AddVessel, AssignRoute, ChangeVessel, GetVessels, RemoveVessel
from fairway.errors import RequestError

TANKER = {"vessel_name": "One", "vessel_type": "tanker"}


@pytest.mark.parametrize(
    ("kind", "value", "field", "text"),
    [
        (AddVessel, TANKER | {"speed": 60.1}, "speed", "speed: expected a number from 0 to 60 (knots), not 60.1"),
        (AddVessel, TANKER | {"speed": -1}, "speed", "speed: expected a number from 0 to 60 (knots), not -1"),
        (AddVessel, TANKER | {"course": 360}, "course", "course: expected a number from 0 to under 360"),
        (AddVessel, TANKER | {"length": 4}, "length", "length: expected a number from 5 to 460 (metres), not 4"),
        (AddVessel, TANKER | {"beam": 81}, "beam", "beam: expected a number from 2 to 80 (metres), not 81"),
        (AddVessel, TANKER | {"mmsi": 12}, "mmsi", "mmsi: expected an integer from 200000000"),
        (AddVessel, TANKER | {"flag": "nl"}, "flag", "flag: expected two letters of ISO 3166-1, not 'nl'"),
        (AddVessel, TANKER | {"route_progress": 2}, "route_progress", "expected a number from 0 to 1, not 2"),
        (AddVessel, TANKER | {"destination": None}, "destination", "not null"),
        (AddVessel, TANKER | {"draught": 5}, "draught", "unknown key 'draught'"),
        (ChangeVessel, {"speed": 5}, "vessel", "vessel: is missing"),
        (ChangeVessel, {"vessel": 0}, "vessel", "not 0"),
        (AssignRoute, {"vessel": 1}, "route", "route: is missing"),
        (RemoveVessel, {"vessel": ""}, "vessel", "not ''"),
        (GetVessels, {"all": True}, "all", "unknown key 'all'"),
    ],
)
def test_a_value_beyond_its_limit_is_refused(kind, value, field, text):
    """The error names the key, its limits and the value."""
    with pytest.raises(RequestError) as caught:
        checked(value, kind)
    assert caught.value.field == field
    assert text in str(caught.value)


def test_a_destination_is_a_port_or_a_place():
    """A destination may be a text, or a position with or without a name."""
    assert checked(TANKER | {"destination": "NLRTM"}, AddVessel).destination == "NLRTM"
    place = checked(TANKER | {"destination": {"latitude": 1, "longitude": 2}}, AddVessel).destination
    assert place == NamedPosition(1.0, 2.0)


def test_what_is_left_out_is_unset():
    """The simulator sees which keys a user has left to it."""
    command = checked(TANKER | {"position": {"latitude": 1, "longitude": 2}}, AddVessel)
    assert command.position == Coordinates(1.0, 2.0)
    assert {command.speed, command.course, command.route, command.imo_number} == {UNSET}
    assert checked({"vessel": 1, "route": "A"}, AssignRoute).route_progress == 0.0
