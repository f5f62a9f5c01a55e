"""Commands about custom routes, and what they reply."""

import pytest

from fairway.chart.routing import UnsailableError
from fairway.commands.quantities import RoutePoint
from fairway.commands.routes import AddRoute, PlanRoute
from sim.commands import routes
from sim.custom import CustomError

A, B = RoutePoint(45.0, -30.0, "A"), RoutePoint(45.5, -30.0)
PARIS = RoutePoint(48.8566, 2.3522, "Paris")


def test_a_route_is_added_and_found(simulation):
    """The reply has the waypoints as given, their water, and the way between them."""
    added = routes.add(simulation, AddRoute(name="R", waypoints=[A, B], vessel_types=["tanker"]))
    assert routes.find(simulation, "R") is added
    reply = routes.reply(added)
    assert (reply["name"], reply["index"], reply["vessel_types"]) == ("R", added.number, ["tanker"])
    assert reply["length_nm"] == pytest.approx(30.0, abs=0.2)
    assert [point["name"] for point in reply["waypoints"]] == ["A", "45.5, -30"]
    assert reply["legs"][0][0] == pytest.approx([45.0, -30.0], abs=0.01)
    assert reply["legs"][0][-1] == pytest.approx([45.5, -30.0], abs=0.01)


def test_a_plan_adds_nothing(simulation):
    """A plan replies like a route; a single waypoint is placed on the water."""
    assert routes.plan(simulation, PlanRoute(waypoints=[A, B]))["length_nm"] == pytest.approx(30.0, abs=0.2)
    single = routes.plan(simulation, PlanRoute(waypoints=[A]))
    assert (len(single["waypoints"]), single["legs"], single["length_nm"]) == (1, [], 0)
    assert simulation.routes == {}


def test_an_impossible_route_is_refused(simulation):
    """A waypoint on land, and a name that is taken or unknown, are errors that add nothing."""
    with pytest.raises(UnsailableError, match="'Paris'"):
        routes.add(simulation, AddRoute(name="R", waypoints=[A, PARIS]))
    with pytest.raises(UnsailableError, match="'Paris'"):
        routes.plan(simulation, PlanRoute(waypoints=[PARIS]))
    assert simulation.routes == {}
    routes.add(simulation, AddRoute(name="R", waypoints=[A, B]))
    with pytest.raises(CustomError) as caught:
        routes.add(simulation, AddRoute(name="R", waypoints=[A, B]))
    assert caught.value.field == "name"
    with pytest.raises(LookupError, match="no route 'S'"):
        routes.find(simulation, "S")
