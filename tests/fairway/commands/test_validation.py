"""The one check of what users send: what is wrong is named by key, value and expectation."""

import pytest

from fairway.commands.clock import ChangeClock
from fairway.commands.routes import AddRoute
from fairway.commands.union import AnyCommand, ScenarioCommand
from fairway.commands.validation import checked, shown
from fairway.commands.vessels import AddVessel
from fairway.errors import RequestError

TANKER = {"vessel_name": "One", "vessel_type": "tanker"}


@pytest.mark.parametrize(
    ("kind", "value", "field", "text"),
    [
        (ChangeClock, {"rate": None}, "rate", "rate: expected a number from 0.1 to 1000 (simulated seconds"),
        (ChangeClock, {"paused": 1}, "paused", "paused: expected true or false, not 1"),
        (ChangeClock, {"time": "noon"}, "time", "time: expected a time like 2026-01-31T12:00:00Z, not 'noon'"),
        (AddVessel, {}, "vessel_name", "vessel_name: is missing"),
        (AddVessel, TANKER | {"type": "x"}, "type", "unknown key 'type'; did you mean vessel_type;"),
        (AddVessel, TANKER | {"position": {"latitude": 1}}, "position", "position.longitude: is missing"),
        (AddVessel, TANKER | {"vessel_name": "a\n"}, "vessel_name", "expected a text of 1 to 20 printable"),
        (AddVessel, [], None, "expected an object with vessel_name, vessel_type, not []"),
        (AddRoute, {"name": "x", "waypoints": [5, 6]}, "waypoints", "waypoints[0]: expected an object with lat, lon"),
        (ScenarioCommand, {"kind": "party"}, "kind", "kind: expected one of dark, identity, "),
        (
            AnyCommand,
            {"kind": "step", "seconds": 0},
            "seconds",
            "seconds: expected a number from 0.001 to 3600 (seconds)",
        ),
        (ScenarioCommand, {"kind": "dark", "vessel": "a", "for": "soon"}, "for", "for: expected a span like '2h30m'"),
        (ScenarioCommand, {"kind": "dark", "vessel": "a", "fo": 1}, "fo", "unknown key 'fo'; did you mean for;"),
    ],
)
def test_a_mistake_is_named(kind, value, field, text):
    """The error has the outermost key at fault as its field, and says what was expected."""
    with pytest.raises(RequestError) as caught:
        checked(value, kind)
    assert (caught.value.code, caught.value.field) == ("bad_request", field)
    assert text in str(caught.value)


def test_a_key_can_not_imitate_a_place():
    """An unknown key that holds msgspec's own words is found where it is."""
    with pytest.raises(RequestError) as caught:
        checked(TANKER | {"a` - at `$.b": 1}, AddVessel)
    assert caught.value.field == "a` - at `$.b"


def test_a_long_value_is_cut():
    """An error quotes at most 60 characters, and null as JSON has it."""
    assert (len(shown("x" * 100)), shown(None)) == (60, "null")
