"""Orders: what a person asks of the simulator, as JSON has it, made what the Simulation understands; and its answers."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, Final, TypeVar

import numpy as np

from fairway.chart import progress, routing
from fairway.chart.routing import UnsailableError
from fairway.errors import RequestError
from fairway.protocol import encode_json
from fairway.traffic.batch import Batch
from fairway.traffic.fields import VESSEL_TYPES, imo_is_valid
from fairway.traffic.traffic import Traffic
from sim.custom.independent import IndependentVessels
from sim.custom.vessel import CustomError, CustomRoute, Vessel, Waypoint, make_route, port_index
from sim.reports.faults import Faults
from sim.scenario import scenario, schema
from sim.scenario.events import ScenarioEvents
from sim.scenario.maneuvers import own_way
from sim.scenario.scenario import Scenario, ScenarioError, ScenarioEvent
from sim.simulation import Simulation, check_fit
from sim.world.world import World

MOST_ROUTES: Final = 1000
_WAYS: Final = ("course", "destination", "route")
T = TypeVar("T")


def answered(order: Callable[[], T]) -> T:
    """The order's result, with what can't be as a RequestError."""
    try:
        return order()
    except CustomError as error:
        raise RequestError("bad_request", str(error), error.field) from error
    except UnsailableError as error:
        raise RequestError("unsailable", str(error), "waypoints") from error
    except LookupError as error:
        raise RequestError("not_found", str(error.args[0])) from error


def begin(simulation: Simulation, plan: Scenario) -> None:
    """Put a scenario's routes and vessels into a new Simulation.

    Raises:
        ScenarioError: One of them can't be, with its line.

    """
    for planned in plan.routes:
        with_line(plan, planned.line, lambda planned=planned: simulation.add_route(
            planned.name, list(planned.waypoints), list(planned.vessel_types)))  # type: ignore[misc]  # fmt: skip
    for ship in plan.vessels:
        with_line(plan, ship.line, lambda ship=ship: simulation.join(
            ship.vessel, simulation.routes[ship.route] if ship.route else None, ship.route_progress))  # type: ignore[misc]  # fmt: skip


def with_line(plan: Scenario, line: int, order: Callable[[], T]) -> T:
    """The order's result; an error names the line of the scenario."""
    try:
        return order()
    except (CustomError, UnsailableError) as error:
        raise ScenarioError(f"{plan.name}.toml line {line}: {error}") from error


def vessel(simulation: Simulation, order: Mapping[str, Any]) -> int:
    """The party's row of a vessel as REST has it: `position {latitude, longitude}`, the rest as in `Vessel`."""
    for key in ("vessel_name", "vessel_type"):
        if key not in order:
            raise RequestError("bad_request", f"{key} is missing", key)
    found = checked(order, schema.VESSEL)
    own = {item.name: found[item.name] for item in fields(Vessel) if item.name in found}
    given = _route_of(simulation, found["route"]) if "route" in found else None
    return simulation.join(Vessel(**own), given, found.get("route_progress", 0.0))


def checked(order: Mapping[str, Any], checks: Mapping[str, schema.Check]) -> dict[str, Any]:
    """The values of `order`; an error names the key at fault."""
    found = {}
    for key, value in order.items():
        if key not in checks:
            raise RequestError("bad_request", f"{key!r:.60} is not one of {', '.join(checks)}", key)
        try:
            found[key] = checks[key](value)
        except ValueError as error:
            raise RequestError("bad_request", f"{key}: {error}", key) from error
    return found


def as_update(simulation: Simulation, row: int, batches: list[Batch]) -> dict[str, Any]:
    """A vessel of the party in the shape of an update, from its first reports; and whether its IMO number checks.

    A number whose check digit is wrong is told here as it was given; updates have null for it.
    """
    traffic = Traffic(port_index(), lambda: "")
    for batch in batches:
        traffic.put(batch)
    told = encode_json.vessel(traffic.advance(simulation.now), 0)
    imo = int(simulation.independent.fleet.imo[row])
    return told | {"imo_number": f"IMO{imo}", "imo_valid": bool(imo_is_valid(imo))}


def route_order(given: CustomRoute | Mapping[str, Any]) -> dict[str, Any]:
    """A route as REST has it."""
    if not isinstance(given, CustomRoute):
        return {key: given[key] for key in ("name", "waypoints", "vessel_types") if key in given}
    points = [{"lat": point.lat, "lon": point.lon, "name": point.name} for point in given.waypoints]
    return {"name": given.name, "waypoints": points, "vessel_types": list(given.vessel_types)}


def assign(simulation: Simulation, mmsi: int, name: str, progress: float) -> None:
    """Put a vessel that is there on a route, whoever that is for."""
    if not 0 <= progress <= 1:
        raise CustomError(f"route_progress {progress:g} is outside 0 to 1", "route_progress")
    given = _route_of(simulation, name)
    simulation.put_on(own_way(simulation, mmsi, under_way=False), given, progress)


def change(simulation: Simulation, mmsi: int, order: Mapping[str, Any]) -> int:
    """Give a vessel another speed, course, destination or route; its row in the party.

    One of the fleet leaves its lanes for it.
    """
    found = checked(order, schema.CHANGES)
    ways = [name for name in _WAYS if name in found]
    if len(ways) > 1:
        raise CustomError(f"a vessel has one of {', '.join(ways)}, not both", ways[1])
    if not ways and "speed" not in found:
        raise CustomError(f"nothing to change; known are {', '.join(schema.CHANGES)}", "speed")
    given = _route_of(simulation, found["route"]) if "route" in found else None
    part, row = simulation.found(mmsi)
    if given:
        check_fit(given, VESSEL_TYPES[int(part.fleet.vessel_type[row])])
    place = float(part.fleet.lat[row]), float(part.fleet.lon[row])
    sent = simulation.way_to(place, found["destination"]) if "destination" in found else None
    # from here on nothing can fail: an order that is refused has changed nothing
    row = own_way(simulation, mmsi, under_way=False)
    simulation.own.add(mmsi)
    if "speed" in found:
        simulation.independent.set_speed(row, found["speed"])
    if given:
        simulation.put_on(row, given, found.get("route_progress", 0.0))
    elif sent:
        simulation.set_free(row, sent)
    elif "course" in found:
        simulation.set_free(row, simulation.course(row, found["course"]))
    return row


def way(simulation: Simulation, order: Mapping[str, Any]) -> dict[str, Any]:
    """The way that a route with these waypoints would take, without making it."""
    waypoints = [_waypoint(point) for point in order.get("waypoints") or []]
    if len(waypoints) == 1:
        stop = routing.stop(waypoints[0].name, waypoints[0].lat, waypoints[0].lon)
        return route_told(CustomRoute("", tuple(waypoints), (stop,), (), (True,), ()))
    return route_told(make_route("", waypoints, closed=set(simulation.closed)))


def own_vessels(simulation: Simulation) -> list[dict[str, Any]]:
    """The vessels that a person made or sent on a way, with their routes and how much of those they have done."""
    names = {made.number: made for made in simulation.routes.values()}
    told = []
    for mmsi in sorted(simulation.own):
        found = simulation.find(mmsi)
        if found is None:
            continue
        part, row = found
        fleet = part.fleet
        on_route = names.get(int(fleet.route[row])) if part is simulation.independent else None
        place = float(fleet.lat[row]), float(fleet.lon[row])
        told.append(_who(part, row) | {
            "speed": round(float(fleet.cruise_kn[row]), 2),
            "length": int(fleet.length_m[row]),
            "beam": int(fleet.beam_m[row]),
            "eta": _moment(float(fleet.eta[row])),
            "route": on_route.name if on_route else None,
            "route_progress": round(progress.progress(on_route.legs, *place), 4) if on_route else None,
        })  # fmt: skip
    return told


def route(simulation: Simulation, order: Mapping[str, Any]) -> CustomRoute:
    """A route as the guide has it: `name`, `waypoints [{lat, lon, name}]`, `vessel_types`."""
    if len(simulation.routes) >= MOST_ROUTES:
        raise CustomError(f"there are {MOST_ROUTES} routes already", "name")
    name = str(order.get("name") or "")
    if not name.isprintable() or not 0 < len(name) <= 80:
        raise CustomError(f"name {name!r:.60} must have 1 to 80 printable characters", "name")
    waypoints = [_waypoint(point) for point in order.get("waypoints") or []]
    return simulation.add_route(name, waypoints, [str(kind) for kind in order.get("vessel_types") or []])


@functools.lru_cache(maxsize=MOST_ROUTES)
def route_told(made: CustomRoute) -> dict[str, Any]:
    """A route for JSON: its waypoints, where they are on the water, and the way between them."""
    points = zip(made.waypoints, made.stops, made.calls, strict=True)
    return {
        "name": made.name,
        "index": made.number,
        "vessel_types": list(made.vessel_types),
        "length_nm": round(sum(leg.length_nm for leg in made.legs), 1),
        "waypoints": [
            {"name": point.name, "lat": point.lat, "lon": point.lon, "call": call,
             "sailed_lat": round(stop.place[0], 5), "sailed_lon": round(stop.place[1], 5)}
            for point, stop, call in points
        ],
        "legs": [np.stack([leg.lat, leg.lon], axis=1).round(5).tolist() for leg in made.legs],
    }  # fmt: skip


def faults(order: Mapping[str, Any]) -> Faults:
    """What shall go wrong; what is not named does not."""
    return Faults(**checked(order, schema.FAULTS))


def event(order: Mapping[str, Any]) -> ScenarioEvent:
    """An event that shall happen now, with the keys of a scenario's."""
    try:
        return scenario.event(dict(order))
    except ScenarioError as error:
        raise RequestError("bad_request", str(error)) from error


def told(events: ScenarioEvents) -> list[dict[str, Any]]:
    """Every event, for JSON."""
    return [_times(happening) for happening in events.truth()]


def begun(events: ScenarioEvents, wanted: ScenarioEvent) -> dict[str, Any]:
    """Let an event happen, and tell it."""
    run = events.begin(wanted)
    if run.failed:
        raise LookupError(run.failed)
    return _times(events.truth_of(run))


def truth(simulation: Simulation, events: ScenarioEvents, everybody: bool) -> dict[str, Any]:
    """The events, and where the vessels that they concern really are; or everybody."""
    told = events.truth()
    labels: dict[int, list[str]] = {}
    for happening in told:
        if happening["state"] == "running":
            for mmsi in happening["vessels"]:
                labels.setdefault(mmsi, []).append(happening["kind"])
    numbers = {mmsi: kinds for happening in told for mmsi in happening["vessels"] for kinds in [labels.get(mmsi, [])]}
    if everybody:
        for part in (simulation.world, simulation.independent):
            numbers |= {mmsi: labels.get(mmsi, []) for mmsi in part.fleet.mmsi.tolist() if mmsi}
    vessels = [_vessel_told(simulation, mmsi, kinds, events) for mmsi, kinds in numbers.items()]
    return {
        "time": encode_json.rfc3339(simulation.now),
        "closed": sorted(simulation.closed),
        "events": [_times(happening) for happening in told],
        "vessels": [told for told in vessels if told],
    }


def _vessel_told(simulation: Simulation, mmsi: int, labels: list[str], events: ScenarioEvents) -> dict[str, Any] | None:
    found = simulation.find(mmsi)
    if found is None:
        return None
    part, row = found
    reported = [d.values["mmsi"] for d in events.spoofing() if d.mmsi == mmsi and "mmsi" in d.values]
    return _who(part, row) | {
        "reported_mmsi": reported[-1] if reported else mmsi,
        "on_a_lane": isinstance(part, World),
        "labels": sorted(set(labels)),
    }


def _who(part: World | IndependentVessels, row: int) -> dict[str, Any]:
    """Who a vessel truly is, where, and how it moves."""
    fleet = part.fleet
    imo = int(fleet.imo[row])
    return {
        "mmsi": int(fleet.mmsi[row]),
        "vessel_name": fleet.name[row],
        "vessel_type": VESSEL_TYPES[int(fleet.vessel_type[row])],
        "imo_number": f"IMO{imo}" if imo else None,
        "imo_valid": bool(imo_is_valid(imo)),
        "position": {"latitude": round(float(fleet.lat[row]), 6), "longitude": round(float(fleet.lon[row]), 6)},
        "speed_over_ground": round(float(fleet.sog[row]), 2),
        "course_over_ground": round(float(fleet.cog[row]), 2),
        "nav_status": int(fleet.nav_status[row]),
        "destination": fleet.destination[row] or None,
    }


def _times(happening: dict[str, Any]) -> dict[str, Any]:
    """An event with its times for JSON."""
    changes = [
        change | {key: _moment(change[key]) for key in ("eta_before", "eta_after")} for change in happening["changes"]
    ]
    began, until = (_moment(happening[key]) for key in ("began", "until"))
    return happening | {"began": began, "until": until, "changes": changes}


def _moment(seconds: float) -> str | None:
    return encode_json.rfc3339(seconds) if np.isfinite(seconds) else None


def _route_of(simulation: Simulation, given: str) -> CustomRoute:
    if given not in simulation.routes:
        raise LookupError(f"no route {given!r:.60}")
    return simulation.routes[given]


def _waypoint(point: Mapping[str, Any]) -> Waypoint:
    try:
        lat, lon = float(point["lat"]), float(point["lon"])
    except (KeyError, TypeError, ValueError) as error:
        raise CustomError(f"waypoint {point!r:.80} has no lat and lon", "waypoints") from error
    if not (abs(lat) <= 90 and abs(lon) <= 180):
        raise CustomError(f"waypoint {point!r:.80} is no latitude and longitude", "waypoints")
    name = str(point.get("name") or f"{lat:g}, {lon:g}")
    if not name.isprintable() or len(name) > 80:
        raise CustomError(f"waypoint {name!r:.100} must have at most 80 printable characters", "waypoints")
    return Waypoint(lat, lon, name)
