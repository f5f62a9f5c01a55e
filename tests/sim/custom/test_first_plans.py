"""First plans of vessels that join the independent ones."""

from itertools import islice

import numpy as np
import pytest

from fairway.chart import routing
from fairway.chart.geodesy import distance_nm
from sim.custom import Vessel, Waypoint
from sim.custom.errors import CustomError
from sim.custom.first_plans import plan_of_vessel, plan_off_lane
from sim.custom.plans import Sail, Stay

HERE = 45.0, -30.0


def test_a_vessel_on_a_route_begins_at_its_progress(atlantic):
    """With a progress the position is not used; far from the start a vessel sails there first."""
    place, plan = plan_of_vessel(Vessel("One", "container", HERE), atlantic, 0.25, ())
    assert (place, next(plan).begin) == (atlantic.stops[0].place, pytest.approx(0.25))
    place, plan = plan_of_vessel(Vessel("One", "container", HERE), atlantic, 0.0, ())
    assert distance_nm(*place, *HERE) < 0.1
    assert [part.destination for part in islice(plan, 2) if isinstance(part, Sail)] == ["New York", "London"]


def test_a_vessel_without_a_route_sails_to_its_destination_or_on_its_course():
    """A destination comes before a course; without a speed the vessel lies where it is."""
    there = Waypoint(45.5, -30.0, "There")
    _, plan = plan_of_vessel(Vessel("One", "tanker", HERE, 10.0, 180.0, there), None, 0.0, ())
    sail = next(plan)
    assert (sail.destination, float(sail.path.lat[-1])) == ("There", pytest.approx(45.5, abs=0.01))
    _, plan = plan_of_vessel(Vessel("One", "tanker", HERE, 10.0, 180.0), None, 0.0, ())
    assert float(next(plan).path.lat[-1]) < 44.0
    _, plan = plan_of_vessel(Vessel("One", "tanker", HERE), None, 0.0, ())
    assert [type(part) for part in plan] == [Stay]


def test_a_vessel_needs_a_place_on_the_water():
    """A vessel without position and route is refused, and so is one on land."""
    with pytest.raises(CustomError, match="position or a route") as caught:
        plan_of_vessel(Vessel("One", "tanker"), None, 0.0, ())
    assert caught.value.field == "position"
    with pytest.raises(routing.UnsailableError):
        plan_of_vessel(Vessel("One", "tanker", (48.8566, 2.3522)), None, 0.0, ())


def test_a_vessel_off_its_lane_keeps_its_port(world):
    """The plan of a vessel that leaves its lane leads from where it is to its port, and later back."""
    row = int(np.flatnonzero(world.fleet.nav_status == 0)[0])
    leg = int(world.fleet.leg[row])
    start, end = (world.ports[int(ports[leg])].name for ports in (world.lanes.start_port, world.lanes.end_port))
    first, stay, back = islice(plan_off_lane(world, row, ()), 3)
    assert distance_nm(first.path.lat[0], first.path.lon[0], world.fleet.lat[row], world.fleet.lon[row]) < 0.1
    assert (first.destination, type(stay), back.destination) == (end, Stay, start)
