"""The JSON Schemas of the messages."""

import jsonschema_rs
import pytest

from fairway.protocol import schema
from fairway.traffic import fields

MESSAGES = (*schema.from_server(), *schema.from_client())


def test_names_are_unique():
    """No two messages share a name."""
    names = [message.name for message in MESSAGES]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("message", schema.from_server(), ids=lambda message: message.name)
def test_a_message_of_the_server(message):
    """A message of the server has a type and a time, and allows further keys."""
    assert {"type", "timestamp"} <= set(message.schema["required"])
    assert message.about.endswith(".")
    assert "additionalProperties" not in message.schema


def test_of_key():
    """A nullable key allows null; a code allows only its values."""
    by_name = {key.name: key for key in fields.UPDATE}
    name, status = (jsonschema_rs.validator_for(schema.of_key(by_name[key])) for key in ("vessel_name", "status"))
    assert name.is_valid(None)
    assert name.is_valid("ENDEAVOUR")
    assert not name.is_valid(1)
    assert status.is_valid("at_sea")
    assert not status.is_valid("afloat")
    assert not status.is_valid(None)


def test_a_vessel_without_a_position():
    """Only `get_vessel` allows null as the time of the position."""
    updated, found = schema.vessel(["mmsi"]), schema.vessel(["mmsi"], without_position=True)
    unlocated = {"mmsi": 1, "timestamp": None}
    assert not jsonschema_rs.is_valid(updated, unlocated)
    assert jsonschema_rs.is_valid(found, unlocated)


def test_get_vessel_needs_a_number():
    """`get_vessel` needs an IMO number or an MMSI."""
    (request,) = (message.schema for message in schema.from_client() if message.name == "get_vessel")
    assert jsonschema_rs.is_valid(request, {"type": "get_vessel", "mmsi": 1})
    assert not jsonschema_rs.is_valid(request, {"type": "get_vessel"})


def test_request_components():
    """The schemas of a subscription reference only each other."""
    components = schema.request_components()
    assert {"Subscribe", "VesselFilter", "Near", "Resume"} == components.keys()
