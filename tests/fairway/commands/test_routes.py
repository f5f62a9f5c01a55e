"""Commands about custom routes."""

import pytest

from fairway.commands.quantities import MAX_WAYPOINTS
from fairway.commands.routes import AddRoute, GetRoutes, PlanRoute, RemoveRoute
from fairway.commands.validation import checked
from fairway.errors import RequestError

POINT = {"lat": 1.0, "lon": 2.0}


@pytest.mark.parametrize(
    ("kind", "value", "field", "text"),
    [
        (AddRoute, {"name": "A", "waypoints": [POINT]}, "waypoints", "waypoints: expected a list of 2 to 50"),
        (AddRoute, {"name": "A", "waypoints": [POINT] * (MAX_WAYPOINTS + 1)}, "waypoints", "a list of 2 to 50"),
        (AddRoute, {"name": "", "waypoints": [POINT] * 2}, "name", "expected a text of 1 to 80"),
        (AddRoute, {"name": "A", "waypoints": [POINT, POINT | {"lat": 91}]}, "waypoints", "waypoints[1].lat: expected"),
        (AddRoute, {"name": "A", "waypoints": [POINT] * 2, "vessel_types": ["x"]}, "vessel_types", "expected one of"),
        (AddRoute, {"name": "A", "waypoints": [POINT] * 2, "vessel_types": None}, "vessel_types", "not null"),
        (PlanRoute, {"waypoints": []}, "waypoints", "waypoints: expected a list of 1 to 50"),
        (RemoveRoute, {}, "name", "name: is missing"),
        (GetRoutes, {"name": "A"}, "name", "unknown key 'name'"),
    ],
)
def test_a_value_beyond_its_limit_is_refused(kind, value, field, text):
    """The error names the key, the waypoint and the limit."""
    with pytest.raises(RequestError) as caught:
        checked(value, kind)
    assert caught.value.field == field
    assert text in str(caught.value)


def test_the_smallest_and_largest_routes():
    """A route has 2 to 50 waypoints; a plan may have one."""
    assert len(checked({"name": "A", "waypoints": [POINT] * MAX_WAYPOINTS}, AddRoute).waypoints) == MAX_WAYPOINTS
    assert len(checked({"name": "A", "waypoints": [POINT] * 2}, AddRoute).waypoints) == 2
    assert len(checked({"waypoints": [POINT]}, PlanRoute).waypoints) == 1
