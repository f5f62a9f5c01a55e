"""Commands about vessels, and what they reply."""

import pytest

from fairway.commands.quantities import Coordinates, RoutePoint
from fairway.commands.routes import AddRoute
from fairway.commands.vessels import AddVessel, AssignRoute, ChangeVessel
from sim.commands import routes, vessels
from sim.custom import CustomError

HERE = Coordinates(45.0, -30.0)


@pytest.fixture
def one(simulation) -> int:
    """The MMSI of a tanker at rest, beside a route for container ships."""
    points = [RoutePoint(45.0, -30.0, "A"), RoutePoint(45.5, -30.0, "B")]
    routes.add(simulation, AddRoute(name="R", waypoints=points, vessel_types=["container"]))
    row = vessels.add(simulation, AddVessel(vessel_name="One", vessel_type="tanker", position=HERE))
    return int(simulation.independent.fleet.mmsi[row])


def test_a_new_vessel_is_replied_as_an_update(simulation, one):
    """The reply has the shape of an update, and whether the IMO number is valid."""
    reply = vessels.reply(simulation, 0, simulation.report_of(0))
    assert (reply["mmsi"], reply["vessel_name"], reply["imo_valid"]) == (one, "One", True)
    place = reply["position"]["latitude"], reply["position"]["longitude"]
    assert place == pytest.approx((45.0, -30.0), abs=0.01)


def test_a_change_is_listed(simulation, one):
    """Speed and course are those of the command; the vessel is listed among the custom ones."""
    vessels.change(simulation, one, ChangeVessel(vessel=one, speed=9.0, course=90.0))
    simulation.step(10.0)
    (listed,) = vessels.custom_vessels(simulation)
    assert (listed["mmsi"], listed["speed"], listed["route"]) == (one, 9.0, None)
    assert listed["course_over_ground"] == pytest.approx(90.0, abs=1.0)


def test_a_route_is_for_its_types_except_by_assignment(simulation, one):
    """A change respects the types of a route; an assignment does not, and begins at its progress."""
    with pytest.raises(CustomError) as caught:
        vessels.change(simulation, one, ChangeVessel(vessel=one, route="R"))
    assert caught.value.field == "route"
    vessels.assign(simulation, one, AssignRoute(vessel=one, route="R", route_progress=0.5))
    (listed,) = vessels.custom_vessels(simulation)
    assert (listed["route"], listed["destination"]) == ("R", "B")
    assert listed["route_progress"] == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize(
    ("values", "field"),
    [({}, "speed"), ({"course": 1.0, "route": "R"}, "route"), ({"course": 1.0, "destination": "NLRTM"}, "destination")],
)
def test_a_change_has_one_way(simulation, one, values, field):
    """A change of nothing, or to two ways at once, is refused with the key."""
    with pytest.raises(CustomError) as caught:
        vessels.change(simulation, one, ChangeVessel(vessel=one, **values))
    assert caught.value.field == field


def test_a_vessel_of_the_fleet_leaves_its_lane(simulation):
    """A changed vessel of the fleet is an independent one from then on, and only that."""
    mmsi = int(simulation.world.fleet.mmsi[simulation.world.fleet.nav_status == 0][0])
    row = vessels.change(simulation, mmsi, ChangeVessel(vessel=mmsi, speed=8.0))
    assert simulation.find(mmsi) == (simulation.independent, row)
    assert mmsi not in simulation.world.fleet.mmsi
    with pytest.raises(LookupError):
        vessels.change(simulation, 1, ChangeVessel(vessel=1, speed=8.0))
