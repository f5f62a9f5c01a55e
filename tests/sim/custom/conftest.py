"""A route across the Atlantic, which the tests of custom vessels share."""

import pytest

from sim.custom.paths import Waypoint
from sim.custom.routes import CustomRoute, make_route


@pytest.fixture(scope="session")
def atlantic() -> CustomRoute:
    """The guide's route, New York to London, for container ships."""
    ends = [Waypoint(40.7128, -74.0060, "New York"), Waypoint(51.5074, -0.1278, "London")]
    return make_route("Atlantic", ends, ["container"])
