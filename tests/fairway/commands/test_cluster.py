"""Commands about zones and alerts."""

import pytest

from fairway.commands.cluster import MAX_ACKNOWLEDGED, MAX_RING, AcknowledgeAlerts, AddZone, RemoveZone
from fairway.commands.validation import checked
from fairway.errors import RequestError

CORNERS = [[179.0, 0.0], [181.0, 0.0], [181.0, 1.0]]


def test_a_zone_may_cross_the_antimeridian():
    """Corners beyond 180 degrees are accepted."""
    assert checked({"name": "Fiji", "corners": CORNERS}, AddZone).corners[1] == (181.0, 0.0)


@pytest.mark.parametrize(
    ("kind", "value", "field", "text"),
    [
        (AddZone, {"name": "", "corners": CORNERS}, "name", "expected a text of 1 to 60 printable characters, not ''"),
        (AddZone, {"name": "x" * 61, "corners": CORNERS}, "name", "expected a text of 1 to 60"),
        (AddZone, {"name": "x", "corners": CORNERS[:2]}, "corners", "corners: expected a list of 3 to 501"),
        (AddZone, {"name": "x", "corners": CORNERS[:1] * (MAX_RING + 1)}, "corners", "corners: expected a list of 3"),
        (AddZone, {"name": "x", "corners": [[541, 0], *CORNERS]}, "corners", "corners[0][0]: expected a number"),
        (AddZone, {"name": "x", "corners": [[0, 91], *CORNERS]}, "corners", "corners[0][1]: expected a number"),
        (AddZone, {"name": "x", "corners": [[0], *CORNERS]}, "corners", "corners[0]: expected a list of 2 values"),
        (RemoveZone, {"id": -1}, "id", "id: expected an integer from 0"),
        (RemoveZone, {"id": None}, "id", "not null"),
        (AcknowledgeAlerts, {"event_ids": ["a" * 101]}, "event_ids", "event_ids[0]: expected a text of 1 to 100"),
        (AcknowledgeAlerts, {"event_ids": ["a"] * (MAX_ACKNOWLEDGED + 1)}, "event_ids", "a list of at most 1000"),
    ],
)
def test_a_value_beyond_its_limit_is_refused(kind, value, field, text):
    """The error names the key, the place in the list and the limit."""
    with pytest.raises(RequestError) as caught:
        checked(value, kind)
    assert caught.value.field == field
    assert text in str(caught.value)
