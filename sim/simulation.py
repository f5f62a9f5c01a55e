"""Simulation: the fleet on its lanes and the independent vessels, advanced together, and their reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np

from fairway.settings import Settings
from fairway.traffic.batch import Batch
from fairway.traffic.derived.flag_state import flag_of
from sim.custom.errors import CustomError
from sim.custom.first_plans import plan_of_vessel, plan_off_lane
from sim.custom.independent import MAX_VESSELS, IndependentVessels
from sim.custom.paths import Place, Waypoint, path_from, stop_of
from sim.custom.plans import Plan, PlanSequence, keep_course, sail_route, sail_to
from sim.custom.routes import CustomRoute, check_fit, make_route
from sim.custom.vessel import Vessel, columns_of
from sim.reports.reporting import Reporter, static_report
from sim.world.fleet import COLUMNS
from sim.world.world import World

MAX_ROUTE_NUMBERS: Final = 2**15
"""The Fleet's column `route` is int16."""


class Simulation:
    """All simulated vessels at one simulated time, and what they report.

    Args:
        settings: seed, size and reporting of the fleet.
        now: simulated time of the start, Unix seconds.
        update_interval: simulated seconds between two reports of a vessel under way.
        shares: type of vessel -> share of the fleet; None: the usual shares.

    Attributes:
        world: the fleet on its lanes.
        independent: the vessels that follow plans of their own.
        routes: name -> custom route. Their numbers continue those of the lanes' routes.
        custom_mmsis: MMSIs of the vessels that users added or gave a plan.
        closed: passages that no new path leads through.

    """

    def __init__(
        self, settings: Settings, now: float, update_interval: float, shares: Mapping[str, float] | None = None
    ) -> None:
        self.world = World(settings.seed, settings.fleet_size, now, shares=shares)
        self.independent = IndependentVessels(now)
        self.routes: dict[str, CustomRoute] = {}
        self.custom_mmsis: set[int] = set()
        self.closed: set[str] = set()
        self._settings, self._named = settings, settings.fleet_size
        self._retired = False
        self._last_route_number = -1
        self.set_interval(update_interval)

    @property
    def now(self) -> float:
        """Simulated time, Unix seconds."""
        return self.world.now

    def set_interval(self, update_interval: float) -> None:
        """Set the seconds between two reports of a vessel; every vessel gets a new phase within them."""
        settings = replace(self._settings, update_interval=update_interval)
        self._reporters = [Reporter.of(truth, settings) for truth in (self.world, self.independent)]

    def step(self, dt: float) -> None:
        """Advance by `dt` seconds."""
        self.world.step(dt)
        self.independent.step(dt)

    def due(self) -> list[Batch]:
        """Return the reports due now, under the vessels' true MMSIs."""
        return self._without_retired([batch for reporter in self._reporters for batch in reporter.due()])

    def everything(self) -> list[Batch]:
        """Return position and static data of every vessel."""
        return self._without_retired([batch for reporter in self._reporters for batch in reporter.everything()])

    def report_of(self, row: int) -> list[Batch]:
        """Return position and static data of one independent vessel."""
        rows = np.array([row])
        return [self._reporters[1].position_report(rows), static_report(self.independent, rows)]

    def add_route(self, name: str, waypoints: list[Waypoint], vessel_types: list[str]) -> CustomRoute:
        """Add a custom route, which vessels can then be assigned to.

        Raises:
            CustomError: The name is in use, or a value is out of range.
            routing.UnsailableError: A waypoint is on land, or no path by water joins two of them.

        """
        if name in self.routes:
            raise CustomError(f"there is a route {name!r:.60} already", "name")
        route = make_route(name, waypoints, vessel_types, self.closed)
        self.routes[name] = replace(route, number=self._free_route_number())
        return self.routes[name]

    def remove_route(self, name: str) -> None:
        """Remove a custom route; the vessels on it sail on.

        Raises:
            LookupError: No custom route has this name.

        """
        if name not in self.routes:
            raise LookupError(f"no route {name!r:.60}")
        number = self.routes.pop(name).number
        fleet = self.independent.fleet
        rows = np.flatnonzero(fleet.route == number)
        fleet.route[rows], fleet.voyage_version[rows] = -1, fleet.voyage_version[rows] + 1

    def put_on_route(self, row: int, route: CustomRoute, progress: float) -> None:
        """Let an independent vessel sail a route, from `progress` (0 to 1) of its way out."""
        self.custom_mmsis.add(int(self.independent.fleet.mmsi[row]))
        self.independent.fleet.route[row] = route.number
        self.independent.replan(row, lambda _old: sail_route(route, progress))

    def plan_to(self, position: Place, destination: Waypoint | str) -> Plan:
        """Return the plan to sail from a position to a place, or to a port by name or UN/LOCODE, and to stay there.

        Raises:
            CustomError: No port has this name, or several have it.
            routing.UnsailableError: No path by water exists.

        """
        end = stop_of(destination)
        return sail_to(path_from(position, end, self.closed), end.name, end.place)

    def plan_course(self, row: int, course: float) -> Plan:
        """Return the plan of an independent vessel to keep a course until land is near."""
        return keep_course(self._position(row), course, float(self.independent.fleet.cruise_kn[row]))

    def set_plan(self, row: int, plan: Plan) -> None:
        """Take an independent vessel off its route and give it a plan."""
        self.independent.fleet.route[row] = -1
        self.independent.replan(row, lambda _old: plan)

    def join(self, vessel: Vessel, route: CustomRoute | None = None, progress: float = 0.0) -> int:
        """Add a user's vessel and return its row among the independent vessels.

        Raises:
            CustomError: A value is out of range or does not agree with another, or there are too many vessels.
            routing.UnsailableError: Its position is on land, or no path by water exists.

        """
        if len(self.independent.fleet) >= MAX_VESSELS:
            raise CustomError(f"there are {MAX_VESSELS} independent vessels already", "vessel_name")
        if not 0 <= progress <= 1:
            raise CustomError(f"route_progress {progress:g} is outside 0 to 1", "route_progress")
        if route:
            check_fit(route, str(vessel.vessel_type))
        if route and vessel.destination:
            raise CustomError(f"a vessel has a route or a destination, not both: {vessel.destination}", "destination")
        if vessel.mmsi is not None and vessel.flag is None:
            vessel = replace(vessel, flag=flag_of(vessel.mmsi) or None)
        taken = {*self.world.fleet.mmsi.tolist(), *self.independent.fleet.mmsi.tolist()}
        columns = columns_of(vessel, self._named, taken)
        position, plan = plan_of_vessel(vessel, route, progress, self.closed)
        self._named += 1
        self.custom_mmsis.add(columns["mmsi"])
        return self.independent.join(columns | {"route": route.number if route else -1}, *position, plan)

    def leave(self, mmsi: int) -> None:
        """Remove a vessel, an independent one or one of the fleet."""
        self.custom_mmsis.discard(mmsi)
        rows = np.flatnonzero(self.independent.fleet.mmsi == mmsi)
        if len(rows):
            self._reporters[1].keep(self.independent.leave(rows))
        for row in np.flatnonzero(self.world.fleet.mmsi == mmsi).tolist():
            self._retire(row)

    def find(self, mmsi: int) -> tuple[World | IndependentVessels, int] | None:
        """Return the part of the simulation that has a vessel, and its row there; None if there is no such vessel."""
        for part in (self.world, self.independent):
            rows = np.flatnonzero(part.fleet.mmsi == mmsi)
            if len(rows):
                return part, int(rows[0])
        return None

    def locate(self, mmsi: int) -> tuple[World | IndependentVessels, int]:
        """Return what `find` returns for a vessel that must exist.

        Raises:
            LookupError: No vessel has this MMSI.

        """
        found = self.find(mmsi)
        if found is None:
            raise LookupError(f"no vessel {mmsi}")
        return found

    def take_over(self, row: int) -> int:
        """Turn a vessel of the fleet into an independent one with the same destination; return its row there.

        Raises:
            routing.UnsailableError: No path by water exists from where it is.

        """
        fleet = self.world.fleet
        plan = plan_off_lane(self.world, row, self.closed)
        columns: dict[str, Any] = {name: getattr(fleet, name)[row] for name in COLUMNS}
        taken = self.independent.join(columns | {"route": -1}, float(fleet.lat[row]), float(fleet.lon[row]), plan)
        self._retire(row)
        return taken

    def detour(self, row: int) -> int:
        """Let an independent vessel sail to its destination without the closed passages; return its row.

        Raises:
            routing.UnsailableError: No other path by water exists.

        """
        sail = self.independent.sails[row]
        if sail is None:
            return row
        path = path_from(self._position(row), sail.end, self.closed)
        self.independent.replan(row, lambda plan: PlanSequence([replace(sail, path=path, begin=0.0)], plan))
        return row

    def _position(self, row: int) -> Place:
        return float(self.independent.fleet.lat[row]), float(self.independent.fleet.lon[row])

    def _free_route_number(self) -> int:
        """Return the next unused number: a removed route's number does not soon mean another route."""
        first = len(self.world.lanes.routes)
        used = {route.number for route in self.routes.values()}
        while True:
            self._last_route_number = max(first, (self._last_route_number + 1) % MAX_ROUTE_NUMBERS)
            if self._last_route_number not in used:
                return self._last_route_number

    def _retire(self, row: int) -> None:
        self.world.retire(row)
        self._retired = True

    def _without_retired(self, batches: list[Batch]) -> list[Batch]:
        # retired rows have MMSI 0; without any, the copy is not needed
        if not self._retired:
            return batches
        remaining = [batch.take(np.flatnonzero(batch.mmsi)) for batch in batches]
        return [batch for batch in remaining if len(batch.mmsi)]
