"""Maneuvers of scenarios: vessels meet, drift, or wait off a closed port."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from fairway.chart import routing
from fairway.chart.geodesy import destination, distance_nm
from sim.custom.paths import path_from
from sim.custom.plans import Plan, PlanSequence, Sail, Stay
from sim.simulation import Simulation
from sim.world.fleet import AT_ANCHOR, MOORED, UNDER_WAY
from sim.world.world import World

Place = tuple[float, float]
NOT_UNDER_COMMAND: Final = 2
_APART_NM: Final = 0.06
_LOOK_AGAIN_S: Final = 60.0
_WAIT_NM: Final = 8.0
"""Distance at which vessels wait off a closed port."""


@dataclass(slots=True, eq=False)
class Meeting:
    """A meeting of two vessels: the number that have arrived."""

    arrived: int = 0


@dataclass(slots=True, eq=False)
class Gathered(Plan):
    """A plan that waits until both vessels of a meeting have arrived, then follows `then`."""

    meeting: Meeting
    then: Plan
    arrived: bool = False

    def __next__(self) -> Sail | Stay:
        if not self.arrived:
            self.arrived = True
            self.meeting.arrived += 1
        return next(self.then) if self.meeting.arrived >= 2 else Stay(UNDER_WAY, _LOOK_AGAIN_S)


@dataclass(slots=True, eq=False)
class Resumed(Plan):
    """A plan that sails from `here` to the end of an interrupted part, then follows the rest of the plan.

    Attributes:
        here: latitude and longitude at the end of the interruption.
        sail: the interrupted part; None: there was none, or it has resumed.
        closed: the passages that are closed.
        then: the rest of the plan; None if no path exists.

    """

    here: Place
    sail: Sail | None
    closed: set[str]
    then: Plan | None

    def __next__(self) -> Sail | Stay:
        sail, self.sail = self.sail, None
        if sail is not None:
            try:
                return replace(sail, path=path_from(self.here, sail.end, self.closed), begin=0.0)
            except routing.UnsailableError:
                self.then = None
                return Stay(AT_ANCHOR, np.inf)
        if self.then is None:
            raise StopIteration
        return next(self.then)


def own_way(simulation: Simulation, mmsi: int, under_way: bool = True) -> int:
    """Turn a vessel into an independent one if it is not yet; return its row among the independent vessels.

    Raises:
        LookupError: If no vessel has this MMSI, or it is at rest although `under_way` is required.
        routing.UnsailableError: If no path by water exists.

    """
    truth, row = simulation.locate(mmsi)
    if under_way and truth.fleet.nav_status[row] != UNDER_WAY:
        raise LookupError(f"vessel {mmsi} is not under way")
    return simulation.take_over(row) if isinstance(truth, World) else row


def meet(simulation: Simulation, first: int, second: int, seconds: float) -> None:
    """Let two vessels sail to one place, stay beside each other for `seconds`, and resume their plans.

    Raises:
        LookupError: If a vessel does not exist or is not under way.
        routing.UnsailableError: If no path by water leads to the meeting.

    """
    rows = [own_way(simulation, first), own_way(simulation, second)]
    places = [_place(simulation, row) for row in rows]
    middle = _middle(*places)
    meeting = Meeting()
    for row, place in zip(rows, (middle, _off(middle, 90.0, _APART_NM)), strict=True):
        here, sail = _place(simulation, row), simulation.independent.sails[row]
        path = path_from(here, routing.stop("a meeting", *place), simulation.closed)
        onward = Sail(path, sail.destination if sail else "")
        beside = Stay(UNDER_WAY, seconds)
        plan = functools.partial(_meeting_plan, simulation, meeting, onward, beside, place, sail)
        simulation.independent.replan(row, plan)


def drift(simulation: Simulation, mmsi: int, course: float, kn: float, hours: float) -> None:
    """Let a vessel lose its engine: it runs on until it stops, drifts, and then resumes its plan.

    Raises:
        LookupError: If the vessel does not exist or is not under way.
        routing.UnsailableError: If no path by water exists.

    """
    row = own_way(simulation, mmsi)
    fleet, sail = simulation.independent.fleet, simulation.independent.sails[row]
    here = _place(simulation, row)
    way = float(fleet.sog[row]) ** 2 / 72
    ahead = _off(here, float(fleet.cog[row]), way) if way > 0.05 else here
    # the anchor holds the vessel before it would run aground
    reach = (part * kn * hours for part in (1.0, 0.7, 0.4, 0.2, 0.1))
    places = (_off(ahead, course, nm) for nm in reach)
    end = next((place for place in places if routing.is_clear(ahead, place)), _off(ahead, course, 0.1))
    path = routing.straight(ahead, end)
    path = path if ahead == here else path.extended_from(here)
    adrift = Sail(path, sail.destination if sail else "", kn=kn, nav_status=NOT_UNDER_COMMAND)

    becalmed: list[Sail | Stay] = [adrift, Stay(NOT_UNDER_COMMAND, 600.0)]
    simulation.independent.replan(row, lambda rest: PlanSequence(becalmed, Resumed(end, sail, simulation.closed, rest)))


def hold_at_port(
    simulation: Simulation, name: str, until: float, check: bool = False, unable: set[int] | None = None
) -> tuple[int, ...]:
    """Let the next vessel bound for a closed port wait off it; return its MMSI, or () if no vessel is near.

    A vessel without a path of its own is added to `unable`, and later calls skip it.

    Raises:
        LookupError: If no port has this name and `check` is set.

    """
    world, fleet = simulation.world, simulation.world.fleet
    numbers = [number for number, port in enumerate(world.ports) if port.name == name]
    if not numbers:
        if check:
            raise LookupError(f"the simulator's vessels call at no port {name!r:.60}")
        return ()
    lanes = world.lanes
    ends, starts = lanes.end_port[fleet.leg], lanes.start_port[fleet.leg]
    moored = (starts == numbers[0]) & (fleet.nav_status == MOORED) & (fleet.mmsi > 0)
    fleet.rest_until[moored] = np.maximum(fleet.rest_until[moored], until)
    left = lanes.length_nm[fleet.leg] - fleet.along_nm
    bound = (ends == numbers[0]) & (fleet.nav_status == UNDER_WAY) & (fleet.mmsi > 0)
    unable = set() if unable is None else unable
    near = np.flatnonzero(bound & (left < 300.0) & (left > 25.0) & ~np.isin(fleet.mmsi, list(unable)))
    for row in near[:1].tolist():
        mmsi = int(fleet.mmsi[row])
        try:
            taken = simulation.take_over(row)
        except routing.UnsailableError:
            unable.add(mmsi)
            return ()
        sail = simulation.independent.sails[taken]
        if sail:
            _wait_off(simulation, taken, sail, world.ports[numbers[0]].anchorage, until)
        return (mmsi,)
    return ()


def _wait_off(simulation: Simulation, row: int, sail: Sail, anchorage: Place, until: float) -> None:
    independent = simulation.independent
    line = np.stack([sail.path.lat, sail.path.lon], axis=1)
    off = distance_nm(*anchorage, line[:, 0], line[:, 1])
    last = max(int(np.flatnonzero(off > _WAIT_NM)[-1]), 1) if (off > _WAIT_NM).any() else 1
    part = replace(sail.path, lat=sail.path.lat[: last + 1], lon=sail.path.lon[: last + 1], sheltered_in_nm=0.0)
    place = float(part.lat[-1]), float((part.lon[-1] + 180) % 360 - 180)

    waiting: list[Sail | Stay] = [replace(sail, path=part), Stay(AT_ANCHOR, _LOOK_AGAIN_S, until)]
    independent.replan(row, lambda rest: PlanSequence(waiting, Resumed(place, sail, simulation.closed, rest)))


def _meeting_plan(
    simulation: Simulation, meeting: Meeting, onward: Sail, beside: Stay, place: Place, sail: Sail | None, rest: Plan
) -> Plan:
    resumed = Resumed(place, sail, simulation.closed, rest)
    return PlanSequence([onward], Gathered(meeting, PlanSequence([beside], resumed)))


def _middle(a: Place, b: Place) -> Place:
    """Return the middle of the path by water between two vessels."""
    path = routing.path(routing.stop("one vessel", *a), routing.stop("the other", *b))
    along = np.concatenate([[0.0], np.cumsum(distance_nm(path.lat[:-1], path.lon[:-1], path.lat[1:], path.lon[1:]))])
    lat, lon = (float(np.interp(along[-1] / 2, along, column)) for column in (path.lat, path.lon))
    return lat, (lon + 180.0) % 360.0 - 180.0


def _place(simulation: Simulation, row: int) -> Place:
    return float(simulation.independent.fleet.lat[row]), float(simulation.independent.fleet.lon[row])


def _off(place: Place, course: float, nm: float) -> Place:
    lat, lon = destination(*place, course, nm)
    return float(lat), float(lon)
