"""Sea: the World and the IndependentVessels beside it, with what is reported of both. The one truth of the simulator's feed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from fairway.chart import routing
from fairway.chart.geodesy import distance_nm
from fairway.settings import Settings
from fairway.traffic.batch import Batch
from fairway.traffic.derived.flag_state import flag_of
from sim.custom.independent import MOST_VESSELS, IndependentVessels
from sim.custom.vessel import (
    COLUMNS,
    STAY_S,
    CustomError,
    CustomRoute,
    Plan,
    PlanSequence,
    Sail,
    Stay,
    Vessel,
    Waypoint,
    at_rest,
    bound_for,
    make_route,
    port_index,
    row_of,
    straight_on,
    to_and_fro,
)
from sim.reports.reporting import Reporter, static_report
from sim.world.fleet import MOORED
from sim.world.world import World

Place = tuple[float, float]
MOST_NUMBERS: Final = 2**15
"""Numbers of routes are int16 in every column."""
_IN_PORT_NM: Final = 3.0


class Simulation:
    """Everything simulated at `now`.

    Attributes:
        world: the fleet on its lanes. party: vessels with ways of their own.
        routes: a person's, by name. own: MMSIs of the vessels that a person has made, or sent on a way.
        closed: passages through which no new way leads.

    A person's routes are numbered on from those of the lanes.
    """

    def __init__(
        self, settings: Settings, now: float, update_interval: float, shares: Mapping[str, float] | None = None
    ) -> None:
        self.world = World(settings.seed, settings.fleet_size, now, shares=shares)
        self.independent = IndependentVessels(now)
        self.routes: dict[str, CustomRoute] = {}
        self.own: set[int] = set()
        self.closed: set[str] = set()
        self._settings, self._named = settings, settings.fleet_size
        self._retired = False
        self._numbered = -1
        self.set_interval(update_interval)

    @property
    def now(self) -> float:
        """Simulated time, Unix seconds."""
        return self.world.now

    def set_interval(self, update_interval: float) -> None:
        """From now on vessels report that often."""
        settings = replace(self._settings, update_interval=update_interval)
        self._reporters = [Reporter.of(truth, settings) for truth in (self.world, self.independent)]

    def step(self, dt: float) -> None:
        """Advance by `dt` seconds."""
        self.world.step(dt)
        self.independent.step(dt)

    def due(self) -> list[Batch]:
        """The reports due now, under the vessels' true numbers."""
        return self._listed([batch for reporter in self._reporters for batch in reporter.due()])

    def everything(self) -> list[Batch]:
        """Position and static data of every vessel."""
        return self._listed([batch for reporter in self._reporters for batch in reporter.everything()])

    def report_of(self, row: int) -> list[Batch]:
        """Position and static data of one vessel of the party."""
        rows = np.array([row])
        return [self._reporters[1].position_report(rows), static_report(self.independent, rows)]

    def add_route(self, name: str, waypoints: list[Waypoint], vessel_types: list[str]) -> CustomRoute:
        """A route of a person's own, which vessels can then be given.

        Raises:
            CustomError, routing.UnsailableError: It can't be sailed.

        """
        if name in self.routes:
            raise CustomError(f"there is a route {name!r:.60} already", "name")
        made = make_route(name, waypoints, vessel_types, self.closed)
        self.routes[name] = replace(made, number=self._free_number())
        return self.routes[name]

    def remove_route(self, name: str) -> None:
        """Forget a route; vessels on it sail on.

        Raises:
            LookupError: There is none of this name.

        """
        if name not in self.routes:
            raise LookupError(f"no route {name!r:.60}")
        number = self.routes.pop(name).number
        fleet = self.independent.fleet
        rows = np.flatnonzero(fleet.route == number)
        fleet.route[rows], fleet.voyage_version[rows] = -1, fleet.voyage_version[rows] + 1

    def put_on(self, row: int, route: CustomRoute, progress: float) -> None:
        """Let a vessel of the party sail a route, `progress` (0 to 1) of its way out being done."""
        self.own.add(int(self.independent.fleet.mmsi[row]))
        self.independent.fleet.route[row] = route.number
        self.independent.replan(row, lambda _old: to_and_fro(route, progress))

    def way_to(self, place: Place, destination: Waypoint | str) -> Plan:
        """The plan to sail from a place to another, or to a port by its name or locode, and to lie there.

        Raises:
            CustomError: There is no such port.
            routing.UnsailableError: There is no way.

        """
        end = stop_of(destination)
        return bound_for(way_from(place, end, self.closed), end.name, end.place)

    def course(self, row: int, course: float) -> Plan:
        """The plan of a vessel of the party to keep a course until land is near."""
        return straight_on(self._place(row), course, float(self.independent.fleet.cruise_kn[row]))

    def set_free(self, row: int, plan: Plan) -> None:
        """Give a vessel of the party a plan that is no route's."""
        self.independent.fleet.route[row] = -1
        self.independent.replan(row, lambda _old: plan)

    def _place(self, row: int) -> Place:
        return float(self.independent.fleet.lat[row]), float(self.independent.fleet.lon[row])

    def join(self, vessel: Vessel, route: CustomRoute | None = None, progress: float = 0.0) -> int:
        """A vessel of a person's own; its row in the party.

        Raises:
            CustomError: It can't be, or there are too many.
            routing.UnsailableError: Its position is on land.

        """
        if len(self.independent.fleet) >= MOST_VESSELS:
            raise CustomError(f"there are {MOST_VESSELS} vessels of their own already", "vessel_name")
        if not 0 <= progress <= 1:
            raise CustomError(f"route_progress {progress:g} is outside 0 to 1", "route_progress")
        if route:
            check_fit(route, str(vessel.vessel_type))
        if route and vessel.destination:
            raise CustomError(f"a vessel has a route or a destination, not both: {vessel.destination}", "destination")
        if vessel.mmsi is not None and vessel.flag is None:
            vessel = replace(vessel, flag=flag_of(vessel.mmsi) or None)
        columns = row_of(vessel, self._named, {*self.world.fleet.mmsi.tolist(), *self.independent.fleet.mmsi.tolist()})
        place, plan = self._start(vessel, route, progress)
        self._named += 1
        self.own.add(columns["mmsi"])
        return self.independent.join(columns | {"route": route.number if route else -1}, *place, plan)

    def leave(self, mmsi: int) -> None:
        """Take a vessel away, a person's own or one of the fleet."""
        self.own.discard(mmsi)
        rows = np.flatnonzero(self.independent.fleet.mmsi == mmsi)
        if len(rows):
            self._reporters[1].keep(self.independent.leave(rows))
        for row in np.flatnonzero(self.world.fleet.mmsi == mmsi).tolist():
            self._retire(row)

    def find(self, mmsi: int) -> tuple[World | IndependentVessels, int] | None:
        """Where a vessel is: the World or the IndependentVessels, and its row."""
        for truth in (self.world, self.independent):
            rows = np.flatnonzero(truth.fleet.mmsi == mmsi)
            if len(rows):
                return truth, int(rows[0])
        return None

    def found(self, mmsi: int) -> tuple[World | IndependentVessels, int]:
        """As `find`.

        Raises:
            LookupError: There is no such vessel.

        """
        found = self.find(mmsi)
        if found is None:
            raise LookupError(f"no vessel {mmsi}")
        return found

    def take_over(self, row: int) -> int:
        """Let a vessel of the fleet leave its lane for a plan of its own, to the same port; its row in the party.

        Raises:
            routing.UnsailableError: There is no way.

        """
        fleet = self.world.fleet
        plan = self._onward(row)
        columns: dict[str, Any] = {name: getattr(fleet, name)[row] for name in COLUMNS}
        taken = self.independent.join(columns | {"route": -1}, float(fleet.lat[row]), float(fleet.lon[row]), plan)
        self._retire(row)
        return taken

    def detour(self, row: int) -> int:
        """Let a vessel of the party sail to the same place without the passages that are closed; its row.

        Raises:
            routing.UnsailableError: There is no other way.

        """
        sail = self.independent.sails[row]
        if sail is None:
            return row
        path = way_from(self._place(row), end_of(sail), self.closed)
        self.independent.replan(row, lambda plan: PlanSequence([replace(sail, path=path, begin=0.0)], plan))
        return row

    def _start(self, vessel: Vessel, route: CustomRoute | None, progress: float) -> tuple[Place, Plan]:
        if route is None:
            if vessel.position is None:
                raise CustomError("a vessel needs a position or a route", "position")
            here = routing.stop(vessel.vessel_name, *vessel.position)
            place = here.place
            if vessel.destination:
                end = stop_of(vessel.destination)
                return place, bound_for(routing.path(here, end, self.closed), end.name, end.place)
            if vessel.speed:
                return place, straight_on(place, vessel.course or 0.0, vessel.speed)
            return place, PlanSequence([at_rest(place)])
        if vessel.position is None or progress:
            return route.stops[0].place, to_and_fro(route, progress)
        here = routing.stop(vessel.vessel_name, *vessel.position)
        if distance_nm(*here.place, *route.stops[0].place) < _IN_PORT_NM:
            return here.place, to_and_fro(route)
        first = Sail(routing.path(here, route.stops[0], self.closed), route.stops[0].name)
        return here.place, PlanSequence([first], to_and_fro(route))

    def _free_number(self) -> int:
        """For a new route: the next one that no route has, so that a number does not soon mean another route."""
        first = len(self.world.lanes.routes)
        used = {route.number for route in self.routes.values()}
        while True:
            self._numbered = max(first, (self._numbered + 1) % MOST_NUMBERS)
            if self._numbered not in used:
                return self._numbered

    def _onward(self, row: int) -> Plan:
        """To the port that a vessel of the fleet is bound for, and then between that and the one it came from."""
        world, fleet = self.world, self.world.fleet
        leg = int(fleet.leg[row])
        ends = [world.ports[int(column[leg])] for column in (world.lanes.start_port, world.lanes.end_port)]
        start, end = (routing.stop(port.name, *port.berth) for port in ends)
        here = float(fleet.lat[row]), float(fleet.lon[row])
        first = Sail(way_from(here, end, self.closed), end.name)
        return PlanSequence([first], Between(end, start, frozenset(self.closed)))

    def _retire(self, row: int) -> None:
        self.world.retire(row)
        self._retired = True

    def _listed(self, batches: list[Batch]) -> list[Batch]:
        """Reports without those of rows that were taken out."""
        if not self._retired:
            return batches
        kept = [batch.take(np.flatnonzero(batch.mmsi)) for batch in batches]
        return [batch for batch in kept if len(batch.mmsi)]


def check_fit(route: CustomRoute, kind: str) -> None:
    """A vessel of type `kind` may sail the route, or a CustomError says who may."""
    if route.vessel_types and kind not in route.vessel_types:
        raise CustomError(f"route {route.name!r} is for {', '.join(route.vessel_types)}, not {kind}", "route")


def stop_of(destination: Waypoint | str) -> routing.Stop:
    """The water that a place or a port stands for, the latter by its name or UN/LOCODE.

    Raises:
        CustomError: There is no such port, or there are several.
        routing.UnsailableError: It is on land.

    """
    if isinstance(destination, Waypoint):
        return routing.stop(destination.name, destination.lat, destination.lon)
    ports = port_index()
    found = ports.resolve(destination)
    if found < 0:
        raise CustomError(f"destination {destination!r:.60}: no port is called so, or several are", "destination")
    return routing.stop(ports.names[found], float(ports.lat[found]), float(ports.lon[found]))


def way_from(here: Place, end: routing.Stop, closed: Collection[str]) -> routing.Path:
    """The way from a vessel's own position, which may lie in a channel finer than the mask of water."""
    start = routing.stop("its position", *here)
    path = routing.path(start, end, closed)
    return path if distance_nm(*here, *start.place) < 0.01 else path.extended_from(here)


def end_of(sail: Sail) -> routing.Stop:
    """Where a part of a plan leads."""
    lon = (float(sail.path.lon[-1]) + 180.0) % 360.0 - 180.0
    return routing.stop(sail.destination or "its course", float(sail.path.lat[-1]), lon)


@dataclass(slots=True, eq=False)
class Between(Plan):
    """Sail to and fro between two places for ever, with a stay at each.

    Attributes:
        here, there: where the vessel is or sails from, and where to.
        closed: passages through which the way does not lead.
        path: the way from `here`; None until it has been found.
        rests: whether a stay comes next.

    """

    here: routing.Stop
    there: routing.Stop
    closed: frozenset[str]
    path: routing.Path | None = None
    rests: bool = True

    def __next__(self) -> Sail | Stay:
        if self.rests:
            self.rests = False
            return Stay(MOORED, STAY_S)
        path = self.path or routing.path(self.here, self.there, self.closed)
        sail = Sail(path, self.there.name)
        self.here, self.there, self.path, self.rests = self.there, self.here, path.reversed(), True
        return sail
