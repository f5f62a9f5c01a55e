"""The form of a scenario file."""

import msgspec
import pytest

from fairway.commands.validation import checked
from fairway.errors import RequestError
from fairway.traffic.fields import VESSEL_TYPES
from sim.scenario.schema import EventTime, FleetShares, ScenarioFile

POINT = {"lat": 45.0, "lon": -30.0}


@pytest.mark.parametrize(
    ("table", "field", "text"),
    [
        ({"seed": -1}, "seed", "expected an integer from 0 to 4294967295, not -1"),
        ({"seed": 2**32}, "seed", "not 4294967296"),
        ({"rate": 0}, "rate", "expected a number from 0.1 to 1000"),
        ({"title": ""}, "title", "expected a text of 1 to 2000"),
        ({"fleet": {"size": 0}}, "fleet", "fleet.size: expected an integer from 1 to 1000000, not 0"),
        ({"fleet": {"size": 1_000_001}}, "fleet", "not 1000001"),
        ({"fleet": {"shares": {"tanker": -1}}}, "fleet", "fleet.shares.tanker: expected a number from 0"),
        ({"fleet": {"shares": {"galleon": 1}}}, "fleet", "unknown key 'galleon'"),
        ({"route": [{"name": "R", "waypoints": [POINT]}]}, "route", "route[0].waypoints: expected a list of 2 to 50"),
        ({"vessel": [{"vessel_type": "tanker"}]}, "vessel", "vessel[0].vessel_name: is missing"),
        ({"event": 5}, "event", "event: expected a list"),
        ({"ports": []}, "ports", "unknown key 'ports'"),
    ],
)
def test_a_value_beyond_its_limit_is_refused(table, field, text):
    """The error names the table, the key, its limits and the value."""
    with pytest.raises(RequestError) as caught:
        checked(table, ScenarioFile)
    assert caught.value.field == field
    assert text in str(caught.value)


def test_an_empty_file_is_a_scenario():
    """Every table and key may be left out."""
    empty = checked({}, ScenarioFile)
    assert (empty.route, empty.vessel, empty.event, empty.seed) == ([], [], [], msgspec.UNSET)


def test_shares_are_of_known_types():
    """Each type of the fleet's shares is a type of vessels."""
    assert {field.name for field in msgspec.structs.fields(FleetShares)} <= set(VESSEL_TYPES)


def test_an_event_needs_its_time():
    """`at` is a span; the other keys belong to the event itself."""
    assert checked({"at": "1h30m", "kind": "dark"}, EventTime).at == "1h30m"
    for wrong in ({}, {"at": "soon"}, {"at": -1}):
        with pytest.raises(RequestError) as caught:
            checked(wrong, EventTime)
        assert caught.value.field == "at"
