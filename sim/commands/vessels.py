"""Commands about vessels, and what they reply."""

from __future__ import annotations

from typing import Any, Final

from msgspec import UNSET

from fairway.chart import progress
from fairway.commands.vessels import AddVessel, AssignRoute, ChangeVessel
from fairway.protocol import encode_json
from fairway.traffic.batch import Batch
from fairway.traffic.fields import VESSEL_TYPES, imo_is_valid
from fairway.traffic.traffic import Traffic
from sim.commands import routes
from sim.commands.truth import identity_and_motion, rfc3339_or_none
from sim.custom import CustomError, CustomRoute
from sim.custom.conversion import destination_of, vessel_of
from sim.custom.paths import port_index
from sim.custom.plans import Plan
from sim.custom.routes import check_fit
from sim.scenario.maneuvers import own_way
from sim.simulation import Simulation

_WAYS: Final = ("course", "destination", "route")


def add(simulation: Simulation, command: AddVessel) -> int:
    """Return the row of a new vessel among the independent ones.

    Raises:
        CustomError: Its values contradict each other, or there are too many vessels.
        LookupError: No route has the name.
        routing.UnsailableError: Its position is on land, or its destination out of reach.

    """
    route = None if command.route is UNSET else routes.find(simulation, command.route)
    progress = 0.0 if command.route_progress is UNSET else command.route_progress
    return simulation.join(vessel_of(command), route, progress)


def change(simulation: Simulation, mmsi: int, command: ChangeVessel) -> int:
    """Give a vessel another speed, course, destination or route; return its row among the independent ones.

    A vessel of the fleet leaves its lanes for good.

    Raises:
        CustomError: Nothing changes, or more than one of course, destination and route is given.
        LookupError: There is no such vessel or route.
        routing.UnsailableError: The destination is out of reach.

    """
    _check_one_way(command)
    route = None if command.route is UNSET else routes.find(simulation, command.route)
    part, row = simulation.locate(mmsi)
    if route:
        check_fit(route, VESSEL_TYPES[int(part.fleet.vessel_type[row])])
    plan = None
    if command.destination is not UNSET:
        place = float(part.fleet.lat[row]), float(part.fleet.lon[row])
        plan = simulation.plan_to(place, destination_of(command.destination))
    # nothing can fail from here on: a command that is refused has changed nothing
    return _redirect(simulation, mmsi, command, route, plan)


def _check_one_way(command: ChangeVessel) -> None:
    ways = [name for name in _WAYS if getattr(command, name) is not UNSET]
    if len(ways) > 1:
        raise CustomError(f"a vessel has one of {', '.join(ways)}, not both", ways[1])
    if not ways and command.speed is UNSET:
        raise CustomError(f"nothing to change; known are speed, {', '.join(_WAYS)}", "speed")


def _redirect(
    simulation: Simulation, mmsi: int, command: ChangeVessel, route: CustomRoute | None, plan: Plan | None
) -> int:
    row = own_way(simulation, mmsi, under_way=False)
    simulation.custom_mmsis.add(mmsi)
    if command.speed is not UNSET:
        simulation.independent.set_speed(row, command.speed)
    if route:
        progress = 0.0 if command.route_progress is UNSET else command.route_progress
        simulation.put_on_route(row, route, progress)
    elif plan:
        simulation.set_plan(row, plan)
    elif command.course is not UNSET:
        simulation.set_plan(row, simulation.plan_course(row, command.course))
    return row


def assign(simulation: Simulation, mmsi: int, command: AssignRoute) -> None:
    """Put a vessel on a route, whichever types the route is for.

    Raises:
        LookupError: There is no such vessel or route.

    """
    route = routes.find(simulation, command.route)
    simulation.put_on_route(own_way(simulation, mmsi, under_way=False), route, command.route_progress)


def reply(simulation: Simulation, row: int, batches: list[Batch]) -> dict[str, Any]:
    """Return an independent vessel in the shape of an update, from its first reports, and `imo_valid`.

    Here an IMO number with a wrong check digit is as the user gave it; updates have null for it.
    """
    traffic = Traffic(port_index(), lambda: "")
    for batch in batches:
        traffic.put(batch)
    update = encode_json.vessel(traffic.advance(simulation.now), 0)
    imo = int(simulation.independent.fleet.imo[row])
    return update | {"imo_number": f"IMO{imo}", "imo_valid": bool(imo_is_valid(imo))}


def custom_vessels(simulation: Simulation) -> list[dict[str, Any]]:
    """Return the custom vessels and those that commands have sent elsewhere, with routes and progress."""
    numbered = {route.number: route for route in simulation.routes.values()}
    return [
        item
        for mmsi in sorted(simulation.custom_mmsis)
        if (item := _custom_vessel(simulation, mmsi, numbered)) is not None
    ]


def _custom_vessel(simulation: Simulation, mmsi: int, numbered: dict[int, CustomRoute]) -> dict[str, Any] | None:
    found = simulation.find(mmsi)
    if found is None:
        return None
    part, row = found
    fleet = part.fleet
    route = numbered.get(int(fleet.route[row])) if part is simulation.independent else None
    place = float(fleet.lat[row]), float(fleet.lon[row])
    return identity_and_motion(part, row) | {
        "speed": round(float(fleet.cruise_kn[row]), 2),
        "length": int(fleet.length_m[row]),
        "beam": int(fleet.beam_m[row]),
        "eta": rfc3339_or_none(float(fleet.eta[row])),
        "route": route.name if route else None,
        "route_progress": round(progress.progress(route.legs, *place), 4) if route else None,
    }
